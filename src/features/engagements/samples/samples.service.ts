import { isDeepStrictEqual } from 'node:util';
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
import { engineStamp, isMadeHere, notComputedHere } from '../../../core/engines.js';
import { DomainError } from '../../../core/errors.js';
import type { Fault } from '../../../core/ledger/verify.js';
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
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';
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
export class SamplesService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly log: EngagementLogService,
    private readonly engagements: EngagementsService,
    private readonly populations: PopulationsService,
    private readonly ledger: LedgerService,
  ) {}

  /** Whether each sample is what its seed draws. */
  replayed(): Replayed {
    return { checks: [(tx, note) => this.otherSample(tx, note)] };
  }

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
    const items = await this.scope.readHeavy(actor.ledgerId, (tx) =>
      this.populations.items(tx, known, { kind, round }),
    );
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
          ...engineStamp('sampling'),
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
    return this.scope.readHeavy(ledgerId, async (tx) =>
      populationTable(await this.populations.items(tx, engagement, { kind, round: of })),
    );
  }

  /** The first sample that does not come out of its seed and its population again. */
  private async otherSample(tx: LedgerTx, note: (line: string) => void): Promise<Fault | null> {
    const all = await this.log.all(tx);
    for (const line of notComputedHere(
      'sampling',
      'sample',
      all.flatMap(({ samples }) => samples),
    )) {
      note(line);
    }
    for (const engagement of all) {
      // Samples of one state share what they were drawn from.
      const drawnFrom = new Map<string, readonly SampleItem[]>();
      for (const sample of engagement.samples) {
        if (!isMadeHere('sampling', sample)) continue;
        const { round: number, population: kind, sampleId, drawn } = sample;
        const round = engagement.rounds.find((one) => one.round === number)!;
        const key = `${number} ${kind}`;
        const items =
          drawnFrom.get(key) ?? (await this.itemsAgain(tx, engagement, { kind, round }));
        if (items === null) {
          note(
            `Sample ${sampleId}: its months were matched by another engine: not drawn again here`,
          );
          continue;
        }
        drawnFrom.set(key, items);
        const difference = otherThan(sample, round, items);
        if (difference === null) continue;
        const detail = `Sample ${sampleId} ${difference}`;
        return { seq: drawn.seq, check: 'sample', detail };
      }
    }
    return null;
  }

  /** A population once more; null where this program cannot match its months as they were. */
  private async itemsAgain(
    tx: LedgerTx,
    engagement: Engagement,
    of: { readonly kind: PopulationKind; readonly round: Round },
  ): Promise<readonly SampleItem[] | null> {
    try {
      return await this.populations.items(tx, engagement, of);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'engine.not_here') return null;
      throw error;
    }
  }
}

/** In what a sample differs from what its seed draws; null where in nothing. */
function otherThan(sample: Sample, round: Round, items: readonly SampleItem[]): string | null {
  const { how, seed: sealed, populationSha256, items: drawn, totals } = sample;
  const seed = seedOf(new Uint8Array(Buffer.from(round.root, 'hex')), round.nonce!.text);
  if (toHex(seed) !== sealed) return 'was not drawn by the root and the nonce of its state.';
  const isSame =
    populationHash(items) === populationSha256 && isDeepStrictEqual(totalsOf(items), totals);
  if (!isSame) return 'was drawn from another population than the log has.';
  const again = drawnBy(how, items, seed);
  const isDrawn =
    isDeepStrictEqual({ ...again.how }, { ...how }) && isDeepStrictEqual(again.drawn, drawn);
  return isDrawn ? null : 'holds other items than its seed draws.';
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

/** What of a sample decides how it is drawn: of one that is sealed, or asked for. */
type Drawing =
  | Pick<
      Extract<SampleMethod, { method: 'monetary-unit' }>,
      'method' | 'tolerable' | 'confidencePct'
    >
  | {
      readonly method: 'stratified';
      readonly count: number | null;
      readonly frequency: ControlFrequency | null;
    };

function drawnBy(
  request: Drawing,
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
