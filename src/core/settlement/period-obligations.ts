import { assert } from '../errors.js';
import { Decimal } from '../units/money.js';
import type { Frame, SettlementSeries } from './hours.js';
import { stageMwOn } from './hours.js';
import { flatLine, type HourlyLine, type LineKind } from './lines.js';
import {
  availabilityPct,
  coverageShortfallMwh,
  type MakeUpVintage,
  type ObligationAccount,
  outputShortfallMwh,
  withinCaps,
} from './obligations.js';
import type { ContractPrice } from './price.js';
import type { Openings } from './take-or-pay.js';
import type { ForwardVintage } from './carry-forward.js';
import { takeOrPayOf, totalMwh } from './take-or-pay.js';
import { type CoverageRatios, sumOf, type Volumes } from './volume.js';

/** Lines and accounts that follow from a period's hourly results. */
export interface PeriodObligations {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  /** The make-up bank after the period; null where it settles no take-or-pay. */
  readonly bank: readonly MakeUpVintage[] | null;
  /** Energy carried forward after it; null where nothing is. */
  readonly forward: readonly ForwardVintage[] | null;
}

interface Damage {
  readonly kind: LineKind;
  readonly label: string;
  readonly quantity: Decimal;
  readonly unit: 'MWh' | 'MW·day' | 'point';
  readonly rate: Decimal;
  readonly formula: string;
}

const WH_PER_MWH = 1_000_000;

/**
 * What must be taken, delivered and covered over the period, from its hourly results (SETTLEMENT 1.4):
 * obligations by the month in a month's settlement, those by the year in the annual reconciliation.
 *
 * @param deemed  Wh that were curtailed and are paid.
 */
export function periodObligations(
  frame: Frame,
  series: SettlementSeries,
  of: {
    readonly volumes: Volumes;
    readonly ratios: CoverageRatios | null;
    readonly openings: Openings;
    readonly priceNow: ContractPrice | null;
    readonly deemedWh: Decimal;
  },
): PeriodObligations {
  const isYear = frame.period.run === 'RECONCILIATION';
  const applies = (period: 'YEAR' | 'MONTH'): boolean => (period === 'YEAR') === isYear;
  const lines: HourlyLine[] = [];
  const accounts: ObligationAccount[] = [];
  const taken = takeOrPayOf(frame, series, of, applies);
  if (taken !== null) {
    lines.push(...taken.lines);
    accounts.push(...taken.accounts);
  }
  lines.push(...minMaxLines(frame, of.volumes, applies));
  const damages = damagesOf(frame, series, of, { applies, isYear });
  const owed = withinCaps(
    damages.map(({ quantity, rate }) => quantity.times(rate)),
    {
      ...frame.elections.obligations.damageCaps,
      paidYearMad: of.openings.damagesYearMad,
      paidTotalMad: of.openings.damagesTotalMad,
    },
  );
  damages.forEach((damage, at) => lines.push(damageLine(frame, damage, owed[at]!)));
  const movements = damages.map(({ label }, at) => ({ what: label, amount: owed[at]!.toFixed(2) }));
  accounts.push({
    ...{ name: 'damages', unit: 'MAD', opening: of.openings.damagesYearMad.toFixed(2), movements },
    closing: sumOf(owed).plus(of.openings.damagesYearMad).toFixed(2),
  });
  return { lines, accounts, bank: taken?.bank ?? null, forward: taken?.forward ?? null };
}

/** A credit to the buyer, within the caps. */
function damageLine(frame: Frame, damage: Damage, owedMad: Decimal): HourlyLine {
  const { kind, label, quantity, unit, rate, formula } = damage;
  const line = flatLine(
    { kind, label, formula, party: 'CONTRACT', vatCode: frame.elections.vat.damages },
    { quantity, unit, price: rate.negated(), priceUnit: `MAD/${unit}` },
  );
  const amountMad = owedMad.negated().toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toFixed(2);
  const isCapped = owedMad.lessThan(quantity.times(rate));
  return { ...line, amountMad, label: isCapped ? `${label}, capped` : label };
}

function damagesOf(
  frame: Frame,
  series: SettlementSeries,
  {
    volumes,
    ratios,
    deemedWh,
  }: {
    readonly volumes: Volumes;
    readonly ratios: CoverageRatios | null;
    readonly deemedWh: Decimal;
  },
  when: { readonly applies: (period: 'YEAR' | 'MONTH') => boolean; readonly isYear: boolean },
): readonly Damage[] {
  const { obligations } = frame.elections;
  const damages: Damage[] = [];
  const actualMwh = volumes.totals.delivered.dividedBy(WH_PER_MWH);
  const { outputGuarantee: output, availabilityGuarantee, coverageGuarantee } = obligations;
  if (output !== null && when.isYear) {
    const forceMajeureMwh = totalMwh(series.forceMajeureWh);
    const deemedMwh = deemedWh.dividedBy(WH_PER_MWH);
    const quantity = outputShortfallMwh({ ...output, actualMwh, deemedMwh, forceMajeureMwh });
    damages.push({
      ...{ kind: 'OUTPUT_DAMAGES', label: 'Output guarantee', quantity, unit: 'MWh' },
      rate: new Decimal(output.rateMadPerMwh),
      formula: 'Sf = (g × P50 − (actual + deemed + FM))⁺',
    });
  }
  if (availabilityGuarantee !== null && when.isYear) {
    const pct = availabilityOf(frame, series, { basis: availabilityGuarantee.basis, actualMwh });
    const short = pct === null ? null : new Decimal(availabilityGuarantee.levelPct).minus(pct);
    damages.push({
      ...{ kind: 'AVAILABILITY_DAMAGES', label: 'Availability guarantee', unit: 'point' },
      quantity: short === null ? new Decimal(0) : Decimal.max(short, 0),
      rate: new Decimal(availabilityGuarantee.rateMadPerPoint),
      formula: `availability by ${availabilityGuarantee.basis.toLowerCase()}`,
    });
  }
  if (coverageGuarantee !== null && when.applies(coverageGuarantee.period)) {
    const { metric, levelPct } = coverageGuarantee;
    assert(ratios !== null, 'obligations: a coverage guarantee has a load');
    const quantity =
      ratios.coveredWh === null
        ? new Decimal(0)
        : coverageShortfallMwh(levelPct, ratios.coveredWh[metric], ratios.loadWh);
    damages.push({
      ...{ kind: 'COVERAGE_DAMAGES', label: `Coverage guarantee, ${metric}`, quantity },
      ...{ unit: 'MWh', rate: new Decimal(coverageGuarantee.rateMadPerMwh) },
      formula: 'LD = (G − C)⁺ × Σ L × rate',
    });
  }
  return [...damages, ...delayOf(frame)];
}

function availabilityOf(
  frame: Frame,
  { states, potentialWh, generationWh }: SettlementSeries,
  { basis, actualMwh }: { readonly basis: 'TIME' | 'ENERGY'; readonly actualMwh: Decimal },
): Decimal | null {
  const count = (wanted: readonly string[]): number =>
    states!.filter((state) => wanted.includes(state)).length;
  const lost = states!.reduce(
    (sum, state, at) =>
      state === 'OUT' && potentialWh !== null
        ? sum.plus(Math.max(0, potentialWh[at]! - (generationWh[at] ?? 0)))
        : sum,
    new Decimal(0),
  );
  return availabilityPct({
    ...{ basis, actualMwh, hours: frame.hours.length },
    availableHours: count(['RUNNING', 'CURTAILED']),
    excusedHours: count(['OUT_EXCUSED']),
    lostUnexcusedMwh: lost.dividedBy(WH_PER_MWH),
  });
}

/** Days of the period on which the plant should have run and did not. */
function delayOf(frame: Frame): readonly Damage[] {
  const { obligations, codDate } = frame.elections;
  const { delayDamages: delay } = obligations;
  if (delay === null || frame.period.run === 'RECONCILIATION') return [];
  const days = [...new Set(frame.hours.map(({ civilDay }) => civilDay))].filter(
    (day) => delay.scheduledCod <= day && day < codDate && day <= delay.longStopDate,
  );
  if (days.length === 0) return [];
  const mw = new Decimal(stageMwOn(frame.elections, codDate));
  return [
    {
      ...{ kind: 'DELAY_DAMAGES', label: 'Delay of the COD', unit: 'MW·day' },
      quantity: mw.times(days.length),
      rate: new Decimal(delay.rateMadPerMwDay),
      formula: 'MW × days × rate',
    },
  ];
}

function minMaxLines(
  frame: Frame,
  { totals }: Volumes,
  applies: (period: 'YEAR' | 'MONTH') => boolean,
): HourlyLine[] {
  const { minMax } = frame.elections.obligations;
  if (minMax === null || !applies(minMax.period)) return [];
  const takenMwh = totals.priced.dividedBy(WH_PER_MWH);
  const { minMwh, maxMwh } = minMax;
  const zero = new Decimal(0);
  const below = minMwh === null ? zero : Decimal.max(new Decimal(minMwh).minus(takenMwh), 0);
  const above = maxMwh === null ? zero : Decimal.max(takenMwh.minus(maxMwh), 0);
  const line = (kind: LineKind, label: string, quantity: Decimal, price: string): HourlyLine[] =>
    quantity.isZero()
      ? []
      : [
          flatLine(
            {
              ...{ kind, label, party: 'CONTRACT', vatCode: frame.elections.vat.energy },
              formula: 'part outside × its price',
            },
            { quantity, unit: 'MWh', price: new Decimal(price), priceUnit: 'MAD/MWh' },
          ),
        ];
  return [
    ...line('BELOW_MINIMUM', 'Below the minimum', below, minMax.belowMadPerMwh),
    ...line('ABOVE_MAXIMUM', 'Above the maximum', above, minMax.aboveMadPerMwh),
  ];
}
