import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK } from '../../core/ledger/principal.js';
import { Clock } from '../../platform/clock.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { Queue } from '../../platform/jobs/queue.js';
import { logger } from '../../platform/logger.js';
import { VerificationJobsService } from './verification-jobs.service.js';

const HOUR_MS = 3_600_000;
const LOOK_EVERY_MS = 600_000;

/** Does verifications that were handed to the queue, and asks for a full one every so many hours. */
@Injectable()
export class VerificationJobHandler implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly jobs: VerificationJobsService,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    queue: Queue,
  ) {
    queue.handle('verify-ledger', (ids) => this.jobs.run(ids));
  }

  /** Looks now and then whether a ledger is due; not at once, so that a start is not slowed by it. */
  start(ledgerId: string): void {
    if (this.config.verifyHours === 0) return;
    const look = (): void => {
      this.look(ledgerId).catch((error: unknown) => {
        logger.warn({ err: error }, 'no verification could be asked for');
      });
    };
    this.timer = setInterval(look, LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** Asks for a full verification when the last one is older than the settings allow. */
  async look(ledgerId: string): Promise<boolean> {
    const last = await this.jobs.lastFullAt(ledgerId);
    const { verifyHours } = this.config;
    const ageMs = last === null ? Infinity : this.clock.now().getTime() - last.getTime();
    // One of a day that has not come was made under a clock that was ahead: nobody knows how old it is.
    const isDue = ageMs >= verifyHours * HOUR_MS || ageMs < 0;
    if (verifyHours === 0 || !isDue) return false;
    const actor = { ledgerId, id: CLOCK, principalId: CLOCK, role: 'auditor' } as const;
    await this.jobs.open(actor, { isFull: true, hasFiles: false });
    return true;
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }
}
