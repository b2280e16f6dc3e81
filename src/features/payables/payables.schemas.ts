import { z } from 'zod';
import { arithmeticFaults } from '../../core/invoicing/checks/arithmetic.js';
import { TEXT_ENCODINGS, type TextEncoding } from '../../core/tabular/text-encoding.js';
import { INVOICE_STATES, OUTCOMES, payableMad } from '../../core/invoicing/life.js';
import { KINDS_OF_DOCUMENT } from '../../core/invoicing/documents/supplier-invoice.js';
import { VERDICTS } from '../../core/invoicing/checks/verdict.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { CalendarDay, Instant, text } from '../../core/shapes/values.shape.js';
import { previewShape, UploadedFile } from '../../platform/http/uploads.js';
import {
  type InvoiceCheckDocument,
  type InvoiceSummary,
  type ReceivedInvoice,
  summaryOf,
} from './received/supplier-invoice.document.js';

/** Dirhams, to the centime. */
export const Money = z
  .string()
  .regex(/^\d{1,13}(\.\d{1,2})?$/)
  .describe('MAD, at most 2 decimals');

export const InvoiceId = z.uuid().describe('Id of a received document');

const Period = z
  .string()
  .regex(/^(\d{4}-\d{2}|Y-?\d{1,4})$/)
  .describe('A civil month, or Y and the contract year');

export const ReceiveQuery = z.strictObject({
  ...UploadedFile.shape,
  contract: RecordCode.optional().describe('Where the document does not name it'),
  period: Period.optional().describe('Where the document’s own period is not one month'),
});
export type ReceiveQuery = z.output<typeof ReceiveQuery>;

export const InvoiceListQuery = z.strictObject({
  contractCode: RecordCode.optional(),
  period: Period.optional(),
});
export type InvoiceListQuery = z.output<typeof InvoiceListQuery>;

const invoiceShape = {
  invoiceId: InvoiceId,
  sellerCode: RecordCode,
  number: z.string(),
  kind: z.literal(KINDS_OF_DOCUMENT),
  contractCode: RecordCode,
  period: z.string(),
  issueDate: CalendarDay,
  state: z
    .literal(INVOICE_STATES)
    .describe('OPEN, UNDER_REVIEW, EXPERT: in dispute; VOIDED counts nowhere'),
  currency: z.string().describe('ISO 4217; the amounts of the document are in it'),
  grossMad: z.string().describe('With its sign: a credit is negative; in `currency`'),
  payableUndisputedMad: z
    .string()
    .describe('To pay now where the contract pays what is undisputed'),
  fileName: z.string(),
  fileSha256: z.string(),
  recordedAt: Instant,
};

export const SupplierInvoiceListResponse = z
  .strictObject({ items: z.array(z.strictObject(invoiceShape)) })
  .meta({ id: 'SupplierInvoiceList' });
export type SupplierInvoiceListResponse = z.output<typeof SupplierInvoiceListResponse>;

export const SupplierInvoiceResponse = z
  .strictObject({
    ...invoiceShape,
    document: z.looseObject({}).describe('What was read'),
    steps: z.array(
      z.strictObject({
        step: z.int().min(1),
        state: z.literal(INVOICE_STATES),
        outcome: z.literal(OUTCOMES).nullable(),
        disputedMad: z.string().nullable(),
        upheldMad: z.string().nullable(),
        note: z.string(),
        runId: z
          .uuid()
          .nullable()
          .describe('Settlement that the check stood on; null of a voided document'),
        checkSha256: z.string().nullable(),
        recordedAt: Instant,
      }),
    ),
    ...previewShape,
  })
  .meta({ id: 'SupplierInvoice' });
export type SupplierInvoiceResponse = z.output<typeof SupplierInvoiceResponse>;

export const ReceivedInvoiceResponse = z
  .strictObject({
    ...SupplierInvoiceResponse.shape,
    isNew: z.boolean(),
    encoding: z.literal(TEXT_ENCODINGS).describe('What its text is written in'),
    isDryRun: z.boolean(),
    cannotBeTakenBack: z.string().describe('What receiving it makes for good'),
    arithmetic: z
      .array(
        z.strictObject({
          rule: z.string(),
          where: z.string(),
          statedMad: z.string(),
          computedMad: z.string(),
        }),
      )
      .describe(
        'Identities of EN 16931 that do not hold: said when it comes, and received all the same',
      ),
  })
  .meta({ id: 'ReceivedSupplierInvoice' });
export type ReceivedInvoiceResponse = z.output<typeof ReceivedInvoiceResponse>;

export const InvoiceStepRequest = z
  .strictObject({
    state: z.literal(INVOICE_STATES.filter((state) => state !== 'RECEIVED')),
    outcome: z.literal(OUTCOMES).nullable().default(null).describe('Of RESOLVED, for the buyer'),
    disputedMad: Money.nullable()
      .default(null)
      .describe('Of OPEN, with VAT, in the document’s currency'),
    upheldMad: Money.nullable().default(null).describe('Of PARTLY: what need not be paid'),
    note: text(4_000, 0).default('').describe('OPEN and VOIDED need their reason'),
  })
  .meta({ id: 'SupplierInvoiceStepRequest' });
export type InvoiceStepRequest = z.output<typeof InvoiceStepRequest>;

const Loose = z.looseObject({});
export const InvoiceCheckResponse = z
  .looseObject({
    verdict: z.literal(VERDICTS),
    runId: z.uuid().describe('Settlement that it was checked against'),
    period: z.string(),
    documents: z.array(z.string()).describe('Documents that count together'),
    cancelled: z.array(z.array(z.string())).describe('Documents that cancel each other'),
    arithmetic: z.array(Loose).describe('Identities of EN 16931 that do not hold'),
    faults: z.array(Loose),
    lines: z.array(Loose).describe('Theirs, ours, the difference taken apart, its class and cause'),
    totals: Loose,
    disputedMad: z.string().describe('With VAT'),
    undisputedMad: z.string(),
    rate: Loose.optional().describe(
      'Of a document in another currency: the row it was compared at',
    ),
    owed: Loose.describe('Owed on actual readings, and on estimates; null = not computed here'),
    notComputed: z
      .string()
      .optional()
      .describe('Present where another engine made the run: what the check leaves out'),
  })
  .meta({ id: 'SupplierInvoiceCheck' });

export const DisputePackResponse = z
  .strictObject({
    invoice: SupplierInvoiceResponse,
    check: InvoiceCheckResponse,
    clauses: z.array(z.strictObject({ pointer: z.string(), en: z.string(), fr: z.string() })),
    hours: z.array(Loose).describe('Readings and amounts of each hour of the lines in dispute'),
    matchingRunIds: z.array(z.uuid()),
  })
  .meta({ id: 'DisputePack' });
export type DisputePackResponse = z.output<typeof DisputePackResponse>;

export function toInvoiceSummary({
  row,
  currency,
  grossMad,
  steps,
}: InvoiceSummary): SupplierInvoiceListResponse['items'][number] {
  const { invoiceId, sellerCode, number, kind, contractCode, period, issueDate } = row;
  return {
    invoiceId,
    sellerCode,
    number,
    kind,
    contractCode,
    period,
    issueDate,
    currency,
    grossMad,
    state: steps.at(-1)?.state ?? 'RECEIVED',
    payableUndisputedMad: payableMad(grossMad, steps, 'PAY_UNDISPUTED'),
    fileName: row.fileName,
    fileSha256: row.fileSha256,
    recordedAt: row.recordedAt.toISOString(),
  };
}

/** What receiving a document makes for good. */
const RECEIVED_FOR_GOOD =
  'A received document is never changed or removed, and its number is used up: what should not have been received is voided with a reason, which frees the number.';
/** What a step makes for good. */
const STEP_FOR_GOOD =
  'A step is never edited: a document that was accepted or is in dispute can only go on from there; a voided one stays voided.';

/** A document after a step that was taken, or only tried. */
export function toStepResponse(
  received: ReceivedInvoice,
  isDryRun: boolean,
): SupplierInvoiceResponse {
  const response = toInvoiceResponse(received);
  return isDryRun ? { ...response, isDryRun, cannotBeTakenBack: STEP_FOR_GOOD } : response;
}

/** How far quantity × price may be from a line's amount before anything of the contract is known. */
const LINE_SLACK_MAD = 0.02;

/** A document as it was received, with what of its own sums does not hold. */
export function toReceivedResponse(
  received: ReceivedInvoice,
  of: {
    readonly isNew: boolean;
    readonly isDryRun: boolean;
    readonly encoding: TextEncoding;
  },
): ReceivedInvoiceResponse {
  const arithmetic = arithmeticFaults(received.invoice, LINE_SLACK_MAD).map((one) => ({ ...one }));
  return {
    ...toInvoiceResponse(received),
    ...of,
    cannotBeTakenBack: RECEIVED_FOR_GOOD,
    arithmetic,
  };
}

export function toInvoiceResponse(received: ReceivedInvoice): SupplierInvoiceResponse {
  return {
    ...toInvoiceSummary(summaryOf(received)),
    document: { ...received.invoice },
    steps: received.steps.map((one) => ({
      step: one.step,
      state: one.state,
      outcome: one.outcome,
      disputedMad: one.disputedMad,
      upheldMad: one.upheldMad,
      note: one.note,
      runId: one.runId,
      checkSha256: one.checkSha256?.toString('hex') ?? null,
      recordedAt: one.recordedAt.toISOString(),
    })),
  };
}

export const toCheckResponse = (
  check: InvoiceCheckDocument,
): z.output<typeof InvoiceCheckResponse> =>
  ({ ...check }) as unknown as z.output<typeof InvoiceCheckResponse>;
