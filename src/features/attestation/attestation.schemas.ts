import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Month } from '../../core/shapes/values.shape.js';

export const AttestationRequest = z
  .strictObject({
    month: Month,
    siteCode: RecordCode.optional().describe('Absent = the site of the month’s statements'),
    since: z
      .array(z.int().min(1))
      .max(16)
      .optional()
      .describe(
        'Sizes of the log that somebody holds checkpoints of: the pack shows that it only grew since',
      ),
  })
  .meta({ id: 'AttestationRequest' });
export type AttestationRequest = z.output<typeof AttestationRequest>;
