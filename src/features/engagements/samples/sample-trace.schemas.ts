import { z } from 'zod';
import { TRACE_STEPS } from '../../../core/engagements/sample-trace.js';
import { SampleId } from './samples.schemas.js';
import type { ItemTrace } from './sample-trace.service.js';

export const ItemPlace = z.coerce.number().int().min(1).describe('Place in the sample, from 1');

export const ItemTraceResponse = z
  .object({
    sampleId: SampleId,
    item: z.int().min(1),
    key: z.string(),
    stratum: z.string(),
    size: z.int().min(0),
    checkpoint: z
      .object({ size: z.int(), root: z.string(), kid: z.string(), note: z.string() })
      .describe('The state that is audited: every proof leads to it'),
    steps: z.array(
      z.object({
        step: z.literal(TRACE_STEPS),
        what: z.string(),
        wh: z.int().nullable(),
        eventId: z.uuid(),
        seq: z.int().min(0).describe('Place of the event in the log'),
        row: z.int().min(0).nullable().describe('Place of the row in its event; null = the event'),
        file: z
          .object({ fileName: z.string(), fileSha256: z.string(), line: z.int() })
          .nullable()
          .describe('Line of the file as it was received'),
        proof: z.string().describe('Name of its proof below'),
      }),
    ),
    proofs: z
      .record(z.string(), z.string())
      .describe('Of rows C2SP tlog-proofs, of events `mizan/event-proof/1` (SAMPLING section 8)'),
  })
  .meta({ id: 'SampledItemTrace' });
export type ItemTraceResponse = z.output<typeof ItemTraceResponse>;

export function toItemTraceResponse(
  sampleId: string,
  { checkpoint, item: traced, proofs }: ItemTrace,
): ItemTraceResponse {
  const { item, key, stratum, size, steps } = traced;
  const { note, kid, root } = checkpoint;
  return {
    sampleId,
    item,
    key,
    stratum,
    size,
    checkpoint: { size: checkpoint.size, root: Buffer.from(root).toString('hex'), kid, note },
    steps: steps.map(({ step, what, wh, place, seq, file, proof }) => ({
      step,
      what,
      wh,
      eventId: place.eventId,
      seq,
      row: place.row,
      file: file === null ? null : { ...file },
      proof,
    })),
    proofs: Object.fromEntries(proofs),
  };
}
