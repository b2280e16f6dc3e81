import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import type { Canonical } from '../../core/ledger/canonical.js';
import {
  type EventDraft,
  type EventType,
  sealEvent,
  type SealedEvent,
} from '../../core/ledger/event.js';
import { principalOf, type SealedActor } from '../../core/ledger/principal.js';
import { type Fault, FIRST_LINK, type Link, verifyEvent } from '../../core/ledger/verify.js';
import { type Actor, atTerminal } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { Ids, ledgerIdOf } from '../../platform/ids.js';
import type { LedgerEventEntity } from './ledger-event.entity.js';
import { LedgerRepository } from './ledger.repository.js';

/** Rebuilds the canonical rows that an event sealed, in row order, from the tables that hold them. */
export type RowReader = (tx: EntityManager, event: EventRef) => Promise<readonly string[]>;

/**
 * Checks that a projection is what its events make of it; null when it is. What it cannot prove, and
 * what it does not compute again, it notes in a sentence: that is no fault, and is never silent.
 */
export type ProjectionCheck = (
  tx: EntityManager,
  ledgerId: string,
  note: (line: string) => void,
) => Promise<Fault | null>;

/** Which event, and what its body says of its rows. */
export interface EventRef {
  readonly ledgerId: string;
  readonly eventId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

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

/** Result of replaying a log. */
export interface Verification {
  readonly ledgerId: string;
  readonly eventCount: number;
  readonly rowCount: number;
  /** Lower-case hex. */
  readonly chainHash: string;
  readonly fault: Fault | null;
  /** What was not proven or not computed again, in sentences. */
  readonly notes: readonly string[];
}

/** The one door for facts: appends events, and finds the first one that was tampered with. */
@Injectable()
export class LedgerService {
  private readonly rowReaders = new Map<string, RowReader>();
  private readonly checks: ProjectionCheck[] = [];

  constructor(
    private readonly scope: LedgerScope,
    private readonly ledgers: LedgerRepository,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Says who can rebuild the rows of events whose body names this `rows` domain. */
  registerRows(domain: string, reader: RowReader): void {
    this.rowReaders.set(domain, reader);
  }

  /** Adds a projection to what `verify` checks after the log itself. */
  registerCheck(check: ProjectionCheck): void {
    this.checks.push(check);
  }

  /**
   * Opens a ledger, or finds it already open.
   *
   * @param name  Lower-case name; its id is made from it.
   */
  async open(name: string): Promise<{ readonly ledgerId: string; readonly isNew: boolean }> {
    const ledgerId = ledgerIdOf(name);
    const isNew = await this.scope.write(ledgerId, async (tx) => {
      if ((await this.ledgers.find(tx, ledgerId)) !== null) return false;
      await this.ledgers.create(tx, { ledgerId, name, openedAt: this.clock.now() });
      await this.append(tx, atTerminal(ledgerId, 'admin'), {
        type: 'ledger.opened',
        validFrom: null,
        validTo: null,
        sourceRef: null,
        supersedes: [],
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
    const found = await this.scope.read(ledgerId, (tx) => this.ledgers.find(tx, ledgerId));
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
   * Appends one event inside the caller's transaction. The head is locked here, so this comes last.
   *
   * @throws DomainError `ledger.not_found`
   */
  async append(tx: EntityManager, actor: Actor, decision: Decision): Promise<SealedEvent> {
    const head = await this.ledgers.lockHead(tx, actor.ledgerId);
    if (head === null) {
      throw new DomainError('ledger.not_found', { name: actor.ledgerId, fix: 'Open it first.' });
    }
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
      this.clock.now().getTime(),
    );
    await this.ledgers.append(tx, event);
    return event;
  }

  /** A page of events after a place in the log. */
  events(ledgerId: string, after: number, limit: number): Promise<LedgerEventEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.ledgers.page(tx, { ledgerId, after, limit }));
  }

  /** The whole log in order, inside a transaction. */
  allEvents(tx: EntityManager, ledgerId: string): AsyncGenerator<LedgerEventEntity> {
    return this.ledgers.events(tx, ledgerId);
  }

  /** Place of an event in the log; null when there is no such event. */
  async seqOf(tx: EntityManager, ledgerId: string, eventId: string): Promise<number | null> {
    return (await this.ledgers.event(tx, ledgerId, eventId))?.seq ?? null;
  }

  /**
   * How long the log was at an instant: what it held then is everything before that place.
   *
   * @param asOf  A size of the log, or an instant.
   */
  async sizeAt(tx: EntityManager, ledgerId: string, asOf: number | Date): Promise<number> {
    return typeof asOf === 'number' ? asOf : this.ledgers.sizeAt(tx, ledgerId, asOf);
  }

  /** Who appended an event, and when, from its sealed bytes; null when there is no such event. */
  async authorOf(tx: EntityManager, ledgerId: string, eventId: string): Promise<Author | null> {
    const event = await this.ledgers.event(tx, ledgerId, eventId);
    if (event === null) return null;
    const sealed = JSON.parse(event.payload.toString('utf8')) as SealedEventText;
    const { actor, type, recordedAt } = sealed;
    return { actor, principalId: principalOf(sealed), type, recordedAt: new Date(recordedAt) };
  }

  /** What an event's bytes say it decided; empty when there is no such event. */
  async bodyOf(
    tx: EntityManager,
    ledgerId: string,
    eventId: string,
  ): Promise<Readonly<Record<string, Canonical>>> {
    const event = await this.ledgers.event(tx, ledgerId, eventId);
    if (event === null) return {};
    const { body } = JSON.parse(event.payload.toString('utf8')) as SealedEventText;
    return body;
  }

  /** What events of some types sealed, in order. */
  async sealedOf(
    tx: EntityManager,
    ledgerId: string,
    types: readonly EventType[],
  ): Promise<readonly SealedEventText[]> {
    const events = await this.ledgers.ofTypes(tx, ledgerId, types);
    return events.map(({ payload }) => JSON.parse(payload.toString('utf8')) as SealedEventText);
  }

  /** Where the log ends. */
  async head(ledgerId: string): Promise<{ readonly size: number; readonly chainHash: string }> {
    const head = await this.scope.read(ledgerId, (tx) => this.ledgers.head(tx, ledgerId));
    if (head === null) {
      throw new DomainError('ledger.not_found', { name: ledgerId, fix: 'Open it first.' });
    }
    return { size: head.size, chainHash: Buffer.from(head.chainHash).toString('hex') };
  }

  /**
   * Replays the whole log on one snapshot: bytes, hashes, links, sealed rows, head, and the
   * projections. Stops at the first fault.
   */
  verify(ledgerId: string): Promise<Verification> {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      let link: Link = FIRST_LINK;
      let rowCount = 0;
      const notes: string[] = [];
      const done = (fault: Fault | null): Verification => ({
        ledgerId,
        eventCount: link.seq + 1,
        rowCount,
        chainHash: Buffer.from(link.chainHash).toString('hex'),
        ...{ fault, notes },
      });
      for await (const event of this.ledgers.events(tx, ledgerId)) {
        const rows = await this.rowsOf(tx, event);
        const fault = verifyEvent(
          { ...event, recordedAtMs: event.recordedAt.getTime() },
          link,
          rows,
        );
        if (fault !== null) return done(fault);
        link = { ...event, recordedAtMs: event.recordedAt.getTime() };
        rowCount += rows.length;
      }
      const head = await this.ledgers.head(tx, ledgerId);
      if (head?.size !== link.seq + 1 || Buffer.compare(head.chainHash, link.chainHash) !== 0) {
        const detail = `The head says ${head?.size ?? 'nothing'}, the log ends at ${link.seq + 1}.`;
        return done({ seq: null, check: 'head', detail });
      }
      for (const check of this.checks) {
        const fault = await check(tx, ledgerId, (line) => notes.push(line));
        if (fault !== null) return done(fault);
      }
      return done(null);
    });
  }

  /** Canonical rows of one event, as the tables hold them now. */
  async rowsOf(tx: EntityManager, event: LedgerEventEntity): Promise<readonly string[]> {
    const { body } = JSON.parse(event.payload.toString('utf8')) as { body?: EventRef['body'] };
    const domain = body?.['rows'];
    if (typeof domain !== 'string') return [];
    const reader = this.rowReaders.get(domain);
    if (reader === undefined) throw new Error(`No reader for the rows of ${domain}`);
    return reader(tx, { ledgerId: event.ledgerId, eventId: event.eventId, body: body! });
  }
}
