import type { Canonical } from '../../core/ledger/canonical.js';
import { type SealedRows, sealRows } from '../../core/ledger/merkle.js';
import { type Posting, postingRow } from '../../core/ledger/postings.js';
import { type HourPairs, pairsRow } from '../../core/matching/match-hour.js';
import type { MatchingRunEntity } from './matching-run.entity.js';

/** What a run writes to the book. */
export interface RunRows {
  readonly postings: readonly Posting[];
  readonly pairs: readonly HourPairs[];
}

/** Hashes the rows of a run, in their order. */
export function sealedOf({ postings, pairs }: RunRows): SealedRows {
  const rows = sealRows();
  for (const posting of postings) rows.add(postingRow(posting));
  for (const hour of pairs) rows.add(pairsRow(hour));
  return rows.sealed();
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
