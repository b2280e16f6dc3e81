import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DAY_MS } from '../../../core/time/interval.js';
import { logger } from '../../../platform/logger.js';
import { ReconciliationService } from './reconciliation.service.js';

/** Warns of one ledger's deadlines of issuance and expiries of MWh certificates, daily. */
@Injectable()
export class DeadlineAlarmJob implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly accounts: ReconciliationService) {}

  /** Starts the daily look at a ledger. What fails is tried again the next day. */
  start(ledgerId: string): void {
    const look = (): void => {
      this.look(ledgerId).catch((error: unknown) => {
        logger.warn({ err: error }, 'the look for deadlines of MWh certificates failed');
      });
    };
    look();
    this.timer = setInterval(look, DAY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private async look(ledgerId: string): Promise<void> {
    for (const { detail, ...alarm } of await this.accounts.alarms(ledgerId)) {
      logger.warn(alarm, detail);
    }
  }
}
