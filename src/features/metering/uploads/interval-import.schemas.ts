import { z } from 'zod';
import type { ImportResult } from '../../imports/imports.service.js';
import { encodingOfForm } from '../../../core/tabular/text-encoding.js';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { Instant, text } from '../../../core/shapes/values.shape.js';
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
    jobId,
    state,
    goal,
    fileName,
    fileSha256,
    byteCount,
    bytesRead,
    rowCount,
    profileCode,
    meterCode,
    rejectsMode,
    preview,
    previewHash,
    problem,
    importId,
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

/** What came of an import, and how many readings it did not take. */
export interface IntervalResult extends ImportResult {
  readonly heldCount: number;
  readonly outdatedCount: number;
}

export const IntervalImportResponse = z
  .object({
    alreadyImported: z.boolean().describe('The same bytes came before; nothing was done'),
    jobId: z.uuid().optional(),
    importId: z.uuid(),
    format: z.string().nullable().describe('Form that the file was read in'),
    encoding: z.string().describe('What its text is written in, by name'),
    readAs: z.string(),
    rejectedCount: Count.describe('Rows that were set aside'),
    fileName: z.string(),
    fileSha256: z.string(),
    rowCount: Count,
    newCount: Count,
    identicalCount: Count,
    changedCount: Count,
    heldCount: Count.describe('Readings below a decision that stands: not taken, to be decided'),
    outdatedCount: Count.describe('Readings older than what the source said since: not taken'),
    totalWh: Count.describe('Control total of the file, Wh'),
    eventId: z.uuid(),
  })
  .meta({ id: 'IntervalImport' });
export type IntervalImportResponse = z.output<typeof IntervalImportResponse>;

export function toIntervalImportResponse(result: IntervalResult): IntervalImportResponse {
  const { importId, fileName, fileSha256, rowCount, newCount } = result.file;
  const { identicalCount, changedCount, totalWh, eventId } = result.file;
  return {
    alreadyImported: result.alreadyImported,
    format: result.file.format,
    encoding: encodingOfForm(result.file.format),
    readAs: result.file.readAs,
    rejectedCount: result.file.rejectedCount,
    importId,
    fileName,
    fileSha256,
    rowCount,
    newCount,
    identicalCount,
    changedCount,
    totalWh,
    eventId,
    heldCount: result.heldCount,
    outdatedCount: result.outdatedCount,
  };
}
