import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { processMark } from '../process-identity.js';

/** Parts of a mark between its dashes. */
export const MARK_PARTS = 3;

let own: string | undefined;

/**
 * Names this process for a file that it writes, among all that ever ran: `place-pid-start`. The place
 * is the machine and its space of process numbers: from another, whether a process runs cannot be told.
 */
export function writerMark(): string {
  own ??= `${place()}-${process.pid}-${startOf(process.pid)}`;
  return own;
}

/** Whether the process of a mark is known to have ended; one that cannot be asked about is not. */
export function writerHasEnded(mark: string): boolean {
  const [where, pid = '', start] = mark.split('-');
  return where === place() && startOf(Number(pid)) !== start;
}

function startOf(pid: number): string {
  const mark = processMark(pid);
  return mark === null ? 'ended' : short(mark.started);
}

function place(): string {
  let space = '';
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    space = `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // A system without these has one space of numbers.
  }
  return short(`${hostname()} ${space}`);
}

const short = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);
