import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { logger } from '../../platform/logger.js';
import type { ImportJobEntity } from './import-job.entity.js';
import { ImportJobsRepository, type JobKey } from './import-jobs.repository.js';

type Job = Readonly<ImportJobEntity>;
type Listener = (job: Job) => void;

const LOOK_EVERY_MS = 250;

/**
 * Tells of jobs as they change: at once what this process changes, and what others change by one look
 * at all jobs that are watched, however many watch each.
 */
@Injectable()
export class ImportWatchService implements OnApplicationShutdown {
  private readonly watched = new Map<string, Map<string, Set<Listener>>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly scope: LedgerScope,
    private readonly jobs: ImportJobsRepository,
  ) {}

  /** Hears of a job until what is returned is called. */
  watch({ ledgerId, jobId }: JobKey, listener: Listener): () => void {
    const ofLedger = this.watched.get(ledgerId) ?? new Map<string, Set<Listener>>();
    const listeners = ofLedger.get(jobId) ?? new Set<Listener>();
    listeners.add(listener);
    this.watched.set(ledgerId, ofLedger.set(jobId, listeners));
    this.lookLater();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && ofLedger.get(jobId) === listeners) ofLedger.delete(jobId);
      if (ofLedger.size === 0 && this.watched.get(ledgerId) === ofLedger) {
        this.watched.delete(ledgerId);
      }
    };
  }

  /** Whether anyone hears of a job. */
  has({ ledgerId, jobId }: JobKey): boolean {
    return this.watched.get(ledgerId)?.has(jobId) === true;
  }

  /** Tells of a job that has changed. */
  tell(job: Job): void {
    for (const listener of this.watched.get(job.ledgerId)?.get(job.jobId) ?? []) listener(job);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.watched.clear();
  }

  private lookLater(): void {
    this.timer ??= setTimeout(() => {
      void this.look().finally(() => {
        this.timer = undefined;
        if (this.watched.size > 0) this.lookLater();
      });
    }, LOOK_EVERY_MS);
  }

  private async look(): Promise<void> {
    for (const [ledgerId, ofLedger] of this.watched) {
      try {
        const ids = [...ofLedger.keys()];
        const jobs = await this.scope.read(ledgerId, (tx) => this.jobs.findAll(tx, ledgerId, ids));
        for (const job of jobs) this.tell(job);
      } catch (error) {
        // The next look is soon, and a stream that waits is no harm.
        logger.debug({ err: error, ledgerId }, 'no look at the jobs that are watched');
      }
    }
  }
}
