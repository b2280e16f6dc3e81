import {
  closeSync,
  copyFileSync,
  fchmodSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { logger } from '../logger.js';

const LIMIT_BYTES = 10 * 1024 * 1024;
const KEPT = 2;

/** Where the server writes what happens to it. */
export const serverLog = (dataDir: string): string => join(dataDir, 'postgres.log');

/** Opens the log to go on writing: what an earlier server said last is what one wants to read. */
export function openServerLog(dataDir: string): number {
  rotateServerLog(dataDir);
  const handle = openSync(serverLog(dataDir), 'a', 0o640);
  fchmodSync(handle, 0o640);
  return handle;
}

let trouble: string | null = null;

/**
 * Keeps the log bounded: above 10 MiB it is copied to `postgres.log.1` and begun anew. The server
 * writes on in the same file, at its new end. Where that cannot be done, for want of room or of
 * rights, it waits until it can: a database serves all the same. Said once for each reason.
 */
export function rotateServerLog(dataDir: string): void {
  try {
    rotate(serverLog(dataDir));
    trouble = null;
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code !== trouble) logger.warn({ err: error }, 'the log of the database is not bounded now');
    trouble = code;
  }
}

function rotate(file: string): void {
  if (sizeOf(file) <= LIMIT_BYTES) return;
  for (let kept = KEPT; kept > 1; kept -= 1) {
    if (sizeOf(`${file}.${kept - 1}`) > 0) renameSync(`${file}.${kept - 1}`, `${file}.${kept}`);
  }
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** The end of what was written from a position on. */
export function serverLogSince(dataDir: string, fromBytes: number, atMostBytes = 800): string {
  const size = sizeOf(serverLog(dataDir));
  const from = Math.max(Math.min(fromBytes, size), size - atMostBytes);
  if (size === from) return '';
  const handle = openSync(serverLog(dataDir), 'r');
  try {
    const bytes = Buffer.alloc(size - from);
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from)).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

/** How long the log is now. */
export const serverLogBytes = (dataDir: string): number => sizeOf(serverLog(dataDir));

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
