import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type LogHead } from '../../core/ledger/event.js';
import { toHex } from '../../core/ledger/merkle.js';
import { Clock } from '../clock.js';
import { ClockGuard } from '../clock-guard.js';
import { Markers } from './markers.js';

/** Stands before every append: the log is the one that was, and the clock can be believed. */
@Injectable()
export class AppendGuard {
  constructor(
    private readonly markers: Markers,
    private readonly clockGuard: ClockGuard,
    private readonly clock: Clock,
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
    tx: EntityManager,
    ledgerId: string,
    { head, declaresLoss }: { readonly head: LogHead; readonly declaresLoss: boolean },
  ): Promise<void> {
    const { size, chainHash, recordedAtMs: headMs } = head;
    const stored = { size, chainHash: toHex(chainHash) };
    if (declaresLoss) await this.markers.requireApart(tx, ledgerId, stored);
    else await this.markers.requireWith(tx, ledgerId, stored);
    // A lost event may have been of any time.
    const markedAt = declaresLoss ? null : (this.markers.markOf(ledgerId)?.recordedAt ?? null);
    const markedMs = markedAt === null ? -Infinity : Date.parse(markedAt);
    await this.clockGuard.require(tx, { ledgerId, headMs, markedMs });
  }
}
