import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a whole file or none: aside, synced, renamed, and the folder synced. Whoever is killed in
 * between leaves the file as it was. One writer at a time (the start lock).
 *
 * @param mode  Permissions of the file; only its owner may read it unless told otherwise.
 */
export function writeDurably(file: string, text: string | Uint8Array, mode = 0o600): void {
  const aside = `${file}.writing`;
  try {
    const handle = openSync(aside, 'w', mode);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

/** Makes names that were added to or removed from a folder durable. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
