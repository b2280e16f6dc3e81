import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { ConfigError } from '../config.js';

const FOR_OTHERS = 0o077;
const MOST_BYTES = 4_096;

/**
 * Reads the key that commands act with from the file of `MIZAN_KEY_FILE`. A file that others may
 * read is no secret any more, and is refused (LEDGER section 13: mode 0600).
 *
 * @returns The key's text.
 * @throws ConfigError when it cannot be read, is open to others, or is no small file.
 */
export function readKeyFile(path: string): string {
  const refuse = (what: string, cause?: unknown): ConfigError =>
    new ConfigError(`MIZAN_KEY_FILE ${what}`, { cause });
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw refuse('names a file that cannot be read.', error);
  }
  try {
    const { mode, size } = fstatSync(file);
    if (process.platform !== 'win32' && (mode & FOR_OTHERS) !== 0) {
      throw refuse(`names a file that others may read: chmod 600 it.`);
    }
    if (size > MOST_BYTES) throw refuse('names a file that is too long for a key.');
    return readFileSync(file, 'utf8').trim();
  } finally {
    closeSync(file);
  }
}
