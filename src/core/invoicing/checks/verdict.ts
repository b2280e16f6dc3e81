import { Decimal } from '../../units/money.js';
import type { ArithmeticFault } from './arithmetic.js';
import type { ComparedLine } from './explain.js';

/** What a check comes to (SETTLEMENT 10.5). */
export const VERDICTS = ['ACCEPT', 'ACCEPT_WITH_NOTE', 'DISPUTE'] as const;
/** One verdict. */
export type Verdict = (typeof VERDICTS)[number];

/** How far a figure may be off: the amount or the share of ours, whichever is more. */
export interface Tolerances {
  readonly lineMad: string;
  readonly linePct: string;
  readonly documentMad: string;
  readonly documentPct: string;
}

const isWithin = (varianceMad: string, oursMad: string, mad: string, pct: string): boolean => {
  const allowed = Decimal.max(mad, new Decimal(oursMad).abs().times(pct).dividedBy(100));
  return new Decimal(varianceMad).abs().lessThanOrEqualTo(allowed);
};

/** Whether a line's difference is let pass. */
export function withinTolerance(
  varianceMad: string,
  oursMad: string,
  { lineMad, linePct }: Tolerances,
): boolean {
  return isWithin(varianceMad, oursMad, lineMad, linePct);
}

/**
 * Accepts a document that agrees; accepts it with a note where all that differs is within tolerance, or
 * is to the buyer's good; disputes it where it asks too much, or its own arithmetic does not hold.
 */
export function documentVerdict(of: {
  readonly lines: readonly ComparedLine[];
  readonly arithmetic: readonly ArithmeticFault[];
  readonly faults: readonly { readonly class: string }[];
  readonly totals: {
    readonly ours: { readonly grossMad: string };
    readonly variance: { readonly grossMad: string };
  };
  readonly tolerances: Tolerances;
}): Verdict {
  const { lines, arithmetic, faults, totals, tolerances } = of;
  const { documentMad, documentPct } = tolerances;
  const gross = totals.variance.grossMad;
  const isTooMuch = (line: ComparedLine): boolean =>
    !line.isWithinTolerance && Number(line.varianceMad) > 0;
  const isBeyond =
    Number(gross) > 0 && !isWithin(gross, totals.ours.grossMad, documentMad, documentPct);
  const isWrongVat = lines.some(
    ({ classes, ours, theirs }) => ours !== null && theirs !== null && classes.includes('VAT'),
  );
  const isDisputed = lines.some(isTooMuch) || isBeyond || arithmetic.length > 0 || isWrongVat;
  if (isDisputed || faults.some((fault) => fault.class === 'DUPLICATE')) return 'DISPUTE';
  const isClean =
    faults.length === 0 &&
    Number(gross) === 0 &&
    lines.every(({ classes }) => classes.length === 0);
  return isClean ? 'ACCEPT' : 'ACCEPT_WITH_NOTE';
}
