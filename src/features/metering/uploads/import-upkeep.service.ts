import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../../platform/config.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { FileStore } from '../../../platform/files/file-store.js';
import { Queue } from '../../../platform/jobs/queue.js';
import { ImportAttemptsService } from './import-attempts.service.js';
import { ImportJobsRepository } from './import-jobs.repository.js';

const RETRY_AFTER_S = 10;

/** Keeps the uploads on their way in order: no more than there is room for, none that nobody is at. */
@Injectable()
export class ImportUpkeepService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly jobs: ImportJobsRepository,
    private readonly files: FileStore,
    private readonly attempts: ImportAttemptsService,
    private readonly queue: Queue,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Ends and removes what earlier processes left behind. */
  async takeUp(ledgerId: string): Promise<void> {
    await this.files.sweep();
    await this.endLeft(ledgerId);
  }

  /**
   * Ends what was cut off: jobs on their way that nobody is at and no queue knows of. What was handed
   * over goes on by itself; what was not had a caller, who was told nothing and sends it again.
   */
  async endLeft(ledgerId: string): Promise<void> {
    for (const job of await this.scope.read(ledgerId, (tx) => this.jobs.left(tx))) {
      if (await this.queue.has('import-intervals', job)) continue;
      const reason = 'The process that read the file ended before it did.';
      const details = { reason, fix: 'Send the file again; nothing of it was taken in.' };
      const problem = { code: 'import.interrupted', details };
      await this.attempts.change(job, { state: 'failed', problem, workedUntil: null });
    }
  }

  /**
   * Lets a key begin one more upload.
   *
   * @throws DomainError `limit.quota` when too many of its uploads are on their way.
   */
  async requireRoom({ ledgerId, id }: Actor): Promise<void> {
    const { openImports: allowed } = this.config;
    if (allowed === 0) return;
    const count = (): Promise<number> =>
      this.scope.read(ledgerId, (tx) => this.jobs.countOnTheirWay(tx, id));
    if ((await count()) < allowed) return;
    await this.endLeft(ledgerId);
    if ((await count()) < allowed) return;
    const limit = 'uploads of one key on their way';
    throw new DomainError('limit.quota', { limit, allowed, retryAfterS: RETRY_AFTER_S });
  }
}
