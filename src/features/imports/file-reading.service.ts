import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import type { KeptFile } from '../../platform/files/file-store.js';
import { ReadingAttempts } from '../../platform/files/reading-attempts.js';
import { untilAborted } from '../../platform/signals.js';

/** How a file is read: before the first row is written, and outside any transaction. */
export interface FileReading<Basis, Read> {
  /** What the ledger holds that the reading leans on: a little, loaded in a short transaction. */
  readonly basis: (tx: LedgerTx) => Promise<Basis>;
  /** Reads and checks the file. Ends when the signal says so. */
  readonly read: (basis: Basis, file: KeptFile, signal: AbortSignal) => Promise<Read>;
}

/** A kept file whose turn it is. */
export interface FileInTurn {
  readonly ledgerId: string;
  readonly file: KeptFile;
  readonly signal: AbortSignal;
}

/** A file that was read, and what it was read by. */
export interface ReadFile<Basis, Read> {
  readonly basis: Basis;
  readonly read: Read;
  /** Whether the ledger still holds what the file was read by. */
  readonly stands: (tx: LedgerTx) => Promise<boolean>;
}

/** How often a file is read when what its reading leans on changes meanwhile. */
const READINGS_MAX = 3;

/** Reads files outside any transaction, for work that finds the ledger as it was then. */
@Injectable()
export class FileReadingService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly attempts: ReadingAttempts,
  ) {}

  /** Does work on a kept file when it is its ledger's turn, within its time. */
  inTurn<T>(
    of: Omit<FileInTurn, 'signal'> & { readonly signal?: AbortSignal | undefined },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.attempts.take(of, work);
  }

  /**
   * Reads a file, and again for a reader who comes to use it and finds that what it was read by does
   * not stand any more; some times, then it is `changing`.
   */
  async *readings<Basis, Read>(
    { ledgerId, file, signal }: FileInTurn,
    reading: FileReading<Basis, Read>,
  ): AsyncGenerator<ReadFile<Basis, Read>> {
    for (let attempt = 1; attempt <= READINGS_MAX; attempt += 1) {
      const basis = await this.scope.read(ledgerId, reading.basis);
      const read = await untilAborted(signal, (one) => reading.read(basis, file, one));
      const stands = async (tx: LedgerTx): Promise<boolean> => {
        signal.throwIfAborted();
        return isDeepStrictEqual(await reading.basis(tx), basis);
      };
      yield { basis, read, stands };
    }
  }
}

/** Refusal of a file that was read by what never stood until it was used. */
export function changing(): DomainError {
  const detail = 'The records that the file is read by change all the time. Send it again.';
  return new DomainError('service.unavailable', { detail });
}
