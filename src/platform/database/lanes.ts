import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { logger } from '../logger.js';
import { TurnQueue } from '../turn-queue.js';
import { ownSettings, settle, targetOf } from './server/settled-client.js';

/** Token of the database that is served, as a URL. */
export const DATABASE_URL = Symbol('mizan database url');

/** Token of bounds that are other than ours, by lane; none outside tests. */
export const OTHER_BOUNDS = Symbol('mizan other bounds');

/** Bounds of one kind of work. Times in ms. */
export interface LaneBounds {
  /** Connections of its own: nobody else can take them. */
  readonly connectionsMax: number;
  /** How many wait before a connection, and how long; then it is "not now". */
  readonly waitingMax: number;
  readonly waitMs: number;
  /** How long one statement may take, wait for a lock, or be thought about within a transaction. */
  readonly statementMs: number;
  readonly lockMs: number;
  readonly idleMs: number;
  /** How long a new connection may take. */
  readonly connectMs: number;
}

/**
 * Kinds of work, each with connections of its own, so that none can use up another's: what waits for
 * a lock never stands in the way of who holds it and must tell how far it is, and health and keys are
 * looked up however busy the rest is.
 */
const LANES = {
  read: bounds(6, { waitingMax: 300, waitMs: 10_000, statementMs: 30_000, idleMs: 60_000 }),
  heavy: bounds(2, { waitingMax: 20, waitMs: 30_000, statementMs: 120_000, idleMs: 120_000 }),
  whole: bounds(1, { waitingMax: 20, waitMs: 60_000, statementMs: 600_000, idleMs: 300_000 }),
  write: bounds(6, { waitingMax: 300, waitMs: 30_000, statementMs: 120_000, idleMs: 120_000 }),
  progress: bounds(2, { waitingMax: 100, waitMs: 5_000, statementMs: 5_000, idleMs: 5_000 }),
  auth: bounds(2, { waitingMax: 500, waitMs: 5_000, statementMs: 5_000, idleMs: 5_000 }),
  health: bounds(1, { waitingMax: 20, waitMs: 2_000, statementMs: 2_000, idleMs: 2_000 }),
} as const;

function bounds(
  connectionsMax: number,
  given: Omit<LaneBounds, 'connectionsMax' | 'lockMs' | 'connectMs'>,
): LaneBounds {
  const lockMs = Math.min(given.waitMs, given.statementMs);
  return { connectionsMax, ...given, lockMs, connectMs: Math.min(5_000, given.waitMs) };
}

/** Name of a kind of work. */
export type LaneName = keyof typeof LANES;

/** Bounds that are other than ours, by lane. */
export type OtherBounds = Readonly<Partial<Record<LaneName, Partial<LaneBounds>>>>;

/**
 * Lanes that write nothing: what is asked goes out with the opening of the transaction, without waiting
 * for the answer to that. Where something is written, an opening that failed must be known first.
 */
export const READING: ReadonlySet<LaneName> = new Set<LaneName>(['read', 'heavy', 'whole']);

/** The server keeps its own time; this is for one that says nothing at all any more. */
const DEAF_AFTER_MS = 5_000;

/** Connections of one kind of work, behind a queue with bounds. */
export class Lane {
  private readonly turns: TurnQueue;
  private readonly pool: pg.Pool;
  private readonly role: string | null;
  readonly bounds: LaneBounds;

  constructor(name: LaneName, url: string, other: Partial<LaneBounds> = {}) {
    this.bounds = { ...LANES[name], ...other };
    const { connectionsMax, statementMs, connectMs } = this.bounds;
    const { connectionString, role } = targetOf(url);
    this.role = role;
    this.turns = new TurnQueue(connectionsMax, this.bounds);
    this.pool = new pg.Pool({
      connectionString,
      max: connectionsMax,
      keepAlive: true,
      idleTimeoutMillis: 30_000,
      pipeline: READING.has(name),
      connectionTimeoutMillis: connectMs,
      query_timeout: statementMs + DEAF_AFTER_MS,
    });
    // A connection that is lost while it is idle is made anew; one that is used tells who uses it.
    this.pool.on('error', ({ message }) => {
      // Of one that is being closed the server may still say so itself.
      if (!this.pool.ending) logger.warn({ lane: name, message }, 'connection lost');
    });
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** The statement that opens work of this kind: settings and bounds, until the transaction ends. */
  settling(more: Readonly<Record<string, string>> = {}): string {
    const { statementMs, lockMs, idleMs } = this.bounds;
    return settle({
      ...ownSettings(this.role),
      statement_timeout: `${statementMs}`,
      lock_timeout: `${lockMs}`,
      idle_in_transaction_session_timeout: `${idleMs}`,
      ...more,
    });
  }

  /**
   * Lends a connection when it is one's turn. It goes back as it was, or not at all: one that is in a
   * transaction still, or that does not answer, is closed.
   *
   * @throws DomainError `service.unavailable` when the queue is full or the wait was in vain.
   */
  lend<T>(work: (client: pg.PoolClient) => Promise<T>, waitMs = this.bounds.waitMs): Promise<T> {
    return this.turns.take(async () => {
      const client = await this.pool.connect();
      try {
        return await work(client);
      } finally {
        client.release(client.getTransactionStatus() !== 'I');
      }
    }, waitMs);
  }

  /**
   * Asks one thing in one message, in a transaction of its own that writes nothing.
   *
   * @param sql  One statement without parameters.
   */
  async ask<Row>(sql: string, settings: Readonly<Record<string, string>> = {}): Promise<Row[]> {
    const opening = this.settling({ ...settings, transaction_read_only: 'on' });
    // Several statements in a message have a result each.
    const answers: unknown = await this.lend((client) => client.query(`${opening}; ${sql}`));
    return (answers as pg.QueryResult[]).at(-1)!.rows as Row[];
  }

  /** Connections that are open, and those of them that nobody uses. */
  get counts(): { readonly total: number; readonly idle: number } {
    return { total: this.pool.totalCount, idle: this.pool.idleCount };
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

/** The lanes of this process. */
@Injectable()
export class Lanes implements OnApplicationShutdown {
  private readonly byName: Readonly<Record<LaneName, Lane>>;

  constructor(@Inject(DATABASE_URL) url: string, @Inject(OTHER_BOUNDS) others: OtherBounds) {
    const names = Object.keys(LANES) as LaneName[];
    const lanes = names.map((name) => [name, new Lane(name, url, others[name])]);
    this.byName = Object.fromEntries(lanes) as Record<LaneName, Lane>;
  }

  of(name: LaneName): Lane {
    return this.byName[name];
  }

  all(): readonly Lane[] {
    return Object.values(this.byName);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.all().map((lane) => lane.close()));
  }
}
