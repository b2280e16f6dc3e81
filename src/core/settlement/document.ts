import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { type CarryOver, type OpeningsText, parseOpenings } from './carry.js';
import { settlementDelta, type SettlementDelta } from './delta.js';
import type { Elections } from './elections.js';
import type { ReferenceMargin } from './energy.js';
import type { RunType, SettlementSeries } from './hours.js';
import type { References } from './references.js';
import { type SettledPeriod, type Settlement, settle } from './settle.js';

/** What a run was computed from: enough to compute it again, and nothing else. */
export interface RunInput {
  readonly run: RunType;
  readonly startMs: number;
  readonly endMs: number;
  /** Civil day of the settlement. */
  readonly asOf: string;
  readonly elections: Elections;
  readonly series: SettlementSeries;
  /** The rows that were used, and no others. */
  readonly references: References;
  readonly openings: OpeningsText;
  readonly margin: ReferenceMargin;
}

/** A run: its input, what came out, and what it changes of the run before. */
export interface RunResult {
  readonly input: RunInput;
  readonly settlement: Settlement;
  readonly carry: CarryOver;
  /** New less old, to the centime; null for the first run of a period. */
  readonly delta: SettlementDelta | null;
}

/** Settles the input of a run again, with the hours behind its lines. */
export function settledPeriod(input: RunInput, rules: readonly LegalTimeRule[]): SettledPeriod {
  const { run, startMs, endMs, asOf, elections, series, references, margin } = input;
  return settle({
    ...{ elections, series, references, margin, period: { startMs, endMs, run, asOf } },
    ...{ openings: parseOpenings(input.openings), legalTime: rules },
  });
}

/**
 * Settles a period and keeps of the dated figures what was used.
 *
 * @param before  Settlement of the run before of the same period; null for none.
 * @throws DomainError as `settle`
 */
export function settleRun(
  input: RunInput,
  before: Settlement | null,
  rules: readonly LegalTimeRule[],
): RunResult {
  const { settlement, carry } = settledPeriod(input, rules);
  const used = new Set(settlement.references.map(({ id }) => id));
  const of = <Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter(({ id }) => used.has(id));
  const { tariffs, indices, fx, vat, peakWindows } = input.references;
  const references: References = {
    ...{ tariffs: of(tariffs), indices: of(indices), fx: of(fx), vat: of(vat) },
    peakWindows: peakWindows !== null && used.has(peakWindows.id) ? peakWindows : null,
  };
  return {
    input: { ...input, references },
    ...{ settlement, carry },
    delta: before === null ? null : settlementDelta(before, settlement),
  };
}

/**
 * Whether a run's figures come out of its own input again.
 *
 * @param result  As it stands in a document.
 */
export function comesOutAgain(
  { input, settlement, carry }: RunResult,
  rules: readonly LegalTimeRule[],
): boolean {
  const again = settledPeriod(input, rules);
  const text = (value: object): string => canonicalJson(value as Canonical);
  return text(again.settlement) === text(settlement) && text(again.carry) === text(carry);
}
