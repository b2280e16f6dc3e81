import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DAY_MS } from '../../../core/time/interval.js';
import { logger } from '../../../platform/logger.js';
import { AppendGuard } from '../../../platform/marker/append-guard.js';
import { Replies } from '../../../platform/replies/replies.js';
import { RefusedUploadsService } from './refused-uploads.service.js';

/** Forgets, at the start and then daily, what is kept for a time only. */
@Injectable()
export class DailyUpkeepJob implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly guard: AppendGuard,
    private readonly replies: Replies,
    private readonly uploads: RefusedUploadsService,
  ) {}

  /** Starts the daily upkeep of a ledger. What fails is tried again the next day. */
  start(ledgerId: string): void {
    const keepUp = (): void => {
      this.run(ledgerId).catch((error: unknown) => {
        logger.warn({ err: error }, 'the daily upkeep failed');
      });
    };
    keepUp();
    this.timer = setInterval(keepUp, DAY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /**
   * One day's upkeep. Under a clock that cannot be believed nothing is old.
   *
   * @throws DomainError `clock.behind`, `clock.ahead`
   */
  async run(ledgerId: string): Promise<void> {
    await this.guard.requireClock(ledgerId);
    const replyCount = await this.replies.sweep(ledgerId);
    const uploadCount = await this.uploads.remove(ledgerId);
    if (uploadCount > 0) logger.info({ uploadCount }, 'uploads that were refused are removed');
    if (replyCount > 0) logger.info({ replyCount }, 'answers of long ago are forgotten');
  }
}
