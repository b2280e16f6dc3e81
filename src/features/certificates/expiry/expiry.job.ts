import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK } from '../../../core/ledger/principal.js';
import { DAY_MS } from '../../../core/time/interval.js';
import { logger } from '../../../platform/logger.js';
import { type Expiring, ExpiryService } from './expiry.service.js';

const WARN_DAYS = 90;

/** Sweeps one ledger's expired certificates at the start and then daily, and warns of what comes. */
@Injectable()
export class ExpiryJob implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly expiry: ExpiryService) {}

  /** Starts the daily sweep of a ledger. What fails is tried again the next day. */
  start(ledgerId: string): void {
    const sweep = (): void => {
      this.sweep(ledgerId).catch((error: unknown) => {
        logger.warn({ err: error }, 'the sweep of expired certificates failed');
      });
    };
    sweep();
    this.timer = setInterval(sweep, DAY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private async sweep(ledgerId: string): Promise<void> {
    const actor = { ledgerId, id: CLOCK, principalId: CLOCK, role: 'energy-manager' } as const;
    const { expiredCount, expiredWh, kept } = await this.expiry.sweep(actor);
    if (expiredCount > 0) logger.info({ expiredCount, expiredWh }, 'certificates expired');
    const wh = (items: readonly Expiring[]): number => items.reduce((sum, one) => sum + one.wh, 0);
    if (kept.length > 0) {
      logger.warn({ wh: wh(kept) }, 'matched certificates are past their expiry: cancel them');
    }
    const soon = await this.expiry.expiring(ledgerId, WARN_DAYS);
    if (soon.length === 0) return;
    const first = soon[0]!.expiresOn;
    logger.warn({ wh: wh(soon), first }, `certificates expire within ${WARN_DAYS} days`);
  }
}
