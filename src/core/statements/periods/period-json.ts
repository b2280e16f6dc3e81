import type { Canonical } from '../../ledger/canonical.js';
import type { DataQuality } from '../../matching/month.js';
import { compareIds } from '../../text.js';
import { sumWattHours } from '../../units/energy.js';
import { Decimal } from '../../units/money.js';
import type { InstrumentClass } from '../criteria.js';
import type { Figure } from '../figure.js';
import type { ExactSums } from './period-month.js';
import type { View } from './views.js';

/** Emissions before rounding, t: twelve decimals at most. */
const tonnesExact = (exact: Decimal): string =>
  exact.dividedBy('1e12').toDecimalPlaces(12, Decimal.ROUND_HALF_UP).toFixed();

/** Energy and Scope 2 of a month or a site, exact, as a statement of a period prints them. */
export function sumsJson(sums: ExactSums): Readonly<Record<string, number | string>> {
  const { loadWh, generationWh, matchedWh, location, market2015, hourly, fossil } = sums;
  return {
    loadWh,
    generationWh,
    matchedWh,
    residualWh: loadWh - matchedWh,
    excessWh: generationWh - matchedWh,
    locationBasedT: tonnesExact(location),
    marketBased2015T: tonnesExact(market2015),
    marketHourlyT: tonnesExact(hourly),
    marketHourlyFossilT: tonnesExact(fossil),
  };
}

/** What is known of months together. */
export function joinQuality(all: readonly DataQuality[]): DataQuality {
  const sum = (of: (one: DataQuality) => number): number => sumWattHours(all.map(of));
  const share = (name: keyof DataQuality['whByShare']): number =>
    sum(({ whByShare }) => whByShare[name]);
  return {
    expectedIntervals: sum((one) => one.expectedIntervals),
    presentIntervals: sum((one) => one.presentIntervals),
    missingIntervals: sum((one) => one.missingIntervals),
    incompleteMeterHours: sum((one) => one.incompleteMeterHours),
    excludedMeterHours: sum((one) => one.excludedMeterHours),
    whByShare: {
      measured: share('measured'),
      calculated: share('calculated'),
      estimated: share('estimated'),
      unvalidated: share('unvalidated'),
      missing: share('missing'),
    },
  };
}

/** Answers that are alike stand once, with the months that they are of (METHOD 6.3). */
export function criteriaByMonths(
  months: readonly {
    readonly siteCode: string;
    readonly month: string;
    readonly classes: readonly InstrumentClass[];
  }[],
): readonly (InstrumentClass & { readonly months: readonly string[] })[] {
  const groups = new Map<string, { one: InstrumentClass; months: string[] }>();
  for (const { siteCode, month, classes } of months) {
    for (const one of classes) {
      const key = JSON.stringify(one);
      const group = groups.get(key) ?? { one, months: [] };
      group.months.push(`${siteCode} ${month}`);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ one, months: of }) => ({
    ...one,
    months: of.toSorted(compareIds),
  }));
}

const EFFECTS = [
  ['contractedCfePct', 'contractedCfeWithoutEstimatesPct'],
  ['locationBasedT', 'locationBasedWithoutEstimatesT'],
  ['marketBased2015T', 'marketBased2015WithoutEstimatesT'],
  ['marketHourlyT', 'marketHourlyWithoutEstimatesT'],
  ['marketHourlyFossilT', 'marketHourlyFossilWithoutEstimatesT'],
] as const;

/** What estimates do to each result, of what is printed (METHOD 7.1, line 18). */
export function estimationEffects(figures: readonly Figure[]): Canonical {
  const valueOf = (id: string): string | null => {
    const value = figures.find((figure) => figure.id === id)?.value ?? null;
    return value === null ? null : String(value);
  };
  return EFFECTS.map(([figure, without]) => {
    const [stated, left] = [valueOf(figure), valueOf(without)];
    const effect =
      stated === null || left === null ? null : new Decimal(stated).minus(left).toFixed();
    return { figure, stated, withoutEstimates: left, effect };
  });
}

/** A view as canonical JSON holds it. */
export function viewJson({ lines, missing, leavesOut, ...view }: View): Canonical {
  return {
    ...view,
    lines: lines.map((line) => ({ ...line })),
    missing: [...missing],
    leavesOut: [...leavesOut],
  };
}
