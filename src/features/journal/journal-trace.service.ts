import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { documentKey, type JournalEntry } from '../../core/journal/entries.js';
import { LINE_KINDS } from '../../core/settlement/pricing/lines.js';
import { SupplierInvoicesService } from '../payables/received/supplier-invoices.service.js';
import type { ReceivedInvoice } from '../payables/received/supplier-invoice.document.js';
import {
  type LineBasis,
  SettlementTraceService,
} from '../settlement/questions/settlement-trace.service.js';
import { SettlementService } from '../settlement/runs/settlement.service.js';
import type { AccruedRun } from './entries-to-book.service.js';
import { parseBatch } from './journal.document.js';
import { type JournalBatch, JournalService } from './journal.service.js';

/** An entry, walked down to the document or the settlement that it books. */
export interface TracedEntry {
  readonly batchId: string;
  readonly sequence: number;
  readonly month: string;
  /** Place among the batch's entries, from 1. */
  readonly at: number;
  readonly entry: JournalEntry;
  readonly accountMap: { readonly code: string; readonly version: number };
  /** Of an entry of a document; null of an accrual. */
  readonly document: ReceivedInvoice | null;
  /** Of an accrual, or of a document that was decided on: the settlement; null where there is none. */
  readonly settlement: (AccruedRun & { readonly lines: readonly LineBasis[] }) | null;
}

/** Walks entries of the books down to documents, settlement lines, price rows and clauses. */
@Injectable()
export class JournalTraceService {
  constructor(
    private readonly journal: JournalService,
    private readonly invoices: SupplierInvoicesService,
    private readonly settlement: SettlementService,
    private readonly traces: SettlementTraceService,
  ) {}

  /**
   * Traces one entry of a batch.
   *
   * @param at  Place of the entry, from 1.
   * @throws DomainError `journal.batch_not_found`, `journal.entry_not_found`
   */
  async trace(ledgerId: string, batchId: string, at: number): Promise<TracedEntry> {
    const batch = await this.journal.get(ledgerId, batchId);
    const { entries, accountMap, runs } = parseBatch(batch);
    const entry = entries[at - 1];
    if (entry === undefined) {
      const known = entries.map(({ label }, place) => `${place + 1} ${label}`);
      throw new DomainError('journal.entry_not_found', { batchId, entry: at, known });
    }
    const { code, version } = accountMap;
    const { sequence, month } = batch;
    const document = await this.documentOf(ledgerId, entry);
    const run =
      document === null
        ? await this.accruedRun(ledgerId, entry, { batch, runs: runs ?? [] })
        : await this.checkedRun(ledgerId, document);
    return {
      batchId,
      sequence,
      month,
      at,
      entry,
      accountMap: { code, version },
      document,
      settlement:
        run === null
          ? null
          : { ...run, lines: await this.traces.basisOf(ledgerId, run.runId, new Set(LINE_KINDS)) },
    };
  }

  private async documentOf(
    ledgerId: string,
    { key, contractCode }: JournalEntry,
  ): Promise<ReceivedInvoice | null> {
    if (!key.startsWith('document ')) return null;
    const all = await this.invoices.list(ledgerId, { contractCode });
    return all.find(({ row }) => documentKey(row) === key) ?? null;
  }

  /** The run that an accrual rests on: batches of before do not say, and it was the last one then. */
  private async accruedRun(
    ledgerId: string,
    { contractCode, reference, key }: JournalEntry,
    { batch, runs }: { readonly batch: JournalBatch; readonly runs: readonly AccruedRun[] },
  ): Promise<AccruedRun | null> {
    if (!key.startsWith('accrual ')) return null;
    const said = runs.find((one) => one.contractCode === contractCode && one.period === reference);
    if (said !== undefined) return said;
    const found = (await this.settlement.list(ledgerId)).findLast(
      (run) =>
        run.contractCode === contractCode &&
        run.period === reference &&
        run.recordedAt <= batch.recordedAt,
    );
    return found === undefined ? null : asAccrued(found);
  }

  /** The run that the last decision on a document stood on. */
  private async checkedRun(
    ledgerId: string,
    { steps }: ReceivedInvoice,
  ): Promise<AccruedRun | null> {
    const runId = steps.findLast((step) => step.runId !== null)?.runId ?? null;
    return runId === null ? null : asAccrued(await this.settlement.get(ledgerId, runId));
  }
}

const asAccrued = (run: {
  readonly contractCode: string;
  readonly period: string;
  readonly runId: string;
  readonly version: number;
  readonly contractVersion: number;
}): AccruedRun => ({
  contractCode: run.contractCode,
  period: run.period,
  runId: run.runId,
  runVersion: run.version,
  contractVersion: run.contractVersion,
});
