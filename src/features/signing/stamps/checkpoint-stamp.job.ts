import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Troubles } from '../../../platform/jobs/troubles.js';
import { logger } from '../../../platform/logger.js';
import { CheckpointStampsService, StampingFailed } from './checkpoint-stamps.service.js';

const LOOK_EVERY_MS = 60_000;
const TROUBLE = 'checkpoint stamp';

/** Has checkpoints stamped beside everything else: an authority that is down holds nothing up. */
@Injectable()
export class CheckpointStampJob implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private at: Promise<void> | null = null;

  constructor(
    private readonly stamps: CheckpointStampsService,
    private readonly troubles: Troubles,
  ) {}

  /** Looks every minute for checkpoints that are not stamped. */
  start(ledgerId: string): void {
    this.timer = setInterval(() => {
      this.at ??= this.look(ledgerId).finally(() => {
        this.at = null;
      });
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** Has stamped what is not; what fails is tried again at the next look. */
  async look(ledgerId: string): Promise<void> {
    try {
      await this.stamps.stamp(ledgerId);
      this.troubles.note(TROUBLE, null);
    } catch (error) {
      const why = error instanceof StampingFailed ? error.message : 'See the log of the server.';
      logger.warn({ err: error, ledgerId }, 'checkpoints are not stamped; it is tried again');
      const text = `The time-stamp authority (MIZAN_TSA_URL) gives no token: ${why} Checkpoints stand without; it is tried again.`;
      this.troubles.note(TROUBLE, text);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.at;
  }
}
