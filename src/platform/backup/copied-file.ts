import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { syncFolder } from '../cluster/durable-file.js';

/** What bytes are: how many, and which. */
export interface Bytes {
  readonly byteCount: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A file below a folder, by its path from there. */
export interface Found {
  readonly path: string;
  readonly isFolder: boolean;
}

const PIECE_BYTES = 1024 * 1024;

/**
 * Copies a file for its owner alone to read, and gives what was written; when it is on the disk is
 * another matter (`syncTree`).
 *
 * @returns Null where there is no such file: a server that runs removes some.
 */
export async function copyFile(
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<Bytes | null> {
  const source = openOrNull(from);
  if (source === null) return null;
  try {
    const target = openSync(to, 'wx', 0o600);
    try {
      return await digest(source, { target, signal });
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** What a file holds; null where there is none. */
export async function bytesOf(file: string, signal?: AbortSignal): Promise<Bytes | null> {
  const source = openOrNull(file);
  if (source === null) return null;
  try {
    return await digest(source, { target: null, signal });
  } finally {
    closeSync(source);
  }
}

/** A cluster has a thousand small files and a few large ones: pieces, and others' turn in between. */
async function digest(
  source: number,
  { target, signal }: { readonly target: number | null; readonly signal: AbortSignal | undefined },
): Promise<Bytes> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let byteCount = 0;
  for (;;) {
    signal?.throwIfAborted();
    const read = readSync(source, piece, 0, PIECE_BYTES, null);
    if (read === 0) break;
    const bytes = piece.subarray(0, read);
    hash.update(bytes);
    for (let done = 0; target !== null && done < read;) {
      done += writeSync(target, bytes, done, read - done);
    }
    byteCount += read;
    await turn();
  }
  return { byteCount, sha256: hash.digest('hex') };
}

function openOrNull(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Makes all that lies below a folder durable, and the folder. At once for all: a system that has
 * written one file back has mostly written its neighbours.
 */
export async function syncTree(root: string): Promise<void> {
  const found = await filesBelow(root);
  for (const { path, isFolder } of [...found].reverse()) {
    if (isFolder) syncFolder(join(root, path));
    else {
      const handle = openSync(join(root, path), 'r');
      try {
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
    }
    await turn();
  }
  syncFolder(root);
}

/**
 * All that lies below a folder, folders before what is in them, in one order. Links are followed: a
 * copy stands for itself. What a running server removes meanwhile is not there.
 *
 * @param isLeftOut  Of a path: that it, and what is below it, is not wanted.
 */
export async function filesBelow(
  root: string,
  isLeftOut: (path: string) => boolean = () => false,
  below = '',
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const names = await ignoreGone(readdir(join(root, below)));
  for (const name of [...(names ?? [])].sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    if (isLeftOut(path)) continue;
    const seen = await ignoreGone(stat(join(root, path)));
    if (seen === null) continue;
    found.push({ path, isFolder: seen.isDirectory() });
    if (seen.isDirectory()) found.push(...(await filesBelow(root, isLeftOut, path)));
  }
  return found;
}

async function ignoreGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
