import { DomainError } from '../../../core/errors.js';
import type { Canonical } from '../../../core/ledger/canonical.js';
import { type SealedRows, sealRows } from '../../../core/ledger/merkle.js';
import { type Posting, postingRow } from '../../../core/ledger/postings.js';
import { type HourPairs, pairsRow } from '../../../core/matching/pairs.js';
import type { MatchedMonth } from '../../../core/matching/month.js';
import type { MatchingRunEntity } from './matching-run.entity.js';
import type { MonthView } from './month-view.service.js';

/** Domain of the rows of a run: postings, then pairs. */
export const ROWS = 'mizan/rows/matching/1';

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
  const { maximumWh, codeVersion, acceptedSuspect } = run;
  return {
    siteCode,
    contractCode,
    contractVersion,
    month,
    policy,
    inputSha256,
    resultRoot,
    demandWh,
    supplyWh,
    matchedWh,
    touchedHours,
    supersedes,
    ...(maximumWh === null ? {} : { maximumWh, codeVersion }),
    // As it stands, whatever it is by now: a run is compared with what was sealed of it.
    ...(acceptedSuspect === null
      ? {}
      : { acceptedSuspect: acceptedSuspect as unknown as Canonical }),
  };
}

/** Whether a run saw what a month is made of now. */
export function isCurrent(
  run: Readonly<MatchingRunEntity>,
  { matched, contract }: MonthView,
): boolean {
  return (
    run.inputSha256 === matched.inputSha256 &&
    run.contractCode === contract.code &&
    run.contractVersion === contract.version
  );
}

/** Whether a run paired by the terms of the month. */
export function hasSameTerms(
  last: Readonly<MatchingRunEntity> | null,
  { contract, inputs }: MonthView,
): boolean {
  return (
    last !== null &&
    inputs.earlier === undefined &&
    last.policy === inputs.terms.policy &&
    last.contractCode === contract.code &&
    last.contractVersion === contract.version
  );
}

/** @throws DomainError `matching.nothing_to_match` */
export function requireSomething({ site, matched }: MonthView, month: string): void {
  if (matched.hours.some(({ loadWh, generationWh }) => loadWh > 0 || generationWh > 0)) return;
  throw new DomainError('matching.nothing_to_match', {
    siteCode: site.code,
    month,
    fix: 'Import intervals and certificates of the month first.',
  });
}
