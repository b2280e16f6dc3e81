import type { Fault } from '../../core/ledger/verify.js';

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
