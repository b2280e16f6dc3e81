import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { JobWatch } from '../../../platform/jobs/job-watch.js';
import type { ImportJobEntity } from './import-job.entity.js';
import { ImportJobsRepository, type JobKey } from './import-jobs.repository.js';

type Job = Readonly<ImportJobEntity>;

/** Tells of uploads as they change. */
@Injectable()
export class ImportWatchService implements OnApplicationShutdown {
  private readonly jobs: JobWatch<Job>;

  constructor(scope: LedgerScope, jobs: ImportJobsRepository) {
    this.jobs = new JobWatch((ledgerId, ids) =>
      scope.read(ledgerId, (tx) => jobs.findAll(tx, ids)),
    );
  }

  /** Hears of a job until what is returned is called. */
  watch(key: JobKey, listener: (job: Job) => void): () => void {
    return this.jobs.watch(key, listener);
  }

  /** Whether anyone hears of a job. */
  has(key: JobKey): boolean {
    return this.jobs.has(key);
  }

  /** Tells of a job that has changed. */
  tell(job: Job): void {
    this.jobs.tell(job);
  }

  onApplicationShutdown(): void {
    this.jobs.close();
  }
}
