import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  commandOf,
  folderMark,
  isRunning,
  type ProcessMark,
  processMark,
} from '../process-identity.js';

/** Who wrote a file of the data folder: a process, on a folder. A copied folder has other marks. */
interface WrittenMark extends Partial<ProcessMark> {
  readonly pid: number;
  readonly folder?: string;
}

/** This process on this data folder, as text. */
export function writtenMark(dataDir: string): string {
  const { pid, started } = processMark(process.pid)!;
  return `${pid} ${started} ${folderMark(dataDir)}`;
}

/** Reads what `writtenMark` wrote; earlier versions wrote the process number alone. */
export function readMark(text: string): WrittenMark {
  const [pid, started, folder] = text.trim().split(' ');
  if (started === undefined || folder === undefined) return { pid: Number(pid) };
  return { pid: Number(pid), started, folder };
}

/**
 * Whether who wrote this runs, is one of ours and means this folder. A bare number of an earlier
 * version is believed only where the process that has it now is called as one of ours.
 */
export function isOtherMizan({ pid, started, folder }: WrittenMark, dataDir: string): boolean {
  if (started !== undefined) {
    return folder === folderMark(dataDir) && isRunning({ pid, started });
  }
  if (pid === process.pid || processMark(pid) === null) return false;
  return /\b(mizan|main\.js|cli\.js)\b/.test(commandOf(pid).slice(0, 4).join(' '));
}

const usersDir = (dataDir: string): string => join(dataDir, 'postgres.users');
const ownFile = (dataDir: string): string => join(usersDir(dataDir), String(process.pid));

/** Says that this process uses the server. */
export function enterUser(dataDir: string): void {
  mkdirSync(usersDir(dataDir), { recursive: true });
  writeFileSync(ownFile(dataDir), writtenMark(dataDir));
}

/** Says that this process no longer uses the server. */
export function removeUser(dataDir: string): void {
  rmSync(ownFile(dataDir), { force: true });
}

/** Whether another process that runs uses the server; forgets those that are gone. */
export function hasOtherUsers(dataDir: string): boolean {
  let hasOthers = false;
  for (const name of namesIn(usersDir(dataDir))) {
    if (name === String(process.pid)) continue;
    const file = join(usersDir(dataDir), name);
    const text = readOrNull(file);
    if (text === null) continue;
    if (isOtherMizan(readMark(text === '' ? name : text), dataDir)) hasOthers = true;
    else rmSync(file, { force: true });
  }
  return hasOthers;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
