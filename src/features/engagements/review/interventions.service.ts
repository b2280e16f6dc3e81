import { Injectable } from '@nestjs/common';
import type { EngagementTerms } from '../../../core/engagements/engagement.js';
import { type Intervention, interventionOf } from '../../../core/engagements/interventions.js';
import { principalOf, type SealedActor } from '../../../core/ledger/principal.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { PrincipalsService } from '../../access/principals.service.js';
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
  ) {}

  /** Those in the scope of an engagement, at the state that is fixed; before one is, as the log has them now. */
  async of(ledgerId: string, engagementId: string): Promise<readonly ListedIntervention[]> {
    const { terms, rounds } = await this.log.get(ledgerId, engagementId);
    return this.list(ledgerId, terms, rounds.at(-1)?.size ?? Number.MAX_SAFE_INTEGER);
  }

  /** Those that a log of `size` events knows about the months in scope, in order. */
  list(
    ledgerId: string,
    { months }: Pick<EngagementTerms, 'months'>,
    size: number,
  ): Promise<readonly ListedIntervention[]> {
    const { startMs } = civilMonth(MOROCCO_LEGAL_TIME, months.from);
    const { endMs } = civilMonth(MOROCCO_LEGAL_TIME, months.to);
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const names = await this.principals.names(tx);
      const effects = new Map(
        (await this.events.readingEffects(tx, { startMs, endMs })).map((one) => [one.eventId, one]),
      );
      const all: ListedIntervention[] = [];
      for (const row of await this.events.acts(tx, { before: size, startMs, endMs })) {
        const sealed = JSON.parse(row.payload) as Sealed;
        const found = interventionOf({ type: row.type, body: sealed.body });
        if (found === null) continue;
        const principalId = principalOf(sealed);
        const effect = effects.get(row.eventId);
        all.push({
          ...found,
          reason: found.reason ?? (row.note === '' ? null : row.note),
          seq: row.seq,
          eventId: row.eventId,
          type: row.type,
          at: sealed.recordedAt,
          principalId,
          name: names.get(principalId) ?? null,
          role: sealed.actorRole ?? '',
          effect: {
            wh: effect?.wh ?? quantityWh(sealed.body),
            intervalCount: effect?.intervalCount ?? null,
          },
        });
      }
      return all;
    });
  }
}

/** Of an act on certificates. */
function quantityWh(body: Sealed['body']): number | null {
  const { quantityWh: wh } = (body['action'] ?? {}) as { readonly quantityWh?: unknown };
  return typeof wh === 'number' ? wh : null;
}
