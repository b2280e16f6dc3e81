import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { assert, DomainError } from '../../../core/errors.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { Queue } from '../../../platform/jobs/queue.js';
import { ImportsService } from '../../imports/imports.service.js';
import {
  ALREADY,
  type Attempt,
  ImportAttemptsService,
  type ImportJob,
} from './import-attempts.service.js';
import type { ImportJobEntity } from './import-job.entity.js';
import { ENDED, ImportJobsRepository } from './import-jobs.repository.js';
import type { Upload } from './interval-import.schemas.js';
import type { IntervalResult } from './interval-import.schemas.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

const ALL: Attempt = {};
const CANCELLED = { state: 'cancelled', isCancelled: true } as const;

/** Uploads from their first byte to what came of them. */
@Injectable()
export class ImportJobsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly jobs: ImportJobsRepository,
    private readonly imports: ImportsService,
    private readonly attempts: ImportAttemptsService,
    private readonly clock: Clock,
    private readonly queue: Queue,
  ) {}

  /** Whether an upload that committed is what its import says. */
  replayed(): Replayed {
    return {
      checks: [
        async (tx) => {
          const wrong = await this.jobs.disagreement(tx);
          if (wrong === null) return null;
          const detail = `The upload ${wrong.jobId} is not what the import that it committed says.`;
          return { seq: wrong.seq, check: 'import_job', detail };
        },
      ],
    };
  }

  /**
   * Keeps the bytes and opens the job; nothing is read yet.
   *
   * @throws DomainError `limit.quota` when the key sent too much today.
   */
  async open(
    actor: Actor,
    upload: Upload,
    bytes: Readable,
    state: 'queued' | 'reading' = 'queued',
  ): Promise<ImportJob> {
    const file = await this.imports.keep(bytes, actor);
    const now = this.clock.now();
    const job: ImportJobEntity = {
      ledgerId: actor.ledgerId,
      jobId: this.imports.nextId(),
      state,
      goal: upload.goal ?? 'commit',
      fileName: upload.fileName,
      fileSha256: file.sha256,
      byteCount: file.byteCount,
      profileCode: upload.profileCode ?? null,
      meterCode: upload.meterCode ?? null,
      rejectsMode: upload.rejectsMode ?? 'refuse',
      isCleanOnly: upload.isCleanOnly === true,
      actor: actor.id,
      actorPrincipal: actor.principalId,
      actorRole: actor.role,
      eventId: this.imports.nextId(),
      importId: null,
      bytesRead: 0,
      rowCount: 0,
      preview: null,
      previewHash: upload.previewHash ?? null,
      problem: null,
      rejectsSha256: null,
      isCancelled: false,
      createdAt: now,
      updatedAt: now,
      attemptCount: 0,
      workedUntil: null,
    };
    await this.scope.tell(actor.ledgerId, (tx) => this.jobs.add(tx, job));
    return job;
  }

  /**
   * Does what a job was opened for, or says that it is done already.
   *
   * @throws DomainError what refuses the file; the job keeps it as its problem.
   */
  async run(ledgerId: string, jobId: string, attempt: Attempt = ALL): Promise<ImportJob> {
    const job = await this.get(ledgerId, jobId);
    if (ENDED.includes(job.state)) return job;
    await this.attempts.run(job, attempt);
    return this.get(ledgerId, jobId);
  }

  /** Does at once what was opened to be done at once. */
  async runOpened(job: ImportJob, attempt: Attempt = ALL): Promise<ImportJob> {
    await this.attempts.run(job, attempt);
    return this.get(job.ledgerId, job.jobId);
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
    const change = { state: 'queued', workedUntil: null, updatedAt: this.clock.now() } as const;
    await this.queue.ready();
    await this.scope.write(ledgerId, async (tx) => {
      await this.jobs.change(tx, job, change);
      await this.queue.send(tx, 'import-intervals', { ledgerId, jobId });
    });
    this.scope.whenCommitted(() => this.queue.wake('import-intervals'));
    return { ...job, ...change };
  }

  /** The import that a committed job ended in. */
  async resultOf(job: ImportJob): Promise<IntervalResult> {
    const { ledgerId, importId, problem } = job;
    if (job.state === 'cancelled') throw notNow(job, 'commit');
    assert(importId !== null, 'import job: a committed job names its import');
    const file = await this.imports.get(ledgerId, importId);
    // A preview of an earlier version of the software lacks the counts that came since.
    const { heldCount = 0, outdatedCount = 0 } = job.preview ?? {};
    return { file, alreadyImported: problem?.code === ALREADY, heldCount, outdatedCount };
  }

  /** Opens a job, commits its file, and gives the import. */
  async importNow(actor: Actor, upload: Upload, bytes: Readable): Promise<IntervalResult> {
    return this.resultOf(await this.runNow(actor, upload, bytes));
  }

  /** Commits a previewed job, if it would still do what it showed. */
  async commitPreviewed(actor: Actor, jobId: string, previewHash: string): Promise<ImportJob> {
    const job = await this.get(actor.ledgerId, jobId);
    if (job.state === 'committed') return job;
    const isOnItsWay = job.state === 'queued' || job.state === 'reading';
    if (job.goal === 'commit' && isOnItsWay) return job;
    if (job.state !== 'previewed') throw notNow(job, 'commit');
    await this.attempts.change(job, { goal: 'commit', previewHash });
    return job;
  }

  /** Stops a job that is on its way, or lays a preview aside. */
  async cancel(ledgerId: string, jobId: string): Promise<ImportJob> {
    const job = await this.get(ledgerId, jobId);
    if (job.state === 'previewed') await this.attempts.change(job, { state: 'discarded' });
    else if (job.state === 'queued') await this.attempts.change(job, CANCELLED);
    else if (job.state === 'reading') await this.attempts.change(job, { isCancelled: true });
    else if (job.state !== 'cancelled' && job.state !== 'discarded') throw notNow(job, 'cancel');
    this.attempts.cancel(jobId);
    return this.get(ledgerId, jobId);
  }

  /** @throws DomainError `import.job_not_found` */
  async get(ledgerId: string, jobId: string): Promise<ImportJob> {
    const job = validate(jobId)
      ? await this.scope.read(ledgerId, (tx) => this.jobs.find(tx, jobId))
      : null;
    if (job === null) throw new DomainError('import.job_not_found', { jobId });
    return job;
  }

  /** The latest uploads, newest first. */
  list(ledgerId: string): Promise<readonly ImportJob[]> {
    return this.scope.read(ledgerId, (tx) => this.jobs.list(tx));
  }

  /** The rejected rows of a job as CSV. @throws DomainError `import.no_rejects` */
  async rejects(ledgerId: string, jobId: string): Promise<Readable> {
    const { rejectsSha256 } = await this.get(ledgerId, jobId);
    if (rejectsSha256 === null || !this.imports.isThere(rejectsSha256)) {
      throw new DomainError('import.no_rejects', { jobId });
    }
    return this.imports.open({ sha256: rejectsSha256, byteCount: 0 });
  }
}

function notNow({ jobId, state }: ImportJob, act: string): DomainError {
  return new DomainError('import.job_state', { jobId, state, act });
}
