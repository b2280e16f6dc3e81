import { z } from 'zod';
import { VerificationResponse } from '../ledger/ledger.schemas.js';
import { Instant } from '../../core/shapes/values.shape.js';
import { Flag } from '../../platform/http/uploads.js';
import type { KeptVerification, VerificationJob } from './verification-jobs.service.js';

const Count = z.int().min(0);

export const VerificationRequestQuery = z.strictObject({
  full: Flag.describe('Everything from the first event on, not only what came since the last one'),
  files: Flag.describe('Whether the kept files are hashed again too'),
});
export type VerificationRequestQuery = z.output<typeof VerificationRequestQuery>;

const VerificationResult = VerificationResponse.extend({
  restsOn: z
    .object({ jobId: z.uuid(), verifiedAt: Instant, size: Count, chainHash: z.string() })
    .nullable()
    .describe('The earlier verification that hashed the events before those hashed now'),
  how: z.string().describe('How it was reached, in sentences'),
}).meta({ id: 'VerificationResult' });

export const VerificationJobResponse = z
  .object({
    jobId: z.uuid(),
    state: z.string().describe('queued, running, done or failed'),
    asked: z.object({ full: z.boolean(), files: z.boolean() }),
    requestedAt: Instant,
    updatedAt: Instant,
    progress: z.object({ eventCount: Count, rowCount: Count }).describe('Hashed so far'),
    verifiedAt: Instant.nullable().describe('Instant of the snapshot that was verified'),
    fullAt: Instant.nullable().describe(
      'When everything was last hashed from the first event on and nothing was wrong; null = never',
    ),
    programVersion: z.string(),
    result: VerificationResult.nullable(),
    problem: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  })
  .meta({ id: 'VerificationJob' });
export type VerificationJobResponse = z.output<typeof VerificationJobResponse>;

export const KeptVerificationResponse = VerificationJobResponse.extend({
  isOfThisLog: z
    .boolean()
    .nullable()
    .describe(
      'Whether the log holds now, at that place, the head that was reached; null = not done',
    ),
  newerEventCount: Count.nullable().describe('Events that came since, and were not verified by it'),
}).meta({ id: 'KeptVerification' });
export type KeptVerificationResponse = z.output<typeof KeptVerificationResponse>;

export const VerificationJobListResponse = z
  .object({ items: z.array(VerificationJobResponse) })
  .meta({ id: 'VerificationJobList' });
export type VerificationJobListResponse = z.output<typeof VerificationJobListResponse>;

export function toVerificationJobResponse(job: VerificationJob): VerificationJobResponse {
  const { jobId, state, isFull, hasFiles, requestedAt, updatedAt, verifiedAt, fullAt } = job;
  const { eventCount, rowCount, programVersion, result, problem } = job;
  return {
    jobId,
    state,
    asked: { full: isFull, files: hasFiles },
    programVersion,
    problem,
    requestedAt: requestedAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    progress: { eventCount, rowCount },
    verifiedAt: verifiedAt?.toISOString() ?? null,
    fullAt: fullAt?.toISOString() ?? null,
    result:
      result === null ? null : { ...result, faults: [...result.faults], notes: [...result.notes] },
  };
}

export function toKeptVerificationResponse(kept: KeptVerification): KeptVerificationResponse {
  const { job, isOfThisLog, newerEventCount } = kept;
  return { ...toVerificationJobResponse(job), isOfThisLog, newerEventCount };
}
