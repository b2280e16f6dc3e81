import { DomainError } from '../errors.js';
import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import { sha256, toHex } from '../ledger/merkle.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { Decimal } from '../units/money.js';
import { adderLines } from './adders.js';
import { type CarryOver, carryOf } from './carry.js';
import { conflictsOf } from './conflicts.js';
import type { Elections } from './elections.js';
import { type ReferenceMargin, settleEnergy } from './energy.js';
import {
  type Frame,
  frameOf,
  lastDayOf,
  requireSeries,
  type SettlementPeriod,
  type SettlementSeries,
} from './hours.js';
import { centimes, type HourlyLine, type SettlementLine } from './lines.js';
import { type ObligationAccount } from './obligations.js';
import { periodObligations } from './period-obligations.js';
import { deemedOf, excessOf } from './excess-and-deemed.js';
import type { Openings } from './take-or-pay.js';
import { type Picker, pickerOf, type ReferenceRow, type References, vatOn } from './references.js';
import {
  type CoverageRatios,
  coverageRatios,
  mwhText,
  sumOf,
  type Volumes,
  volumesOf,
} from './volume.js';

/** Everything that a settlement is computed from. */
export interface SettlementInput {
  readonly elections: Elections;
  readonly period: SettlementPeriod;
  readonly series: SettlementSeries;
  readonly references: References;
  readonly openings: Openings;
  readonly margin: ReferenceMargin;
  readonly legalTime: readonly LegalTimeRule[];
}

/** VAT of one code and rate, on the summed base; a null code is outside VAT. */
export interface VatTotal {
  readonly vatCode: string | null;
  readonly ratePct: string | null;
  readonly baseMad: string;
  readonly vatMad: string;
}

/** What a settlement comes to (SETTLEMENT 11). Amounts are MAD with two decimals. */
export interface Settlement {
  readonly lines: readonly SettlementLine[];
  readonly totals: {
    readonly netMad: string;
    readonly vat: readonly VatTotal[];
    readonly vatMad: string;
    readonly grossMad: string;
  };
  readonly obligations: readonly ObligationAccount[];
  readonly coverage: {
    readonly energyWeightedPct: string | null;
    readonly timeAveragedPct: string | null;
    readonly volumetricPct: string | null;
  } | null;
  readonly quantities: Readonly<Record<string, string | null>>;
  readonly quality: {
    readonly hours: number;
    readonly estimatedHours: number;
    readonly estimatedMwh: string;
  };
  /** Rows of dated figures that were used, by id. */
  readonly references: readonly ReferenceRow[];
  readonly warnings: readonly string[];
  /** SHA-256 over all the above, hex. */
  readonly resultHash: string;
}

/** A settlement with the hours behind its lines, and where the accounts stand after it. */
export interface SettledPeriod {
  readonly settlement: Settlement;
  /** What it adds to the accounts of the contract. */
  readonly carry: CarryOver;
  /** By line: MAD of each hour of the period; null where a line has none. */
  readonly hourlyMad: () => readonly (readonly string[] | null)[];
}

/**
 * Settles a period of a contract (SETTLEMENT 3): a pure function of its inputs. In a month's run the
 * energy, what goes beside it, and obligations by the month; in the annual reconciliation the
 * obligations by the year, from the same hourly results.
 *
 * @throws DomainError `settlement.elections_conflict`, `settlement.series_wrong`,
 *   `settlement.hours_incomplete`, `settlement.estimated_refused`, `settlement.reference_missing`
 */
export function settle(input: SettlementInput): SettledPeriod {
  const { elections, series } = input;
  const errors = conflictsOf(elections);
  if (errors.length > 0) throw new DomainError('settlement.elections_conflict', { errors });
  const frame = frameOf(elections, input.period, input.legalTime);
  requireSeries(frame, series);
  const quality = qualityOf(frame, series);
  const picker = pickerOf(input.references);
  const volumes = volumesOf(frame, series);
  const energy = settleEnergy(frame, picker, {
    ...{ volumes, series, margin: input.margin },
    openingTierWh: input.openings.takenMwh.times(1_000_000),
  });
  const excess = excessOf(frame, picker, volumes, input.openings);
  const deemed = deemedOf(frame, series, { openings: input.openings, priceNow: energy.priceNow });
  const zeroLoadHour = elections.obligations.coverageGuarantee?.zeroLoadHour ?? 'COVERED';
  const ratios = coverageRatios(volumes, zeroLoadHour);
  const obligations = periodObligations(frame, series, {
    ...{ volumes, ratios, openings: input.openings, priceNow: energy.priceNow },
    deemedWh: deemed.paidWh,
  });
  const isYear = frame.period.run === 'RECONCILIATION';
  const lines = [
    ...(isYear ? [] : energy.lines),
    ...(isYear ? [] : excess.lines),
    ...(isYear ? [] : deemed.lines),
    ...(isYear ? [] : adderLines(frame, picker, volumes)),
    ...obligations.lines,
  ];
  const totals = totalsOf(frame, picker, lines);
  const accounts = [...obligations.accounts, ...excess.accounts, ...deemed.accounts];
  const plain = {
    ...{ lines: lines.map(withoutHours), totals, obligations: accounts },
    coverage: coverageJson(ratios),
    quantities: quantitiesOf(volumes),
    quality,
    references: [...picker.used.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    warnings: warningsOf(picker, quality),
  };
  const resultHash = toHex(sha256(canonicalJson(plain as unknown as Canonical)));
  return {
    settlement: { ...plain, resultHash },
    carry: carryOf(plain, obligations),
    hourlyMad: () => lines.map(({ hourly }) => hourlyText(hourly, frame.hours.length)),
  };
}

function withoutHours({ hourly: _hours, ...line }: HourlyLine): SettlementLine {
  return line;
}

function hourlyText(hourly: HourlyLine['hourly'], count: number): readonly string[] | null {
  if (hourly === null) return null;
  const texts = Array.from({ length: count }, () => '0');
  const { hours, mad } = hourly();
  hours.forEach((hour, at) => {
    texts[hour] = mad[at]!.toFixed();
  });
  return texts;
}

/** Estimates, and whether the contract lets them in. @throws DomainError `settlement.estimated_refused` */
function qualityOf(frame: Frame, series: SettlementSeries): Settlement['quality'] {
  const { estimatedData } = frame.elections;
  const generation = series.estimatedGeneration ?? frame.hours.map(() => false);
  const load = series.estimatedLoad ?? frame.hours.map(() => false);
  const isProvisional = frame.period.run === 'PROVISIONAL';
  const isRefused = (isLoad: boolean): boolean =>
    estimatedData === 'REFUSE' ||
    (!isProvisional && (estimatedData === 'PROVISIONAL_ONLY' || !isLoad));
  const refuse = (name: string, flags: readonly boolean[]): void => {
    throw new DomainError('settlement.estimated_refused', {
      ...{ series: name, count: flags.filter(Boolean).length, run: frame.period.run },
      fix: 'Settle on actual data, or run provisionally where the contract allows it.',
    });
  };
  if (generation.includes(true) && isRefused(false)) refuse('generationWh', generation);
  if (load.includes(true) && isRefused(true)) refuse('loadWh', load);
  const estimated = frame.hours.map((_, at) => generation[at]! || load[at]!);
  const wh = series.generationWh.reduce<number>(
    (sum, value, at) => sum + (generation[at]! ? (value ?? 0) : 0),
    0,
  );
  return {
    hours: frame.hours.length,
    estimatedHours: estimated.filter(Boolean).length,
    estimatedMwh: mwhText(wh),
  };
}

/** Totals of what is between buyer and seller: VAT once per code, on the summed base. */
function totalsOf(
  frame: Frame,
  picker: Picker,
  lines: readonly SettlementLine[],
): Settlement['totals'] {
  const ours = lines.filter(({ party }) => party === 'CONTRACT');
  const codes = [...new Set(ours.map(({ vatCode }) => vatCode))];
  const vat = codes.map((vatCode): VatTotal => {
    const base = sumOf(
      ours.filter((line) => line.vatCode === vatCode).map((line) => new Decimal(line.amountMad)),
    );
    if (vatCode === null) {
      return { vatCode, ratePct: null, baseMad: base.toFixed(2), vatMad: '0.00' };
    }
    const { ratePct } = vatOn(picker, vatCode, lastDayOf(frame));
    const vatMad = centimes(base.times(ratePct).dividedBy(100));
    return { vatCode, ratePct, baseMad: base.toFixed(2), vatMad: vatMad.toFixed(2) };
  });
  const ordered = vat.toSorted((a, b) => ((a.vatCode ?? '') < (b.vatCode ?? '') ? -1 : 1));
  const net = sumOf(ours.map(({ amountMad }) => new Decimal(amountMad)));
  const tax = sumOf(vat.map(({ vatMad }) => new Decimal(vatMad)));
  return {
    ...{ netMad: net.toFixed(2), vat: ordered, vatMad: tax.toFixed(2) },
    grossMad: net.plus(tax).toFixed(2),
  };
}

function coverageJson(ratios: CoverageRatios | null): Settlement['coverage'] {
  if (ratios === null) return null;
  const pct = (ratio: Decimal | null): string | null =>
    ratio === null ? null : ratio.times(100).toFixed(6, Decimal.ROUND_HALF_UP);
  return {
    energyWeightedPct: pct(ratios.energyWeighted),
    timeAveragedPct: pct(ratios.timeAveraged),
    volumetricPct: pct(ratios.volumetric),
  };
}

function quantitiesOf({ totals }: Volumes): Settlement['quantities'] {
  const { injected, delivered, load, matched, excess, priced } = totals;
  const mwh = (wh: Decimal | number | null): string | null => (wh === null ? null : mwhText(wh));
  return {
    ...{ injectedMwh: mwh(injected), deliveredMwh: mwh(delivered), loadMwh: mwh(load) },
    ...{ matchedMwh: mwh(matched), excessMwh: mwh(excess), pricedMwh: mwh(priced) },
    residualMwh: load === null || matched === null ? null : mwhText(matched.negated().plus(load)),
  };
}

function warningsOf(picker: Picker, quality: Settlement['quality']): readonly string[] {
  const unsure = [...picker.used.values()]
    .filter(({ confidence }) => confidence.includes('M'))
    .map(
      ({ id, confidence }) =>
        `${id} is marked ${confidence}: confirm it before a document is issued.`,
    )
    .toSorted();
  return quality.estimatedHours === 0
    ? unsure
    : [`${quality.estimatedHours} of ${quality.hours} hours rest on estimates.`, ...unsure];
}
