import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { Lanes } from '../database/lanes.js';
import { logger } from '../logger.js';
import { AppendGuard } from './append-guard.js';
import { Markers } from './markers.js';

const LOOK_AGAIN_MS = 5_000;

/**
 * What keeps ledgers from taking anything in, as far as it is known without writing: a log that is not
 * with its marker, a clock that cannot be believed, a database that takes no changes.
 */
@Injectable()
export class WritingStops {
  private clockStops: readonly string[] = [];
  private isReadOnly = false;
  private lookedAtMs = -Infinity;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly markers: Markers,
    private readonly guard: AppendGuard,
    private readonly lanes: Lanes,
  ) {}

  /**
   * A sentence for each stop, as the last look found them: whoever asks for health never waits. A look
   * that is older than some seconds is made again meanwhile.
   */
  known(): readonly string[] {
    if (performance.now() - this.lookedAtMs >= LOOK_AGAIN_MS) {
      this.look().catch((error: unknown) => {
        logger.debug({ err: error }, 'no look at what stops writing');
      });
    }
    const readOnly = this.isReadOnly ? [READ_ONLY] : [];
    return [...this.markers.stops(), ...this.clockStops, ...readOnly];
  }

  /** Looks now, once for all who ask. @returns What `known` gives then. */
  async look(): Promise<readonly string[]> {
    this.lookedAtMs = performance.now();
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = null;
    });
    await this.looking;
    return this.known();
  }

  private async lookOnce(): Promise<void> {
    await this.markers.compare();
    const said = new Set<string>();
    for (const ledgerId of this.markers.ledgerIds()) {
      const refusal = await this.guard.requireClock(ledgerId).then(() => null, refusalOf);
      if (refusal !== null) said.add(refusal);
    }
    this.clockStops = [...said];
    const [row] = await this.lanes.of('health').ask<{ is_read_only: boolean }>(
      `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean
         AS is_read_only`,
    );
    this.isReadOnly = row!.is_read_only;
  }
}

const READ_ONLY =
  'The database takes no changes: it is a standby, or was set to be read only. Ledgers are read and ' +
  'proven, and take nothing in.';

/** What a clock's refusal says. @throws Error that is none */
function refusalOf(error: unknown): string {
  const isOfTheClock = error instanceof DomainError && error.code.startsWith('clock.');
  if (!isOfTheClock) throw error;
  const { detail, fix } = error.details as { readonly detail: string; readonly fix: string };
  return `${detail} Nothing is taken in. ${fix}`;
}
