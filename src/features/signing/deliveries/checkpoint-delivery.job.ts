import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Troubles } from '../../../platform/jobs/troubles.js';
import { logger } from '../../../platform/logger.js';
import { CheckpointDeliveriesService } from './checkpoint-deliveries.service.js';

const LOOK_EVERY_MS = 60_000;
const TROUBLE = 'checkpoint delivery';

/** Sends checkpoints that are due, and the first of each month for the month before. */
@Injectable()
export class CheckpointDeliveryJob implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private at: Promise<void> | null = null;

  constructor(
    private readonly deliveries: CheckpointDeliveriesService,
    private readonly troubles: Troubles,
  ) {}

  /** Looks every minute. */
  start(ledgerId: string): void {
    this.timer = setInterval(() => {
      this.at ??= this.look(ledgerId).finally(() => {
        this.at = null;
      });
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** Asks for what a month's end calls for, and sends what is due. */
  async look(ledgerId: string): Promise<void> {
    try {
      await this.deliveries.askForMonthEnd(ledgerId);
      await this.deliveries.send(ledgerId);
      const [last] = await this.deliveries.list(ledgerId);
      const isWell = last === undefined || last.problem === null;
      this.troubles.note(
        TROUBLE,
        isWell
          ? null
          : `A checkpoint did not reach MIZAN_CHECKPOINT_URL: ${last.problem} ` +
              (last.state === 'failed' ? 'It is not sent again.' : 'It is sent again.'),
      );
    } catch (error) {
      logger.warn({ err: error, ledgerId }, 'checkpoints are not sent; it is tried again');
      this.troubles.note(TROUBLE, 'Checkpoints are not sent: see the log of the server.');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.at;
  }
}
