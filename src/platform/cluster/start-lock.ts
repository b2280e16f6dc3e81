import { readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedServerError } from './embedded-server-error.js';
import { isOtherMizan, readMark, writtenMark } from './users.js';

const WITHIN_MS = 30_000;

/**
 * One process at a time makes, starts or stops the server of a data directory.
 *
 * The lock is a symbolic link that points to who holds it: made whole or not at all, and it needs no
 * room on a disk that is full.
 *
 * @param withinMs  How long to wait for whoever holds it.
 * @returns How to let it go.
 * @throws EmbeddedServerError when it was not free within that time; whatever `signal` says.
 */
export async function takeStartLock(
  dataDir: string,
  {
    withinMs = WITHIN_MS,
    signal,
  }: { readonly withinMs?: number; readonly signal?: AbortSignal } = {},
): Promise<() => void> {
  const file = join(dataDir, 'postgres.lock');
  const own = writtenMark(dataDir);
  const deadline = performance.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    if (make(file, own)) {
      return () => {
        if (contentOf(file) === own) rmSync(file, { force: true });
      };
    }
    const held = contentOf(file);
    const isGone = (mark: string): boolean => !isOtherMizan(readMark(mark), dataDir);
    if (held !== null && isGone(held) && takeAway(file, { held, own, isGone })) continue;
    if (performance.now() > deadline) {
      throw new EmbeddedServerError(
        `Process ${held?.split(' ')[0] ?? '?'} has been starting or stopping the database of ` +
          `${dataDir} for ${withinMs / 1000} s. If it hangs, end it and try again.`,
      );
    }
    await sleep(50);
  }
}

/** Makes a link that says who made it; false where there is one. */
function make(file: string, own: string): boolean {
  try {
    symlinkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Takes away the lock of a process that is gone. One process at a time looks whether it still is that
 * lock and takes it away: of two that did so at once, the second would take the lock that a third has
 * made since.
 *
 * @returns false where another process is at it.
 */
function takeAway(
  file: string,
  of: {
    readonly held: string;
    readonly own: string;
    readonly isGone: (mark: string) => boolean;
  },
): boolean {
  const turn = `${file}.away`;
  if (!make(turn, of.own)) {
    const taker = contentOf(turn);
    // Killed between two lines of this; the next look finds whose turn it is.
    if (taker !== null && of.isGone(taker)) rmSync(turn, { force: true });
    return false;
  }
  try {
    if (contentOf(file) === of.held) {
      rmSync(file, { force: true });
      process.stderr.write(
        `Note: removed the stale lock of process ${of.held.split(' ')[0]} (${file}).\n`,
      );
    }
    return true;
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Who holds the lock; null when it was let go in between. Earlier versions wrote a file. */
function contentOf(file: string): string | null {
  for (const read of [() => readlinkSync(file), () => readFileSync(file, 'utf8')]) {
    try {
      return read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    }
  }
  return null;
}
