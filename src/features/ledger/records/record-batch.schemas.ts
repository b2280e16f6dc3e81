import { z } from 'zod';
import { previewShape } from '../../../platform/http/uploads.js';
import { FOR_GOOD } from '../../../platform/records/record-stores.js';
import type { RecordAnswer } from './record-batch.service.js';

/** Largest number of records of one request (API section 8). */
export const RECORDS_MAX = 5_000;

export const SaveRecordsRequest = z
  .strictObject({
    records: z
      .array(
        z.strictObject({
          kind: z.string().min(1).max(40).describe('Kind of record, as `mizan create` names it'),
          document: z
            .record(z.string(), z.unknown())
            .describe('As the kind’s own route takes it, with its code'),
        }),
      )
      .min(1)
      .max(RECORDS_MAX)
      .describe('In any order: each is created after those that it names'),
    isDryRun: z.boolean().default(false).describe('Whether to say what would come of it, only'),
  })
  .meta({ id: 'SaveRecordsRequest' });
export type SaveRecordsRequest = z.output<typeof SaveRecordsRequest>;

export const SavedRecordsResponse = z
  .object({
    isDryRun: z.boolean(),
    cannotBeTakenBack: previewShape.cannotBeTakenBack,
    records: z.array(
      z.object({
        index: z.int().min(0).describe('Place among those that were sent'),
        kind: z.string(),
        code: z.string(),
        version: z.int().min(1),
        eventId: z.uuid().nullable().describe('Event that sealed it; null in a dry run'),
      }),
    ),
  })
  .meta({ id: 'SavedRecords' });
export type SavedRecordsResponse = z.output<typeof SavedRecordsResponse>;

export function toSavedRecords(
  answers: readonly RecordAnswer[],
  isDryRun: boolean,
): SavedRecordsResponse {
  return {
    isDryRun,
    ...(isDryRun ? { cannotBeTakenBack: FOR_GOOD } : {}),
    records: answers.map(({ index, kind, saved }) => ({
      index,
      kind,
      code: saved!.code,
      version: saved!.version,
      eventId: isDryRun ? null : saved!.eventId,
    })),
  };
}
