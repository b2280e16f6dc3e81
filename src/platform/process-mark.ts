import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Parts of a mark between its dashes. */
export const MARK_PARTS = 3;

let own: string | undefined;

/**
 * Names this process among all that ever ran, where the system tells: the machine and its space of
 * process numbers, the number, and the tick at which it began. `place-pid-tick`.
 */
export function processMark(): string {
  own ??= `${place()}-${process.pid}-${tickOf(process.pid) ?? 0}`;
  return own;
}

/** Whether a process is known to have ended; one that cannot be asked about is not. */
export function hasEnded(mark: string): boolean {
  const [where, pid = '', tick] = mark.split('-');
  if (where !== place() || !existsSync('/proc/self/stat')) return false;
  return String(tickOf(Number(pid)) ?? 'none') !== tick;
}

function place(): string {
  let space = '';
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    space = `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // A system without these has one space of numbers.
  }
  return createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 12);
}

/** Clock ticks from the machine's start to the process's (proc(5), field 22); null for none. */
function tickOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return null;
  }
}
