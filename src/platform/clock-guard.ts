import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../core/errors.js';
import { Clock, MachineClock } from './clock.js';
import { CONFIG, type Config } from './config.js';
import type { LedgerTx } from './database/ledger-tx.js';
import { RELEASED_ON } from './released-on.js';

/** How far clocks may part (LEDGER section 12). */
const APART_MS = 60_000;
const LEAP_MS = 400 * 86_400_000;
/** How often the clock of the database's server is asked. */
const ASKED_AGAIN_MS = 10_000;

const minutes = (ms: number): string => `${Math.round(Math.abs(ms) / 6_000) / 10} minutes`;

/**
 * Keeps a wrong clock out of the log: what is appended under it stays for ever. Within a minute behind
 * the head the head's instant is taken; everything further waits for a right clock.
 */
@Injectable()
export class ClockGuard {
  private askedAtMs = -Infinity;
  private serverApartMs = 0;
  private readonly believed = new Set<string>();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'isClockAccepted'>,
    private readonly clock: Clock,
    private readonly machine: MachineClock,
  ) {}

  /**
   * @param of.headMs    Instant of the last event, ms; −Infinity before the first.
   * @param of.markedMs  The same as the marker has it; −Infinity where it knows none.
   * @throws DomainError `clock.behind`, `clock.ahead`
   */
  async require(
    tx: LedgerTx,
    of: { readonly ledgerId: string; readonly headMs: number; readonly markedMs: number },
  ): Promise<void> {
    const nowMs = this.clock.now().getTime();
    const behindMs = Math.max(of.headMs, of.markedMs) - nowMs;
    if (behindMs > APART_MS) {
      const detail = `The clock is ${minutes(behindMs)} behind the last event of the ledger.`;
      throw behind(
        detail,
        'Set the clock of the machine; nothing is taken in until it has caught up.',
      );
    }
    const steppedMs = this.machine.wallMs() - this.machine.steadyMs();
    if (Math.abs(steppedMs) > APART_MS) {
      const way = steppedMs > 0 ? 'forward' : 'back';
      const detail = `The clock of the machine was set ${way} by ${minutes(steppedMs)} since Mizan started.`;
      throw apart(steppedMs, detail, 'Set it right; if it is right now, start Mizan again.');
    }
    const serverMs = await this.apartFromServer(tx);
    if (Math.abs(serverMs) > APART_MS) {
      const way = serverMs > 0 ? 'ahead of' : 'behind';
      const detail = `The clock of this machine is ${minutes(serverMs)} ${way} the database server's.`;
      throw apart(serverMs, detail, 'Set both by one source of time.');
    }
    this.requireNear(nowMs, of);
  }

  /** Asked once for each ledger: from then on the head is near. */
  private requireNear(
    nowMs: number,
    of: { readonly ledgerId: string; readonly headMs: number; readonly markedMs: number },
  ): void {
    if (this.config.isClockAccepted || this.believed.has(of.ledgerId)) return;
    const newestMs = Math.max(of.headMs, of.markedMs, Date.parse(RELEASED_ON));
    if (nowMs - newestMs > LEAP_MS) {
      const days = Math.round((nowMs - newestMs) / 86_400_000);
      const newest = new Date(newestMs).toISOString().slice(0, 10);
      const detail = `The clock is ${days} days after ${newest}, the newest day that is known.`;
      const fix = 'Set the clock; if it is right, start once with --clock-ok.';
      throw new DomainError('clock.ahead', { detail, fix });
    }
    this.believed.add(of.ledgerId);
  }

  private async apartFromServer(tx: LedgerTx): Promise<number> {
    const steadyMs = this.machine.steadyMs();
    if (steadyMs - this.askedAtMs >= ASKED_AGAIN_MS) {
      const beforeMs = this.machine.wallMs();
      const [row] = await tx.query<{ ms: string }[]>(
        'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms',
      );
      // Asked somewhere between the two looks at our own clock.
      this.serverApartMs = (beforeMs + this.machine.wallMs()) / 2 - Number(row!.ms);
      this.askedAtMs = steadyMs;
    }
    return this.serverApartMs;
  }
}

const behind = (detail: string, fix: string): DomainError =>
  new DomainError('clock.behind', { detail, fix });

const apart = (ms: number, detail: string, fix: string): DomainError =>
  ms > 0 ? new DomainError('clock.ahead', { detail, fix }) : behind(detail, fix);
