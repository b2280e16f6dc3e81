import { Injectable } from '@nestjs/common';
import { requirePerson } from '../../core/access/key.js';
import { DomainError } from '../../core/errors.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { Mark } from '../../platform/marker/heads-file.js';
import { storedHead } from '../../platform/marker/log-ends.js';
import { Markers, notBehind } from '../../platform/marker/markers.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { AccessService } from './access.service.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';

const ACT = 'let a ledger go on without its last events';

/** How a log stands to its marker, and what was asked. */
export interface MarkerView {
  readonly ledgerId: string;
  readonly standing: 'with' | 'behind' | 'forked';
  readonly size: number;
  readonly chainHash: string;
  readonly marked: Pick<Mark, 'size' | 'chainHash' | 'recordedAt'> | null;
  readonly asked: Mark['asked'] | null;
  readonly lost: NonNullable<Mark['lost']>;
}

/** What a log that went on without its last events says of it. */
interface Resumed {
  /** First event that is missing; null where another stands in a place, and nobody knows from where on. */
  readonly lostFrom: number | null;
  readonly lastMarker: {
    readonly size: number;
    readonly chainHash: string;
    readonly recordedAt: string | null;
  };
  readonly reason: string;
}

/** Lets a ledger whose last events are lost go on: one admin asks, another confirms (LEDGER section 12). */
@Injectable()
export class ResumptionsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly access: AccessService,
    private readonly markers: Markers,
    private readonly clock: Clock,
  ) {}

  /** Whether the log is with its marker, and what it declared lost. */
  replayed(): Replayed {
    return {
      checks: [
        async (tx, note) => {
          for (const { seq, recordedAt, body } of await this.ledger.sealedOf(tx, [
            'ledger.resumed',
          ])) {
            note(lossText(seq, recordedAt, body as unknown as Resumed));
          }
          const head = await storedHead(tx);
          if (head === null) return null;
          const standing = await this.markers.standingIn(tx, head);
          if (standing.kind === 'with') return null;
          const { size } = standing.mark;
          if (standing.signedSize !== null) {
            const detail = `The first ${standing.signedSize} events are others than those that were signed.`;
            return { seq: 0, check: 'marker', detail };
          }
          const detail = `The marker outside of the database knows ${size} events: the last of them are ${
            standing.kind === 'behind' ? 'missing' : 'others'
          }.`;
          return { seq: Math.min(head.size, size - 1), check: 'marker', detail };
        },
      ],
    };
  }

  /** How the ledger stands to its marker. @throws DomainError `ledger.not_found` */
  view(ledgerId: string): Promise<MarkerView> {
    return this.scope.read(ledgerId, async (tx) => {
      const head = await storedHead(tx);
      if (head === null) {
        throw new DomainError('ledger.not_found', { name: ledgerId, fix: 'Open it first.' });
      }
      const standing = await this.markers.standingIn(tx, head);
      const mark = this.markers.markOf(ledgerId);
      // The marker follows in a moment: what the log declares is so already.
      const declared = standing.kind === 'with' ? standing.declared : null;
      const { size, chainHash, recordedAt } = head;
      const known = declared === null ? mark : { size, chainHash, recordedAt };
      return {
        ledgerId,
        standing: standing.kind,
        size,
        chainHash,
        marked:
          known === null
            ? null
            : { size: known.size, chainHash: known.chainHash, recordedAt: known.recordedAt },
        asked: declared === null ? (mark?.asked ?? null) : null,
        lost: [...(mark?.lost ?? []), ...(declared === null ? [] : [declared])],
      };
    });
  }

  /**
   * Asks to go on without the events that are missing. The wish waits beside the marker.
   *
   * @throws DomainError `ledger.not_behind`, `auth.person_required`
   */
  async ask(actor: Actor, reason: string): Promise<MarkerView> {
    const { ledgerId, id, principalId } = actor;
    const { size } = await this.requireBehind(ledgerId);
    // Who has a key to act with acts with it: the second admin must be another person.
    if ((await this.access.adminCount(ledgerId)) > 0) requirePerson(principalId, ACT);
    const askedAt = this.clock.now().toISOString();
    const asked = { actor: id, principalId, reason, askedAt, size };
    await this.markers.change(ledgerId, (mark) => ({ ...mark!, asked }));
    return this.view(ledgerId);
  }

  /**
   * Confirms what another admin has asked: the loss is sealed, and the log goes on from where it is.
   * Where the log knows fewer than two admins nobody else could confirm: then who asked may.
   *
   * @throws DomainError `ledger.not_behind`, `ledger.resumption_not_asked`, `ledger.own_resumption`,
   *   `auth.person_required`
   */
  async confirm(actor: Actor): Promise<MarkerView> {
    const { ledgerId, principalId } = actor;
    const { size, standing, asked } = await this.requireBehind(ledgerId);
    if (asked === null || asked === undefined || asked.size !== size) {
      const fix = 'An admin asks first: `mizan resume --reason …`, or POST /v1/ledger/resumptions.';
      throw new DomainError('ledger.resumption_not_asked', { ledgerId, fix });
    }
    const adminCount = await this.access.adminCount(ledgerId);
    if (adminCount > 0) requirePerson(principalId, ACT);
    const isOwn = asked.principalId === principalId;
    if (isOwn && adminCount >= 2) {
      const fix = 'Another admin confirms it, with a key under their own name.';
      throw new DomainError('ledger.own_resumption', { ledgerId, fix });
    }
    const { size: markedSize, chainHash, recordedAt } = this.markers.markOf(ledgerId)!;
    const lastMarker = { size: markedSize, chainHash, recordedAt };
    const body = {
      lostFrom: standing === 'behind' ? size : null,
      lastMarker,
      reason: asked.reason,
      askedBy: asked.actor,
      askedByPrincipal: asked.principalId,
      askedAt: asked.askedAt,
      isAlone: isOwn,
    };
    await this.scope.write(ledgerId, (tx) =>
      this.ledger.resume(tx, actor, {
        type: 'ledger.resumed',
        validFrom: null,
        validTo: null,
        sourceRef: null,
        supersedes: [],
        body,
        rows: [],
      }),
    );
    return this.view(ledgerId);
  }

  private async requireBehind(ledgerId: string): Promise<MarkerView> {
    const view = await this.view(ledgerId);
    if (view.standing !== 'with') return view;
    throw notBehind(ledgerId);
  }
}

function lossText(
  seq: number,
  recordedAt: string,
  { lostFrom, lastMarker, reason }: Resumed,
): string {
  const last = lastMarker.size - 1;
  const what =
    lostFrom === null
      ? `The event ${last} that was known, and it may be others before it, were lost`
      : `Events ${lostFrom} to ${last} were lost`;
  return `${what} and declared on ${recordedAt} (event ${seq}): ${reason}`;
}
