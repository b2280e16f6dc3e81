import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { Verification, VerifiedHead } from '../ledger/replay/verification.document.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { isNotNow } from '../../platform/database/refusals.js';
import { packageVersion } from '../../platform/files/package-root.js';
import { JobWatch } from '../../platform/jobs/job-watch.js';
import { Queue } from '../../platform/jobs/queue.js';
import { logger } from '../../platform/logger.js';
import { howReached } from './verification.document.js';
import type { VerificationJobEntity, VerificationResult } from './verification-job.entity.js';
import {
  VerificationJobsRepository,
  type VerificationKey,
} from './verification-jobs.repository.js';
import { VERIFICATION_REGISTERS } from './verification.registers.js';
import { VerificationService } from '../ledger/replay/verification.service.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';
import type { RowOf } from '../../platform/database/rows/row-of.js';

/** A verification as others see it. */
export type VerificationJob = Readonly<VerificationJobEntity>;

/** What to verify. */
export interface Wanted {
  /** Everything from the first event on; else only what came after the last verification. */
  readonly isFull: boolean;
  /** Whether the kept files are hashed again too. */
  readonly hasFiles: boolean;
}

/** A kept verification beside the log as it is now. */
export interface KeptVerification {
  readonly job: VerificationJob;
  /** Whether the log holds, at the place that was reached, the head that was reached; null = not done. */
  readonly isOfThisLog: boolean | null;
  /** Events that came since. */
  readonly newerEventCount: number | null;
}

const QUEUE = 'verify-ledger';
const ATTEMPTS_MAX = 5;
const TELL_EVERY_MS = 250;
/** Whoever opens a verification hands it over in less; what no queue knows after that is nobody's. */
const OPENED_MS = 60_000;

/** Verifications as jobs: asked for, on their way, and what they found. */
@Injectable()
export class VerificationJobsService implements OnApplicationShutdown, Replays {
  /** Those who hear of verifications as they change. */
  readonly watch: JobWatch<VerificationJob>;

  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly verification: VerificationService,
    private readonly jobs: VerificationJobsRepository,
    private readonly clock: Clock,
    private readonly queue: Queue,
  ) {
    this.watch = new JobWatch((ledgerId, ids) =>
      scope.read(ledgerId, (tx) => jobs.findAll(tx, ids)),
    );
  }

  /** The table of verifications, which proves nothing. */
  replayed(): Replayed {
    return {
      tables: VERIFICATION_REGISTERS,
    };
  }

  onApplicationShutdown(): void {
    this.watch.close();
  }

  /** Asks for a verification; where one of this kind is on its way, that one is given. */
  async open(actor: Actor, wanted: Wanted): Promise<VerificationJob> {
    const { ledgerId } = actor;
    await this.queue.ready();
    await this.endLeft(ledgerId);
    const job = this.newJob(actor, wanted, 'queued');
    const opened = await this.scope.write(ledgerId, async (tx) => {
      if (!(await this.jobs.add(tx, job))) return this.jobs.onItsWay(tx, job);
      await this.queue.send(tx, QUEUE, job);
      return job;
    });
    this.scope.whenCommitted(() => this.queue.wake(QUEUE));
    // The other one ended in between.
    return opened ?? this.open(actor, wanted);
  }

  /** Does one that was asked for, or finds it done. */
  async run({ ledgerId, jobId }: VerificationKey): Promise<void> {
    const asked = await this.get(ledgerId, jobId);
    const attemptCount = asked.attemptCount + 1;
    const begun = await this.change(asked, { state: 'running', attemptCount });
    if (begun === null) return;
    try {
      if (attemptCount > ATTEMPTS_MAX) throw interrupted();
      await this.change(begun, await this.verify(begun));
    } catch (error) {
      if (isNotNow(error)) throw error;
      logger.error({ err: error, ledgerId, jobId }, 'a verification failed');
      await this.change(begun, { state: 'failed', problem: problemOf(error) });
    }
  }

  /** Verifies at once, in this process, and keeps what it found where that can be kept. */
  async runNow(actor: Actor, wanted: Wanted): Promise<VerificationResult> {
    const job = this.newJob(actor, wanted, 'running');
    const done = { ...job, ...(await this.verify(job)) };
    try {
      await this.scope.tell(actor.ledgerId, (tx) => this.jobs.add(tx, done));
    } catch (error) {
      // A standby, a full disk: what was found holds all the same.
      logger.warn({ err: error }, 'what the verification found is not kept');
    }
    return done.result;
  }

  /** @throws DomainError `verification.not_found` */
  async get(ledgerId: string, jobId: string): Promise<VerificationJob> {
    const job = await this.scope.read(ledgerId, (tx) => this.jobs.find(tx, jobId));
    if (job === null) throw notFound(jobId);
    return job;
  }

  /**
   * A verification beside the log as it is now.
   *
   * @param jobId  `latest` for the last that ended.
   * @throws DomainError `verification.not_found`
   */
  async kept(ledgerId: string, jobId: string): Promise<KeptVerification> {
    await this.endLeft(ledgerId);
    return this.scope.read(ledgerId, async (tx) => {
      const job = await (jobId === 'latest' ? this.jobs.last(tx) : this.jobs.find(tx, jobId));
      if (job === null) throw notFound(jobId);
      if (job.size === null) return { job, isOfThisLog: null, newerEventCount: null };
      const { size, chainHash } = await this.ledger.headIn(tx, job.size);
      return {
        job,
        isOfThisLog: chainHash === job.chainHash,
        newerEventCount: Math.max(0, size - job.size),
      };
    });
  }

  /** The latest, newest first. */
  async list(ledgerId: string): Promise<readonly VerificationJob[]> {
    await this.endLeft(ledgerId);
    return this.scope.read(ledgerId, (tx) => this.jobs.list(tx));
  }

  /** When everything was last verified from the first event on, whatever was found; null = never. */
  async lastFullAt(ledgerId: string): Promise<Date | null> {
    const last = await this.scope.read(ledgerId, (tx) => this.jobs.last(tx, { isFull: true }));
    return last?.verifiedAt ?? null;
  }

  /** Ends what was cut off: on its way, and no queue knows of it. */
  private async endLeft(ledgerId: string): Promise<void> {
    const nowMs = this.clock.now().getTime();
    for (const job of await this.scope.read(ledgerId, (tx) => this.jobs.onTheirWay(tx))) {
      // Of a day that has not come, it was changed under a clock that was ahead.
      if (Math.abs(nowMs - job.updatedAt.getTime()) < OPENED_MS) continue;
      if (await this.queue.has(QUEUE, job)) continue;
      await this.change(job, { state: 'failed', problem: problemOf(interrupted()) });
    }
  }

  private async verify(job: VerificationJob) {
    const { ledgerId, isFull, hasFiles, programVersion } = job;
    const last = isFull ? null : await this.scope.read(ledgerId, (tx) => this.jobs.last(tx));
    const base = last === null ? null : baseOf(last, programVersion);
    const verifiedAt = this.clock.now();
    const begunAt = await this.nextPlace(ledgerId);
    const from = base === null ? null : base.head;
    const found = await this.verification.verify(ledgerId, {
      hasFiles,
      from,
      hear: this.teller(job),
    });
    const restsOn = found.full || base === null ? null : base.restsOn;
    const isClean = found.faults.length === 0;
    const fullAt = found.full ? (isClean ? verifiedAt : null) : last!.fullAt;
    const how = howReached(found, { isFullAsked: isFull, restsOn, fullAt, last, programVersion });
    const result: VerificationResult = { ...found, restsOn, how };
    return {
      ...({ state: 'done', verifiedAt, fullAt, isClean, result } as const),
      place: isClean ? begunAt : await this.nextPlace(ledgerId),
      size: found.eventCount,
      chainHash: found.chainHash,
      eventCount: found.checked.eventCount,
      rowCount: found.checked.rowCount,
    };
  }

  private nextPlace(ledgerId: string): Promise<number> {
    return this.scope.read(ledgerId, (tx) => this.jobs.nextPlace(tx));
  }

  /** Says how far a verification is, not too often, from within its transaction. */
  private teller(job: VerificationKey): (checked: Verification['checked']) => Promise<void> {
    let toldMs = performance.now();
    return async ({ eventCount, rowCount }) => {
      if (performance.now() - toldMs < TELL_EVERY_MS) return;
      toldMs = performance.now();
      // A look at progress that is lost is no harm.
      await this.change(job, { eventCount, rowCount }).catch(() => {});
    };
  }

  private async change(
    key: VerificationKey,
    change: Partial<VerificationJobEntity>,
  ): Promise<VerificationJob | null> {
    const updatedAt = this.clock.now();
    const now = await this.scope.tell(key.ledgerId, (tx) =>
      this.jobs.change(tx, key, { ...change, updatedAt }),
    );
    if (now !== null) this.watch.tell(now);
    return now;
  }

  private newJob(
    { ledgerId, id, principalId }: Actor,
    wanted: Wanted,
    state: 'queued' | 'running',
  ): RowOf<VerificationJobEntity> {
    const now = this.clock.now();
    return {
      ledgerId,
      jobId: this.ledger.nextId(),
      state,
      ...wanted,
      actor: id,
      actorPrincipal: principalId,
      requestedAt: now,
      updatedAt: now,
      attemptCount: 0,
      eventCount: 0,
      rowCount: 0,
      verifiedAt: null,
      fullAt: null,
      place: null,
      size: null,
      chainHash: null,
      isClean: null,
      programVersion: packageVersion(),
      result: null,
      problem: null,
    };
  }
}

/**
 * What a verification can rest on: the last one, when it found nothing wrong and the same program made
 * it. After one that found something, everything is checked: an older one would hide it.
 */
function baseOf(last: VerificationJob, programVersion: string) {
  const { jobId, verifiedAt, size, chainHash, isClean, result } = last;
  const isFit =
    isClean === true && last.programVersion === programVersion && size !== null && size > 0;
  if (!isFit || result === null || chainHash === null || verifiedAt === null) return null;
  const head: VerifiedHead = { size, chainHash, rowCount: result.rowCount };
  return { head, restsOn: { jobId, verifiedAt: verifiedAt.toISOString(), size, chainHash } };
}

function notFound(jobId: string): DomainError {
  const fix = 'Start one with POST /v1/ledger/verifications, or `mizan verify-ledger`.';
  return new DomainError('verification.not_found', { jobId, fix });
}

function interrupted(): DomainError {
  const reason = 'The processes that verified ended before it was done.';
  return new DomainError('verification.interrupted', { reason, fix: 'Start it again.' });
}

function problemOf(error: unknown): NonNullable<VerificationJobEntity['problem']> {
  if (error instanceof DomainError) return { code: error.code, details: { ...error.details } };
  const details = { reason: 'The server failed.', fix: 'See its log, and start it again.' };
  return { code: 'verification.interrupted', details };
}
