import { z } from 'zod';
import { JOURNAL_FORMATS } from '../../core/journal/formats.js';
import { LINE_KINDS } from '../../core/settlement/pricing/lines.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Instant, Month, text } from '../../platform/http/schemas.js';
import type { AccountMapEntity } from './account-map.entity.js';
import { parseBatch } from './journal.document.js';
import type { JournalBatchEntity } from './journal-batch.entity.js';

const Account = z
  .string()
  .regex(/^\d{3,12}$/)
  .describe('Account number');
const DAMAGES = LINE_KINDS.filter((kind) => kind.endsWith('_DAMAGES'));

/** CGNC: what the contract costs and brings beside energy, each side on an account of its own. */
const DAMAGES_ACCOUNTS = { account: '65831', receivedAccount: '7581' } as const;
/** CGNC: the fine of law 69-21 goes to the Treasury, and is no supplier's damages. */
const TREASURY_FINES = '65833';

/** Defaults are those of the CGNC (INVOICING 9, marked M+: have them confirmed). */
export const AccountMapAttributes = z.strictObject({
  journal: text(20).default('ACH').describe('Code of the journal'),
  supplierAccount: Account.default('4411').describe('Suppliers'),
  accrualAccount: Account.default('4417').describe('Invoices not received'),
  creditAccount: Account.default('3417').describe('Credit notes to be received'),
  vatAccount: Account.default('34552').describe('Recoverable VAT on charges'),
  chargeAccount: Account.default('6125').describe('Energy purchases: every kind not named below'),
  kinds: z
    .array(
      z.strictObject({
        kind: z.literal(LINE_KINDS),
        account: Account.describe('What the buyer pays'),
        receivedAccount: Account.optional().describe('What the buyer receives; absent = the same'),
      }),
    )
    .max(LINE_KINDS.length)
    .refine((kinds) => new Set(kinds.map(({ kind }) => kind)).size === kinds.length, {
      error: 'A kind has one account.',
    })
    .refine(
      (kinds) =>
        kinds.every(
          ({ kind, account, receivedAccount }) =>
            !DAMAGES.includes(kind) || ![account, receivedAccount].includes(TREASURY_FINES),
        ),
      { error: `${TREASURY_FINES} takes fines to the Treasury: damages are of the contract.` },
    )
    .default(DAMAGES.map((kind) => ({ kind, ...DAMAGES_ACCOUNTS })))
    .describe('Accounts of kinds of line that have their own'),
  oracle: z
    .strictObject({
      ledgerId: z
        .string()
        .regex(/^\d{1,18}$/)
        .describe('LEDGER_ID, a number'),
      source: text(25),
      category: text(25),
      segments: z
        .array(text(25))
        .min(1)
        .max(30)
        .refine((segments) => segments.filter((one) => one.includes('{account}')).length === 1, {
          error: 'One segment is {account}.',
        })
        .optional()
        .describe(
          'SEGMENT1 and on of the chart, {account} in the account’s place; absent = it alone',
        ),
    })
    .nullable()
    .default(null)
    .describe('LEDGER_ID, USER_JE_SOURCE_NAME, USER_JE_CATEGORY_NAME of Oracle; null = not used'),
});
export type AccountMapAttributes = z.output<typeof AccountMapAttributes>;

export function toAccountMapResponse(row: AccountMapEntity): Record<string, unknown> {
  const { ledgerId: _ledger, recordedAt, ...attributes } = row;
  return { ...attributes, recordedAt: recordedAt.toISOString() };
}

export const BatchId = z.uuid().describe('Id of a batch');

export const JournalRequest = z
  .strictObject({
    month: Month.describe('Month to close in the books: entries up to its last civil day'),
    accountMapCode: RecordCode.nullable().default(null).describe('null = the only one'),
  })
  .meta({ id: 'JournalExportRequest' });
export type JournalRequest = z.output<typeof JournalRequest>;

export const FormatQuery = z.strictObject({ format: z.literal(JOURNAL_FORMATS).default('csv') });
export type FormatQuery = z.output<typeof FormatQuery>;

const batchShape = {
  batchId: BatchId,
  sequence: z.int().min(1).describe('Oracle’s GROUP_ID'),
  month: z.string(),
  reverses: BatchId.nullable().describe('The batch whose entries this one takes back'),
  debitMad: z.string(),
  creditMad: z.string(),
  sha256: z.string().describe('Of the exact bytes of the document, hex'),
  recordedAt: Instant,
};

export const BatchListResponse = z
  .strictObject({ items: z.array(z.strictObject(batchShape)) })
  .meta({ id: 'JournalBatchList' });
export type BatchListResponse = z.output<typeof BatchListResponse>;

export const BatchResponse = z
  .strictObject({ ...batchShape, document: z.looseObject({}).describe('Accounts and entries') })
  .meta({ id: 'JournalBatch' });
export type BatchResponse = z.output<typeof BatchResponse>;

export function toBatchSummary(row: JournalBatchEntity): BatchListResponse['items'][number] {
  const { batchId, sequence, month, reverses, debitMad, creditMad, sha256, recordedAt } = row;
  return {
    ...{ batchId, sequence, month, reverses, debitMad, creditMad },
    ...{ sha256: sha256.toString('hex'), recordedAt: recordedAt.toISOString() },
  };
}

export const toBatchResponse = (row: JournalBatchEntity): BatchResponse => ({
  ...toBatchSummary(row),
  document: { ...parseBatch(row) },
});
