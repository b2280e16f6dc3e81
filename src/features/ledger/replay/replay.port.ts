import type { EntityManager } from 'typeorm';
import type { EventType } from '../../../core/ledger/event.js';
import type { Fault } from '../../../core/ledger/verify.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/** Events whose rows stand in a register. */
export interface RowsOfEvents {
  readonly types: readonly EventType[];
  /** Column that names the event; `event_id` unless told. */
  readonly column?: string;
  /**
   * Which of these events, as SQL over `e` (the event) and `b` (its body): an event that it is not
   * true of has no row here. All of them unless told.
   */
  readonly where?: string;
  /** How many rows such an event has, as SQL over `e` and `b`; absent where its seal counts them. */
  readonly count?: string;
  /** Tables whose rows of the event come before these in `row_index`; absent without that column. */
  readonly rowsAfter?: readonly string[];
}

/**
 * What is known of every column of a table: nothing that a person sees is left out (LEDGER section
 * 19). `derived` holds SQL over `t` (the row), `e` (its event) and `b` (the event's body) for the
 * value that a column must have.
 */
export interface Register {
  readonly table: string;
  /** Null: the rows of events are found by another check, which folds them. */
  readonly of: RowsOfEvents | null;
  /** Columns in the bytes of sealed rows, or folded again from them by a check of the feature. */
  readonly sealed: readonly string[];
  readonly derived?: Readonly<Record<string, string>>;
  /** Columns that nothing proves, and why. */
  readonly notProven?: Readonly<Record<string, string>>;
  /** False for a table of work on its way, which no figure rests on: none of it is proven. */
  readonly isEvidence?: boolean;
  /** `recorded_at`: the instant of its event, to within what a transaction takes. */
  readonly isDated?: boolean;
  /** Whether rows may be destroyed by right: one that is gone is no fault (LEDGER section 12). */
  readonly isErasable?: boolean;
}

/** A register, or what is asked for it once the tables are known. */
export type RegisterSource = Register | ((tx: EntityManager) => Register);

/** Which event, and what its body says of its rows. */
export interface EventRef {
  readonly ledgerId: string;
  readonly eventId: string;
  /** Rows that its seal counts. */
  readonly rowCount: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Rebuilds the canonical rows that an event sealed, in row order, from the tables that hold them: at
 * once where an event has a few, page by page where it may have many.
 */
export type RowReader = (
  tx: LedgerTx,
  event: EventRef,
) => Promise<readonly string[]> | AsyncIterable<readonly string[]>;

/**
 * Checks that a projection is what its events make of it; null when it is. What it cannot prove, and
 * what it does not compute again, it notes in a sentence: that is no fault, and is never silent.
 */
export type ProjectionCheck = (tx: LedgerTx, note: (line: string) => void) => Promise<Fault | null>;

/** A file that a register names. */
export interface NamedFile {
  readonly sha256: string;
  /** What it is, for a person: `import 0198… (june.csv)`. */
  readonly what: string;
  readonly eventId: string;
}

/** Files that the registers of a feature name. */
export type FileLister = (tx: LedgerTx) => Promise<readonly NamedFile[]>;

/** What one service knows of the log, for it to be replayed. */
export interface Replayed {
  /** What is known of every column of its tables. */
  readonly tables?: readonly RegisterSource[];
  /** Who rebuilds the rows of events, by the `rows` domain that their body names. */
  readonly rows?: Readonly<Record<string, RowReader>>;
  /** What is checked after the log itself, in order. */
  readonly checks?: readonly ProjectionCheck[];
  /** Files that its registers name. */
  readonly files?: FileLister;
}

/** Who knows something of the log. */
export interface Replays {
  replayed(): Replayed;
}

/** Token of a function that gives all who know something of the log, in the order of their checks. */
export const REPLAYS = Symbol('REPLAYS');
