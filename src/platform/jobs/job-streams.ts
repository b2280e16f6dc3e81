import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { CONFIG, type Config } from '../config.js';
import { Stopping } from '../stopping.js';

const HEARTBEAT_MS = 15_000;
const RETRY_AFTER_S = 30;

/** A job that is told of, and how. */
export interface StreamedJob<Job> {
  readonly first: Job;
  /** Watermark that the reader saw last; empty for none. */
  readonly lastEventId: string;
  watch(listener: (job: Job) => void): () => void;
  /** Watermark of how far it is. */
  idOf(job: Job): string;
  /** What is said of it. */
  dataOf(job: Job): object;
  isOnItsWay(job: Job): boolean;
}

/** Server-sent events of jobs, so many of a key at once. */
@Injectable()
export class JobStreams {
  private readonly streams = new Map<string, number>();

  constructor(
    private readonly stopping: Stopping,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Server-sent events of a job until it stands still, the reader goes or the process stops: each has
   * the watermark as its id, so that a reader who comes back with the last one misses nothing and sees
   * nothing twice.
   *
   * @param keyId  Whose stream it is.
   * @param begin  Finds the job.
   * @param gone   Aborted when the reader goes.
   * @throws DomainError `limit.quota` for too many streams of a key; what `begin` throws
   */
  async open<Job>(
    keyId: string,
    begin: () => Promise<StreamedJob<Job>>,
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
      return this.events(await begin(), signal, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  private async *events<Job>(
    job: StreamedJob<Job>,
    signal: AbortSignal,
    leave: () => void,
  ): AsyncGenerator<string> {
    const hears = new EventTarget();
    let latest = job.first;
    const unwatch = job.watch((now) => {
      // A look that found nothing new wakes nobody: of hundreds of readers that would be a load.
      if (job.idOf(now) === job.idOf(latest)) return;
      latest = now;
      hears.dispatchEvent(new Event('change'));
    });
    let last = job.lastEventId;
    try {
      while (!signal.aborted) {
        const told = latest;
        const id = job.idOf(told);
        if (id !== last) {
          last = id;
          yield `id: ${id}\nevent: progress\ndata: ${JSON.stringify(job.dataOf(told))}\n\n`;
        }
        if (!job.isOnItsWay(told)) return;
        // It changed while the reader took his time.
        if (latest !== told) continue;
        if (!(await hearsInTime(hears, signal))) yield ': still here\n\n';
      }
    } finally {
      unwatch();
      leave();
    }
  }
}

/** Waits for a change; false when a heartbeat is due first. */
async function hearsInTime(hears: EventTarget, signal: AbortSignal): Promise<boolean> {
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
