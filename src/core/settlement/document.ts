import { ENGINES, engineVersionOf, isMadeHere } from '../engines.js';
import { DomainError } from '../errors.js';
import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { type CarryOver, parseOpenings } from './accounts/carry-over.js';
import type { OpeningsText } from './accounts/openings.shape.js';
import { settlementDelta, type SettlementDelta } from './delta.js';
import type { ReferenceMargin } from './pricing/energy.js';
import type { RunType } from './hours/hours.js';
import type { SettlementSeries } from './hours/series.shape.js';
import type { EarlierElections, Versions } from './parts/parts.js';
import type { References } from './references/references.shape.js';
import { type SettledPeriod, type Settlement, settle } from './settle.js';

/** What a run was computed from: enough to compute it again, and nothing else. */
export interface RunInput extends Versions {
  readonly run: RunType;
  readonly startMs: number;
  readonly endMs: number;
  /** Civil day of the settlement. */
  readonly asOf: string;
  /** Where another version took effect inside the period: those before, with their number; absent otherwise. */
  readonly earlier?: readonly (EarlierElections & { readonly version: number })[];
  /** First day of the contract, where it begins inside a contract year; absent otherwise. */
  readonly holdsFrom?: string;
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

/** A run as the next one of its period is compared with it. */
export interface RunBefore extends Pick<RunResult, 'input' | 'settlement'> {
  /** Absent: made by version 1 of the engine. */
  readonly engineVersion?: unknown;
}

/** Settles the input of a run again, with the hours behind its lines. */
export function settledPeriod(input: RunInput, rules: readonly LegalTimeRule[]): SettledPeriod {
  const { run, startMs, endMs, asOf, elections, series, references, margin } = input;
  const { earlier, holdsFrom } = input;
  return settle({
    elections,
    series,
    references,
    margin,
    period: { startMs, endMs, run, asOf },
    ...(earlier === undefined ? {} : { earlier }),
    ...(holdsFrom === undefined ? {} : { holdsFrom }),
    openings: parseOpenings(input.openings),
    legalTime: rules,
  });
}

/**
 * Settles a period and keeps of the dated figures what was used.
 *
 * @param before  The run before of the same period; null for none.
 * @throws DomainError as `settle`
 */
export function settleRun(
  input: RunInput,
  before: RunBefore | null,
  rules: readonly LegalTimeRule[],
): RunResult {
  const { settlement, carry } = settledPeriod(input, rules);
  const used = new Set(settlement.references.map(({ id }) => id));
  const of = <Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter(({ id }) => used.has(id));
  const { tariffs, indices, fx, vat, peakWindows, grids } = input.references;
  const references: References = {
    tariffs: of(tariffs),
    indices: of(indices),
    fx: of(fx),
    vat: of(vat),
    peakWindows: peakWindows !== null && used.has(peakWindows.id) ? peakWindows : null,
    ...(grids === undefined ? {} : { grids: of(grids) }),
  };
  return {
    input: { ...input, references },
    settlement,
    carry,
    delta: before === null ? null : deltaAgainst(before, { settlement, references }, rules),
  };
}

/**
 * What a settlement changes of the run before. Where another engine made that run, its input is
 * settled again by the engine in hand: what then comes out otherwise is the change of rule, and the
 * rest is the change of data. The old engine itself is not needed.
 *
 * @throws DomainError as `settle`, when the engine in hand refuses the input of the run before
 */
export function deltaAgainst(
  before: RunBefore,
  after: { readonly settlement: Settlement; readonly references: References },
  rules: readonly LegalTimeRule[],
): SettlementDelta {
  const sum = settlementDelta(before.settlement, after.settlement);
  if (isMadeHere('settlement', before)) return sum;
  const again = settledAgain(before.input, after.references, rules);
  return {
    ...sum,
    parts: {
      engine: { before: engineVersionOf(before), now: String(ENGINES.settlement) },
      engineChange: settlementDelta(before.settlement, again),
      dataChange: settlementDelta(again, after.settlement),
    },
  };
}

/**
 * What the engine in hand makes of an earlier run's input. A run keeps the figures that it used: where
 * this engine reads another, those of the run in hand are taken.
 */
function settledAgain(
  input: RunInput,
  references: References,
  rules: readonly LegalTimeRule[],
): Settlement {
  try {
    return settledPeriod(input, rules).settlement;
  } catch (error) {
    const isMissing = error instanceof DomainError && error.code === 'settlement.reference_missing';
    if (!isMissing) throw error;
    return settledPeriod({ ...input, references }, rules).settlement;
  }
}

/**
 * Whether a run's figures come out of its own input again, and its delta of the run before.
 *
 * @param result  As it stands in a document.
 * @param before  The run that it corrects; null for none.
 */
export function comesOutAgain(
  { input, settlement, carry, delta }: RunResult,
  before: RunBefore | null,
  rules: readonly LegalTimeRule[],
): boolean {
  const again = settledPeriod(input, rules);
  const after = { settlement, references: input.references };
  const text = (value: object | null): string => canonicalJson(value as Canonical);
  return (
    text(again.settlement) === text(settlement) &&
    text(again.carry) === text(carry) &&
    text(before === null ? null : deltaAgainst(before, after, rules)) === text(delta)
  );
}
