import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { logger } from '../../platform/logger.js';
import { Troubles } from '../../platform/jobs/troubles.js';
import { type Checkpoint, CheckpointsService } from './checkpoints.service.js';

/** Acts of other processes are seen so much later. */
const LOOK_EVERY_MS = 60_000;
/** Writes that come within this time are looked at together. */
const TOGETHER_MS = 200;
const TROUBLE = 'checkpoint';

/**
 * Has the log signed without anybody asking: after a statement, and hourly where it grew. What is due follows from
 * the log and the last checkpoint, so that a process that was killed, or a signer that was away, misses none.
 */
@Injectable()
export class CheckpointJob implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private soon: NodeJS.Timeout | null = null;
  private at: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly checkpoints: CheckpointsService,
    private readonly scope: LedgerScope,
    private readonly troubles: Troubles,
  ) {}

  /** Looks every minute whether a ledger is due, and shortly after each write of this process. */
  start(ledgerId: string): void {
    const look = (): void => {
      this.at = this.at.then(() => this.look(ledgerId)).catch(() => {});
    };
    this.timer = setInterval(look, LOOK_EVERY_MS);
    this.timer.unref();
    this.scope.onWritten((written) => {
      if (written !== ledgerId || this.soon !== null || this.timer === null) return;
      this.soon = setTimeout(() => {
        this.soon = null;
        look();
      }, TOGETHER_MS);
      this.soon.unref();
    });
  }

  /** Signs where that is due; null where it is not, or cannot be done now. */
  async look(ledgerId: string): Promise<Checkpoint | null> {
    try {
      if (!(await this.checkpoints.isDue(ledgerId))) return null;
      const checkpoint = await this.checkpoints.sign(ledgerId);
      this.troubles.note(TROUBLE, null);
      return checkpoint;
    } catch (error) {
      logger.warn({ err: error, ledgerId }, 'the log could not be signed; it is tried again');
      this.troubles.note(TROUBLE, troubleOf(error));
      return null;
    }
  }

  /** Ends after what it is at: the database may go then. */
  async onApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    if (this.soon !== null) clearTimeout(this.soon);
    this.timer = null;
    await this.at;
  }
}

function troubleOf(error: unknown): string {
  const { detail } = error instanceof DomainError ? (error.details as { detail?: string }) : {};
  return `The log is due to be signed and is not: ${detail ?? 'see the log of the server.'} It is tried again.`;
}
