import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { Canonical } from '../../core/ledger/canonical.js';
import {
  type EventDraft,
  type EventType,
  sealEvent,
  type SealedEvent,
} from '../../core/ledger/event.js';
import { principalOf, type SealedActor } from '../../core/ledger/principal.js';
import { type Actor, atTerminal } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { AppendGuard } from '../../platform/marker/append-guard.js';
import { Ids, ledgerIdOf } from '../../platform/ids.js';
import type { LedgerEventEntity } from './ledger-event.entity.js';
import { LEDGER_REGISTERS } from './ledger.registers.js';
import { LedgerRepository } from './ledger.repository.js';
import type { Replayed, Replays } from './replay/replay.port.js';
import { LogTreeRepository } from './tree/log-tree.repository.js';

/** Who appended an event, and when. */
export interface Author {
  /** Id of a key, `cli` or `clock`. */
  readonly actor: string;
  readonly principalId: string;
  readonly type: string;
  readonly recordedAt: Date;
}

/** What an event's bytes say. */
export interface SealedEventText extends SealedActor {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly body: Readonly<Record<string, Canonical>>;
}

/** What to record; the actor and the ledger come beside it. */
export type Decision = Omit<EventDraft, 'actor' | 'actorPrincipal' | 'actorRole' | 'eventId'> & {
  readonly eventId?: string;
};

/** Of an event that has no delivery interval, comes from no file and corrects nothing. */
const NOTHING_ELSE = { validFrom: null, validTo: null, sourceRef: null, supersedes: [] };

/** Where the rows of an event that is being recorded belong. */
export interface EventPlace {
  readonly ledgerId: string;
  readonly eventId: string;
  readonly recordedAt: Date;
}

/** An event whose rows are written: what it seals, and what its work gives back. */
export type Recorded<T> = Pick<Decision, 'type' | 'body' | 'rows'> &
  Partial<Pick<Decision, 'validFrom' | 'validTo' | 'sourceRef' | 'supersedes'>> & {
    readonly result: T;
  };

/** The one door for facts: appends events, and reads them again. */
@Injectable()
export class LedgerService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledgers: LedgerRepository,
    private readonly ids: Ids,
    private readonly guard: AppendGuard,
    private readonly tree: LogTreeRepository,
  ) {}

  /** The log's own tables, where it was opened, and the nodes of its tree. */
  replayed(): Replayed {
    return {
      tables: LEDGER_REGISTERS,
      checks: [(tx) => this.ledgers.openingFault(tx), (tx) => this.tree.fault(tx)],
    };
  }

  /**
   * Opens a ledger, or finds it already open.
   *
   * @param name  Lower-case name; its id is made from it.
   */
  async open(name: string): Promise<{ readonly ledgerId: string; readonly isNew: boolean }> {
    const ledgerId = ledgerIdOf(name);
    const isNew = await this.scope.write(ledgerId, async (tx) => {
      if ((await this.ledgers.find(tx)) !== null) return false;
      await this.ledgers.create(tx, { ledgerId, name, openedAt: this.guard.now() });
      await this.append(tx, atTerminal(ledgerId, 'admin'), {
        type: 'ledger.opened',
        ...NOTHING_ELSE,
        body: { name, origin: `mizan/ledger/${ledgerId}` },
        rows: [],
      });
      return true;
    });
    return { ledgerId, isNew };
  }

  /**
   * Id of an open ledger.
   *
   * @throws DomainError `ledger.not_found`
   */
  async idOf(name: string): Promise<string> {
    const ledgerId = ledgerIdOf(name);
    const found = await this.scope.read(ledgerId, (tx) => this.ledgers.find(tx));
    if (found === null) {
      const fix = 'Open it with `mizan open NAME`, or run the demo, which opens `demo`.';
      throw new DomainError('ledger.not_found', { name, fix });
    }
    return ledgerId;
  }

  /** A new id, for an event whose rows are written before it, or for a document. */
  nextId(): string {
    return this.ids.next();
  }

  /**
   * Records a fact inside the caller's transaction: gives its work a place for the rows, and appends
   * the event that seals them once they are written.
   *
   * @param write  Writes the rows, and says what the event seals. What it leaves out is not there: no
   *               delivery interval, no file, nothing superseded.
   * @param eventId  Drawn before, where a row was to name it.
   * @throws DomainError as `append`, and what the work throws
   */
  async record<T>(
    tx: LedgerTx,
    actor: Actor,
    write: (at: EventPlace) => Promise<Recorded<T>>,
    eventId: string = this.nextId(),
  ): Promise<T> {
    const recordedAt = this.guard.now();
    const { result, ...sealed } = await write({ ledgerId: tx.ledgerId, eventId, recordedAt });
    await this.append(tx, actor, { ...NOTHING_ELSE, ...sealed, eventId });
    return result;
  }

  /**
   * Appends one event inside the caller's transaction. The head is locked here, so this comes last.
   *
   * @throws DomainError `ledger.not_found`, `ledger.behind_checkpoint`, `clock.behind`, `clock.ahead`
   */
  append(tx: LedgerTx, actor: Actor, decision: Decision): Promise<SealedEvent> {
    return this.seal(tx, actor, { decision, declaresLoss: false });
  }

  /**
   * As `append`, for the one event that may come where the marker knows more events than the log has:
   * it declares them lost.
   */
  resume(tx: LedgerTx, actor: Actor, decision: Decision): Promise<SealedEvent> {
    return this.seal(tx, actor, { decision, declaresLoss: true });
  }

  private async seal(
    tx: LedgerTx,
    actor: Actor,
    { decision, declaresLoss }: { readonly decision: Decision; readonly declaresLoss: boolean },
  ): Promise<SealedEvent> {
    const { ledgerId } = actor;
    const head = await this.ledgers.lockHead(tx);
    if (head === null) {
      throw new DomainError('ledger.not_found', { name: ledgerId, fix: 'Open it first.' });
    }
    await this.guard.require(tx, { head, declaresLoss });
    const event = sealEvent(
      actor.ledgerId,
      {
        ...decision,
        eventId: decision.eventId ?? this.nextId(),
        actor: actor.id,
        actorPrincipal: actor.principalId,
        actorRole: actor.role,
      },
      head,
      this.guard.now().getTime(),
    );
    await this.ledgers.append(tx, event, head);
    return event;
  }

  /** A page of events after a place in the log. */
  events(ledgerId: string, after: number, limit: number): Promise<LedgerEventEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.ledgers.page(tx, { ledgerId, after, limit }));
  }

  /** The whole log in order, inside a transaction. */
  allEvents(tx: LedgerTx): AsyncGenerator<LedgerEventEntity> {
    return this.ledgers.events(tx);
  }

  /** Place of an event in the log; null when there is no such event. */
  async seqOf(tx: LedgerTx, eventId: string): Promise<number | null> {
    return (await this.ledgers.event(tx, eventId))?.seq ?? null;
  }

  /**
   * How long the log was at an instant: what it held then is everything before that place.
   *
   * @param asOf  A size of the log, or an instant.
   */
  async sizeAt(tx: LedgerTx, asOf: number | Date): Promise<number> {
    return typeof asOf === 'number' ? asOf : this.ledgers.sizeAt(tx, asOf);
  }

  /** An event by its id, with the bytes that were hashed; null when there is no such event. */
  eventIn(tx: LedgerTx, eventId: string): Promise<LedgerEventEntity | null> {
    return this.ledgers.event(tx, eventId);
  }

  /** Who appended an event, and when, from its sealed bytes; null when there is no such event. */
  async authorOf(tx: LedgerTx, eventId: string): Promise<Author | null> {
    const event = await this.ledgers.event(tx, eventId);
    if (event === null) return null;
    const sealed = JSON.parse(event.payload.toString('utf8')) as SealedEventText;
    const { actor, type, recordedAt } = sealed;
    return { actor, principalId: principalOf(sealed), type, recordedAt: new Date(recordedAt) };
  }

  /** What an event's bytes say it decided; empty when there is no such event. */
  async bodyOf(tx: LedgerTx, eventId: string): Promise<Readonly<Record<string, Canonical>>> {
    const event = await this.ledgers.event(tx, eventId);
    if (event === null) return {};
    const { body } = JSON.parse(event.payload.toString('utf8')) as SealedEventText;
    return body;
  }

  /** What events of some types sealed, in order. */
  async sealedOf(tx: LedgerTx, types: readonly EventType[]): Promise<readonly SealedEventText[]> {
    const events = await this.ledgers.ofTypes(tx, types);
    return events.map(({ payload }) => JSON.parse(payload.toString('utf8')) as SealedEventText);
  }

  /** Where the log ends. */
  async head(ledgerId: string): Promise<{ readonly size: number; readonly chainHash: string }> {
    const head = await this.scope.read(ledgerId, (tx) => this.ledgers.head(tx));
    if (head === null) {
      throw new DomainError('ledger.not_found', { name: ledgerId, fix: 'Open it first.' });
    }
    return { size: head.size, chainHash: Buffer.from(head.chainHash).toString('hex') };
  }

  /** Where the log ends, and the head that it had at a size. */
  async headIn(
    tx: LedgerTx,
    size: number,
  ): Promise<{ readonly size: number; readonly chainHash: string | null }> {
    const head = await this.ledgers.head(tx);
    const event = await this.ledgers.readableEvent(tx, size - 1);
    return { size: head?.size ?? 0, chainHash: event?.chainHash.toString('hex') ?? null };
  }
}
