import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { isNotNow } from '../../platform/database/refusals.js';
import { Ids } from '../../platform/ids.js';
import { Queue } from '../../platform/jobs/queue.js';
import { logger } from '../../platform/logger.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';
import { type AttestationJob, AttestationJobsRepository } from './attestation-jobs.repository.js';
import { ATTESTATION_REGISTERS } from './attestation.registers.js';
import type { Attested } from './attestations.service.js';
import { PackFilesService } from './pack-files.service.js';

const QUEUE = 'attest';
const ATTEMPTS_MAX = 5;
const TELL_EVERY_MS = 250;
/** Whoever opens a job hands it over in less; what no queue knows after that is nobody's. */
const OPENED_MS = 60_000;

/** Which job. */
export type JobKey = Pick<AttestationJob, 'ledgerId' | 'jobId'>;

/** Packs as jobs: asked for, on their way, and made. */
@Injectable()
export class AttestationJobsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly jobs: AttestationJobsRepository,
    private readonly packs: PackFilesService,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly queue: Queue,
  ) {}

  /** The table of jobs, which proves nothing. */
  replayed(): Replayed {
    return { tables: ATTESTATION_REGISTERS };
  }

  /**
   * Asks for a pack; where one of the same is on its way, that one is given.
   *
   * @param since  Sizes that somebody holds checkpoints of.
   * @throws DomainError `statement.not_found`, `site.ambiguous`
   */
  async open(actor: Actor, wanted: Attested, since: readonly number[]): Promise<AttestationJob> {
    const { ledgerId } = actor;
    const siteCode = await this.packs.siteOf(ledgerId, wanted);
    await this.queue.ready();
    await this.endLeft(ledgerId);
    const job = this.newJob(actor, {
      siteCode,
      month: wanted.month,
      since: [...new Set(since)].toSorted((a, b) => a - b).join(','),
    });
    const opened = await this.scope.write(ledgerId, async (tx) => {
      if (!(await this.jobs.add(tx, job))) return this.jobs.onItsWay(tx, job);
      await this.queue.send(tx, QUEUE, job);
      return job;
    });
    this.scope.whenCommitted(() => this.queue.wake(QUEUE));
    // The other one ended in between.
    return opened ?? this.open(actor, wanted, since);
  }

  /** Makes the pack that a job asks for, or finds it made. */
  async run({ ledgerId, jobId }: JobKey): Promise<void> {
    const asked = await this.get(ledgerId, jobId);
    const attemptCount = asked.attemptCount + 1;
    const begun = await this.change(asked, { state: 'running', attemptCount, fileCount: 0 });
    if (begun === null) return;
    try {
      if (attemptCount > ATTEMPTS_MAX) throw interrupted();
      const attestation = await this.packs.attest(begun);
      const { attestationId } = attestation;
      // From here on the same pack is made, however often this is begun again.
      await this.change(begun, { attestationId });
      const file = await this.packs.make(begun, attestation, this.teller(begun));
      await this.change(begun, { ...file, attestationId, state: 'done' });
    } catch (error) {
      if (isNotNow(error)) throw error;
      logger.error({ err: error, ledgerId, jobId }, 'a pack could not be made');
      await this.change(begun, { state: 'failed', problem: problemOf(error) });
    }
  }

  /** @throws DomainError `attestation.not_found` */
  async get(ledgerId: string, jobId: string): Promise<AttestationJob> {
    const job = await this.scope.read(ledgerId, (tx) => this.jobs.find(tx, jobId));
    if (job !== null) return job;
    const fix = 'List them with GET /v1/attestations, or ask for one.';
    throw new DomainError('attestation.not_found', { jobId, fix });
  }

  /** The latest, newest first. */
  async list(ledgerId: string): Promise<readonly AttestationJob[]> {
    await this.endLeft(ledgerId);
    return this.scope.read(ledgerId, (tx) => this.jobs.list(tx));
  }

  /**
   * The bytes of a pack that was made.
   *
   * @throws DomainError `attestation.not_found`, `attestation.not_done`, `pack.inconsistent`
   */
  async openPack(
    ledgerId: string,
    jobId: string,
  ): Promise<{ readonly job: AttestationJob; readonly bytes: Readable }> {
    const job = await this.get(ledgerId, jobId);
    return { job, bytes: await this.packs.open(job) };
  }

  /** Ends what was cut off: on its way, and no queue knows of it. */
  private async endLeft(ledgerId: string): Promise<void> {
    const nowMs = this.clock.now().getTime();
    for (const job of await this.scope.read(ledgerId, (tx) => this.jobs.onTheirWay(tx))) {
      if (Math.abs(nowMs - job.updatedAt.getTime()) < OPENED_MS) continue;
      if (await this.queue.has(QUEUE, job)) continue;
      await this.change(job, { state: 'failed', problem: problemOf(interrupted()) });
    }
  }

  private teller(job: AttestationJob) {
    let toldMs = performance.now();
    return async ({ count, of }: { readonly count: number; readonly of: number }) => {
      if (count < of && performance.now() - toldMs < TELL_EVERY_MS) return;
      toldMs = performance.now();
      // A look at progress that is lost is no harm; one that is done already stays as it is.
      await this.change(job, { fileCount: count, filesInAll: of }).catch(() => {});
    };
  }

  private change(
    { ledgerId, jobId }: AttestationJob,
    change: Partial<AttestationJob>,
  ): Promise<AttestationJob | null> {
    const updatedAt = this.clock.now();
    return this.scope.tell(ledgerId, (tx) => this.jobs.change(tx, jobId, { ...change, updatedAt }));
  }

  private newJob(
    { ledgerId, id, principalId, role }: Actor,
    of: Pick<AttestationJob, 'siteCode' | 'month' | 'since'>,
  ): AttestationJob {
    const now = this.clock.now();
    return {
      ledgerId,
      jobId: this.ids.next(),
      state: 'queued',
      ...of,
      actor: id,
      actorPrincipal: principalId,
      actorRole: role,
      requestedAt: now,
      updatedAt: now,
      attemptCount: 0,
      fileCount: 0,
      filesInAll: null,
      attestationId: null,
      sha256: null,
      byteCount: null,
      problem: null,
    };
  }
}

function interrupted(): DomainError {
  const reason = 'The processes that made it ended before it was done.';
  return new DomainError('attestation.interrupted', { reason, fix: 'Ask for it again.' });
}

function problemOf(error: unknown): NonNullable<AttestationJob['problem']> {
  if (error instanceof DomainError) return { code: error.code, details: { ...error.details } };
  const details = { reason: 'The server failed.', fix: 'See its log, and ask for it again.' };
  return { code: 'attestation.interrupted', details };
}
