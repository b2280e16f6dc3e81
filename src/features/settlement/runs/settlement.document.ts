import { sealedJson } from '../../../core/ledger/canonical.js';
import { sha256, toHex } from '../../../core/ledger/merkle.js';
import type { RunResult } from '../../../core/settlement/document.js';
import type { SettlementRunEntity } from './settlement-run.entity.js';

/** A settlement run as other features see it. */
export type SettlementRun = Readonly<SettlementRunEntity>;

/** A run's document, as far as it is read again. */
export interface SettlementDocument extends RunResult {
  /** Absent: made by version 1 of the engine. */
  readonly engineVersion?: unknown;
  readonly runId: string;
  readonly contractYear: number;
  /** Matching runs that it rests on, by month. */
  readonly matching: readonly { readonly month: string; readonly matchingRunId: string }[];
  /** Months before in the contract year that no run settled: the accounts opened without them. */
  readonly unsettledMonths: readonly string[];
  readonly [key: string]: unknown;
}

/** A run and its document, read. */
export interface Latest {
  readonly run: SettlementRun;
  readonly document: SettlementDocument;
}

/** The document of a run, from its bytes. */
export function parseRun({ document }: Pick<SettlementRun, 'document'>): SettlementDocument {
  return JSON.parse(document.toString('utf8')) as SettlementDocument;
}

/** The last run of each period, in order of time; a year after its last month. */
export function latestOf(runs: readonly SettlementRun[]): Latest[] {
  const latest = new Map(runs.map((run) => [run.period, run]));
  return [...latest.values()]
    .map((run) => ({ run, document: parseRun(run) }))
    .toSorted(
      ({ document: a }, { document: b }) =>
        a.input.endMs - b.input.endMs || b.input.startMs - a.input.startMs,
    );
}

/** A run, as the accounts of the periods after it are opened from it. */
export const asEarlier = ({ run, document }: Latest) => ({
  contractYear: document.contractYear,
  isYear: run.run === 'RECONCILIATION',
  carry: document.carry,
});

/** How a run is sealed. */
export const ROWS = 'mizan/row/settlement-run/1';

/** The hash is taken of the stored bytes, so that an edited document does not match its event. */
export function runRow(run: SettlementRun): string {
  const { runId, contractCode, contractVersion, period, version, corrects, document } = run;
  return sealedJson(ROWS, {
    runId,
    contractCode,
    contractVersion,
    run: run.run,
    period,
    version,
    corrects,
    sha256: toHex(sha256(document)),
  });
}
