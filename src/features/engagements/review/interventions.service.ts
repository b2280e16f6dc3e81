import { Injectable } from '@nestjs/common';
import type { EngagementTerms } from '../../../core/engagements/engagement.js';
import {
  type Intervention,
  interventionOf,
  lateCertificates,
} from '../../../core/engagements/interventions.js';
import {
  type AuditedStretch,
  revisionsTouching,
  type SealedVersion,
} from '../../../core/engagements/record-scope.js';
import { principalOf, type SealedActor } from '../../../core/ledger/principal.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { PrincipalsService } from '../../access/principals.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { VerificationService } from '../../ledger/replay/verification.service.js';
import { EngagementLogService } from '../engagement/engagement-log.service.js';
import { InterventionsQueries } from './interventions.queries.js';

/** An intervention with who did it and what came of it. */
export interface ListedIntervention extends Intervention {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly at: string;
  /** Id of a principal, `terminal` or `clock`. */
  readonly principalId: string;
  /** Null where the name was erased, and of `terminal` and `clock`. */
  readonly name: string | null;
  readonly role: string;
  readonly effect: {
    /** Net, of readings or certificates; null where it is none in Wh. */
    readonly wh: number | null;
    /** Intervals whose value is another; null where it is none of readings. */
    readonly intervalCount: number | null;
  };
}

interface Sealed extends SealedActor {
  readonly recordedAt: string;
  readonly actorRole?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Every manual intervention in what is audited: override, estimate, waiver, correction; who, why, and what came of it. */
@Injectable()
export class InterventionsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly events: InterventionsQueries,
    private readonly principals: PrincipalsService,
    private readonly log: EngagementLogService,
    private readonly ledger: LedgerService,
    private readonly replay: VerificationService,
  ) {}

  /** Those in the scope of an engagement, at the state that is fixed; before one is, as the log has them now. */
  async of(ledgerId: string, engagementId: string): Promise<readonly ListedIntervention[]> {
    const { terms, rounds } = await this.log.get(ledgerId, engagementId);
    const size = rounds.at(-1)?.size ?? Number.MAX_SAFE_INTEGER;
    return this.scope.readHeavy(ledgerId, (tx) => this.listIn(tx, terms, size));
  }

  /** Those that a log of `size` events knows about the site and the months in scope, in order. */
  async listIn(
    tx: LedgerTx,
    { siteCode, months }: Pick<EngagementTerms, 'siteCode' | 'months'>,
    size: number,
  ): Promise<readonly ListedIntervention[]> {
    const { startMs } = civilMonth(MOROCCO_LEGAL_TIME, months.from);
    const { endMs } = civilMonth(MOROCCO_LEGAL_TIME, months.to);
    const stretch = { siteCode, startMs, endMs, before: size };
    const names = await this.principals.names(tx);
    const acts = (await this.events.acts(tx, stretch)).map((row) => ({
      ...row,
      sealed: JSON.parse(row.payload) as Sealed,
    }));
    const effects = byEvent(await this.events.readingEffects(tx, stretch));
    const late = byEvent(await this.events.lateCertificates(tx, stretch));
    const revised = await this.revisedIn(tx, acts, stretch);
    return acts.flatMap(({ seq, eventId, type, note, sealed }): ListedIntervention[] => {
      const came = late.get(eventId);
      const found =
        came === undefined
          ? interventionOf({ type, body: sealed.body })
          : lateCertificates(sealed.body, came.certificateCount);
      const isElsewhere = type === RECORDED && !revised.has(eventId);
      if (found === null || isElsewhere) return [];
      const principalId = principalOf(sealed);
      const effect = effects.get(eventId);
      const one = {
        ...found,
        reason: found.reason ?? (note === '' ? null : note),
        seq,
        eventId,
        type,
        at: sealed.recordedAt,
        principalId,
        name: names.get(principalId) ?? null,
        role: sealed.actorRole ?? '',
        effect: {
          wh: effect?.wh ?? came?.wh ?? quantityWh(sealed.body),
          intervalCount: effect?.intervalCount ?? null,
        },
      };
      return [one];
    });
  }

  /** Events of revised records that touch what is audited. */
  private async revisedIn(
    tx: LedgerTx,
    acts: readonly { readonly eventId: string; readonly type: string; readonly sealed: Sealed }[],
    stretch: AuditedStretch,
  ): Promise<ReadonlySet<string>> {
    const recorded = acts.filter(({ type }) => type === RECORDED);
    if (recorded.every(({ sealed }) => Number(sealed.body['version']) === 1)) return new Set();
    const versions: SealedVersion[] = [];
    for (const { eventId, sealed } of recorded) {
      const event = (await this.ledger.eventIn(tx, eventId))!;
      const [row] = await this.replay.rowsOf(tx, event);
      const { kind, code, version } = sealed.body as unknown as SealedVersion;
      versions.push({
        eventId,
        kind,
        code,
        version,
        row: JSON.parse(row!) as SealedVersion['row'],
      });
    }
    return revisionsTouching(versions, stretch, MOROCCO_LEGAL_TIME);
  }
}

/** Type of the events that seal versions of records. */
const RECORDED = 'record.versioned';

const byEvent = <T extends { readonly eventId: string }>(
  all: readonly T[],
): ReadonlyMap<string, T> => new Map(all.map((one) => [one.eventId, one]));

/** Of an act on certificates. */
function quantityWh(body: Sealed['body']): number | null {
  const { quantityWh: wh } = (body['action'] ?? {}) as { readonly quantityWh?: unknown };
  return typeof wh === 'number' ? wh : null;
}
