import { Injectable } from '@nestjs/common';
import { Queue } from '../../platform/jobs/queue.js';
import { AttestationJobsService } from './attestation-jobs.service.js';

/** Makes packs that were handed to the queue. */
@Injectable()
export class AttestationJobHandler {
  constructor(jobs: AttestationJobsService, queue: Queue) {
    queue.handle('attest', (ids) => jobs.run(ids));
  }
}
