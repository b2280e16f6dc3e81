import { Decimal } from '../units/money.js';
import { type Counted } from './counters/accounts.js';
import { type Span, spansOf, sumIn } from './counters/spans.js';
import { coverageRatios } from './coverage.js';
import type { Frame, SettlementSeries } from './hours.js';
import { needed, stageMwOn } from './hours.js';
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
import { shareOf, sumOf, type Volumes } from './volume.js';

/** Lines and accounts that follow from a period's hourly results. */
export interface PeriodObligations {
  readonly lines: readonly HourlyLine[];
  readonly accounts: readonly ObligationAccount[];
  /** The make-up bank after the period; null where it settles no take-or-pay. */
  readonly bank: readonly MakeUpVintage[] | null;
  /** Energy carried forward after it; null where nothing is. */
  readonly forward: readonly ForwardVintage[] | null;
  /** Damages owed, MAD, by contract year. */
  readonly damages: readonly Pick<Counted, 'contractYear' | 'amount'>[];
}

interface Damage {
  readonly kind: LineKind;
  readonly label: string;
  readonly quantity: Decimal;
  readonly unit: 'MWh' | 'MW·day' | 'point';
  readonly rate: Decimal;
  readonly formula: string;
  readonly contractYear: number;
  /** Days that it is for. */
  readonly days: NonNullable<HourlyLine['days']>;
}

/** What the obligations of a period rest on. */
interface Basis {
  readonly volumes: Volumes;
  readonly openings: Openings;
  readonly priceAt: ((hour: number) => ContractPrice) | null;
  /** Wh of each hour that were curtailed and are paid; empty without deemed generation. */
  readonly deemedWh: readonly Decimal[];
}

const WH_PER_MWH = 1_000_000;

/**
 * What must be taken, delivered and covered over the period, from its hourly results (SETTLEMENT 1.4):
 * obligations by the month in a month's settlement, those by the year in the annual reconciliation. Each
 * month, and each contract year, of the period stands for itself (ruling 2).
 */
export function periodObligations(
  frame: Frame,
  series: SettlementSeries,
  of: Basis,
): PeriodObligations {
  const spans = spansOf(frame, frame.period.run === 'RECONCILIATION' ? 'YEAR' : 'MONTH');
  const lines: HourlyLine[] = [];
  const accounts: ObligationAccount[] = [];
  let [bank, forward]: [PeriodObligations['bank'], PeriodObligations['forward']] = [null, null];
  for (const span of spans) {
    const openings = { bank: bank ?? of.openings.bank, forward: forward ?? of.openings.forward };
    const takenWh = sumIn(of.volumes.priced, span);
    const price = of.priceAt?.(span.to - 1).ofContract ?? null;
    const taken = takeOrPayOf(frame, series, { span, takenWh, openings, price });
    if (taken !== null) {
      ({ bank, forward } = taken);
      accounts.push(...taken.accounts);
    }
    const ofSpan = [...(taken?.lines ?? []), ...minMaxLines(frame, takenWh)];
    lines.push(...ofSpan.map((line) => named(line, span, spans)));
  }
  const found = spans.flatMap((span) =>
    damagesOf(frame, series, of, span).map((one) => ({
      ...one,
      label: told(one.label, span, spans),
    })),
  );
  const damages = [...found, ...delayOf(frame)].toSorted((a, b) => a.contractYear - b.contractYear);
  const owed = cappedOf(frame, of.openings, damages);
  damages.forEach((damage, at) => lines.push(damageLine(frame, damage, owed[at]!)));
  return {
    ...{ lines, bank, forward },
    accounts: [...joined(accounts), damageAccount(frame, of.openings, damages, owed)],
    damages: damages.map(({ contractYear }, at) => ({
      ...{ contractYear, amount: owed[at]!.toFixed(2) },
    })),
  };
}

const told = (label: string, span: Span, spans: readonly Span[]): string =>
  spans.length === 1 ? label : `${label}, ${span.name}`;

/** A line of one of several months or years says which, and is taxed on its last day. */
function named(line: HourlyLine, span: Span, spans: readonly Span[]): HourlyLine {
  const days = [{ day: span.last.day, quantity: new Decimal(line.quantity) }];
  return { ...line, label: told(line.label, span, spans), days };
}

/** Accounts of one name as one: the opening of the first, all that moved, the closing of the last. */
function joined(accounts: readonly ObligationAccount[]): readonly ObligationAccount[] {
  return [...Map.groupBy(accounts, ({ name }) => name).values()].map((ofName) => ({
    ...ofName[0]!,
    movements: ofName.flatMap(({ movements }) => movements),
    closing: ofName.at(-1)!.closing,
  }));
}

/** What of each of the damages is owed: the annual cap begins again with each contract year. */
function cappedOf(
  frame: Frame,
  openings: Openings,
  damages: readonly Damage[],
): readonly Decimal[] {
  const first = frame.hours[0]!.contractYear;
  let paidTotalMad = openings.damagesTotalMad;
  return [...Map.groupBy(damages, ({ contractYear }) => contractYear)].flatMap(
    ([contractYear, ofYear]) => {
      const owed = withinCaps(
        ofYear.map(({ quantity, rate }) => quantity.times(rate)),
        {
          ...{ ...frame.elections.obligations.damageCaps, paidTotalMad },
          paidYearMad: contractYear === first ? openings.damagesYearMad : new Decimal(0),
        },
      );
      paidTotalMad = paidTotalMad.plus(sumOf(owed));
      return owed;
    },
  );
}

function damageAccount(
  frame: Frame,
  { damagesYearMad: opening }: Openings,
  damages: readonly Damage[],
  owed: readonly Decimal[],
): ObligationAccount {
  const movements: { readonly what: string; readonly amount: string }[] = [];
  let year = frame.hours[0]!.contractYear;
  let closing = opening;
  const beginAgain = (contractYear: number): void => {
    if (contractYear === year) return;
    const what = `contract year ${contractYear} begins again`;
    movements.push({ what, amount: closing.negated().toFixed(2) });
    [year, closing] = [contractYear, new Decimal(0)];
  };
  damages.forEach(({ label, contractYear }, at) => {
    beginAgain(contractYear);
    movements.push({ what: label, amount: owed[at]!.toFixed(2) });
    closing = closing.plus(owed[at]!);
  });
  beginAgain(frame.hours.at(-1)!.contractYear);
  return {
    ...{ name: 'damages', unit: 'MAD', opening: opening.toFixed(2), movements },
    closing: closing.toFixed(2),
  };
}

/** A credit to the buyer, within the caps. */
function damageLine(frame: Frame, damage: Damage, owedMad: Decimal): HourlyLine {
  const { kind, label, quantity, unit, rate, formula, days } = damage;
  const line = flatLine(
    { kind, label, formula, party: 'CONTRACT', vatCode: frame.elections.vat.damages },
    { quantity, unit, price: rate.negated(), priceUnit: `MAD/${unit}` },
  );
  const isCapped = owedMad.lessThan(new Decimal(line.amountMad).negated());
  const amountMad = owedMad.negated().toFixed(2);
  return { ...line, days, amountMad, label: isCapped ? `${label}, capped` : label };
}

function damagesOf(
  frame: Frame,
  series: SettlementSeries,
  { volumes, deemedWh }: Basis,
  span: Span,
): readonly Damage[] {
  const { obligations } = frame.elections;
  const isYear = frame.period.run === 'RECONCILIATION';
  const damages: Omit<Damage, 'contractYear' | 'days'>[] = [];
  const actualMwh = sumIn(volumes.delivered, span).dividedBy(WH_PER_MWH);
  const { outputGuarantee: output, availabilityGuarantee, coverageGuarantee } = obligations;
  if (output !== null && isYear) {
    const forceMajeure = series.forceMajeureWh?.slice(span.from, span.to) ?? null;
    const forceMajeureMwh = totalMwh(frame, forceMajeure);
    const deemedMwh = sumOf(deemedWh.slice(span.from, span.to)).dividedBy(WH_PER_MWH);
    const quantity = outputShortfallMwh({ ...output, actualMwh, deemedMwh, forceMajeureMwh });
    damages.push({
      ...{ kind: 'OUTPUT_DAMAGES', label: 'Output guarantee', quantity, unit: 'MWh' },
      rate: new Decimal(output.rateMadPerMwh),
      formula: 'Sf = (g × P50 − (actual + deemed + FM))⁺',
    });
  }
  if (availabilityGuarantee !== null && isYear) {
    const pct = availabilityOf(frame, series, { ...availabilityGuarantee, actualMwh, span });
    const short = pct === null ? null : new Decimal(availabilityGuarantee.levelPct).minus(pct);
    damages.push({
      ...{ kind: 'AVAILABILITY_DAMAGES', label: 'Availability guarantee', unit: 'point' },
      quantity: short === null ? new Decimal(0) : Decimal.max(short, 0),
      rate: new Decimal(availabilityGuarantee.rateMadPerPoint),
      formula: `availability by ${availabilityGuarantee.basis.toLowerCase()}`,
    });
  }
  if (coverageGuarantee !== null && (coverageGuarantee.period === 'YEAR') === isYear) {
    const { metric, levelPct, zeroLoadHour } = coverageGuarantee;
    needed(frame, 'loadWh', series.loadWh);
    const ratios = coverageRatios(volumes, zeroLoadHour, span)!;
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
  const { contractYear, day } = span.last;
  return damages.map((one) => ({
    ...{ ...one, contractYear, days: [{ day, quantity: one.quantity }] },
  }));
}

function availabilityOf(
  frame: Frame,
  series: SettlementSeries,
  of: { readonly basis: 'TIME' | 'ENERGY'; readonly actualMwh: Decimal; readonly span: Span },
): Decimal | null {
  const { basis, actualMwh, span } = of;
  const all = needed(frame, 'states', series.states);
  const states = all.slice(span.from, span.to);
  const count = (wanted: readonly string[]): number =>
    states.filter((state) => wanted.includes(state)).length;
  const potential =
    basis === 'ENERGY' ? needed(frame, 'potentialWh', series.potentialWh) : series.potentialWh;
  const share = shareOf(frame);
  const lostWh = states.map((state, at) => {
    const hour = span.from + at;
    if (state !== 'OUT' || potential === null) return new Decimal(0);
    return share(Math.max(0, potential[hour]! - (series.generationWh[hour] ?? 0)));
  });
  return availabilityPct({
    ...{ basis, actualMwh, hours: states.length },
    availableHours: count(['RUNNING', 'CURTAILED']),
    excusedHours: count(['OUT_EXCUSED']),
    lostUnexcusedMwh: sumOf(lostWh).dividedBy(WH_PER_MWH),
  });
}

/** Days of the period on which the plant should have run and did not, by contract year. */
function delayOf(frame: Frame): readonly Damage[] {
  const { obligations, codDate } = frame.elections;
  const { delayDamages: delay } = obligations;
  if (delay === null || frame.period.run === 'RECONCILIATION') return [];
  const years = spansOf(frame, 'YEAR');
  return years.flatMap((year): Damage[] => {
    const ofYear = frame.hours.slice(year.from, year.to).map(({ day }) => day);
    const days = [...new Set(ofYear)].filter(
      (day) => delay.scheduledCod <= day && day < codDate && day <= delay.longStopDate,
    );
    if (days.length === 0) return [];
    const mw = new Decimal(stageMwOn(frame.elections, codDate));
    const label = years.length === 1 ? '' : `, contract year ${year.name}`;
    return [
      {
        ...{ kind: 'DELAY_DAMAGES', label: `Delay of the COD${label}`, unit: 'MW·day' },
        ...{ quantity: mw.times(days.length), rate: new Decimal(delay.rateMadPerMwDay) },
        ...{ formula: 'MW × days × rate', contractYear: year.last.contractYear },
        days: days.map((day) => ({ day, quantity: mw })),
      },
    ];
  });
}

function minMaxLines(frame: Frame, takenWh: Decimal): HourlyLine[] {
  const { minMax } = frame.elections.obligations;
  const isYear = frame.period.run === 'RECONCILIATION';
  if (minMax === null || (minMax.period === 'YEAR') !== isYear) return [];
  const takenMwh = takenWh.dividedBy(WH_PER_MWH);
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
