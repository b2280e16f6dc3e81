import type { InvoiceCheck } from '../../../core/invoicing/checks/check.js';
import { isDismissed, isVoided } from '../../../core/invoicing/life.js';
import type { PinnedRate } from '../../../core/invoicing/documents/in-dirhams.js';
import type { SettledHour, Owed } from '../../../core/settlement/hourly.js';
import {
  type InvoiceKind,
  signOf,
  type SupplierInvoice as ReadInvoice,
} from '../../../core/invoicing/documents/supplier-invoice.js';
import { sealedJson } from '../../../core/ledger/canonical.js';
import { sha256, toHex } from '../../../core/ledger/merkle.js';
import { csvNumber, csvTable } from '../../../core/tabular/csv-text.js';
import { formatInstant } from '../../../core/time/interval.js';
import { Decimal } from '../../../core/units/money.js';
import type { ShownStep, SupplierInvoiceStepEntity } from './supplier-invoice-step.entity.js';
import type { SupplierInvoiceEntity } from './supplier-invoice.entity.js';

/** A received document, with what was read. */
export interface ReceivedInvoice {
  readonly row: Readonly<SupplierInvoiceEntity>;
  readonly invoice: ReadInvoice;
  readonly steps: readonly Readonly<ShownStep>[];
}

/** What a list shows of a document. */
export interface InvoiceSummary {
  readonly row: SummaryRow;
  /** ISO 4217; the amounts of a document are in it. */
  readonly currency: string;
  /** With its sign: a credit is negative. */
  readonly grossMad: string;
  readonly steps: readonly SummaryStep[];
}

/** A document without what was read in it. */
export type SummaryRow = Readonly<
  Omit<SupplierInvoiceEntity, 'ledgerId' | 'document' | 'sha256' | 'eventId'>
>;

/** What of a step says where a document stands, and what is to be paid of it. */
export type SummaryStep = Pick<ShownStep, 'state' | 'outcome' | 'disputedMad' | 'upheldMad'>;

/** A check, with the settlement run that it stands on. */
export interface InvoiceCheckDocument extends InvoiceCheck {
  readonly runId: string;
  readonly runVersion: number;
  readonly period: string;
  readonly owed: Owed;
  /** Present of a document in another currency: the row that it was compared at. */
  readonly rate?: PinnedRate;
  /** Present where another engine made the run: what is not said for it. */
  readonly notComputed?: string;
}

/** What was read of a document, from its bytes. */
export function parseInvoice({ document }: Pick<SupplierInvoiceEntity, 'document'>): ReadInvoice {
  return JSON.parse(document.toString('utf8')) as ReadInvoice;
}

/** Total of a document with its sign: a credit is negative. */
export function signedGrossMad(invoice: ReadInvoice): string {
  return signedMad(invoice.kind, invoice.totals.grossMad);
}

/** An amount of a document with its sign. */
export function signedMad(kind: InvoiceKind, mad: string): string {
  return new Decimal(mad).times(signOf({ kind })).toFixed(2);
}

/**
 * Whether a document still bills its period; one that was voided, or disputed whole and upheld, does
 * not.
 */
export function isStanding({ invoice, steps }: ReceivedInvoice): boolean {
  return !isVoided(steps) && !isDismissed(signedGrossMad(invoice), steps);
}

/** What a list shows of a document that was read whole. */
export function summaryOf({ row, invoice, steps }: ReceivedInvoice): InvoiceSummary {
  return { row, currency: invoice.currency, grossMad: signedGrossMad(invoice), steps };
}

/** How a received document is sealed. */
export const INVOICE_ROWS = 'mizan/row/supplier-invoice/1';
/** How a step is sealed. */
export const STEP_ROWS = 'mizan/row/supplier-invoice-step/1';
/** How a step is sealed that stands on no check. */
export const VOID_ROWS = 'mizan/row/supplier-invoice-void/1';

/** The hash is taken of the stored bytes, so that an edited document does not match its event. */
export function invoiceRow(row: SupplierInvoiceEntity): string {
  const { invoiceId, sellerCode, number, reuse, kind, contractCode, period, issueDate } = row;
  return sealedJson(INVOICE_ROWS, {
    invoiceId,
    sellerCode,
    number,
    kind,
    contractCode,
    period,
    issueDate,
    ...(reuse === 0 ? {} : { reuse }),
    fileName: row.fileName,
    fileSha256: row.fileSha256,
    sha256: toHex(sha256(row.document)),
  });
}

/** A step, with the hash of the check as it is stored; a document is voided without one. */
export function stepRow(row: SupplierInvoiceStepEntity): string {
  const { invoiceId, step, state, outcome, disputedMad, upheldMad, note, runId } = row;
  const recordedAt = formatInstant(row.recordedAt.getTime());
  const of = { invoiceId, step, state, outcome, disputedMad, upheldMad, note, runId };
  const { checkDocument } = row;
  return checkDocument === null
    ? sealedJson(VOID_ROWS, { ...of, recordedAt })
    : sealedJson(STEP_ROWS, { ...of, checkSha256: toHex(sha256(checkDocument)), recordedAt });
}

/** Hours as CSV: one row an hour, one column a line. */
export function hoursCsv(hours: readonly SettledHour[]): string {
  const names = Object.keys(hours[0]?.mad ?? {});
  return csvTable([
    ['start', 'generation_wh', 'load_wh', 'estimated', ...names],
    ...hours.map(({ start, generationWh, loadWh, isEstimated, mad }) => [
      start,
      generationWh ?? '',
      loadWh ?? '',
      isEstimated,
      ...names.map((name) => csvNumber(mad[name] ?? '')),
    ]),
  ]);
}
