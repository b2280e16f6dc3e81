import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { JobIds } from '../../../platform/jobs/queue.js';
import { Queue } from '../../../platform/jobs/queue.js';
import { ImportJobsService } from './import-jobs.service.js';

/** Does uploads that were handed to the queue. */
@Injectable()
export class ImportJobHandler {
  constructor(
    private readonly jobs: ImportJobsService,
    queue: Queue,
  ) {
    queue.handle('import-intervals', (ids) => this.handle(ids));
  }

  private async handle({ ledgerId, jobId }: JobIds): Promise<void> {
    try {
      await this.jobs.run(ledgerId, jobId, { isQueued: true });
    } catch (error) {
      // A file that is refused is an answer, not a failure: the job keeps it, and is done.
      if (error instanceof DomainError && error.code !== 'service.unavailable') return;
      throw error;
    }
  }
}
