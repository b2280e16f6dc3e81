import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { Actor, Role } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { isNotNow } from '../../../platform/database/refusals.js';
import type { KeptFile } from '../../../platform/files/file-store.js';
import { releaseMemory } from '../../../platform/release-memory.js';
import { ImportsService } from '../../imports/imports.service.js';
import type { ImportJobEntity } from './import-job.entity.js';
import { ImportJobsRepository, type JobKey } from './import-jobs.repository.js';
import { ImportWatchService } from './import-watch.service.js';
import type { IntervalFile } from '../intake/interval-file.service.js';
import {
  type HowToImport,
  IntervalImportService,
  requireClean,
  requireSame,
} from '../intake/interval-import.service.js';
import type { JobProblem } from '../intake/interval-preview.schemas.js';

/** As others see it. */
export type ImportJob = Readonly<ImportJobEntity>;

/** How an attempt is made. */
export interface Attempt {
  readonly problemsShown?: number;
  /** Whether a queue tries again what cannot be done now. */
  readonly isQueued?: boolean;
  readonly onProgress?: (job: ImportJob) => void;
  /** Ends it: whoever waits for it is gone. */
  readonly signal?: AbortSignal | undefined;
}

/** An attempt on its way, with what it has kept, for the job to name however it ends. */
interface Running extends HowToImport {
  readonly kept: { rejectsSha256: string | null };
}

/** After a large file, and after many small ones, what they left behind is given back. */
const LARGE_BYTES = 4 * 1024 * 1024;
const RELEASE_EVERY = 250;
const TELL_EVERY_MS = 250;
/** Someone at a job says so three times before he is thought to be gone. */
const LEASE_S = 15;
/** An attempt that ends the process, or finds the service away, is one of these. */
const ATTEMPTS_MAX = 5;

/** A committed job whose bytes had been imported before. */
export const ALREADY = 'import.already_imported';

/** Thrown through an attempt to stop it. */
class Cancelled extends Error {}

/**
 * Attempts at uploads. Each is counted before it begins; the file is read outside any transaction,
 * within its time and as long as it is wanted. Whatever stops one, the next starts from the kept bytes
 * with the ids that were drawn at first: the import is one transaction, which also ends the job, so
 * nothing is lost and nothing is done twice.
 */
@Injectable()
export class ImportAttemptsService {
  private readonly underWay = new Map<string, AbortController>();
  private handled = 0;

  constructor(
    private readonly scope: LedgerScope,
    private readonly jobs: ImportJobsRepository,
    private readonly imports: ImportsService,
    private readonly intervals: IntervalImportService,
    private readonly clock: Clock,
    private readonly watch: ImportWatchService,
  ) {}

  /**
   * Does what a job was opened for, or finds it done.
   *
   * @throws DomainError what refuses the file; the job keeps it as its problem.
   */
  async run(job: ImportJob, attempt: Attempt): Promise<void> {
    const { ledgerId } = job;
    const cancelling = new AbortController();
    const { signal: gone } = attempt;
    const signal = AbortSignal.any([cancelling.signal, ...(gone === undefined ? [] : [gone])]);
    const heartbeat = setInterval(() => void this.beat(job, cancelling), (LEASE_S * 1_000) / 3);
    this.underWay.set(job.jobId, cancelling);
    try {
      await this.imports.inTurn({ ledgerId, file: fileOf(job), signal }, (whole) =>
        this.attempt(job, attempt, whole),
      );
    } catch (error) {
      await this.end(job, error, attempt.isQueued === true);
    } finally {
      clearInterval(heartbeat);
      this.underWay.delete(job.jobId);
      this.handled += 1;
      if (job.byteCount > LARGE_BYTES || this.handled % RELEASE_EVERY === 0) releaseMemory();
    }
  }

  /** Stops an attempt that this process makes; that of another hears of it in some seconds. */
  cancel(jobId: string): void {
    this.underWay.get(jobId)?.abort(new Cancelled());
  }

  /** Changes a job that has not ended, and tells those who watch. */
  async change(job: JobKey, change: Partial<ImportJobEntity>): Promise<void> {
    const now = await this.scope.tell(job.ledgerId, async (tx) => {
      await this.jobs.change(tx, job, { ...change, updatedAt: this.clock.now() });
      return this.jobs.find(tx, job.jobId);
    });
    if (now !== null) this.watch.tell(now);
  }

  private async attempt(opened: ImportJob, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const begun = { leaseS: LEASE_S, now: this.clock.now() };
    const { ledgerId } = opened;
    const job = await this.scope.tell(ledgerId, (tx) => this.jobs.begin(tx, opened, begun));
    if (job === null) return;
    this.watch.tell(job);
    if (job.isCancelled) throw new Cancelled();
    if (job.attemptCount > ATTEMPTS_MAX) throw gaveUp(job.attemptCount - 1, 'No attempt ended.');
    if (!this.imports.isThere(job.fileSha256)) throw bytesGone(job);
    const how = this.howOf(job, attempt);
    try {
      if (job.goal === 'preview') await this.preview(job, how, signal);
      else await this.commit(job, how, signal);
    } catch (error) {
      if (how.kept.rejectsSha256 !== null) await this.change(job, how.kept);
      throw error;
    }
  }

  /** Says how an attempt ended that did not do what it was to do, and throws that on. */
  private async end(job: ImportJob, error: unknown, isQueued: boolean): Promise<void> {
    const nobody = { workedUntil: null };
    if (error instanceof Cancelled) {
      await this.change(job, { state: 'cancelled', isCancelled: true, ...nobody });
      return;
    }
    // What cannot be reached now is tried again; a fault of ours fails the same way again.
    if (isNotNow(error)) {
      const ends = { state: 'failed', problem: problemOf(error as DomainError) } as const;
      await this.change(job, isQueued ? nobody : { ...ends, ...nobody }).catch(() => {});
    } else if (!(error instanceof DomainError)) {
      const problem = problemOf(gaveUp(1, 'The server failed.'));
      await this.change(job, { state: 'failed', problem, ...nobody });
    } else await this.change(job, { state: ended(error), problem: problemOf(error), ...nobody });
    throw error;
  }

  private async preview(job: ImportJob, how: Running, signal: AbortSignal): Promise<void> {
    const { ledgerId } = job;
    const file = fileOf(job);
    const reading = this.intervals.readingOf(ledgerId, how);
    const examined = await this.imports.examine(
      { ledgerId, file, signal },
      reading,
      (tx, read, by) => this.intervals.examine(tx, { file, how, by, read, signal }),
    );
    const { preview, previewHash } = examined;
    const shown = { preview, previewHash, ...how.kept, workedUntil: null };
    await this.change(job, { state: 'previewed', ...shown });
  }

  private async commit(job: ImportJob, how: Running, signal: AbortSignal): Promise<void> {
    const { ledgerId, jobId, eventId, previewHash, fileName } = job;
    const { actor: id, actorPrincipal: principalId, actorRole } = job;
    const actor: Actor = { ledgerId, id, principalId, role: actorRole as Role };
    const file = fileOf(job);
    const result = await this.imports.commit(
      actor,
      {
        kind: 'intervals',
        fileName,
        file,
        signal,
        ids: { importId: jobId, eventId },
        readAs: ({ readAs }) => readAs,
      },
      this.intervals.readingOf(ledgerId, how),
      async (context, read, by) => {
        const { outcome, examined } = await this.intervals.take(context, { how, by, read, signal });
        requireSame(previewHash, examined.previewHash);
        if (job.isCleanOnly) requireClean(examined);
        const { preview } = examined;
        const ended = { state: 'committed', importId: jobId, preview, ...how.kept } as const;
        const rowCount = read.rowCount + read.problems.count;
        const change = { ...ended, rowCount, workedUntil: null, updatedAt: this.clock.now() };
        // Cancelled meanwhile: then nothing of it is to be.
        if (!(await this.jobs.change(context.tx, job, change))) throw new Cancelled();
        const { rejectsSha256 } = how.kept;
        if (rejectsSha256 !== null) await this.imports.settle(rejectsSha256, actor);
        return outcome;
      },
    );
    const { importId } = result.file;
    if (!result.alreadyImported || importId === jobId) {
      // It has ended, so that nothing changes; those who watch are told all of it.
      this.scope.whenCommitted(() => {
        if (this.watch.has(job)) this.change(job, {}).catch(() => {});
      });
      return;
    }
    const problem = { code: ALREADY, details: { importId } };
    await this.change(job, { state: 'committed', importId, problem, workedUntil: null });
  }

  private howOf(job: ImportJob, { onProgress, problemsShown }: Attempt): Running {
    const { fileName, profileCode, meterCode, rejectsMode, goal } = job;
    const kept: Running['kept'] = { rejectsSha256: null };
    let toldMs = performance.now();
    return {
      kept,
      fileName,
      profileCode,
      meterCode,
      ...(problemsShown === undefined ? {} : { problemsShown }),
      onRejects: goal === 'preview' ? 'show' : rejectsMode,
      onRead: (read) => this.keepRejects(read, job, kept),
      onProgress: async (bytesRead, rowCount) => {
        if (performance.now() - toldMs < TELL_EVERY_MS) return;
        toldMs = performance.now();
        const { ledgerId, jobId } = job;
        const change = { bytesRead, rowCount, updatedAt: this.clock.now() };
        const now = await this.scope.tell(ledgerId, async (tx) => {
          await this.jobs.change(tx, job, change);
          return this.jobs.find(tx, jobId);
        });
        if (now === null) return;
        if (now.isCancelled) throw new Cancelled();
        this.watch.tell(now);
        onProgress?.(now);
      },
    };
  }

  private async keepRejects(
    read: IntervalFile,
    { ledgerId }: ImportJob,
    kept: Running['kept'],
  ): Promise<void> {
    if (read.problems.isEmpty || read.header === '') return;
    const rows = read.problems.rejects(read.header, read.delimiter ?? ',');
    // Its mark says what they are written in now, whatever a profile says of the file that they came in.
    const mark = read.encodings.every((one) => one === 'utf-8') ? '' : '\ufeff';
    const bytes = Readable.from(marked(mark, rows), { objectMode: false });
    const { sha256 } = await this.imports.keep(bytes, { ledgerId });
    kept.rejectsSha256 = sha256;
  }

  private async beat(job: ImportJob, cancelling: AbortController): Promise<void> {
    try {
      const goesOn = await this.scope.tell(job.ledgerId, (tx) =>
        this.jobs.goesOn(tx, job, LEASE_S),
      );
      if (!goesOn) cancelling.abort(new Cancelled());
    } catch {
      // The database is away: the attempt will find that out by itself, or it comes back in time.
    }
  }
}

function* marked(mark: string, rows: Generator<string>): Generator<string> {
  if (mark !== '') yield mark;
  yield* rows;
}

const fileOf = (job: ImportJob): KeptFile => ({ sha256: job.fileSha256, byteCount: job.byteCount });

const problemOf = ({ code, details }: DomainError): JobProblem => ({
  code,
  details: { ...details },
});

function ended({ code }: DomainError): 'refused' | 'cancelled' | 'failed' {
  if (code === 'import.interrupted') return 'cancelled';
  return code === 'import.gave_up' ? 'failed' : 'refused';
}

function bytesGone({ fileName }: ImportJob): DomainError {
  const detail = 'Its bytes are not kept any more. Send the file again.';
  return new DomainError('import.file_unreadable', { file: fileName, detail });
}

function gaveUp(attempts: number, reason: string): DomainError {
  const fix = 'Look at the file, and send it again; tell who runs the server if it fails again.';
  return new DomainError('import.gave_up', { attempts, reason, fix });
}
