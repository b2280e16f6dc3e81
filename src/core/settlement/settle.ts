import { DomainError } from '../errors.js';
import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import { sha256, toHex } from '../ledger/merkle.js';
import { HOUR_MS } from '../time/interval.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { Decimal } from '../units/money.js';
import { adderLines } from './pricing/adders.js';
import { type CarryOver, carryOf, type CarryYear } from './accounts/carry-over.js';
import { conflictsOf } from './elections/conflicts.js';
import type { Counted } from './accounts/accounts.js';
import { deemedOf } from './obligations/deemed.js';
import { excessOf } from './obligations/excess.js';
import { requireOneRowADay } from './references/row-order.js';
import { spansOf, sumIn } from './hours/spans.js';
import { withinMaximum } from './pricing/tiers.js';
import { type CoverageRatios, coverageRatios } from './hours/coverage.js';
import { type ReferenceMargin, settleEnergy } from './pricing/energy.js';
import { type Frame, requireSeries, requireTerm, type SettlementPeriod } from './hours/hours.js';
import type { SettlementSeries } from './hours/series.shape.js';
import type { HourlyLine, SettlementLine } from './pricing/lines.js';
import type { ObligationAccount } from './obligations/obligations.js';
import { electionsOf, type Part, partsOf, placed, type Versions, wholeOf } from './parts/parts.js';
import { periodObligations } from './obligations/period-obligations.js';
import { joinedQuality, type Quality } from './hours/quality.js';
import { type Picker, pickerOf, type ReferenceRow } from './references/references.js';
import type { References } from './references/references.shape.js';
import type { Openings } from './obligations/take-or-pay.js';
import { type Totals, totalsOf, withVatParts } from './pricing/vat.js';
import { joinedVolumes, mwhText, sumOf, type Volumes, volumesOf } from './hours/volume.js';

/** Everything that a settlement is computed from. */
export interface SettlementInput extends Versions {
  readonly period: SettlementPeriod;
  readonly series: SettlementSeries;
  readonly references: References;
  readonly openings: Openings;
  readonly margin: ReferenceMargin;
  readonly legalTime: readonly LegalTimeRule[];
}

/** What a settlement comes to (SETTLEMENT 11). Amounts are MAD with two decimals. */
export interface Settlement {
  readonly lines: readonly SettlementLine[];
  readonly totals: Totals;
  readonly obligations: readonly ObligationAccount[];
  readonly coverage: {
    readonly energyWeightedPct: string | null;
    readonly timeAveragedPct: string | null;
    readonly volumetricPct: string | null;
  } | null;
  readonly quantities: Readonly<Record<string, string | null>>;
  readonly quality: Quality;
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
 * obligations by the year, from the same hourly results. Where another version of the contract takes
 * effect the period is cut: each part by its own version, under counters that go on (ruling 7).
 *
 * @throws DomainError `settlement.elections_conflict`, `settlement.series_wrong`,
 *   `settlement.hours_incomplete`, `settlement.estimated_refused`, `settlement.reference_missing`,
 *   `settlement.reference_wrong`, `settlement.reference_overlaps`, `settlement.outside_term`,
 *   `settlement.stage_missing`
 */
export function settle(input: SettlementInput): SettledPeriod {
  const { period, series, openings } = input;
  const errors = electionsOf(input).flatMap(conflictsOf);
  if (errors.length > 0) throw new DomainError('settlement.elections_conflict', { errors });
  requireSeries((period.endMs - period.startMs) / HOUR_MS, series);
  const parts = partsOf(input, period, { series, rules: input.legalTime });
  parts.forEach(({ frame }) => requireTerm(frame));
  const whole = wholeOf(parts, period);
  requireOneRowADay(input.references);
  const picker = pickerOf(input.references);
  const quality = joinedQuality(parts);
  const volumes = parts.map((part) => volumesOf(part.frame, part.series));
  const all = joinedVolumes(volumes);
  const isYear = period.run === 'RECONCILIATION';
  const openingWh = isYear ? new Decimal(0) : openings.takenMwh.times(1_000_000);
  // Before the COD nothing counts for an obligation, in an earlier month neither.
  const testWh = isYear ? 0 : (openings.testMwh?.times(1_000_000) ?? 0);
  const priced = withinMaximum(parts, whole, {
    taken: all.priced,
    openingWh: openingWh.minus(testWh),
  });
  const tiered = { whole, taken: all.priced, priced, openingWh };
  const energy = parts.map((part, at) =>
    settleEnergy(part, picker, {
      tiered,
      volumes: volumes[at]!,
      margin: marginOf(input, part),
    }),
  );
  const excess = excessOf(parts, picker, { whole, volumes, openings });
  const priceAt = energy.map((one) => one.priceAt);
  const deemed = deemedOf(parts, { openings, priceAt });
  const obligations = periodObligations({
    parts,
    whole,
    volumes,
    openings,
    priceAt,
    withinMaximum: priced,
    deemedWh: deemed.paidWh,
  });
  const hourly = parts.flatMap((part, at) => {
    const { lines, yearLines } = energy[at]!;
    const ofPart = [
      ...(isYear ? yearLines : lines),
      ...excess.lines[at]!,
      ...deemed.lines[at]!,
      ...(isYear ? [] : adderLines(part.frame, picker, volumes[at]!)),
    ];
    return placed(ofPart, part, parts);
  });
  const lines = withVatParts(whole, picker, [...hourly, ...obligations.lines]);
  const { coverageGuarantee } = whole.elections.obligations;
  const aboveWh = sumOf(energy.map((one) => one.aboveWh));
  const plain = {
    lines: lines.map(withoutHours),
    totals: totalsOf(whole, picker, lines),
    obligations: [...obligations.accounts, ...excess.accounts, ...deemed.accounts],
    coverage: coverageJson(coverageRatios(all, coverageGuarantee?.zeroLoadHour ?? 'COVERED')),
    quantities: quantitiesOf(all),
    quality,
    references: [...picker.used.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    warnings: [...warningsOf(picker, quality), ...notesOf(whole, all, aboveWh)],
  };
  const resultHash = toHex(sha256(canonicalJson(plain as unknown as Canonical)));
  return {
    settlement: { ...plain, resultHash },
    carry: carryOf(
      carryYears(whole, all, {
        sold: excess.counted,
        caps: excess.caps,
        used: deemed.counted,
        damages: obligations.damages,
      }),
      obligations,
    ),
    hourlyMad: () => lines.map((line) => hourlyText(line.hourly, whole.hours.length)),
  };
}

/** Reference prices right around a part: those of its neighbours, and those around the period. */
function marginOf(
  { series: { referenceMadPerMwh }, margin }: SettlementInput,
  { from, to }: Part,
): ReferenceMargin {
  const all = referenceMadPerMwh ?? [];
  return {
    before: [...margin.before, ...all.slice(0, from)],
    after: [...all.slice(to), ...margin.after],
  };
}

function withoutHours({
  hourly: _hours,
  at: _at,
  days: _days,
  ...line
}: HourlyLine): SettlementLine {
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

function quantitiesOf(volumes: Volumes): Settlement['quantities'] {
  const { totals } = volumes;
  const { injected, delivered, load, matched, excess, priced } = totals;
  const mwh = (wh: Decimal | null): string | null => (wh === null ? null : mwhText(wh));
  return {
    injectedMwh: mwh(injected),
    deliveredMwh: mwh(delivered),
    loadMwh: mwh(load),
    matchedMwh: mwh(matched),
    excessMwh: mwh(excess),
    pricedMwh: mwh(priced),
    residualMwh: load === null ? null : mwhText(load.minus(reachedWh(volumes))),
  };
}

function warningsOf(picker: Picker, quality: Quality): readonly string[] {
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

/** What of the load is reached by energy after losses, Wh. */
function reachedWh({ reaching, load }: Volumes): Decimal {
  return sumOf(reaching.map((wh, at) => Decimal.min(wh, load?.[at] ?? 0)));
}

/** What a reader needs to know of how figures stand to each other. */
function notesOf(frame: Frame, volumes: Volumes, aboveWh: Decimal): readonly string[] {
  const { matched, load } = volumes.totals;
  const isLost =
    matched !== null && load !== null && !reachedWh(volumes).equals(matched) ? ['losses'] : [];
  const isLater =
    frame.period.run !== 'RECONCILIATION' &&
    frame.elections.obligations.minMax?.period === 'YEAR' &&
    !aboveWh.isZero();
  return [
    ...isLost.map(
      () =>
        'Matched and excess energy is counted at the plant; coverage and residual count what reaches the load after losses.',
    ),
    ...(isLater
      ? [
          `${mwhText(aboveWh)} MWh lie above the maximum of the contract year: the annual reconciliation bills them at their own price.`,
        ]
      : []),
  ];
}

/** What the period counts, by contract year. */
function carryYears(
  frame: Frame,
  volumes: Volumes,
  of: {
    readonly sold: readonly Counted[];
    readonly caps: readonly Pick<Counted, 'contractYear' | 'amount'>[];
    readonly used: readonly Counted[];
    readonly damages: readonly Pick<Counted, 'contractYear' | 'amount'>[];
  },
): readonly CarryYear[] {
  const { minMax, takeOrPay } = frame.elections.obligations;
  const isLimited = minMax?.period === 'YEAR' && minMax.maxMwh !== null;
  const countsTest = isLimited || takeOrPay !== null;
  return spansOf(frame, 'YEAR').map((span) => {
    const { contractYear } = span.last;
    const isTest = (_: Decimal, at: number): boolean => frame.hours[span.from + at]!.isTest;
    const testWh = countsTest
      ? sumOf(volumes.priced.slice(span.from, span.to).filter(isTest))
      : new Decimal(0);
    const sum = (counted: readonly Pick<Counted, 'contractYear' | 'amount'>[]): Decimal =>
      sumOf(
        counted
          .filter((one) => one.contractYear === contractYear)
          .map(({ amount }) => new Decimal(amount)),
      );
    return {
      contractYear,
      takenMwh: mwhText(sumIn(volumes.priced, span)),
      ...(testWh.isZero() ? {} : { testMwh: mwhText(testWh) }),
      productionMwh: mwhText(sumIn(volumes.injected, span)),
      excessSoldMwh: sum(of.sold).toFixed(),
      ...(of.caps.length === 0 ? {} : { excessCapMwh: sum(of.caps).toFixed() }),
      deemedUsedMwh: sum(of.used).toFixed(),
      damagesMad: sum(of.damages).toFixed(2),
    };
  });
}
