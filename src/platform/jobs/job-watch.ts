import { logger } from '../logger.js';

const LOOK_EVERY_MS = 250;

/** Which job. */
export interface JobId {
  readonly ledgerId: string;
  readonly jobId: string;
}

type Listener<Job> = (job: Job) => void;

/**
 * Tells of jobs as they change: at once what this process changes, and what others change by one look
 * at all jobs that are watched, however many watch each.
 */
export class JobWatch<Job extends JobId> {
  private readonly watched = new Map<string, Map<string, Set<Listener<Job>>>>();
  private timer: NodeJS.Timeout | undefined;

  /** @param findAll  Those of some jobs of a ledger that are there. */
  constructor(
    private readonly findAll: (
      ledgerId: string,
      jobIds: readonly string[],
    ) => Promise<readonly Job[]>,
  ) {}

  /** Hears of a job until what is returned is called. */
  watch({ ledgerId, jobId }: JobId, listener: Listener<Job>): () => void {
    const ofLedger = this.watched.get(ledgerId) ?? new Map<string, Set<Listener<Job>>>();
    const listeners = ofLedger.get(jobId) ?? new Set<Listener<Job>>();
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
  has({ ledgerId, jobId }: JobId): boolean {
    return this.watched.get(ledgerId)?.has(jobId) === true;
  }

  /** Tells of a job that has changed. */
  tell(job: Job): void {
    for (const listener of this.watched.get(job.ledgerId)?.get(job.jobId) ?? []) listener(job);
  }

  /** Stops looking. */
  close(): void {
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
        for (const job of await this.findAll(ledgerId, [...ofLedger.keys()])) this.tell(job);
      } catch (error) {
        // The next look is soon, and a stream that waits is no harm.
        logger.debug({ err: error, ledgerId }, 'no look at the jobs that are watched');
      }
    }
  }
}
