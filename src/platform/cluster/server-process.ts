import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  commandOf,
  folderMark,
  type ProcessMark,
  processMark,
  workingFolderOf,
} from '../process-identity.js';

/** A server that runs on a cluster. */
export interface RunningServer extends ProcessMark {
  readonly kind: 'running';
  readonly port: number;
}

/** No server runs on a cluster. */
export interface NoServer {
  readonly kind: 'none';
  /**
   * The process that has the number in `postmaster.pid` and is proven to be another; null when there
   * is no such file or no such process.
   */
  readonly stranger: { readonly pid: number; readonly proof: string } | null;
}

/**
 * What runs on a cluster, by its `postmaster.pid`. The number in it is believed only where the process
 * that has it now is a PostgreSQL server which works in this very folder: not a stranger with a number
 * used again, not the server of the folder that this one was copied from, not a left-over session.
 */
export function serverOn(place: string): RunningServer | NoServer {
  const text = pidFile(place);
  if (text === null) return { kind: 'none', stranger: null };
  const [pid, , , port] = text.split('\n').map(Number) as [number, ...number[]];
  const mark = processMark(pid);
  if (mark === null) return { kind: 'none', stranger: null };
  const command = commandOf(pid);
  const folder = folderOf(pid, command);
  const isServer = /^postgres(\.exe)?$/.test(basename(command[0] ?? '')) && command.includes('-D');
  if (isServer && folder === folderMark(place)) return { kind: 'running', ...mark, port: port! };
  const proof =
    `process ${pid}, started ${mark.started}, is \`${command.join(' ') || 'a program'}\`` +
    `${isServer ? ' on another folder' : ''}`;
  return { kind: 'none', stranger: { pid, proof } };
}

/** The folder a server works in: where it stands, or, where that may not be seen, what it was told. */
function folderOf(pid: number, command: readonly string[]): string | null {
  const told = command[command.indexOf('-D') + 1];
  return workingFolderOf(pid) ?? (told === undefined ? null : folderMark(told));
}

function pidFile(place: string): string | null {
  try {
    return readFileSync(join(place, 'postmaster.pid'), 'utf8');
  } catch {
    return null;
  }
}
