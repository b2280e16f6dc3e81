import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DomainError } from '../../core/errors.js';

/**
 * Requires a place that a new file can be written to, before there is something to write. Nothing is
 * written over: a name that was mistyped may be of the only copy of something.
 *
 * @param pointer  Which argument names it: `/options/out`.
 * @throws DomainError `request.invalid`
 */
export function requirePlaceFor(pointer: string, file: string): void {
  const detail = faultOf(() => {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) return FAULTS.EISDIR!;
    if (there?.isFile() === true) return FAULTS.EEXIST!;
    if (file === '') return 'No file is named.';
    if (there === undefined && lstatSync(file, { throwIfNoEntry: false }) !== undefined)
      return 'It is a link that leads nowhere.';
    if (there === undefined && !statSync(dirname(file)).isDirectory()) return FAULTS.ENOTDIR!;
    accessSync(there === undefined ? dirname(file) : file, constants.W_OK);
    return null;
  });
  if (detail !== null) throw unwritable(pointer, file, detail);
}

/**
 * Requires a folder, made where it is not there, in which none of these files is yet.
 *
 * @throws DomainError `request.invalid`
 */
export function requireFolderFor(pointer: string, folder: string, names: readonly string[]): void {
  const detail = faultOf(() => {
    mkdirSync(folder, { recursive: true });
    return null;
  });
  if (detail !== null) throw unwritable(pointer, folder, detail);
  for (const name of names) requirePlaceFor(pointer, join(folder, name));
}

/**
 * Opens a new file. What came there since its place was looked at is not written over either.
 *
 * @param mode  Who may read it.
 * @throws DomainError `request.invalid`
 */
export function openNewFile(pointer: string, file: string, mode = 0o666): number {
  // A device or a pipe is there already, and is what was asked for.
  const isOther = statSync(file, { throwIfNoEntry: false })?.isFile() === false;
  let handle = 0;
  const detail = faultOf(() => {
    handle = openSync(file, isOther ? 'w' : 'wx', mode);
    return null;
  });
  if (detail !== null) throw unwritable(pointer, file, detail);
  return handle;
}

/**
 * Writes a text, or bytes, to a new file, whole or not at all.
 *
 * @throws DomainError `request.invalid`
 */
export function writeNewFile(pointer: string, file: string, content: string | Uint8Array): void {
  const handle = openNewFile(pointer, file);
  try {
    writeFileSync(handle, content);
  } catch (error) {
    // Half of a file under its name would be taken for the whole of it.
    removeNewFile(file);
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** Removes a file that was opened here and is not wanted after all; a device or a pipe stays. */
export function removeNewFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) rmSync(file, { force: true });
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder.',
  ENOTDIR: 'There is no such file or folder.',
  EEXIST: 'It is there already, and is not written over.',
  EISDIR: 'It is a folder.',
  ELOOP: 'Its links lead round in a circle.',
  ENAMETOOLONG: 'Its name is too long for a file.',
  EACCES: 'This user may not.',
  EPERM: 'This user may not.',
  EROFS: 'It is on a disk that is read only.',
};

/** What is wrong with a file, as a sentence: as it was looked at, or as the system says. */
export function faultOf(look: () => string | null): string | null {
  try {
    return look();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    return FAULTS[code] ?? `The system says ${code}.`;
  }
}

function unwritable(pointer: string, file: string, detail: string): DomainError {
  const fix = 'Name a new file in a folder that is there and may be written to.';
  return new DomainError('request.invalid', {
    errors: [{ pointer, rule: 'file.writable', detail: `${file}: ${detail}`, fix }],
  });
}
