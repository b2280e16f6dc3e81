import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { settledLines } from '../../core/invoicing/billed.js';
import {
  accrualEntry,
  accrualKey,
  type AccountMap,
  bookedOf,
  documentEntry,
  documentKey,
  type JournalEntry,
} from '../../core/journal/entries.js';
import { civilDayOf, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { type Contract, ContractsService } from '../contracts/contracts.service.js';
import { BilledService } from '../payables/billed.service.js';
import { SettlementService } from '../settlement/settlement.service.js';

/** The month that the books are brought up to. */
export interface BooksMonth {
  readonly month: string;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** Computes what is to be booked: documents that came, and what is settled and not billed. */
@Injectable()
export class BooksService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly settlement: SettlementService,
    private readonly billed: BilledService,
  ) {}

  /**
   * Entries up to the end of a month that earlier entries do not hold, by day and key.
   *
   * @throws DomainError `journal.not_settled`
   */
  async entries(
    tx: EntityManager,
    ledgerId: string,
    { month, firstDay, lastDay }: BooksMonth,
    of: { readonly map: AccountMap; readonly earlier: readonly JournalEntry[] },
  ): Promise<readonly JournalEntry[]> {
    const booked = bookedOf(of.earlier);
    const entries: JournalEntry[] = [];
    for (const contract of await this.latestContracts(tx, ledgerId)) {
      const { code: contractCode, sellerCode } = contract;
      const documents = (await this.billed.documents(tx, ledgerId, contractCode)).filter(
        ({ issueDate }) => issueDate <= lastDay,
      );
      for (const document of documents) {
        if ((booked.get(documentKey(document))?.times ?? 0) > 0) continue;
        const date = document.issueDate < firstDay ? firstDay : document.issueDate;
        entries.push(documentEntry(document, of.map, date));
      }
      const runs = (await this.settlement.lastRuns(tx, ledgerId, contractCode)).filter(
        ({ document: { input } }) => civilDayOf(MOROCCO_LEGAL_TIME, input.endMs - 1) <= lastDay,
      );
      requireSettled(
        contract,
        month,
        runs.map(({ run }) => run.period),
      );
      for (const { run, document } of runs) {
        const { period } = run;
        const settled = settledLines(document.settlement);
        const lines = documents.filter((one) => one.period === period).flatMap((one) => one.lines);
        const accrued = { contractCode, sellerCode, period, settled, billed: lines };
        const before = booked.get(accrualKey(accrued))?.amounts ?? new Map();
        const entry = accrualEntry(accrued, of.map, { booked: before, date: lastDay });
        if (entry !== null) entries.push(entry);
      }
    }
    return entries.toSorted((a, b) => compare(a.date, b.date) || compare(a.key, b.key));
  }

  /** The last version of each contract, by code. */
  private async latestContracts(tx: EntityManager, ledgerId: string): Promise<Contract[]> {
    const versions = await this.contracts.allVersions(tx, ledgerId);
    const latest = new Map(versions.map((one) => [one.code, one]));
    return [...latest.values()].toSorted((a, b) => compare(a.code, b.code));
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A month of delivery under elections is settled before its books are made. */
function requireSettled(
  { code, elections, effectiveFrom }: Contract,
  month: string,
  periods: readonly string[],
): void {
  if (elections === null) return;
  const from = [elections.codDate, effectiveFrom]
    .map((day) => day.slice(0, 7))
    .toSorted()
    .at(-1)!;
  if (month < from || month > elections.termEnd.slice(0, 7) || periods.includes(month)) return;
  const fix = `Settle ${month} of ${code} first, provisionally at least.`;
  throw new DomainError('journal.not_settled', { contractCode: code, period: month, fix });
}
