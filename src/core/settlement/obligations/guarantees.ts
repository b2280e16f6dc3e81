import { Decimal, WH_PER_MWH } from '../../units/money.js';
import { spansOf } from '../hours/spans.js';
import { coverageRatios } from '../hours/coverage.js';
import type { Elections } from '../elections/elections.shape.js';
import { needed, stageMwOn } from '../hours/hours.js';
import { availabilityPct, coverageShortfallMwh, outputShortfallMwh } from './obligations.js';
import { type Damage, type ObligationBasis, totalWh, volumesAt } from './basis.js';
import { type Piece, prorated, type TermSpan } from '../parts/in-force.js';
import type { Part } from '../parts/parts.js';
import { totalMwh } from './take-or-pay.js';
import { shareOf, sumOf } from '../hours/volume.js';

/** Damages that one guarantee comes to over a span, before caps. */
type Guaranteed = Omit<Damage, 'contractYear' | 'days' | 'elections'> | null;

/** Damages of the guarantees of a span, of each at most one (SETTLEMENT 1.4). */
export function damagesOf(span: TermSpan, basis: ObligationBasis): readonly Damage[] {
  const { whole } = basis;
  const isYear = whole.period.run === 'RECONCILIATION';
  const { contractYear, day } = span.last;
  const of = (
    isElected: (obligations: Elections['obligations']) => boolean,
    damages: (pieces: readonly Piece[], elections: Elections) => Guaranteed,
  ): readonly Damage[] => {
    const pieces = span.pieces.filter(({ part }) => isElected(part.frame.elections.obligations));
    const elections = pieces.at(-1)?.part.frame.elections;
    const found = elections === undefined ? null : damages(pieces, elections);
    if (found === null || elections === undefined) return [];
    const days = [{ day, quantity: found.quantity }];
    return [{ ...found, contractYear, elections, days }];
  };
  return [
    ...of(
      ({ outputGuarantee }) => isYear && outputGuarantee !== null,
      (pieces, elections) => outputOf(pieces, elections, basis),
    ),
    ...of(
      ({ availabilityGuarantee }) => isYear && availabilityGuarantee !== null,
      (pieces, elections) => availabilityDamages(pieces, elections, basis),
    ),
    ...of(
      ({ coverageGuarantee }) =>
        coverageGuarantee !== null && (coverageGuarantee.period === 'YEAR') === isYear,
      (pieces, elections) => coverageDamages(pieces, elections, basis),
    ),
  ];
}

function outputOf(
  pieces: readonly Piece[],
  { obligations }: Elections,
  basis: ObligationBasis,
): Guaranteed {
  const sums = pieces.map(({ part, from, to, share }) => {
    const terms = part.frame.elections.obligations.outputGuarantee!;
    return {
      guaranteed: prorated(new Decimal(terms.share).times(terms.p50Mwh), share),
      forceMajeure: totalMwh(part.frame, part.series.forceMajeureWh?.slice(from, to) ?? null),
      deemedWh: basis.deemedWh.slice(part.from + from, part.from + to),
    };
  });
  const quantity = outputShortfallMwh({
    guaranteedMwh: sumOf(sums.map(({ guaranteed }) => guaranteed)),
    actualMwh: totalWh(pieces, basis, 'delivered').dividedBy(WH_PER_MWH),
    deemedMwh: sumOf(sums.flatMap(({ deemedWh }) => deemedWh)).dividedBy(WH_PER_MWH),
    forceMajeureMwh: sumOf(sums.map(({ forceMajeure }) => forceMajeure)),
  });
  return {
    kind: 'OUTPUT_DAMAGES',
    label: 'Output guarantee',
    quantity,
    unit: 'MWh',
    rate: new Decimal(obligations.outputGuarantee!.rateMadPerMwh),
    formula: 'Sf = (g × P50 − (actual + deemed + FM))⁺',
  };
}

function availabilityDamages(
  pieces: readonly Piece[],
  { obligations }: Elections,
  basis: ObligationBasis,
): Guaranteed {
  const { basis: by, rateMadPerPoint } = obligations.availabilityGuarantee!;
  const all = pieces.map((piece) => ({ piece, of: availabilityOf(piece, by) }));
  const hours = all.reduce((sum, { of }) => sum + of.hours, 0);
  const levels = all.map(({ piece: { part }, of }) =>
    new Decimal(part.frame.elections.obligations.availabilityGuarantee!.levelPct).times(of.hours),
  );
  const pct = availabilityPct({
    basis: by,
    hours,
    availableHours: all.reduce((sum, { of }) => sum + of.availableHours, 0),
    excusedHours: all.reduce((sum, { of }) => sum + of.excusedHours, 0),
    // Both at the plant: what was lost never had losses on the way.
    actualMwh: totalWh(pieces, basis, 'injected').dividedBy(WH_PER_MWH),
    lostUnexcusedMwh: sumOf(all.flatMap(({ of }) => of.lostWh)).dividedBy(WH_PER_MWH),
  });
  const short = pct === null ? new Decimal(0) : sumOf(levels).dividedBy(hours).minus(pct);
  return {
    kind: 'AVAILABILITY_DAMAGES',
    label: 'Availability guarantee',
    unit: 'point',
    quantity: Decimal.max(short, 0),
    rate: new Decimal(rateMadPerPoint),
    formula: `availability by ${by.toLowerCase()}`,
  };
}

function availabilityOf(
  { part: { frame, series }, from, to }: Piece,
  basis: 'TIME' | 'ENERGY',
): Readonly<Record<'hours' | 'availableHours' | 'excusedHours', number>> & {
  readonly lostWh: readonly Decimal[];
} {
  const states = needed(frame, 'states', series.states).slice(from, to);
  const count = (wanted: readonly string[]): number =>
    states.filter((state) => wanted.includes(state)).length;
  const potential =
    basis === 'ENERGY' ? needed(frame, 'potentialWh', series.potentialWh) : series.potentialWh;
  const share = shareOf(frame);
  const lostWh = states.map((state, at) => {
    const hour = from + at;
    if (state !== 'OUT' || potential === null) return new Decimal(0);
    return share(Math.max(0, potential[hour]! - (series.generationWh[hour] ?? 0)));
  });
  return {
    hours: states.length,
    availableHours: count(['RUNNING', 'CURTAILED']),
    excusedHours: count(['OUT_EXCUSED']),
    lostWh,
  };
}

function coverageDamages(
  pieces: readonly Piece[],
  { obligations }: Elections,
  basis: ObligationBasis,
): Guaranteed {
  const { metric, zeroLoadHour, rateMadPerMwh } = obligations.coverageGuarantee!;
  pieces.forEach(({ part }) => needed(part.frame, 'loadWh', part.series.loadWh));
  const reaching = pieces.flatMap((piece) =>
    volumesAt(basis, piece).reaching.slice(piece.from, piece.to),
  );
  const loads = pieces.map((piece) => volumesAt(basis, piece).load!.subarray(piece.from, piece.to));
  const load = Float64Array.from(loads.flatMap((one) => [...one]));
  const ratios = coverageRatios({ reaching, load }, zeroLoadHour)!;
  const guaranteed = pieces.map(({ part }, at) => {
    const loadWh = sumOf(Array.from(loads[at]!, (wh) => new Decimal(wh)));
    const { levelPct } = part.frame.elections.obligations.coverageGuarantee!;
    return new Decimal(levelPct).times(loadWh).dividedBy(100);
  });
  const quantity =
    ratios.coveredWh === null
      ? new Decimal(0)
      : coverageShortfallMwh(sumOf(guaranteed), ratios.coveredWh[metric]);
  return {
    kind: 'COVERAGE_DAMAGES',
    label: `Coverage guarantee, ${metric}`,
    quantity,
    unit: 'MWh',
    rate: new Decimal(rateMadPerMwh),
    formula: 'LD = (G − C)⁺ × Σ L × rate',
  };
}

/** Days of a part on which the plant should have run and did not, by contract year. */
export function delayOf({ frame }: Part, parts: readonly Part[]): readonly Damage[] {
  const { elections } = frame;
  const { obligations, codDate } = elections;
  const { delayDamages: delay } = obligations;
  if (delay === null || frame.period.run === 'RECONCILIATION') return [];
  const years = spansOf(frame, 'YEAR');
  return years.flatMap((year): Damage[] => {
    const ofYear = frame.hours.slice(year.from, year.to).map(({ day }) => day);
    const days = [...new Set(ofYear)].filter(
      (day) => delay.scheduledCod <= day && day < codDate && day <= delay.longStopDate,
    );
    if (days.length === 0) return [];
    const mw = new Decimal(stageMwOn(elections, codDate));
    const label = [
      'Delay of the COD',
      ...(years.length === 1 ? [] : [`contract year ${year.name}`]),
      ...(parts.length === 1 ? [] : [`${days[0]} to ${days.at(-1)}`]),
    ].join(', ');
    return [
      {
        kind: 'DELAY_DAMAGES',
        label,
        unit: 'MW·day',
        elections,
        quantity: mw.times(days.length),
        rate: new Decimal(delay.rateMadPerMwDay),
        formula: 'MW × days × rate',
        contractYear: year.last.contractYear,
        days: days.map((day) => ({ day, quantity: mw })),
      },
    ];
  });
}
