import { z } from 'zod';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { CalendarDay, Instant } from '../../../core/shapes/values.shape.js';

const Wh = z.int().min(0);
const FileLineSchema = z.object({
  importId: z.uuid(),
  fileName: z.string(),
  fileSha256: z.string(),
  line: z.int().describe('Line of the file; 1 is the header'),
});
const bySchema = {
  eventId: z.uuid(),
  principalId: z.string().describe('Who did it: id of a principal, terminal or clock'),
  name: z.string().nullable().describe('null: erased, or of terminal and clock'),
  recordedAt: Instant,
};

/** An hour, opened, as routes give it. */
export const TracedHourSchema = z.object({
  hour: Instant,
  loadWh: Wh,
  generationWh: Wh,
  matchedWh: Wh,
  pairs: z.array(z.object({ plantCode: RecordCode, meterCode: RecordCode, wh: Wh })),
  certificates: z.array(
    z.object({
      certificateId: z.uuid(),
      plantCode: RecordCode,
      externalId: z.string(),
      issuer: z.string(),
      wh: Wh,
      matchedWh: Wh,
      file: FileLineSchema.nullable().describe('null: a storage device gave the energy back'),
    }),
  ),
  meters: z.array(
    z.object({
      meterCode: RecordCode,
      utcDay: CalendarDay,
      revision: z.int().min(1),
      wh: Wh,
      matchedWh: Wh,
      acceptedBecause: z
        .string()
        .nullable()
        .describe('Of a SUSPECT hour: why it is taken as measured'),
      readings: z.array(
        z.object({
          start: Instant,
          wh: Wh,
          quality: z.string(),
          file: FileLineSchema.nullable().describe(
            'Line that brought the value; of an override or estimate, what stood there before',
          ),
          decision: z
            .object({
              decisionId: z.uuid(),
              action: z.string(),
              reason: z.string(),
              rule: z.string().describe('Rule of validation that found it'),
              ...bySchema,
            })
            .nullable(),
          estimate: z
            .object({
              estimateId: z.uuid(),
              method: z.string(),
              confidence: z.string(),
              ...bySchema,
            })
            .nullable(),
          before: z
            .object({ wh: Wh.nullable(), quality: z.string() })
            .nullable()
            .describe('What an override or estimate stands in the place of'),
        }),
      ),
    }),
  ),
});
