import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/auth/roles.js';
import { JobStreams, type StreamedJob } from '../../../platform/jobs/job-streams.js';
import type { ImportJob } from './import-attempts.service.js';
import { ImportJobsService } from './import-jobs.service.js';
import { ImportUpkeepService } from './import-upkeep.service.js';
import { ImportWatchService } from './import-watch.service.js';

/** How far an upload is, and how fast. */
export interface ImportProgress {
  readonly jobId: string;
  readonly state: string;
  readonly bytesRead: number;
  readonly byteCount: number;
  readonly rowCount: number;
  /** Null until two moments are known. */
  readonly rowsPerS: number | null;
  /** Seconds to go, of the reading; null until two moments are known. */
  readonly etaS: number | null;
}

const ON_ITS_WAY = new Set(['queued', 'reading']);

/** Tells how far uploads are. */
@Injectable()
export class ImportProgressService {
  constructor(
    private readonly jobs: ImportJobsService,
    private readonly upkeep: ImportUpkeepService,
    private readonly watch: ImportWatchService,
    private readonly streams: JobStreams,
  ) {}

  /**
   * Server-sent events of an upload. @see JobStreams.open
   *
   * @throws DomainError `import.job_not_found`; `limit.quota` for too many streams of a key
   */
  open(
    { ledgerId, id: keyId }: Actor,
    { jobId, lastEventId }: { readonly jobId: string; readonly lastEventId: string },
    gone: AbortSignal,
  ): Promise<AsyncGenerator<string>> {
    const begin = async (): Promise<StreamedJob<ImportJob>> => {
      await this.upkeep.endLeft(ledgerId);
      const first = await this.jobs.get(ledgerId, jobId);
      const meter = speedometer();
      return {
        first,
        lastEventId,
        watch: (listener) => this.watch.watch(first, listener),
        idOf: ({ state, rowCount, bytesRead }) => `${state}-${rowCount}-${bytesRead}`,
        dataOf: (job) => meter(job, performance.now()),
        isOnItsWay: ({ state }) => ON_ITS_WAY.has(state),
      };
    };
    return this.streams.open(keyId, begin, gone);
  }
}

/** Turns moments of a job into progress with rate and time to go. */
export function speedometer(): (job: ImportJob, nowMs: number) => ImportProgress {
  let first: { readonly atMs: number; readonly job: ImportJob } | null = null;
  return (job, nowMs) => {
    const { jobId, state, bytesRead, byteCount, rowCount } = job;
    if (first === null || bytesRead < first.job.bytesRead) first = { atMs: nowMs, job };
    const elapsedS = (nowMs - first.atMs) / 1000;
    const [rows, bytes] = [rowCount - first.job.rowCount, bytesRead - first.job.bytesRead];
    const isKnown = elapsedS > 0 && bytes > 0;
    return {
      jobId,
      state,
      bytesRead,
      byteCount,
      rowCount,
      rowsPerS: isKnown ? Math.round(rows / elapsedS) : null,
      etaS: isKnown ? Math.max(0, Math.round(((byteCount - bytesRead) / bytes) * elapsedS)) : null,
    };
  };
}
