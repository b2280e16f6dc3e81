import { spawnSync, type SpawnSyncOptionsWithStringEncoding } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';

/**
 * One process, and not another one that was given its number later: a number is used again, a number
 * with its start is not.
 */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in words of this machine: boot and ticks on Linux, a date elsewhere. */
  readonly started: string;
}

const HAS_PROC = existsSync('/proc/self/stat');

/** The process that has this number now; null when none does, or only what is left of an ended one. */
export function processMark(pid: number): ProcessMark | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const started = HAS_PROC ? startedInProc(pid) : startedInPs(pid);
  return started === null ? null : { pid, started };
}

/** Whether this very process still runs. */
export function isRunning(mark: ProcessMark): boolean {
  return processMark(mark.pid)?.started === mark.started;
}

/** Sends a signal to this very process; to whoever has its number now, none. */
export function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): void {
  if (!isRunning(mark)) return;
  try {
    process.kill(mark.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What was called, with its arguments; empty when it cannot be read. */
export function commandOf(pid: number): readonly string[] {
  if (!HAS_PROC) return (ps(pid, 'command=') ?? '').split(' ').filter(Boolean);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

/** Mark of the folder that a process works in; null when it may not be seen. */
export function workingFolderOf(pid: number): string | null {
  if (HAS_PROC) return folderMark(`/proc/${pid}/cwd`);
  const { stdout } = spawnSync('lsof', ['-a', '-d', 'cwd', '-p', String(pid), '-Fn'], QUIET);
  const path = /^n(.*)$/m.exec(stdout ?? '')?.[1];
  return path === undefined ? null : folderMark(path);
}

/** A folder by what it is, not by how it is called: a copy has another mark, a renamed one the same. */
export function folderMark(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

const QUIET: SpawnSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  stdio: ['ignore', 'pipe', 'ignore'],
};

/** Fields 3 (state) and 22 (start, in ticks since boot) of proc_pid_stat(5). */
function startedInProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name, in brackets, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return isEnded(fields[0]!) ? null : `${bootId()}:${fields[19]}`;
  } catch {
    return null;
  }
}

function startedInPs(pid: number): string | null {
  const line = ps(pid, 'stat=,lstart=');
  const [, state, started] = /^(\S+)\s+(.+)$/.exec(line ?? '') ?? [];
  if (state === undefined || isEnded(state)) return null;
  return started!.replaceAll(/\s+/g, '_');
}

/** Ended, and only not yet asked for by its parent. */
const isEnded = (state: string): boolean => state.startsWith('Z') || state.startsWith('X');

function ps(pid: number, columns: string): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', columns, '-p', String(pid)], QUIET);
  return status === 0 ? stdout.trim() : null;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return 'boot';
  }
}
