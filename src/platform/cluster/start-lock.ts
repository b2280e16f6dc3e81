import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
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
    try {
      symlinkSync(own, file);
      return () => {
        if (contentOf(file) === own) rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const held = contentOf(file);
    if (held !== null && !isOtherMizan(readMark(held), dataDir)) setAside(file, held);
    else if (performance.now() > deadline) {
      throw new EmbeddedServerError(
        `Process ${held?.split(' ')[0] ?? '?'} has been starting or stopping the database of ` +
          `${dataDir} for ${withinMs / 1000} s. If it hangs, end it and try again.`,
      );
    } else await sleep(50);
  }
}

/** Takes away the lock of a process that is gone; one that was renewed in the meantime is put back. */
function setAside(file: string, held: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // Another process took it away first.
  }
  if (contentOf(aside) === held) {
    process.stderr.write(
      `Note: removed the stale lock of process ${held.split(' ')[0]} (${file}).\n`,
    );
  } else linkSync(aside, file);
  rmSync(aside, { force: true });
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
