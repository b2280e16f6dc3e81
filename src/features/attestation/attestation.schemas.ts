import { z } from 'zod';
import type { AttestationJob } from './attestation-jobs.repository.js';
import { RecordCode } from '../../platform/http/record-controller.js';
import { Instant, Month } from '../../core/shapes/values.shape.js';

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

const Count = z.int().min(0);

export const AttestationJobResponse = z
  .object({
    jobId: z.uuid(),
    state: z.string().describe('queued, running, done or failed'),
    siteCode: RecordCode,
    month: Month,
    since: z.array(z.int().min(1)),
    requestedAt: Instant,
    updatedAt: Instant,
    progress: z
      .object({ fileCount: Count, filesInAll: Count.nullable() })
      .describe('Files that are in the pack so far, of how many'),
    attestationId: z.uuid().nullable().describe('What the log sealed; null until it has'),
    pack: z
      .object({ sha256: z.string(), byteCount: Count, href: z.string() })
      .nullable()
      .describe('The pack, once it is done'),
    problem: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  })
  .meta({ id: 'AttestationJob' });
export type AttestationJobResponse = z.output<typeof AttestationJobResponse>;

export const AttestationJobListResponse = z
  .object({ items: z.array(AttestationJobResponse) })
  .meta({ id: 'AttestationJobList' });
export type AttestationJobListResponse = z.output<typeof AttestationJobListResponse>;

export function toAttestationJobResponse(job: AttestationJob): AttestationJobResponse {
  const { jobId, state, siteCode, month, since, fileCount, filesInAll, attestationId } = job;
  const { sha256, byteCount, problem } = job;
  return {
    jobId,
    state,
    siteCode,
    month,
    since: since === '' ? [] : since.split(',').map(Number),
    requestedAt: job.requestedAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
    progress: { fileCount, filesInAll },
    attestationId,
    pack:
      sha256 === null || byteCount === null
        ? null
        : { sha256, byteCount, href: `/v1/attestations/${jobId}/pack` },
    problem,
  };
}
