import { z } from 'zod';
import { Instant } from '../../../core/shapes/values.shape.js';
import { CheckpointResponse, toCheckpointResponse } from '../signing.schemas.js';
import type { Stamped } from './checkpoint-stamps.service.js';

export const StampedCheckpointsResponse = z
  .object({
    items: z.array(
      CheckpointResponse.extend({
        stampedAt: Instant.describe('By the clock of the authority: the note existed by then'),
        token: z.base64().describe('Token of RFC 3161 over the bytes of the note, DER'),
      }),
    ),
  })
  .meta({ id: 'StampedCheckpointList' });
export type StampedCheckpointsResponse = z.output<typeof StampedCheckpointsResponse>;

export function toStampedCheckpoint({ checkpoint, token, stampedAt }: Stamped) {
  return {
    ...toCheckpointResponse(checkpoint),
    stampedAt: stampedAt.toISOString(),
    token: token.toString('base64'),
  };
}
