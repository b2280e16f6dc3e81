import type { Factor, FactorHours } from '../carbon/factor.js';
import type { Canonical } from '../ledger/canonical.js';
import type { MonthHour } from '../matching/match-hour.js';
import type { DataQuality } from '../matching/month.js';
import { type SuspectHour, suspectSummary } from '../matching/suspect.js';
import { compareIds } from '../text.js';
import { DAY_MS, utcDayStartMs } from '../time/interval.js';
import { Decimal } from '../units/money.js';
import { claimPct } from '../units/ratio.js';
import type { Billing } from './billing.js';
import type { StatementHour, StatementPlant } from './statement-hour.js';
import type { SourceRef } from './figure.js';

/** A factor over the hours of a month. */
export interface HourlyFactor {
  readonly mgPerKwh: readonly number[];
  readonly cfePpm: readonly (number | null)[];
}

/**
 * The hours of a statement: what was matched, with the grid beside it.
 *
 * @param hours        Every hour of the month, in order.
 * @param grid         Grid average, one value per hour.
 * @param residualMix  One value per hour; null where none is published.
 * @param fossil       One value per hour.
 */
export function statementHours(
  hours: readonly MonthHour[],
  {
    grid,
    residualMix,
    fossil,
  }: {
    readonly grid: HourlyFactor;
    readonly residualMix: Pick<FactorHours<Factor>, 'mgPerKwh'>;
    readonly fossil: Pick<HourlyFactor, 'mgPerKwh'>;
  },
): StatementHour[] {
  return hours.map((hour, at) => ({
    hourMs: hour.hourMs,
    loadWh: hour.loadWh,
    estimatedLoadWh: hour.demand.reduce(
      (sum, { wh, isEstimated }) => sum + (isEstimated ? wh : 0),
      0,
    ),
    generationWh: hour.generationWh,
    matchedWh: hour.matchedWh,
    gridFactorMgPerKwh: grid.mgPerKwh[at]!,
    gridCfePpm: grid.cfePpm[at]!,
    residualMixMgPerKwh: residualMix.mgPerKwh[at]!,
    fossilMgPerKwh: fossil.mgPerKwh[at]!,
  }));
}

/**
 * What each plant generated: what of it the contract buys before losses, which is billed; what may
 * be matched; and what was.
 *
 * @param plants  In stable id order.
 */
export function statementPlants(
  hours: readonly MonthHour[],
  plants: readonly { readonly code: string; readonly directFactorMgPerKwh: number }[],
): (StatementPlant & { readonly contractedWh: number })[] {
  const sums = new Map(
    plants.map(({ code }) => [code, { contractedWh: 0, generationWh: 0, matchedWh: 0 }]),
  );
  for (const { supply } of hours) {
    for (const { certificate, contractedWh, eligibleWh, matchedWh } of supply) {
      const sum = sums.get(certificate.plantCode)!;
      sum.generationWh += eligibleWh;
      sum.contractedWh += contractedWh;
      sum.matchedWh += matchedWh;
    }
  }
  return plants.map(({ code, directFactorMgPerKwh }) => ({
    plantCode: code,
    ...sums.get(code)!,
    directFactorMgPerKwh,
  }));
}

/**
 * The data-quality line of a statement: intervals expected and present, shares by quality, what is in
 * no figure (METHOD 7.1 line 6), and SUSPECT hours that were taken as measured, with why.
 */
export function dataQualityJson({
  quality,
  suspect,
}: {
  readonly quality: DataQuality;
  readonly suspect: readonly SuspectHour[];
}): Canonical {
  const { whByShare } = quality;
  const presentWh = Object.values(whByShare).reduce((sum, wh) => sum + wh, 0);
  const share = (wh: number): string | null => claimPct(new Decimal(wh), new Decimal(presentWh));
  return {
    expectedIntervals: quality.expectedIntervals,
    presentIntervals: quality.presentIntervals,
    missingIntervals: quality.missingIntervals,
    incompleteMeterHours: quality.incompleteMeterHours,
    excludedMeterHours: quality.excludedMeterHours,
    measuredPct: share(whByShare.measured),
    calculatedPct: share(whByShare.calculated),
    estimatedPct: share(whByShare.estimated),
    unvalidatedPct: share(whByShare.unvalidated),
    missingPct: claimPct(
      new Decimal(quality.missingIntervals),
      new Decimal(quality.expectedIntervals),
    ),
    ...acceptedJson(suspect),
  };
}

/** What a statement says of SUSPECT hours that were accepted; nothing where there are none. */
function acceptedJson(suspect: readonly SuspectHour[]): { readonly [key: string]: Canonical } {
  const taken = suspect.filter(({ acceptedBecause }) => acceptedBecause !== null);
  if (taken.length === 0) return {};
  const { meterHours, wh, meterCodes } = suspectSummary(taken);
  const reasons = [...new Set(taken.map(({ acceptedBecause }) => acceptedBecause))];
  return { acceptedSuspect: { meterHours, wh, meterCodes: [...meterCodes], reasons } };
}

/** The priced lines of a billing statement as canonical JSON. */
export function billingJson({
  lines,
  totalNetMad,
  totalVatMad,
  totalGrossMad,
}: Billing): Canonical {
  return {
    currency: 'MAD',
    lines: lines.map((line) => ({ ...line })),
    totalNetMad,
    totalVatMad,
    totalGrossMad,
  };
}

/** Sources in a stable order, each once. */
export function distinctSources(sources: readonly SourceRef[]): SourceRef[] {
  const byKey = new Map(sources.map((source) => [`${source.kind} ${source.id}`, source]));
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
}

/**
 * Sources for blocks: runs of days of one meter that hold at the same revision become one, so that a
 * statement can be read.
 *
 * @param blocks  In any order.
 * @returns       `meter/first-day/revision`, or `meter/first-day..last-day/revision`, by meter and day.
 */
export function blockSources(
  blocks: readonly {
    readonly meterCode: string;
    readonly utcDay: string;
    readonly revision: number;
  }[],
): SourceRef[] {
  const ordered = blocks.toSorted(
    (a, b) => compareIds(a.meterCode, b.meterCode) || compareIds(a.utcDay, b.utcDay),
  );
  const spans: { meterCode: string; revision: number; first: string; last: string }[] = [];
  for (const { meterCode, utcDay, revision } of ordered) {
    const span = spans.at(-1);
    const isNext =
      span !== undefined &&
      span.meterCode === meterCode &&
      span.revision === revision &&
      utcDayStartMs(span.last) + DAY_MS === utcDayStartMs(utcDay);
    if (isNext) span.last = utcDay;
    else spans.push({ meterCode, revision, first: utcDay, last: utcDay });
  }
  return spans.map(({ meterCode, revision, first, last }) => ({
    kind: 'interval-block',
    id: `${meterCode}/${first === last ? first : `${first}..${last}`}/${revision}`,
  }));
}
