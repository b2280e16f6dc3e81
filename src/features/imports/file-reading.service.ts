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

/** What is done with a file that was read. */
export interface Doing<Basis, Read, T> {
  /** What is known before it is read, so that it need not be; null = nothing. */
  readonly known: (tx: LedgerTx, basis: Basis) => Promise<T | null>;
  /** Opens the transaction that the work is done in. */
  readonly inside: (work: (tx: LedgerTx) => Promise<T>) => Promise<T>;
  readonly work: (tx: LedgerTx, read: Read, basis: Basis) => Promise<T>;
}

/** What a file was read by is not what it was any more. */
class Changed extends Error {}

/** How often a file is read when what its reading leans on changes meanwhile. */
const READINGS_MAX = 3;

/** A file that is compared in a moment. */
const LITTLE_BYTES = 1_048_576;

/** Reads files outside any transaction, and lets work be done that finds the ledger as it was then. */
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
   * Reads a file, then does work in one transaction; where what it was read from has changed meanwhile,
   * it is read again.
   *
   * @throws DomainError `service.unavailable` when that changes all the time
   */
  async readThen<Basis, Read, T>(
    { ledgerId, file, signal }: FileInTurn,
    { basis: load, read: reading }: FileReading<Basis, Read>,
    { known, inside, work }: Doing<Basis, Read, T>,
  ): Promise<T> {
    for (let attempt = 1; attempt <= READINGS_MAX; attempt += 1) {
      const before = await this.scope.read(ledgerId, async (tx) => {
        const basis = await load(tx);
        return { basis, known: await known(tx, basis) };
      });
      if (before.known !== null) return before.known;
      const read = await untilAborted(signal, (one) => reading(before.basis, file, one));
      try {
        return await inside(async (tx) => {
          signal.throwIfAborted();
          const basis = await load(tx);
          // Thrown, so that the transaction and its locks end before the file is read again.
          if (!isDeepStrictEqual(basis, before.basis)) throw new Changed();
          return work(tx, read, basis);
        });
      } catch (error) {
        if (!(error instanceof Changed)) throw error;
      }
    }
    const detail = 'The records that the file is read by change all the time. Send it again.';
    throw new DomainError('service.unavailable', { detail });
  }

  /**
   * Reads a file and looks at what it would do, with nothing written. What is long is compared through
   * a connection among those of long readings: others who read a little go on meanwhile.
   */
  readToLook<Basis, Read, T>(
    of: FileInTurn,
    reading: FileReading<Basis, Read>,
    look: Doing<Basis, Read, T>['work'],
  ): Promise<T> {
    const { ledgerId, file } = of;
    const lane = file.byteCount <= LITTLE_BYTES ? 'read' : 'readHeavy';
    return this.readThen(of, reading, {
      known: () => Promise.resolve(null),
      inside: (work) => this.scope[lane](ledgerId, work),
      work: look,
    });
  }
}
