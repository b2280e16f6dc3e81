import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { previewShape } from '../../platform/http/uploads.js';
import { LineBasisSchema } from '../settlement/questions/settlement-trace.schemas.js';
import { BatchId, BatchResponse, toBatchResponse } from './journal.schemas.js';
import type { Exported } from './journal.service.js';
import type { TracedEntry } from './journal-trace.service.js';

export const ExportedResponse = z
  .strictObject({
    ...BatchResponse.shape,
    isNew: z.boolean(),
    leftOut: z
      .array(
        z.strictObject({
          reason: z.string(),
          contractCode: RecordCode,
          reference: z.string().describe('Number of a document, or a period'),
          mad: z.string().nullable(),
          mwh: z.string().nullable(),
          says: z.string(),
        }),
      )
      .describe('What of the month is in no entry, and why'),
    ...previewShape,
  })
  .meta({ id: 'ExportedJournalBatch' });
export type ExportedResponse = z.output<typeof ExportedResponse>;

export const EntryAt = z.coerce.number().int().min(1).max(100_000).describe('Place, from 1');

const Loose = z.looseObject({});
export const EntryTraceResponse = z
  .object({
    batchId: BatchId,
    sequence: z.int().min(1),
    month: z.string(),
    at: z.int().min(1).describe('Place among the batch’s entries, from 1'),
    entry: Loose,
    accountMap: z.object({ code: RecordCode, version: z.int().min(1) }),
    document: z
      .object({
        invoiceId: z.uuid(),
        number: z.string(),
        kind: z.string(),
        issueDate: z.string(),
        fileName: z.string(),
        fileSha256: z.string(),
        eventId: z.uuid().describe('That sealed its receipt'),
        states: z.array(z.string()).describe('Steps of its life'),
      })
      .nullable(),
    settlement: z
      .object({
        contractCode: RecordCode,
        period: z.string(),
        runId: z.uuid(),
        runVersion: z.int().min(1),
        contractVersion: z.int().min(1),
        lines: z.array(LineBasisSchema).describe('Trace each to its hours by its place in the run'),
      })
      .nullable(),
  })
  .meta({ id: 'JournalEntryTrace' });
export type EntryTraceResponse = z.output<typeof EntryTraceResponse>;

export function toEntryTraceResponse(traced: TracedEntry): EntryTraceResponse {
  const { document, settlement, entry, ...of } = traced;
  return {
    ...of,
    entry: { ...entry },
    document:
      document === null
        ? null
        : {
            invoiceId: document.row.invoiceId,
            number: document.row.number,
            kind: document.row.kind,
            issueDate: document.row.issueDate,
            fileName: document.row.fileName,
            fileSha256: document.row.fileSha256,
            eventId: document.row.eventId,
            states: ['RECEIVED', ...document.steps.map(({ state }) => state)],
          },
    settlement: settlement as EntryTraceResponse['settlement'],
  };
}

/** What handing a batch over makes for good. */
const EXPORT_FOR_GOOD =
  'A batch is never changed and its number is used up; it is taken back by contra-entries in a new one.';

/** An export that was done, or only tried. */
export function toExportedResponse(
  { batch, isNew, leftOut }: Exported,
  isDryRun: boolean,
): ExportedResponse {
  const response = {
    ...toBatchResponse(batch),
    isNew,
    leftOut: leftOut.map((one) => ({ ...one })),
  };
  return isDryRun ? { ...response, isDryRun, cannotBeTakenBack: EXPORT_FOR_GOOD } : response;
}
