import { DomainError } from '../../errors.js';
import { type RunInput, type RunResult, settleRun } from '../../settlement/document.js';
import type { LineKind } from '../../settlement/pricing/lines.js';
import type { Settlement } from '../../settlement/settle.js';
import type { LegalTimeRule } from '../../time/legal-time.js';
import { Decimal } from '../../units/money.js';
import { type BilledLine, settledLines } from './billed.js';
import { BILLED_TO_MWH, boundFault, type EdgeHours } from './bound-hours.js';
import { varianceOf } from './explain.js';
import { type DifferenceClass, hypothesesFor, type KnownFigures } from './hypotheses.js';
import { type LinePair, pairLines } from './counterparts.js';

/** What a cause is looked for in. */
export interface CauseBasis {
  readonly run: RunResult;
  readonly known: KnownFigures;
  /** Null = another engine made the run: no cause is looked for by settling it again. */
  readonly edges: EdgeHours | null;
  readonly legalTime: readonly LegalTimeRule[];
}

/** A mistake that gives the supplier's figures. */
export interface Cause {
  readonly class: DifferenceClass;
  readonly says: string;
}

/** The mistake behind the difference of each kind, where one gives the supplier's figures. */
export function causesOf(
  kinds: ReadonlySet<LineKind>,
  theirs: readonly BilledLine[],
  ours: readonly BilledLine[],
  { run, known, edges, legalTime }: CauseBasis,
): Map<LineKind, Cause> {
  const causes = new Map<LineKind, Cause>();
  if (kinds.size === 0 || edges === null) return causes;
  if (kinds.has('ENERGY')) {
    const total = (lines: readonly BilledLine[]): Decimal =>
      lines
        .filter(({ kind, unit }) => kind === 'ENERGY' && unit === 'MWh')
        .reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0));
    const says = boundFault(total(theirs).minus(total(ours)).toFixed(), edges);
    if (says !== null) causes.set('ENERGY', { class: 'PERIOD', says });
  }
  for (const hypothesis of hypothesesFor(run.input, known)) {
    if ([...kinds].every((kind) => causes.has(kind))) break;
    const settlement = settlementOf(hypothesis, legalTime);
    if (settlement === null) continue;
    const settledSo = settledLines(settlement);
    for (const kind of kinds) {
      const of = (lines: readonly BilledLine[]): BilledLine[] =>
        lines.filter((line) => line.kind === kind);
      const tried = { class: hypothesis.class, lines: of(settledSo) };
      if (!causes.has(kind) && gives(tried, of(theirs), of(ours))) {
        causes.set(kind, { class: hypothesis.class, says: hypothesis.says });
      }
    }
  }
  return causes;
}

function settlementOf(
  { input }: { readonly input: RunInput },
  rules: readonly LegalTimeRule[],
): Settlement | null {
  try {
    return settleRun(input, null, rules).settlement;
  } catch (error) {
    // What cannot be settled is no mistake that gives a figure: a value is not there.
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/**
 * Whether a hypothesis gives the supplier's lines of a kind, and is not what we have anyway. A supplier
 * may have rounded a quantity to whole kWh; what is said of rounding itself must be exact.
 */
function gives(
  hypothesis: { readonly class: DifferenceClass; readonly lines: readonly BilledLine[] },
  theirs: readonly BilledLine[],
  ours: readonly BilledLine[],
): boolean {
  const slackMwh = hypothesis.class === 'ROUNDING' ? '0' : BILLED_TO_MWH;
  const isGiven = (pair: LinePair): boolean => {
    if (pair.theirs === null || pair.ours === null) return false;
    const slackMad = new Decimal(pair.ours.priceMad ?? 0).times(slackMwh);
    return new Decimal(varianceOf(pair).varianceMad).abs().lessThanOrEqualTo(slackMad);
  };
  const equal = (a: readonly BilledLine[], b: readonly BilledLine[]): boolean =>
    pairLines(a, b).every(isGiven);
  return theirs.length > 0 && equal(theirs, hypothesis.lines) && !equal(ours, hypothesis.lines);
}
