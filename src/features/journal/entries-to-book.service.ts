import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { settledLines } from '../../core/invoicing/checks/billed.js';
import { type BookedAs, bookedAs, type NotBooked } from '../../core/journal/documents.js';
import {
  accrualEntry,
  accrualKey,
  type AccountMap,
  bookedOf,
  documentEntry,
  documentKey,
  fallenEntry,
  type JournalEntry,
} from '../../core/journal/entries.js';
import {
  leftContract,
  leftDocument,
  leftOfMonth,
  type LeftOut,
  leftRun,
} from '../../core/journal/left-out.js';
import type { PinnedRate } from '../../core/invoicing/documents/in-dirhams.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { type Contract, ContractsService } from '../contracts/contracts.service.js';
import { ChargedDocumentsService } from '../payables/checks/charged-documents.service.js';
import { SettlementService } from '../settlement/runs/settlement.service.js';
import type { Latest } from '../settlement/runs/settlement.document.js';

/** The month that the books are brought up to. */
export interface BooksMonth {
  readonly month: string;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** A run that an accrual rests on. */
export interface AccruedRun {
  readonly contractCode: string;
  readonly period: string;
  readonly runId: string;
  readonly runVersion: number;
  readonly contractVersion: number;
}

/** What is to be booked, what it rests on, and what is in no entry. */
export interface MonthBooks {
  readonly entries: readonly JournalEntry[];
  readonly runs: readonly AccruedRun[];
  readonly leftOut: readonly LeftOut[];
}

/** What entries are made with. */
interface BooksBasis extends BooksMonth {
  readonly map: AccountMap;
  readonly booked: ReturnType<typeof bookedOf>;
  /** Rates that documents were booked at, by key. */
  readonly rates: ReadonlyMap<string, PinnedRate>;
}

/** Computes what is to be booked: documents that came, and what is settled, approved and not billed. */
@Injectable()
export class EntriesToBookService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly settlement: SettlementService,
    private readonly billed: ChargedDocumentsService,
  ) {}

  /**
   * Entries up to the end of a month that earlier entries do not hold, by day and key, and what is left
   * out of them.
   *
   * @throws DomainError `journal.not_settled`
   */
  async entries(
    tx: LedgerTx,
    month: BooksMonth,
    of: { readonly map: AccountMap; readonly earlier: readonly JournalEntry[] },
  ): Promise<MonthBooks> {
    const rates = new Map(
      of.earlier.flatMap(({ key, rate }) => (rate === undefined ? [] : [[key, rate] as const])),
    );
    const basis = { ...month, map: of.map, booked: bookedOf(of.earlier), rates };
    const books: MonthBooks[] = [];
    for (const contract of await this.latestContracts(tx)) {
      books.push(await this.ofContract(tx, contract, basis));
    }
    const entries = books.flatMap((one) => one.entries);
    return {
      entries: entries.toSorted((a, b) => compare(a.date, b.date) || compare(a.key, b.key)),
      runs: books.flatMap(({ runs }) => runs),
      leftOut: books.flatMap(({ leftOut }) => leftOut),
    };
  }

  private async ofContract(
    tx: LedgerTx,
    contract: Contract,
    basis: BooksBasis,
  ): Promise<MonthBooks> {
    const { code: contractCode } = contract;
    const { month, firstDay, lastDay, booked } = basis;
    const charged = await this.billed.documents(
      tx,
      contractCode,
      (key) => basis.rates.get(key) ?? null,
    );
    const documents = bookedAs(
      charged.filter(({ issueDate }) => issueDate <= lastDay),
      (key) => (booked.get(key)?.times ?? 0) > 0,
    );
    const taken = documentEntries(documents, basis);
    const runs = (await this.settlement.approvedRuns(tx, contractCode)).filter(
      ({ last: { document } }) =>
        civilDayOf(MOROCCO_LEGAL_TIME, document.input.endMs - 1) <= lastDay,
    );
    const periods = runs.map(({ last }) => last.run.period);
    requireSettled(contract, month, periods);
    const named = new Set(taken.map(({ key }) => key));
    const ofMonth = documents.left.filter(
      (one) => one.issueDate >= firstDay || named.has(documentKey(one)),
    );
    const accrued = accruals(contract, runs, documents.taken, basis);
    const touched = new Set(accrued.map(({ reference }) => reference));
    return {
      entries: [...taken, ...accrued],
      runs: runs.flatMap(({ approved }) =>
        approved !== null && touched.has(approved.run.period) ? [accruedRun(approved)] : [],
      ),
      leftOut: [
        ...ofMonth.map((one) => leftDocument(one, one.fallen)),
        ...runs.flatMap(leftOfRun),
        ...(contract.elections === null && isInForce(contract, month)
          ? [leftContract(contractCode, month)]
          : []),
        ...runs
          .filter(({ last }) => last.run.period === month)
          .flatMap(({ last, approved }) =>
            leftOfMonth(contractCode, month, (approved ?? last).document),
          ),
      ],
    };
  }

  /** The last version of each contract, by code. */
  private async latestContracts(tx: LedgerTx): Promise<Contract[]> {
    const versions = await this.contracts.allVersions(tx);
    const latest = new Map(versions.map((one) => [one.code, one]));
    return [...latest.values()].toSorted((a, b) => compare(a.code, b.code));
  }
}

const WHY: Readonly<Record<NotBooked, string>> = {
  VOIDED: 'Voided',
  UPHELD: 'Disputed in full and upheld',
  PREPAYMENT: 'No charge',
  NO_RATE: 'No rate',
};

/** Documents that the books do not hold yet, and those that they are no longer to hold. */
function documentEntries(
  { taken, left }: BookedAs,
  { map, firstDay, lastDay, booked }: BooksBasis,
): JournalEntry[] {
  const held = (key: string) => {
    const found = booked.get(key);
    return found !== undefined && found.times > 0 ? found : null;
  };
  const added = taken
    .filter((document) => held(documentKey(document)) === null)
    .map((document) => {
      const { issueDate } = document;
      return documentEntry(document, map, issueDate < firstDay ? firstDay : issueDate);
    });
  const fallen = left.flatMap((document): JournalEntry[] => {
    const amounts = held(documentKey(document))?.amounts;
    if (amounts === undefined) return [];
    const why = WHY[document.fallen];
    return [fallenEntry(document, { why, booked: amounts, date: lastDay })];
  });
  return [...added, ...fallen];
}

/** A period of a contract: its last run, and the last that was approved. */
interface PeriodRuns {
  readonly last: Latest;
  readonly approved: Latest | null;
}

/** Accruals of periods by their approved runs; of a period without one, what is booked is taken back. */
function accruals(
  { code: contractCode, sellerCode }: Contract,
  runs: readonly PeriodRuns[],
  taken: BookedAs['taken'],
  { map, lastDay, booked }: BooksBasis,
): JournalEntry[] {
  return runs.flatMap(({ last, approved }): JournalEntry[] => {
    const { period } = last.run;
    const billed = taken.filter((one) => one.period === period).flatMap((one) => one.lines);
    const settled = approved === null ? [] : settledLines(approved.document.settlement);
    const lines = approved === null ? [] : billed;
    const accrued = { contractCode, sellerCode, period, settled, billed: lines };
    const before = booked.get(accrualKey(accrued))?.amounts ?? new Map();
    const entry = accrualEntry(accrued, map, { booked: before, date: lastDay });
    return entry === null ? [] : [entry];
  });
}

function accruedRun({ run }: Latest): AccruedRun {
  const { contractCode, period, runId, version: runVersion, contractVersion } = run;
  return { contractCode, period, runId, runVersion, contractVersion };
}

function leftOfRun({ last, approved }: PeriodRuns): LeftOut[] {
  if (approved?.run.runId === last.run.runId) return [];
  const { netMad } = last.document.settlement.totals;
  const approvedVersion = approved?.run.version ?? null;
  return [leftRun(last.run.contractCode, last.run, { netMad, approvedVersion })];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whether a contract delivers in a month, by its last version. */
function isInForce({ elections, effectiveFrom }: Contract, month: string): boolean {
  const days = elections === null ? [effectiveFrom] : [elections.codDate, effectiveFrom];
  const from = days
    .map((day) => day.slice(0, 7))
    .toSorted()
    .at(-1)!;
  return month >= from && (elections === null || month <= elections.termEnd.slice(0, 7));
}

/** A month of delivery under elections is settled before its books are made. */
function requireSettled(contract: Contract, month: string, periods: readonly string[]): void {
  const { code, elections } = contract;
  if (elections === null || !isInForce(contract, month) || periods.includes(month)) return;
  const fix = `Settle ${month} of ${code} first, provisionally at least.`;
  throw new DomainError('journal.not_settled', { contractCode: code, period: month, fix });
}
