import type { Actor } from './roles.js';

/** A request by which somebody read, once it was answered. */
export interface HeardRead {
  readonly actor: Actor;
  /** Id of the request; of a command one of its own. */
  readonly readId: string;
  /** Template of the route, or the command: `GET /v1/statements/:statementId`, `mizan trace`. */
  readonly route: string;
  /** As it was asked for, with its ids. */
  readonly path: string;
  /** What stood after the question mark; null without one. */
  readonly query: string | null;
  /** Of the answer; null at the terminal. */
  readonly status: number | null;
}

/** Who keeps what is read. */
export interface ReadListener {
  /** Hears of a read, and neither waits nor throws: whoever reads is not held up. */
  heard(read: HeardRead): void;
}

/** Token of the listener. */
export const READ_LISTENER = Symbol('mizan read listener');
