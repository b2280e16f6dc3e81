import { escapeLiteral } from 'pg';

/** What is written, and how one waits for it. */
export interface WriteTarget {
  readonly ledgerId: string;
  /**
   * Name whose takers go one after the other: here before they take a connection, and among processes
   * by a lock on the name. A row lock would not do: before the first row there is nothing to lock.
   */
  readonly lock?: string;
  /** How long at most to wait, for a turn and for locks; 30 s unless told. */
  readonly waitMs?: number;
}

/** The statement that takes the lock of a place; null where there is none. */
export function lockOf({ ledgerId, lock }: WriteTarget): string | null {
  if (lock === undefined) return null;
  const name = escapeLiteral(`${ledgerId} ${lock}`);
  return `SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}
