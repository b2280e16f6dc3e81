import { Injectable } from '@nestjs/common';
import {
  type Engagement,
  POPULATION_UNITS,
  type PopulationKind,
  type Round,
  type Sample,
  type SampledItem,
  type SampleMethod,
} from '../../../core/engagements/engagement.js';
import {
  requireItems,
  SAMPLE_LIMIT,
  sampleOf,
  seededRound,
} from '../../../core/engagements/rules.js';
import { DomainError } from '../../../core/errors.js';
import { toHex } from '../../../core/ledger/merkle.js';
import {
  type ConfidencePct,
  drawUnits,
  RELIABILITY_PER_100,
} from '../../../core/sampling/monetary-unit.js';
import {
  populationHash,
  populationTable,
  type SampleItem,
  totalsOf,
} from '../../../core/sampling/population.js';
import { type Projection, project } from '../../../core/sampling/projection.js';
import { seedOf } from '../../../core/sampling/seed.js';
import {
  controlTestCount,
  type ControlFrequency,
  drawStratified,
} from '../../../core/sampling/stratified.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { EngagementLogService } from '../engagement/engagement-log.service.js';
import { EngagementsService } from '../engagement/engagements.service.js';
import { PopulationsService } from './populations.service.js';

/** A sample to draw. */
export type SampleRequest =
  | {
      readonly method: 'monetary-unit';
      readonly population: PopulationKind;
      readonly tolerable: number;
      readonly confidencePct: ConfidencePct;
    }
  | {
      readonly method: 'stratified';
      readonly population: PopulationKind;
      /** Null: as many as the frequency asks for at the least. */
      readonly count: number | null;
      readonly frequency: ControlFrequency | null;
    };

/** What the errors of a sample say: projected, or of a stratified one counted. */
export type SampleOutcome =
  | Projection
  | { readonly testedCount: number; readonly itemCount: number; readonly errorCount: number };

/** Draws samples and keeps what the auditor found of their items. */
@Injectable()
export class SamplesService {
  constructor(
    private readonly log: EngagementLogService,
    private readonly engagements: EngagementsService,
    private readonly populations: PopulationsService,
    private readonly ledger: LedgerService,
  ) {}

  /**
   * Draws a sample from the state that is fixed, by its root and the nonce. Whoever draws it again from the
   * population's table gets the same items (SAMPLING sections 1 to 4).
   *
   * @throws DomainError as `EngagementsService.act`; `engagement.step_out_of_order`, `engagement.sample_too_large`,
   *   `sampling.…`
   */
  async draw(
    actor: Actor,
    engagementId: string,
    request: SampleRequest,
  ): Promise<{ readonly engagement: Engagement; readonly sample: Sample }> {
    const known = await this.log.get(actor.ledgerId, engagementId);
    const round = seededRound(known);
    const kind = request.population;
    const items = await this.populations.items(actor.ledgerId, known, { kind, round });
    const seed = seedOf(new Uint8Array(Buffer.from(round.root, 'hex')), round.nonce.text);
    const { how, drawn } = drawnBy(request, items, seed);
    if (drawn.length > SAMPLE_LIMIT) {
      const fix = 'Tolerate more, or take less confidence.';
      const itemCount = drawn.length;
      throw new DomainError('engagement.sample_too_large', { itemCount, limit: SAMPLE_LIMIT, fix });
    }
    const sampleId = this.ledger.nextId();
    const engagement = await this.engagements.act(actor, engagementId, async (tx, now) => {
      // A state that was fixed meanwhile is drawn from by itself.
      const { round: of } = seededRound(now);
      if (of !== round.round) throw movedOn(engagementId);
      await this.log.append(tx, actor, {
        type: 'audit.sampled',
        engagementId,
        terms: now.terms,
        body: {
          sampleId,
          round: of,
          population: kind,
          unit: POPULATION_UNITS[kind],
          how,
          seed: toHex(seed),
          populationSha256: populationHash(items),
          totals: totalsOf(items),
          items: drawn,
        },
      });
    });
    return { engagement, sample: sampleOf(engagement, sampleId) };
  }

  /** Records what was found of items; a later result takes the place of an earlier one. @throws DomainError as `act`; `engagement.item_not_found` */
  record(
    actor: Actor,
    engagementId: string,
    of: {
      readonly sampleId: string;
      readonly results: readonly {
        readonly key: string;
        readonly audited: number;
        readonly note: string | null;
      }[];
    },
  ): Promise<Engagement> {
    const { sampleId, results } = of;
    return this.engagements.act(actor, engagementId, async (tx, engagement) => {
      requireItems(
        sampleOf(engagement, sampleId),
        results.map(({ key }) => key),
      );
      await this.log.append(tx, actor, {
        type: 'audit.tested',
        engagementId,
        terms: engagement.terms,
        body: { sampleId, results: results.map((one) => ({ ...one })) },
      });
    });
  }

  /**
   * A population as the table that a sample is drawn from.
   *
   * @param round  Null for the last.
   * @throws DomainError `engagement.not_found`, `engagement.step_out_of_order` before a state is fixed
   */
  async table(
    ledgerId: string,
    engagementId: string,
    { kind, round }: { readonly kind: PopulationKind; readonly round: number | null },
  ): Promise<string> {
    const engagement = await this.log.get(ledgerId, engagementId);
    const of = fixedRound(engagement, round);
    return populationTable(await this.populations.items(ledgerId, engagement, { kind, round: of }));
  }
}

/** The round of a number, or the last. @throws DomainError `engagement.step_out_of_order` */
export function fixedRound({ engagementId, rounds }: Engagement, round: number | null): Round {
  const found = round === null ? rounds.at(-1) : rounds.find((one) => one.round === round);
  if (found !== undefined) return found;
  const detail = round === null ? 'No state of the log is fixed.' : `There is no state ${round}.`;
  const fix = 'Fix a state of the log first: `npx mizan audit fix`, or POST …/checkpoints.';
  throw new DomainError('engagement.step_out_of_order', { engagementId, detail, fix });
}

/** What a sample's results say so far. */
export function outcomeOf({ how, items, results }: Sample): SampleOutcome {
  const tested = [...results.values()];
  if (how.method === 'monetary-unit') {
    const { interval, tolerable, confidencePct } = how;
    const reliabilityPer100 = RELIABILITY_PER_100[confidencePct];
    return project({ items, interval, tolerable, reliabilityPer100 }, tested);
  }
  const recorded = new Map(items.map(({ key, size, stratum }) => [key, signed(stratum, size)]));
  return {
    testedCount: tested.length,
    itemCount: items.length,
    errorCount: tested.filter(({ key, audited }) => recorded.get(key) !== audited).length,
  };
}

const signed = (stratum: string, size: number): number =>
  stratum.startsWith('credit/') ? -size : size;

function drawnBy(
  request: SampleRequest,
  items: readonly SampleItem[],
  seed: Uint8Array,
): { readonly how: SampleMethod; readonly drawn: readonly SampledItem[] } {
  if (request.method === 'monetary-unit') {
    const { method, tolerable, confidencePct } = request;
    const {
      plannedCount,
      interval,
      start,
      items: drawn,
    } = drawUnits(items, {
      tolerable,
      confidencePct,
      seed,
    });
    const how = { method, tolerable, confidencePct, plannedCount, interval, start };
    return { how, drawn };
  }
  const { method, frequency, count: wanted } = request;
  const count = frequency === null ? wanted! : controlTestCount(frequency, wanted);
  const { items: drawn } = drawStratified(items, { count, seed });
  return {
    how: { method, count, frequency },
    drawn: drawn.map((one) => ({ ...one, because: 'drawn', unit: null })),
  };
}

function movedOn(engagementId: string): DomainError {
  const detail = 'Another state was fixed while the sample was drawn.';
  const fix = 'Draw again.';
  return new DomainError('engagement.step_out_of_order', { engagementId, detail, fix });
}
