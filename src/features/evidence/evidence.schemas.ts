import { z } from 'zod';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Month } from '../../platform/http/schemas.js';

export const EvidenceQuery = z.strictObject({
  month: Month,
  siteCode: RecordCode.optional().describe('Absent = the site of the month’s statements'),
});
export type EvidenceQuery = z.output<typeof EvidenceQuery>;

export const EvidenceResponse = z
  .object({
    format: z.literal('mizan/evidence/1'),
    ledgerId: z.uuid(),
    siteCode: RecordCode,
    month: Month,
    statements: z.array(z.string()).describe('Exact texts of the month’s statements'),
    events: z.array(z.object({ payload: z.string(), rows: z.array(z.string()).nullable() })),
    chainHash: z.string().describe('Head of the log; compare it with one noted elsewhere'),
  })
  .meta({ id: 'Evidence' });
