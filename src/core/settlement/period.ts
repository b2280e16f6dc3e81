import { DomainError } from '../errors.js';
import type { ContractVersion } from '../contracts/in-force.js';
import type { ContractPart } from '../matching/contract-parts.js';
import type { RunInput } from './document.js';
import type { Elections } from './elections/elections.shape.js';
import type { RunType } from './hours/hours.js';
import {
  type HeldVersion,
  monthsFrom,
  settledBounds,
  yearBounds,
  yearDue,
  yearOn,
} from './parts/term.js';
import { formatInstant } from '../time/interval.js';
import { civilDayOf, type CivilMonth, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';

/** A contract version, as far as its settlement needs it. */
export interface ElectedContract extends ContractVersion {
  /** Null where it says nothing of its settlement. */
  readonly elections: Elections | null;
}

/** What is asked to be settled. */
export interface PeriodWanted {
  readonly run: RunType;
  readonly month: string;
  /** Null for the only contract of the month. */
  readonly contractCode: string | null;
  /** Of a reconciliation, where two contract years end with the month; null for the first. */
  readonly contractYear: number | null;
}

/** A contract version with its elections, over some hours. */
export interface ElectedPart<
  Contract extends ElectedContract = ElectedContract,
> extends HeldVersion {
  readonly contract: Contract;
  readonly from: string;
}

const refuse = ({ run, month: period }: PeriodWanted, reason: string): never => {
  throw new DomainError('settlement.run_refused', { run, period, reason });
};

/**
 * The contract of a month: the one that is named, or the only one.
 *
 * @param parts  Of the month.
 * @throws DomainError `settlement.run_refused`
 */
export function contractOf(
  parts: readonly ContractPart<ElectedContract>[],
  wanted: PeriodWanted,
): string {
  const codes = [...new Set(parts.map(({ contract }) => contract.code))];
  const found = wanted.contractCode ?? codes[0]!;
  if (!codes.includes(found)) {
    refuse(wanted, `The month is under contract ${codes.join(', ')}, not ${found}.`);
  }
  if (wanted.contractCode === null && codes.length > 1) {
    refuse(wanted, `The month is under contracts ${codes.join(' and ')}: name the one to settle.`);
  }
  return found;
}

/**
 * The parts of a period under one contract, each with the elections that it is settled by. A version that
 * goes on from month to month is one part.
 *
 * @param draft  Elections to try instead of all of the contract's; null for those.
 * @throws DomainError `settlement.no_elections`, `settlement.run_refused`
 */
export function electedParts<Contract extends ElectedContract>(
  parts: readonly ContractPart<Contract>[],
  contractCode: string,
  { draft, wanted }: { readonly draft: Elections | null; readonly wanted: PeriodWanted },
): readonly ElectedPart<Contract>[] {
  const elected: ElectedPart<Contract>[] = [];
  for (const { contract, from, startMs, endMs } of parts) {
    if (contract.code !== contractCode) continue;
    const elections = draft ?? contract.elections;
    if (elections === null) {
      const fix = 'Add a version of the contract with its elections.';
      throw new DomainError('settlement.no_elections', {
        contractCode,
        version: contract.version,
        fix,
      });
    }
    const before = elected.at(-1);
    if (before !== undefined && before.endMs !== startMs) {
      refuse(wanted, `From ${formatInstant(before.endMs)} on another contract holds in between.`);
    }
    const isOne = before !== undefined && (draft !== null || isSame(before.contract, contract));
    if (isOne) elected[elected.length - 1] = { ...before, contract, endMs };
    else elected.push({ contract, elections, from, startMs, endMs });
  }
  return elected;
}

const isSame = (a: ElectedContract, b: ElectedContract): boolean =>
  a.code === b.code && a.version === b.version;

/** A period of a contract, before its series. */
export interface SettledSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly contractYear: number;
  /** Civil months that it lies in, whole or in part. */
  readonly months: readonly string[];
  /** Months of the contract year before them. */
  readonly monthsBefore: readonly string[];
}

/**
 * What is settled of a month, or which contract year its reconciliation is of: from the first day of the
 * contract and its signature to the last day of its term.
 *
 * @param parts     Of the month.
 * @param firstDay  First day of the contract, of all its versions.
 * @throws DomainError `settlement.run_refused`
 */
export function spanOf(
  parts: readonly ElectedPart[],
  month: CivilMonth,
  { wanted, firstDay }: { readonly wanted: PeriodWanted; readonly firstDay: string },
): SettledSpan {
  const { elections } = parts.at(-1)!;
  requireUtcMonth(elections, month, wanted);
  const ofMonth = settledBounds(parts, null, MOROCCO_LEGAL_TIME);
  if (ofMonth.startMs >= ofMonth.endMs) {
    refuse(wanted, `The term ended on ${elections.termEnd}: nothing of the month is left.`);
  }
  const dayOf = (ms: number): string =>
    elections.settlementCalendar === 'UTC_MONTH'
      ? formatInstant(ms).slice(0, 10)
      : civilDayOf(MOROCCO_LEGAL_TIME, ms);
  const days = { first: dayOf(ofMonth.startMs), last: dayOf(ofMonth.endMs - 1) };
  const year =
    wanted.run === 'RECONCILIATION'
      ? yearDue(elections, wanted.contractYear, { ...days, nextMonth: dayOf(month.endMs) })
      : yearOn(elections, days.first);
  if (year === null) {
    const open = wanted.contractYear ?? yearOn(elections, days.first);
    return refuse(wanted, `Contract year ${open} does not end with ${month.month}.`);
  }
  const { from } = yearBounds(elections, year);
  const isYear = wanted.run === 'RECONCILIATION';
  const first = [from, firstDay, elections.signatureDate].toSorted().at(-1)!.slice(0, 7);
  const cod = elections.codDate.slice(0, 7);
  return {
    ...ofMonth,
    contractYear: year,
    months: isYear ? monthsFrom(first, month.month) : [month.month],
    monthsBefore: monthsFrom(from.slice(0, 7), month.month)
      .slice(0, -1)
      .filter((one) => one >= cod),
  };
}

/** A contract that settles months of UTC does so where they are those of the matching. */
function requireUtcMonth(elections: Elections, month: CivilMonth, wanted: PeriodWanted): void {
  if (elections.settlementCalendar !== 'UTC_MONTH') return;
  const bounds = [month.startMs, month.endMs].map(formatInstant);
  if (bounds.every((text) => text.endsWith('-01T00:00:00Z'))) return;
  refuse(wanted, 'The contract settles months of UTC, and this civil month is not one.');
}

/** Which elections hold when in a period, as its run says. */
export function versionsIn(
  parts: readonly ElectedPart[],
  { startMs, endMs }: Pick<SettledSpan, 'startMs' | 'endMs'>,
  firstDay: string,
): Pick<RunInput, 'elections' | 'earlier' | 'holdsFrom'> {
  const held = parts.filter((part) => part.startMs < endMs && startMs < part.endMs);
  const last = held.at(-1)!;
  const earlier = held.slice(0, -1).map(({ contract, elections }, at) => ({
    elections,
    version: contract.version,
    until: held[at + 1]!.from,
  }));
  const { elections } = held[0]!;
  const day = civilDayOf(MOROCCO_LEGAL_TIME, startMs);
  const { from } = yearBounds(elections, yearOn(elections, day));
  const isLate = firstDay > elections.codDate && firstDay > from;
  return {
    elections: last.elections,
    ...(earlier.length === 0 ? {} : { earlier }),
    ...(isLate ? { holdsFrom: firstDay } : {}),
  };
}
