import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import type { ConstructorOptions, PgBoss } from 'pg-boss';
import ofBoss from 'pg-boss/package.json' with { type: 'json' };
import type { EntityManager } from 'typeorm';
import { DATABASE_URL } from '../database/lanes.js';
import { ownSettings, SettledClient, targetOf } from '../database/server/settled-client.js';
import { writerHasEnded, writerMark } from '../files/writer-mark.js';
import { logger } from '../logger.js';
import { QUEUE_SCHEMA } from './schema.js';

const NAMES = ['import-intervals', 'verify-ledger', 'attest'] as const;
/** Name of a queue. */
export type QueueName = (typeof NAMES)[number];

/**
 * What a job carries: ids only. Everything else is read when it is done. In the queue stands beside them, as `by`,
 * the mark of the process that is at it (`writerMark`).
 */
export interface JobIds {
  readonly ledgerId: string;
  readonly jobId: string;
}

/** Does one job. Doing it twice must be harmless: "once" is a promise about delivery. */
export type JobHandler = (ids: JobIds) => Promise<void>;

const QUEUE_OPTIONS = {
  heartbeatSeconds: 30,
  // The longest that the queue knows: a job that is at work is not begun a second time beside itself. One whose process
  // is gone is known by its silence, long before.
  expireInSeconds: 24 * 3_600,
  retryLimit: 5,
  retryDelay: 5,
  retryBackoff: true,
  // The default removes what has waited two weeks; nothing that was accepted may be lost.
  retentionSeconds: 366 * 86_400,
  deleteAfterSeconds: 7 * 86_400,
  // Workers of other processes are woken when the transaction that hands a job over commits.
  notify: true,
};

/** How many jobs of a queue are done at once. */
interface AtOnce {
  /** By a process. */
  readonly atATime: number;
  /** Of one ledger, by all processes: none holds up all others. */
  readonly ofALedger: number;
}

const AT_ONCE: Readonly<Record<QueueName, AtOnce>> = {
  'import-intervals': { atATime: 6, ofALedger: 3 },
  // Each reads all of a ledger, through one connection.
  'verify-ledger': { atATime: 1, ofALedger: 1 },
  attest: { atATime: 1, ofALedger: 1 },
};

/** The net below being woken: a wake-up may be lost with its connection. */
const POLLING = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 5 } as const;

/** A process at a job says so three times before it is thought to be gone. */
const SILENT_S = 15;
const BEAT_S = SILENT_S / 3;

/**
 * Makes or updates the queue's tables, and lets the role that serves use them.
 *
 * @param ownerUrl  Connection in the role `mizan_owner`.
 */
export async function prepareQueue(ownerUrl: string): Promise<void> {
  const boss = await newBoss({
    ...connectionOf(ownerUrl),
    schema: QUEUE_SCHEMA,
    max: 1,
    supervise: false,
    schedule: false,
    createSchema: false,
  });
  boss.on('error', (error) => logger.warn({ err: error }, 'queue'));
  try {
    await boss.start();
    for (const name of NAMES) {
      const known = await boss.getQueue(name);
      if (known === null) await boss.createQueue(name, QUEUE_OPTIONS);
      else await boss.updateQueue(name, QUEUE_OPTIONS);
    }
  } finally {
    // Whoever tries again begins another.
    await boss.stop({ graceful: false });
  }
  const client = new SettledClient(connectionOf(ownerUrl));
  await client.connect();
  try {
    await client.query(`
      GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO mizan_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO mizan_app;
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO mizan_app;
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO mizan_app`);
  } finally {
    await client.end();
  }
}

/**
 * Whether `prepareQueue` has nothing to do: tables of this version, every queue as it is to be, and the rights on them.
 *
 * @param client  In a transaction of the role `mizan_owner`.
 */
export async function isQueuePrepared(client: pg.Client): Promise<boolean> {
  const { rows: schemas } = await client.query<{ is_there: boolean }>(
    `SELECT to_regclass('${QUEUE_SCHEMA}.queue') IS NOT NULL
       AND to_regclass('${QUEUE_SCHEMA}.version') IS NOT NULL AS is_there`,
  );
  if (!schemas[0]!.is_there) return false;
  // What is asked next is asked in words of this version alone.
  const { rows: versions } = await client.query<{ version: number }>(
    `SELECT version FROM ${QUEUE_SCHEMA}.version`,
  );
  if (versions.length !== 1 || versions[0]!.version !== ofBoss.pgboss.schema) return false;
  const { rows } = await client.query<{ is_prepared: boolean }>(
    `SELECT (SELECT count(*) FROM ${QUEUE_SCHEMA}.queue WHERE name = ANY ($1) AND notify
         AND (heartbeat_seconds, expire_seconds, retry_limit, retry_delay, retention_seconds, deletion_seconds)
           = ($2, $3, $4, $5, $6, $7) AND retry_backoff) = cardinality($1)
       AND has_schema_privilege('mizan_app', '${QUEUE_SCHEMA}', 'USAGE')
       AND NOT EXISTS (
         SELECT FROM pg_class c WHERE c.relnamespace = '${QUEUE_SCHEMA}'::regnamespace AND NOT CASE
           WHEN c.relkind IN ('r', 'p') THEN has_table_privilege('mizan_app', c.oid, 'SELECT')
             AND has_table_privilege('mizan_app', c.oid, 'INSERT')
             AND has_table_privilege('mizan_app', c.oid, 'UPDATE')
             AND has_table_privilege('mizan_app', c.oid, 'DELETE')
           WHEN c.relkind = 'S' THEN has_sequence_privilege('mizan_app', c.oid, 'USAGE')
           ELSE true END)
       AND NOT EXISTS (
         SELECT FROM pg_proc p WHERE p.pronamespace = '${QUEUE_SCHEMA}'::regnamespace
           AND NOT has_function_privilege('mizan_app', p.oid, 'EXECUTE')) AS is_prepared`,
    [
      NAMES,
      QUEUE_OPTIONS.heartbeatSeconds,
      QUEUE_OPTIONS.expireInSeconds,
      QUEUE_OPTIONS.retryLimit,
      QUEUE_OPTIONS.retryDelay,
      QUEUE_OPTIONS.retentionSeconds,
      QUEUE_OPTIONS.deleteAfterSeconds,
    ],
  );
  return rows[0]!.is_prepared;
}

/** Loaded by who hands jobs over or does them: most commands do neither. */
async function newBoss(options: ConstructorOptions): Promise<PgBoss> {
  const { PgBoss: Boss } = await import('pg-boss');
  return new Boss(options);
}

/** How the queue comes to its database; its own driver makes the connections, of our kind. */
function connectionOf(url: string) {
  const { connectionString, role } = targetOf(url);
  return {
    connectionString,
    settings: ownSettings(role),
    Client: SettledClient,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  };
}

const STOP_WITHIN_MS = 3_000;

/** Durable jobs in the same database: handed over in the caller's transaction, done by a worker. */
@Injectable()
export class Queue implements BeforeApplicationShutdown {
  private readonly handlers = new Map<QueueName, JobHandler>();
  private readonly workers = new Map<QueueName, string[]>();
  private boss: Promise<PgBoss> | null = null;
  /** Jobs that this process is at, by the queue's own ids. */
  private readonly inHand = new Set<string>();
  private looking: NodeJS.Timeout | undefined;

  constructor(@Inject(DATABASE_URL) private readonly url: string) {}

  /** Says who does the jobs of a queue. */
  handle(name: QueueName, handler: JobHandler): void {
    this.handlers.set(name, handler);
  }

  /** Connects to the queue: before a transaction hands a job over, not within it. */
  async ready(): Promise<void> {
    await this.started();
  }

  /** Hands a job over: it is there when `tx` commits, and never was when it does not. */
  async send(tx: EntityManager, name: QueueName, ids: JobIds): Promise<void> {
    const boss = await this.started();
    const db = {
      executeSql: async (text: string, values?: unknown[]) => ({
        rows: await tx.query<unknown[]>(text, values as never),
      }),
    };
    await boss.send(name, { ...ids }, { db, group: { id: ids.ledgerId } });
  }

  /** Wakes this process's workers, once the transaction that handed a job over has committed. */
  wake(name: QueueName): void {
    void this.boss
      ?.then((boss) => {
        for (const worker of this.workers.get(name) ?? []) boss.notifyWorker(worker);
      })
      .catch(() => {});
  }

  /** Whether a job waits or is done: whether the queue will come to it, or has it in hand. */
  async has(name: QueueName, { ledgerId, jobId }: JobIds): Promise<boolean> {
    const boss = await this.started();
    const found = await boss.findJobs<JobIds>(name, { data: { ledgerId, jobId } });
    return found.some(({ state }) => ['created', 'retry', 'active'].includes(state));
  }

  /**
   * Starts doing jobs in this process, those too that a process which is gone had begun. May be called
   * again after it failed.
   */
  async work(): Promise<void> {
    const boss = await this.started();
    for (const [name, handler] of this.handlers) {
      if (this.workers.has(name)) continue;
      const workers: string[] = [];
      this.workers.set(name, workers);
      const { atATime, ofALedger } = AT_ONCE[name];
      for (let count = 0; count < atATime; count += 1) {
        const how = { ...POLLING, batchSize: 1, groupConcurrency: ofALedger };
        const beating = { ...how, heartbeatRefreshSeconds: BEAT_S };
        const worker = await boss.work<JobIds>(name, beating, async ([job]) => {
          if (job === undefined) return;
          this.inHand.add(job.id);
          try {
            await boss.getDb().executeSql(
              `UPDATE ${QUEUE_SCHEMA}.job SET data = data || jsonb_build_object('by', $1::text)
               WHERE name = $2 AND id = $3`,
              [writerMark(), name, job.id],
            );
            await handler(job.data);
          } finally {
            this.inHand.delete(job.id);
            // One that has done a job looks for the next at once, and so do those that stood back.
            this.wake(name);
          }
        });
        workers.push(worker);
      }
    }
    await this.takeBack(boss);
    this.looking ??= setInterval(() => {
      this.takeBack(boss).catch((error: unknown) => {
        logger.debug({ err: error }, 'no look at the jobs that were left');
      });
    }, BEAT_S * 1_000).unref();
  }

  /**
   * Lets jobs be begun again whose process is gone: at once where it ran on this machine, elsewhere when it has said
   * nothing for a while. One that is alive keeps its jobs, however often others start beside it; where it was only
   * silent, both do the same, and the second finds it done.
   */
  private async takeBack(boss: PgBoss): Promise<void> {
    const ask = (sql: string, values: unknown[]) => boss.getDb().executeSql(sql, values);
    for (const name of this.workers.keys()) {
      const { rows: begun } = await ask(
        `SELECT DISTINCT data->>'by' AS by FROM ${QUEUE_SCHEMA}.job
         WHERE name = $1 AND state = 'active' AND data->>'by' IS NOT NULL`,
        [name],
      );
      const gone = (begun as { readonly by: string }[])
        .map(({ by }) => by)
        .filter((by) => writerHasEnded(by));
      const { rows } = await ask(
        `UPDATE ${QUEUE_SCHEMA}.job
         SET state = 'retry', start_after = ${QUEUE_SCHEMA}.job_now(), data = data - 'by'
         WHERE name = $1 AND state = 'active' AND NOT id = ANY ($3::uuid[]) AND (data->>'by' = ANY ($4)
           OR coalesce(heartbeat_on, started_on) < ${QUEUE_SCHEMA}.job_now() - make_interval(secs => $2))
         RETURNING data`,
        [name, SILENT_S, [...this.inHand], gone],
      );
      for (const { data } of rows as { readonly data: JobIds }[]) {
        logger.info({ ...data }, 'a job that was left is begun again');
      }
      if (rows.length > 0) this.wake(name);
    }
  }

  /** Ends before the connections that jobs use. */
  async beforeApplicationShutdown(): Promise<void> {
    const boss = this.boss;
    this.boss = null;
    clearInterval(this.looking);
    // What is not done by then is begun again by the next process.
    await (await boss?.catch(() => null))?.stop({ graceful: true, timeout: STOP_WITHIN_MS });
  }

  private started(): Promise<PgBoss> {
    this.boss ??= (async () => {
      const boss = await newBoss({
        ...connectionOf(this.url),
        schema: QUEUE_SCHEMA,
        max: 4,
        migrate: false,
        createSchema: false,
        schedule: false,
        useListenNotify: true,
        superviseIntervalSeconds: 15,
        monitorIntervalSeconds: 15,
        reindex: false,
      });
      boss.on('error', (error) => logger.warn({ err: error }, 'queue'));
      boss.on('warning', (warning) => logger.debug({ warning }, 'queue'));
      try {
        return await boss.start();
      } catch (error) {
        // The next who asks tries again: the database may be back by then.
        this.boss = null;
        await boss.stop({ graceful: false }).catch(() => {});
        throw error;
      }
    })();
    return this.boss;
  }
}
