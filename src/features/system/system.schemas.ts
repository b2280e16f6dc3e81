import { z } from 'zod';

export const LivenessResponse = z.object({ status: z.literal('up') }).meta({ id: 'Liveness' });
export type LivenessResponse = z.output<typeof LivenessResponse>;

export const ReadinessResponse = z
  .object({
    ready: z.boolean(),
    checks: z.object({ database: z.literal(['up', 'down']) }),
    warnings: z
      .array(z.string())
      .describe('Zone data that is wrong for Morocco; figures use our own'),
  })
  .meta({ id: 'Readiness' });
