import { z } from 'zod';
import { JOURNAL_FORMATS } from '../../core/journal/formats.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Instant, Month } from '../../core/shapes/values.shape.js';
import { parseBatch } from './journal.document.js';
import type { JournalBatchEntity } from './journal-batch.entity.js';

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
    batchId,
    sequence,
    month,
    reverses,
    debitMad,
    creditMad,
    sha256: sha256.toString('hex'),
    recordedAt: recordedAt.toISOString(),
  };
}

export const toBatchResponse = (row: JournalBatchEntity): BatchResponse => ({
  ...toBatchSummary(row),
  document: { ...parseBatch(row) },
});
