import type { Fault, Link } from '../../../core/ledger/verify.js';

/** Where an earlier verification ended, and how many rows it had found until there. */
export interface VerifiedHead {
  /** Events, at least one. */
  readonly size: number;
  /** Lower-case hex. */
  readonly chainHash: string;
  readonly rowCount: number;
}

/** How far a verification is. */
export interface Checked {
  readonly eventCount: number;
  readonly rowCount: number;
}

/** What to verify, and who hears how far it is. */
export interface HowToVerify {
  /** Whether the kept files are hashed again as well. */
  readonly hasFiles?: boolean;
  /** Events up to here are not hashed again; null = all are. */
  readonly from?: VerifiedHead | null;
  readonly hear?: (checked: Checked) => Promise<void>;
}

/** Result of replaying a log. */
export interface Verification {
  readonly ledgerId: string;
  readonly eventCount: number;
  readonly rowCount: number;
  /** Lower-case hex. */
  readonly chainHash: string;
  /** The first thing found wrong. */
  readonly fault: Fault | null;
  /** The first things found wrong, at most `FAULTS_MAX`. */
  readonly faults: readonly Fault[];
  /** What was not proven or not computed again, in sentences. */
  readonly notes: readonly string[];
  /** Kept files that were hashed again; null when none were asked for. */
  readonly fileCount: number | null;
  /** Whether everything was hashed from the first event on. */
  readonly full: boolean;
  /** What was hashed now; the rest rests on an earlier verification. */
  readonly checked: Checked;
}

/** How many faults are looked for, and told. */
export const FAULTS_MAX = 20;

/** Nothing is hashed yet. */
export const NOTHING: Checked = { eventCount: 0, rowCount: 0 };

/** What one verification has found so far. */
export interface Finding {
  readonly faults: Fault[];
  readonly notes: string[];
  /** Events and rows before those that are hashed now; `NOTHING` where all are. */
  before: Checked;
  eventCount: number;
  rowCount: number;
  link: Link;
}

/** What a verification found, told; `fileCount` null where no file was hashed. */
export function verificationOf(
  ledgerId: string,
  { faults, notes, eventCount, rowCount, before, link }: Finding,
  fileCount: number | null,
): Verification {
  return {
    ledgerId,
    eventCount: link.seq + 1,
    rowCount: before.rowCount + rowCount,
    chainHash: Buffer.from(link.chainHash).toString('hex'),
    fault: faults[0] ?? null,
    faults: faults.slice(0, FAULTS_MAX),
    notes,
    fileCount,
    full: before === NOTHING,
    checked: { eventCount, rowCount },
  };
}
