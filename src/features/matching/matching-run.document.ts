import type { Canonical } from '../../core/ledger/canonical.js';
import { type SealedRows, sealRows } from '../../core/ledger/merkle.js';
import { type Posting, postingRow } from '../../core/ledger/postings.js';
import { type HourPairs, pairsRow } from '../../core/matching/pairs.js';
import type { MatchedMonth } from '../../core/matching/month.js';
import type { MatchingRunEntity } from './matching-run.entity.js';

/** What a run writes to the book. */
export interface RunRows {
  readonly postings: readonly Posting[];
  readonly pairs: readonly HourPairs[];
}

/** Hashes of a run. */
export interface RunHashes {
  readonly sealed: SealedRows;
  readonly inputSha256: string;
  readonly resultRoot: string;
}

/** Hashes a run, step by step: its rows in their order, then what it was made of and what came out. */
export function* hashesOf(
  { postings, pairs }: RunRows,
  matched: MatchedMonth,
): Generator<void, RunHashes> {
  const rows = sealRows();
  for (const posting of postings) {
    rows.add(postingRow(posting));
    yield;
  }
  for (const hour of pairs) {
    rows.add(pairsRow(hour));
    yield;
  }
  const { inputSha256 } = matched;
  yield;
  return { sealed: rows.sealed(), inputSha256, resultRoot: matched.resultRoot };
}

/** A run, as its event holds it. */
export function runJson(run: Readonly<MatchingRunEntity>): Canonical {
  const { siteCode, contractCode, contractVersion, month, policy, inputSha256 } = run;
  const { resultRoot, demandWh, supplyWh, matchedWh, touchedHours, supersedes } = run;
  const { maximumWh, codeVersion } = run;
  return {
    ...{ siteCode, contractCode, contractVersion, month, policy, inputSha256, resultRoot },
    ...{ demandWh, supplyWh, matchedWh, touchedHours, supersedes },
    ...(maximumWh === null ? {} : { maximumWh, codeVersion }),
  };
}
