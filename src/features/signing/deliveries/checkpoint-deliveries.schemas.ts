import { z } from 'zod';
import { Instant, Month } from '../../../core/shapes/values.shape.js';
import type { CheckpointDelivery } from './checkpoint-deliveries.service.js';

const Delivery = z.object({
  deliveryId: z.uuid().describe('Also the id of the message (`webhook-id`)'),
  size: z.int().min(1).describe('Events in the signed state that is sent'),
  kid: z.string().describe('Key that signed it'),
  month: Month.nullable().describe('Month whose end it is of; null for one that was asked for'),
  state: z.literal(['waiting', 'delivered', 'failed']),
  requestedAt: Instant,
  attemptCount: z.int().min(0),
  nextAt: Instant.nullable().describe('When it is sent, or sent again'),
  deliveredAt: Instant.nullable(),
  problem: z.string().nullable().describe('What went wrong the last time'),
});

export const CheckpointDeliveryResponse = Delivery.meta({ id: 'CheckpointDelivery' });
export type CheckpointDeliveryResponse = z.output<typeof CheckpointDeliveryResponse>;
export const CheckpointDeliveriesResponse = z
  .object({ items: z.array(Delivery) })
  .meta({ id: 'CheckpointDeliveryList' });
export type CheckpointDeliveriesResponse = z.output<typeof CheckpointDeliveriesResponse>;

export function toCheckpointDelivery({
  deliveryId,
  size,
  kid,
  month,
  state,
  requestedAt,
  attemptCount,
  nextAt,
  deliveredAt,
  problem,
}: CheckpointDelivery): CheckpointDeliveryResponse {
  return {
    deliveryId,
    size,
    kid,
    month,
    state,
    requestedAt: requestedAt.toISOString(),
    attemptCount,
    nextAt: nextAt?.toISOString() ?? null,
    deliveredAt: deliveredAt?.toISOString() ?? null,
    problem,
  };
}
