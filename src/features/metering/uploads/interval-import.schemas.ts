import { z } from 'zod';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { Instant, text } from '../../../platform/http/schemas.js';
import { Flag } from '../../../platform/http/uploads.js';
import type { ImportJobEntity } from './import-job.entity.js';
import { IntervalPreview, JobProblemSchema } from '../intake/interval-preview.schemas.js';

const Count = z.int().min(0);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const UploadQuery = z.strictObject({
  fileName: text(200).default('upload.csv').describe('Name to keep, as text only'),
  profile: RecordCode.optional().describe('Import profile of the source'),
  meter: RecordCode.optional().describe('Meter of a file that names none'),
  dryRun: Flag.describe('Only preview: nothing is written but the bytes'),
  rejects: z
    .literal(['refuse', 'set-aside'])
    .default('refuse')
    .describe('What rejected rows do: refuse the whole file, or stay behind to be mended'),
  previewHash: Sha256.optional().describe('Commit only what this preview showed'),
  commit: z
    .literal('if-clean')
    .optional()
    .describe('Commit only without rejects and changed values'),
  asJob: Flag.describe('Answer at once with a job, however small the file'),
});
export type UploadQuery = z.output<typeof UploadQuery>;

export const CommitJobRequest = z
  .strictObject({ previewHash: Sha256.describe('Hash that the preview showed') })
  .meta({ id: 'CommitImportJobRequest' });
export type CommitJobRequest = z.output<typeof CommitJobRequest>;

export const ImportJobResponse = z
  .object({
    jobId: z.uuid(),
    state: z
      .string()
      .describe('queued, reading, previewed, committed, refused, cancelled, discarded or failed'),
    goal: z.literal(['preview', 'commit']),
    fileName: z.string(),
    fileSha256: z.string(),
    byteCount: Count,
    bytesRead: Count.describe('Progress; the text of a packed file is longer than the file'),
    rowCount: Count.describe('Rows read so far'),
    profileCode: z.string().nullable(),
    meterCode: z.string().nullable(),
    rejectsMode: z.literal(['refuse', 'set-aside']),
    preview: IntervalPreview.nullable(),
    previewHash: z.string().nullable().describe('Names what committing would write'),
    problem: JobProblemSchema.nullable().describe('Code and details of the refusal'),
    rejectsUrl: z.string().nullable().describe('CSV of the rejected rows, to mend and send again'),
    importId: z.uuid().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'ImportJob' });
export type ImportJobResponse = z.output<typeof ImportJobResponse>;

export const ImportJobListResponse = z
  .object({ items: z.array(ImportJobResponse) })
  .meta({ id: 'ImportJobList' });
export type ImportJobListResponse = z.output<typeof ImportJobListResponse>;

export function toImportJobResponse(job: Readonly<ImportJobEntity>): ImportJobResponse {
  const { jobId, state, goal, fileName, fileSha256, byteCount, bytesRead, rowCount } = job;
  const { profileCode, meterCode, rejectsMode, preview, previewHash, problem, importId } = job;
  return {
    ...{ jobId, state, goal, fileName, fileSha256, byteCount, bytesRead, rowCount },
    ...{ profileCode, meterCode, rejectsMode, preview, previewHash, problem, importId },
    rejectsUrl: job.rejectsSha256 === null ? null : `/v1/import-jobs/${jobId}/rejects`,
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
  };
}

/** What is sent with a file. */
export interface Upload {
  readonly fileName: string;
  readonly profileCode?: string | null;
  readonly meterCode?: string | null;
  readonly rejectsMode?: 'refuse' | 'set-aside';
  readonly goal?: 'preview' | 'commit';
  /** Commit only without rejects and changed values. */
  readonly isCleanOnly?: boolean;
  /** Commit only what a preview of this hash showed. */
  readonly previewHash?: string | null;
}
