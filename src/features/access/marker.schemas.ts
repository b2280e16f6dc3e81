import { z } from 'zod';
import { text } from '../../core/shapes/values.shape.js';
import type { MarkerView } from './resumptions.service.js';

const Size = z.int().min(0).describe('Events in the log');
const ChainHash = z.string().describe('Chained head, SHA-256, hex');

export const MarkerResponse = z
  .strictObject({
    ledgerId: z.uuid(),
    standing: z
      .literal(['with', 'behind', 'forked'])
      .describe(
        'How the log stands to the last end that is known of it: behind = events are missing, forked = others stand in their place; then nothing is taken in',
      ),
    size: Size,
    chainHash: ChainHash,
    marked: z
      .strictObject({ size: Size, chainHash: ChainHash, recordedAt: z.string().nullable() })
      .nullable()
      .describe('What is known outside of the database'),
    asked: z
      .strictObject({
        actor: z.string(),
        principalId: z.string(),
        reason: z.string(),
        askedAt: z.string(),
        size: Size,
      })
      .nullable()
      .describe('A wish to go on that waits for another admin'),
    lost: z
      .array(
        z.strictObject({
          size: Size,
          chainHash: ChainHash,
          recordedAt: z.string().nullable(),
          resumedAt: z.string(),
          resumedSize: Size,
        }),
      )
      .describe('Ends that were known and were declared lost'),
  })
  .meta({ id: 'LedgerMarker' });
export type MarkerResponse = z.output<typeof MarkerResponse>;

export const ResumptionRequest = z
  .strictObject({ reason: text(1_000).describe('Why the events are lost; sealed in the log') })
  .meta({ id: 'LedgerResumptionRequest' });
export type ResumptionRequest = z.output<typeof ResumptionRequest>;

export const toMarkerResponse = (view: MarkerView): MarkerResponse => ({
  ...view,
  asked: view.asked ?? null,
  lost: [...view.lost],
});
