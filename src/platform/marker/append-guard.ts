import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { type LogHead } from '../../core/ledger/event.js';
import { toHex } from '../../core/ledger/merkle.js';
import { Clock } from '../clock.js';
import { ClockGuard } from '../clock-guard.js';
import { LedgerScope } from '../database/ledger-scope.js';
import type { LedgerTx } from '../database/ledger-tx.js';
import { storedHead } from './log-ends.js';
import { Markers } from './markers.js';

/** Stands before every append: the log is the one that was, and the clock can be believed. */
@Injectable()
export class AppendGuard {
  constructor(
    private readonly markers: Markers,
    private readonly clockGuard: ClockGuard,
    private readonly clock: Clock,
    private readonly scope: LedgerScope,
  ) {}

  /** The instant of what is appended now. */
  now(): Date {
    return this.clock.now();
  }

  /**
   * @param head  End of the log, read under its lock.
   * @param declaresLoss  Whether what is appended says which events are lost: then the log may be behind.
   * @throws DomainError `ledger.behind_checkpoint`, `ledger.not_behind`, `clock.behind`, `clock.ahead`
   */
  async require(
    tx: LedgerTx,
    { head, declaresLoss }: { readonly head: LogHead; readonly declaresLoss: boolean },
  ): Promise<void> {
    const { ledgerId } = tx;
    const { size, chainHash, recordedAtMs: headMs } = head;
    const stored = { size, chainHash: toHex(chainHash) };
    if (declaresLoss) await this.markers.requireApart(tx, stored);
    else await this.markers.requireWith(tx, stored);
    // A lost event may have been of any time.
    const markedMs = declaresLoss ? -Infinity : this.markedMs(ledgerId);
    await this.clockGuard.require(tx, { ledgerId, headMs, markedMs });
    // Rows took their instants before the event does: under two clocks they would not belong together.
    if (this.scope.isClockSet()) throw clockSet(this.clock.lastStepMs);
  }

  /**
   * Requires a clock that can be believed, before what is only old is removed for good.
   *
   * @throws DomainError `clock.behind`, `clock.ahead`
   */
  requireClock(ledgerId: string): Promise<void> {
    return this.scope.read(ledgerId, async (tx) => {
      const headMs = msOf((await storedHead(tx))?.recordedAt);
      const markedMs = this.markedMs(ledgerId);
      await this.clockGuard.require(tx, { ledgerId, headMs, markedMs });
    });
  }

  private markedMs(ledgerId: string): number {
    return msOf(this.markers.markOf(ledgerId)?.recordedAt);
  }
}

const msOf = (instant: string | null | undefined): number =>
  typeof instant === 'string' ? Date.parse(instant) : -Infinity;

function clockSet(stepMs: number): DomainError {
  const seconds = Math.round(Math.abs(stepMs) / 1_000);
  const detail = `The clock of the machine was set ${stepMs > 0 ? 'forward' : 'back'} by ${seconds} s while this was written; nothing of it was.`;
  const fix = 'Send it again.';
  return new DomainError(stepMs > 0 ? 'clock.ahead' : 'clock.behind', { detail, fix });
}
