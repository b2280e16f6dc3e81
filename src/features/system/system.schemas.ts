import { z } from 'zod';

export const LivenessResponse = z.object({ status: z.literal('up') }).meta({ id: 'Liveness' });
export type LivenessResponse = z.output<typeof LivenessResponse>;

export const ReadinessResponse = z
  .object({
    ready: z.boolean(),
    checks: z.object({
      database: z.literal(['up', 'down']),
      writing: z.literal(['open', 'stopped']).describe('Stopped where one ledger takes nothing in'),
    }),
    warnings: z.array(z.string()).describe('What somebody must mend'),
    notes: z
      .array(z.string())
      .describe('What is so and needs nobody: zone data that no figure uses'),
  })
  .meta({ id: 'Readiness' });

export const WritingResponse = z
  .object({
    writing: z.literal(['open', 'stopped']),
    reasons: z.array(z.string()).describe('What stops it, and how to mend that'),
  })
  .meta({ id: 'Writing' });
