import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/auth/roles.js';
import { JobStreams, type StreamedJob } from '../../platform/jobs/job-streams.js';
import { type VerificationJob, VerificationJobsService } from './verification-jobs.service.js';

/** Tells how far verifications are. */
@Injectable()
export class VerificationProgressService {
  constructor(
    private readonly jobs: VerificationJobsService,
    private readonly streams: JobStreams,
  ) {}

  /**
   * Server-sent events of a verification. @see JobStreams.open
   *
   * @throws DomainError `verification.not_found`; `limit.quota` for too many streams of a key
   */
  open(
    { ledgerId, id: keyId }: Actor,
    { jobId, lastEventId }: { readonly jobId: string; readonly lastEventId: string },
    gone: AbortSignal,
  ): Promise<AsyncGenerator<string>> {
    const begin = async (): Promise<StreamedJob<VerificationJob>> => {
      const { job: first } = await this.jobs.kept(ledgerId, jobId);
      return {
        first,
        lastEventId,
        watch: (listener) => this.jobs.watch.watch(first, listener),
        idOf: ({ state, eventCount, rowCount }) => `${state}-${eventCount}-${rowCount}`,
        dataOf: ({ state, eventCount, rowCount, isClean }) => ({
          jobId,
          state,
          eventCount,
          rowCount,
          isClean,
        }),
        isOnItsWay: ({ state }) => state === 'queued' || state === 'running',
      };
    };
    return this.streams.open(keyId, begin, gone);
  }
}
