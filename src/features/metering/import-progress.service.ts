import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { ImportJob } from './import-jobs.service.js';
import { ImportJobsService } from './import-jobs.service.js';

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

const LOOK_EVERY_MS = 250;
const HEARTBEAT_EVERY = 15_000 / LOOK_EVERY_MS;
const ON_ITS_WAY = new Set(['queued', 'reading']);

/** Tells how far uploads are. */
@Injectable()
export class ImportProgressService {
  constructor(private readonly jobs: ImportJobsService) {}

  /**
   * Server-sent events of a job until it stands still: each has the watermark as its id, so that a
   * reader who comes back with the last one misses nothing and sees nothing twice.
   */
  async *events(ledgerId: string, jobId: string, lastEventId: string): AsyncGenerator<string> {
    const meter = speedometer();
    let last = lastEventId;
    for (let quiet = 0; ; quiet += 1) {
      const job = await this.jobs.get(ledgerId, jobId);
      const id = `${job.state}-${job.rowCount}-${job.bytesRead}`;
      if (id !== last) {
        last = id;
        quiet = 0;
        const data = JSON.stringify(meter(job, performance.now()));
        yield `id: ${id}\nevent: progress\ndata: ${data}\n\n`;
      } else if (quiet > 0 && quiet % HEARTBEAT_EVERY === 0) yield ': still here\n\n';
      if (!ON_ITS_WAY.has(job.state)) return;
      await sleep(LOOK_EVERY_MS);
    }
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
      ...{ jobId, state, bytesRead, byteCount, rowCount },
      rowsPerS: isKnown ? Math.round(rows / elapsedS) : null,
      etaS: isKnown ? Math.max(0, Math.round(((byteCount - bytesRead) / bytes) * elapsedS)) : null,
    };
  };
}
