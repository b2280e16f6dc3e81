import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { Actor } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { Stopping } from '../../platform/stopping.js';
import type { ImportJob } from './import-jobs.service.js';
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

const HEARTBEAT_MS = 15_000;
const RETRY_AFTER_S = 30;
const ON_ITS_WAY = new Set(['queued', 'reading']);

/** Tells how far uploads are. */
@Injectable()
export class ImportProgressService {
  private readonly streams = new Map<string, number>();

  constructor(
    private readonly jobs: ImportJobsService,
    private readonly upkeep: ImportUpkeepService,
    private readonly watch: ImportWatchService,
    private readonly stopping: Stopping,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Server-sent events of a job until it stands still, the reader goes or the process stops: each has
   * the watermark as its id, so that a reader who comes back with the last one misses nothing and sees
   * nothing twice.
   *
   * @param gone  Aborted when the reader goes.
   * @throws DomainError `import.job_not_found`; `limit.quota` for too many streams of a key
   */
  async open(
    { ledgerId, id: keyId }: Actor,
    { jobId, lastEventId }: { readonly jobId: string; readonly lastEventId: string },
    gone: AbortSignal,
  ): Promise<AsyncGenerator<string>> {
    const { streams: allowed } = this.config;
    const count = this.streams.get(keyId) ?? 0;
    if (allowed > 0 && count >= allowed) {
      const limit = 'streams of events that one key holds open';
      throw new DomainError('limit.quota', { limit, allowed, retryAfterS: RETRY_AFTER_S });
    }
    this.streams.set(keyId, count + 1);
    const signal = AbortSignal.any([gone, this.stopping.signal]);
    let isOpen = true;
    const leave = (): void => {
      if (!isOpen) return;
      isOpen = false;
      const left = (this.streams.get(keyId) ?? 1) - 1;
      if (left > 0) this.streams.set(keyId, left);
      else this.streams.delete(keyId);
    };
    // One that goes before the first event was asked for never begins.
    signal.addEventListener('abort', leave, { once: true });
    try {
      await this.upkeep.endLeft(ledgerId);
      const first = await this.jobs.get(ledgerId, jobId);
      return this.events(first, { lastEventId, signal, leave });
    } catch (error) {
      leave();
      throw error;
    }
  }

  private async *events(
    first: ImportJob,
    how: { readonly lastEventId: string; readonly signal: AbortSignal; readonly leave: () => void },
  ): AsyncGenerator<string> {
    const { signal, leave } = how;
    const meter = speedometer();
    const hears = new EventTarget();
    let latest = first;
    const unwatch = this.watch.watch(first, (job) => {
      latest = job;
      hears.dispatchEvent(new Event('change'));
    });
    let last = how.lastEventId;
    try {
      while (!signal.aborted) {
        const told = latest;
        const id = `${told.state}-${told.rowCount}-${told.bytesRead}`;
        if (id !== last) {
          last = id;
          const data = JSON.stringify(meter(told, performance.now()));
          yield `id: ${id}\nevent: progress\ndata: ${data}\n\n`;
        }
        if (!ON_ITS_WAY.has(told.state)) return;
        // It changed while the reader took his time.
        if (latest !== told) continue;
        if (!(await this.hearsInTime(hears, signal))) yield ': still here\n\n';
      }
    } finally {
      unwatch();
      leave();
    }
  }

  /** Waits for a change; false when a heartbeat is due first. */
  private async hearsInTime(hears: EventTarget, signal: AbortSignal): Promise<boolean> {
    const done = new AbortController();
    const either = { signal: AbortSignal.any([signal, done.signal]) };
    const changed = once(hears, 'change', either).then(() => true);
    const due = sleep(HEARTBEAT_MS, false, either);
    try {
      return await Promise.race([changed, due]).catch(() => true);
    } finally {
      done.abort();
      await Promise.allSettled([changed, due]);
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
