import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { CONFIG, type Config } from '../config.js';
import { FairTurnQueue } from '../fair-turn-queue.js';
import type { KeptFile } from './file-store.js';
import { within } from '../signals.js';
import { Stopping } from '../stopping.js';

/** A file to work on. */
interface FileOf {
  readonly ledgerId: string;
  readonly file: KeptFile;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Files that are read at a time, of one ledger, and their bytes together: what a file says is held
 * from its first row until it is written.
 */
const LIMITS = { atATime: 4, ofOneKey: 3, weight: 96 * 1024 * 1024 } as const;

/** Lets files be read a few at a time, each for so long and no longer. */
@Injectable()
export class ReadingAttempts {
  private readonly turns = new FairTurnQueue(LIMITS);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly stopping: Stopping,
  ) {}

  /**
   * Does work on a file when it is its ledger's turn.
   *
   * @throws DomainError `import.took_too_long`; `service.unavailable` when the process stops; the
   *                     reason of the caller's signal.
   */
  take<T>(
    { ledgerId, file, signal }: FileOf,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signals = [this.stopping.signal, ...(signal === undefined ? [] : [signal])];
    const turn = { key: ledgerId, weight: file.byteCount, signal: AbortSignal.any(signals) };
    return this.turns.take(turn, () => within(signals, this.deadline(), work));
  }

  private deadline(): { readonly limitMs: number; readonly late: () => Error } {
    const allowedS = this.config.importSeconds;
    const fix = 'Send it in smaller files, or let the one who runs the server allow more time.';
    const late = (): Error => new DomainError('import.took_too_long', { allowedS, fix });
    return { limitMs: allowedS * 1_000, late };
  }
}
