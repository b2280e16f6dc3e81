import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { assert, DomainError } from '../../core/errors.js';
import type { Actor, Role } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { Queue } from '../../platform/jobs/queue.js';
import { releaseMemory } from '../../platform/memory.js';
import { Turns } from '../../platform/turns.js';
import type { KeptFile } from '../../platform/files/file-store.js';
import { type ImportResult, ImportsService } from '../imports/imports.service.js';
import type { ImportJobEntity } from './import-job.entity.js';
import { ENDED, ImportJobsRepository } from './import-jobs.repository.js';
import type { IntervalFile } from './interval-file.service.js';
import type { Upload } from './interval-import.schemas.js';
import type { JobProblem } from './interval-preview.schemas.js';
import {
  type HowToImport,
  IntervalImportService,
  type ReadAs,
  requireClean,
  requireSame,
} from './interval-import.service.js';

/** As others see it. */
export type ImportJob = Readonly<ImportJobEntity>;

/** How an attempt is made. */
export interface Attempt {
  /** Commit only without rejects and changed values. */
  readonly isCleanOnly?: boolean;
  readonly problemsShown?: number;
  readonly onProgress?: (job: ImportJob) => void;
}

/** After a large file, and after many small ones, what they left behind is given back. */
const LARGE_BYTES = 4 * 1024 * 1024;
const RELEASE_EVERY = 250;
const TELL_EVERY_MS = 250;
const ALL: Attempt = {};
const ATTEMPTS_AT_A_TIME = 3;

/** An attempt on its way, with what it has kept, for the job to name however it ends. */
interface Running extends HowToImport {
  readonly isCleanOnly: boolean;
  readonly kept: { rejectsSha256: string | null };
}

const CANCELLED = { state: 'cancelled', isCancelled: true } as const;

/** Thrown through a reading to stop it. */
class Cancelled extends Error {}

/**
 * Uploads from their first byte to what came of them. Whatever stops an attempt, the next one starts
 * from the kept bytes with the ids that were drawn at first: the import is one transaction, which
 * also ends the job, so nothing is lost and nothing is done twice.
 */
@Injectable()
export class ImportJobsService {
  private readonly turns = new Turns(ATTEMPTS_AT_A_TIME);
  private handled = 0;

  constructor(
    private readonly scope: LedgerScope,
    private readonly jobs: ImportJobsRepository,
    private readonly imports: ImportsService,
    private readonly intervals: IntervalImportService,
    private readonly clock: Clock,
    private readonly queue: Queue,
  ) {}

  /** Keeps the bytes and opens the job; nothing is read yet. */
  async open(
    actor: Actor,
    upload: Upload,
    bytes: Readable,
    state: 'queued' | 'reading' = 'queued',
  ): Promise<ImportJob> {
    const file = await this.imports.keep(bytes);
    const now = this.clock.now();
    const job: ImportJobEntity = {
      ...{ ledgerId: actor.ledgerId, jobId: this.imports.nextId(), state },
      goal: upload.goal ?? 'commit',
      ...{ fileName: upload.fileName, fileSha256: file.sha256, byteCount: file.byteCount },
      ...{ profileCode: upload.profileCode ?? null, meterCode: upload.meterCode ?? null },
      rejectsMode: upload.rejectsMode ?? 'refuse',
      ...{ actor: actor.id, actorPrincipal: actor.principalId, actorRole: actor.role },
      ...{ eventId: this.imports.nextId(), importId: null },
      ...{ bytesRead: 0, rowCount: 0, preview: null, previewHash: upload.previewHash ?? null },
      ...{ problem: null, rejectsSha256: null, isCancelled: false, createdAt: now, updatedAt: now },
    };
    await this.scope.write(actor.ledgerId, (tx) => this.jobs.add(tx, job));
    return job;
  }

  /**
   * Does what a job was opened for, or says that it is done already.
   *
   * @throws DomainError what refuses the file; the job keeps it as its problem.
   */
  async run(ledgerId: string, jobId: string, attempt: Attempt = ALL): Promise<ImportJob> {
    return this.turns.take(async () => {
      const job = await this.get(ledgerId, jobId);
      if (ENDED.includes(job.state)) return job;
      await this.change(job, { state: 'reading', bytesRead: 0, rowCount: 0 });
      return this.attempt(job, attempt);
    });
  }

  private async attempt(job: ImportJob, attempt: Attempt): Promise<ImportJob> {
    const how = this.howOf(job, attempt);
    try {
      if (job.goal === 'preview') await this.preview(job, how);
      else await this.commit(job, how);
    } catch (error) {
      if (error instanceof Cancelled) await this.change(job, { state: 'cancelled' });
      else {
        const problem = problemOf(error);
        // A fault of ours fails the same way again; what cannot be reached now is tried again.
        if (problem !== null) await this.change(job, { state: 'refused', problem, ...how.kept });
        else if (!(error instanceof DomainError)) await this.change(job, { state: 'failed' });
        throw error;
      }
    } finally {
      this.handled += 1;
      if (job.byteCount > LARGE_BYTES || this.handled % RELEASE_EVERY === 0) releaseMemory();
    }
    return this.get(job.ledgerId, job.jobId);
  }

  /** Does at once what was opened to be done at once. */
  runOpened(job: ImportJob, attempt: Attempt = ALL): Promise<ImportJob> {
    return this.turns.take(() => this.attempt(job, attempt));
  }

  /** Opens a job and does it at once. */
  async runNow(
    actor: Actor,
    upload: Upload,
    bytes: Readable,
    attempt: Attempt = ALL,
  ): Promise<ImportJob> {
    const job = await this.open(actor, upload, bytes, 'reading');
    return this.runOpened(job, attempt);
  }

  /** Hands a job to the queue: it goes on whatever happens to this request. */
  async handOver(job: ImportJob): Promise<ImportJob> {
    const { ledgerId, jobId } = job;
    const change = { state: 'queued', updatedAt: this.clock.now() } as const;
    await this.queue.ready();
    await this.scope.write(ledgerId, async (tx) => {
      await this.jobs.change(tx, job, change);
      await this.queue.send(tx, 'import-intervals', { ledgerId, jobId });
    });
    return { ...job, ...change };
  }

  /** The import that a committed job ended in. */
  async resultOf({ ledgerId, importId, problem }: ImportJob): Promise<ImportResult> {
    assert(importId !== null, 'import job: a committed job names its import');
    const file = await this.imports.get(ledgerId, importId);
    return { file, alreadyImported: problem?.code === ALREADY };
  }

  /** Opens a job, commits its file, and gives the import. */
  async importNow(actor: Actor, upload: Upload, bytes: Readable): Promise<ImportResult> {
    return this.resultOf(await this.runNow(actor, upload, bytes));
  }

  /** Commits a previewed job, if it would still do what it showed. */
  async commitPreviewed(actor: Actor, jobId: string, previewHash: string): Promise<ImportJob> {
    const job = await this.get(actor.ledgerId, jobId);
    if (job.state === 'committed') return job;
    const isOnItsWay = job.state === 'queued' || job.state === 'reading';
    if (job.goal === 'commit' && isOnItsWay) return job;
    if (job.state !== 'previewed') throw notNow(job, 'commit');
    await this.change(job, { goal: 'commit', previewHash });
    return job;
  }

  /** Stops a job that is on its way, or lays a preview aside. */
  async cancel(ledgerId: string, jobId: string): Promise<ImportJob> {
    const job = await this.get(ledgerId, jobId);
    if (job.state === 'previewed') await this.change(job, { state: 'discarded' });
    else if (job.state === 'queued') await this.change(job, CANCELLED);
    else if (job.state === 'reading') await this.change(job, { isCancelled: true });
    else if (job.state !== 'cancelled' && job.state !== 'discarded') throw notNow(job, 'cancel');
    return this.get(ledgerId, jobId);
  }

  /** @throws DomainError `import.job_not_found` */
  async get(ledgerId: string, jobId: string): Promise<ImportJob> {
    const job = await this.scope.read(ledgerId, (tx) => this.jobs.find(tx, ledgerId, jobId));
    if (job === null) throw new DomainError('import.job_not_found', { jobId });
    return job;
  }

  /** The latest uploads, newest first. */
  list(ledgerId: string): Promise<readonly ImportJob[]> {
    return this.scope.read(ledgerId, (tx) => this.jobs.list(tx, ledgerId));
  }

  /** The rejected rows of a job as CSV. @throws DomainError `import.no_rejects` */
  async rejects(ledgerId: string, jobId: string): Promise<Readable> {
    const { rejectsSha256 } = await this.get(ledgerId, jobId);
    if (rejectsSha256 === null) throw new DomainError('import.no_rejects', { jobId });
    return this.imports.open({ sha256: rejectsSha256, byteCount: 0 });
  }

  private async preview(job: ImportJob, how: Running): Promise<void> {
    const examined = await this.scope.read(job.ledgerId, (tx) =>
      this.intervals.examine(tx, job.ledgerId, { file: fileOf(job), how }),
    );
    const { preview, previewHash } = examined;
    await this.change(job, { state: 'previewed', preview, previewHash, ...how.kept });
  }

  private async commit(job: ImportJob, how: Running): Promise<void> {
    const { ledgerId, jobId, eventId, previewHash, fileName } = job;
    const { actor: id, actorPrincipal: principalId, actorRole } = job;
    const actor: Actor = { ledgerId, id, principalId, role: actorRole as Role };
    let resolved: ReadAs | null = null;
    const readAs = async (tx: EntityManager): Promise<string> =>
      (resolved = await this.intervals.readAs(tx, ledgerId, how)).readAs;
    const result = await this.imports.commit(
      actor,
      { kind: 'intervals', fileName, file: fileOf(job), readAs, ids: { importId: jobId, eventId } },
      async (context) => {
        const { outcome, examined } = await this.intervals.take(context, { ...how, resolved });
        requireSame(previewHash, examined.previewHash);
        if (how.isCleanOnly) requireClean(examined);
        const { preview, read } = examined;
        const ended = { state: 'committed', importId: jobId, preview, ...how.kept } as const;
        const rowCount = read.rowCount + read.problems.count;
        const change = { ...ended, rowCount, updatedAt: this.clock.now() };
        // Cancelled meanwhile: then nothing of it is to be.
        if (!(await this.jobs.change(context.tx, job, change))) throw new Cancelled();
        return outcome;
      },
    );
    const { importId } = result.file;
    if (!result.alreadyImported || importId === jobId) return;
    await this.change(job, {
      ...{ state: 'committed', importId, problem: { code: ALREADY, details: { importId } } },
    });
  }

  private howOf(job: ImportJob, { onProgress, problemsShown, isCleanOnly }: Attempt): Running {
    const { fileName, profileCode, meterCode, rejectsMode, goal } = job;
    const kept: Running['kept'] = { rejectsSha256: null };
    let toldMs = performance.now();
    return {
      ...{ kept, isCleanOnly: isCleanOnly === true },
      ...{ fileName, profileCode, meterCode },
      ...(problemsShown === undefined ? {} : { problemsShown }),
      onRejects: goal === 'preview' ? 'show' : rejectsMode,
      onRead: (read) => this.keepRejects(read, kept),
      onProgress: async (bytesRead, rowCount) => {
        if (performance.now() - toldMs < TELL_EVERY_MS) return;
        toldMs = performance.now();
        const { ledgerId, jobId } = job;
        const change = { bytesRead, rowCount, updatedAt: this.clock.now() };
        // Within the import's transaction, which must never wait for another connection of its kind.
        const now = await this.scope.tell(ledgerId, async (tx) => {
          await this.jobs.change(tx, job, change);
          return this.jobs.find(tx, ledgerId, jobId);
        });
        if (now?.isCancelled === true) throw new Cancelled();
        if (now !== null) onProgress?.(now);
      },
    };
  }

  private async keepRejects(read: IntervalFile, kept: Running['kept']): Promise<void> {
    if (read.problems.isEmpty || read.header === '') return;
    const rows = read.problems.rejects(read.header, read.delimiter ?? ',');
    const { sha256 } = await this.imports.keep(Readable.from(rows, { objectMode: false }));
    kept.rejectsSha256 = sha256;
  }

  private async change(job: ImportJob, change: Partial<ImportJobEntity>): Promise<void> {
    await this.scope.tell(job.ledgerId, (tx) =>
      this.jobs.change(tx, job, { ...change, updatedAt: this.clock.now() }),
    );
  }
}

/** A committed job whose bytes had been imported before. */
export const ALREADY = 'import.already_imported';

const fileOf = (job: ImportJob): KeptFile => ({ sha256: job.fileSha256, byteCount: job.byteCount });

function problemOf(error: unknown): JobProblem | null {
  if (!(error instanceof DomainError) || error.code === 'service.unavailable') return null;
  return { code: error.code, details: { ...error.details } };
}

function notNow({ jobId, state }: ImportJob, act: string): DomainError {
  return new DomainError('import.job_state', { jobId, state, act });
}
