import { assert } from '../../errors.js';
import { apportion } from '../../math/apportion.js';
import { compareIds } from '../../text.js';
import { sumWattHours } from '../../units/energy.js';
import { Decimal } from '../../units/money.js';
import { type Scope2, scope2Of } from '../scope2.js';
import type { StatementHour, StatementPlant } from '../statement-hour.js';
import { marketBased2015, plantsWith, type TierLine, withoutEstimated } from '../tiers.js';

/** A month of one site inside a period, by its current matching run. */
export interface PeriodMonth {
  readonly siteCode: string;
  /** `YYYY-MM`. */
  readonly month: string;
  /** Every hour of the month, in order. */
  readonly hours: readonly StatementHour[];
  /** By code; `matchedWh` is of this month. */
  readonly plants: readonly StatementPlant[];
  /** Whether every version of the month's contract answers the quality criteria (METHOD 6.3). */
  readonly areInstrumentsApplied: boolean;
  /** Wh cancelled or claimed for the reporter beyond what was matched, in the order of `plants`. */
  readonly surplusCancelledWh: readonly number[];
}

/** Energy and Scope 2 of months, exact: Wh, and Wh × mg/kWh. */
export interface ExactSums extends Scope2 {
  readonly loadWh: number;
  readonly generationWh: number;
  readonly matchedWh: number;
}

/** What counts in the 2015 figure of a period of one site, and what of the surplus does not. */
export interface Volumes2015 {
  /** By code; `matchedWh` is what counts: matched, and surplus that was cancelled for the reporter. */
  readonly plants: readonly StatementPlant[];
  readonly areInstrumentsApplied: boolean;
  readonly surplusCancelledWh: number;
  /** Of it: counted. */
  readonly countedWh: number;
  /** Of it: beyond what the period used and no instrument covered. */
  readonly beyondNeedWh: number;
}

/** A month's sums, its 2015 figure by the volumes of the month. */
export function sumsOfMonth({ hours, plants, areInstrumentsApplied }: PeriodMonth): ExactSums {
  return { ...energyOf(hours), ...scope2Of(hours, plants, areInstrumentsApplied) };
}

/** The same month with estimated load left out. */
export function monthWithoutEstimates(month: PeriodMonth): PeriodMonth {
  const hours = withoutEstimated(month.hours);
  const left = apportion(
    sumWattHours(hours.map(({ matchedWh }) => matchedWh)),
    Float64Array.from(month.plants, ({ matchedWh }) => matchedWh),
  );
  return { ...month, hours, plants: plantsWith(month.plants, left) };
}

/**
 * What counts in the 2015 figure of a period (METHOD 6.1, "Q"): what was matched in months whose
 * instruments are applied, and surplus of these months that was cancelled for the reporter, together
 * at most the load. Odd Wh of a cut surplus go by largest remainder.
 *
 * @param months  Of one site.
 */
export function volumes2015(months: readonly PeriodMonth[]): Volumes2015 {
  const applied = months.filter(({ areInstrumentsApplied }) => areInstrumentsApplied);
  const byCode = new Map<string, StatementPlant & { surplusWh: number }>();
  for (const { plants, surplusCancelledWh } of applied) {
    for (const [at, plant] of plants.entries()) {
      const sum = byCode.get(plant.plantCode);
      const { directFactorMgPerKwh } = plant;
      assert(
        (sum?.directFactorMgPerKwh ?? directFactorMgPerKwh) === directFactorMgPerKwh,
        'period: a plant has one factor',
      );
      byCode.set(plant.plantCode, {
        ...plant,
        generationWh: (sum?.generationWh ?? 0) + plant.generationWh,
        matchedWh: (sum?.matchedWh ?? 0) + plant.matchedWh,
        surplusWh: (sum?.surplusWh ?? 0) + surplusCancelledWh[at]!,
      });
    }
  }
  const sums = [...byCode.values()].toSorted((a, b) => compareIds(a.plantCode, b.plantCode));
  const loadWh = sumWattHours(months.flatMap(({ hours }) => hours.map((hour) => hour.loadWh)));
  const roomWh = loadWh - sumWattHours(sums.map(({ matchedWh }) => matchedWh));
  const surplusWh = sumWattHours(sums.map((plant) => plant.surplusWh));
  const countedWh = Math.min(surplusWh, roomWh);
  const counted = apportion(
    countedWh,
    Float64Array.from(sums, (plant) => plant.surplusWh),
  );
  return {
    plants: sums.map(({ plantCode, generationWh, directFactorMgPerKwh, matchedWh }, at) => ({
      plantCode,
      generationWh,
      directFactorMgPerKwh,
      matchedWh: matchedWh + counted[at]!,
    })),
    areInstrumentsApplied: applied.length > 0,
    surplusCancelledWh: sumWattHours(months.flatMap((month) => month.surplusCancelledWh)),
    countedWh,
    beyondNeedWh: surplusWh - countedWh,
  };
}

/**
 * A period's sums of one site: energy, location-based and the hourly pair over all of its hours, the
 * 2015 figure by the volumes, the cap and the mean factor of the period.
 *
 * @param months  Of one site, in order; at least one.
 */
export function sumsOfPeriod(
  months: readonly PeriodMonth[],
): ExactSums & { readonly tiers: readonly TierLine[]; readonly volumes: Volumes2015 } {
  const hours = months.flatMap((month) => month.hours);
  const volumes = volumes2015(months);
  const { lines, exact } = marketBased2015(hours, volumes.plants, volumes.areInstrumentsApplied);
  // Where a month's instruments are not applied, nothing of it counts as matched.
  const claimed = months.flatMap((month) =>
    month.areInstrumentsApplied
      ? month.hours
      : month.hours.map((hour) => ({ ...hour, matchedWh: 0 })),
  );
  const plants = months.flatMap((month) => (month.areInstrumentsApplied ? month.plants : []));
  return {
    ...energyOf(hours),
    ...scope2Of(claimed, plants, true),
    market2015: exact,
    tiers: lines,
    volumes,
  };
}

/** Sums of sums, by member. */
export function addSums(all: readonly ExactSums[]): ExactSums {
  const wh = (of: 'loadWh' | 'generationWh' | 'matchedWh'): number =>
    sumWattHours(all.map((one) => one[of]));
  const exact = (of: keyof Scope2): Decimal =>
    all.reduce((sum, one) => sum.plus(one[of]), new Decimal(0));
  return {
    loadWh: wh('loadWh'),
    generationWh: wh('generationWh'),
    matchedWh: wh('matchedWh'),
    location: exact('location'),
    market2015: exact('market2015'),
    hourly: exact('hourly'),
    fossil: exact('fossil'),
  };
}

function energyOf(
  hours: readonly StatementHour[],
): Pick<ExactSums, 'loadWh' | 'generationWh' | 'matchedWh'> {
  return {
    loadWh: sumWattHours(hours.map(({ loadWh }) => loadWh)),
    generationWh: sumWattHours(hours.map(({ generationWh }) => generationWh)),
    matchedWh: sumWattHours(hours.map(({ matchedWh }) => matchedWh)),
  };
}
