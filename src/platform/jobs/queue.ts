import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { DATABASE_URL } from '../database/lanes.js';
import { ownSettings, SettledClient, targetOf } from '../database/settled-client.js';
import { logger } from '../logger.js';
import { QUEUE_SCHEMA } from './schema.js';

const NAMES = ['import-intervals'] as const;
/** Name of a queue. */
export type QueueName = (typeof NAMES)[number];

/** What a job carries: ids only. Everything else is read when it is done. */
export interface JobIds {
  readonly ledgerId: string;
  readonly jobId: string;
}

/** Does one job. Doing it twice must be harmless: "once" is a promise about delivery. */
export type JobHandler = (ids: JobIds) => Promise<void>;

const QUEUE_OPTIONS = {
  heartbeatSeconds: 30,
  expireInSeconds: 3_600,
  retryLimit: 5,
  retryDelay: 5,
  retryBackoff: true,
  // The default removes what has waited two weeks; nothing that was accepted may be lost.
  retentionSeconds: 366 * 86_400,
  deleteAfterSeconds: 7 * 86_400,
};

/**
 * Makes or updates the queue's tables, and lets the role that serves use them.
 *
 * @param ownerUrl  Connection in the role `mizan_owner`.
 */
export async function prepareQueue(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({
    ...{ ...connectionOf(ownerUrl), schema: QUEUE_SCHEMA, max: 1 },
    ...{ supervise: false, schedule: false, createSchema: false },
  });
  boss.on('error', (error) => logger.warn({ err: error }, 'queue'));
  await boss.start();
  for (const name of NAMES) {
    const known = await boss.getQueue(name);
    if (known === null) await boss.createQueue(name, QUEUE_OPTIONS);
  }
  await boss.stop({ graceful: false });
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

/** How the queue comes to its database; its own driver makes the connections, of our kind. */
function connectionOf(url: string) {
  const { connectionString, role } = targetOf(url);
  return {
    ...{ connectionString, settings: ownSettings(role), Client: SettledClient },
    ...{ connectionTimeoutMillis: 5_000, keepAlive: true },
  };
}

/** Durable jobs in the same database: handed over in the caller's transaction, done by a worker. */
@Injectable()
export class Queue implements BeforeApplicationShutdown {
  private readonly handlers = new Map<QueueName, JobHandler>();
  private boss: Promise<PgBoss> | null = null;

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
    await boss.send(name, { ...ids }, { db });
  }

  /**
   * Starts doing jobs in this process. What a process that was killed had begun is begun again at
   * once, and not only when its heartbeat is missed. Where that process is alive after all, both do
   * the same, one after the other, and the second finds it done.
   */
  async work(): Promise<void> {
    const boss = await this.started();
    for (const [name, handler] of this.handlers) {
      const left = await boss.findJobs<JobIds>(name, { limit: 1_000 });
      for (const { data } of left.filter(({ state }) => state === 'active')) {
        void handler(data).catch((error: unknown) => {
          logger.warn({ err: error, ...data }, 'a job that was left does not go on');
        });
      }
      const polling = { pollingIntervalSeconds: 0.5, batchSize: 1 };
      await boss.work<JobIds>(name, polling, async ([job]) => {
        if (job !== undefined) await handler(job.data);
      });
    }
  }

  /** Ends before the connections that jobs use. */
  async beforeApplicationShutdown(): Promise<void> {
    const boss = this.boss;
    this.boss = null;
    if (boss !== null) await (await boss).stop({ graceful: true, timeout: 10_000 });
  }

  private started(): Promise<PgBoss> {
    this.boss ??= (async () => {
      const boss = new PgBoss({
        ...{ ...connectionOf(this.url), schema: QUEUE_SCHEMA, max: 4 },
        ...{ migrate: false, createSchema: false, schedule: false },
        ...{ superviseIntervalSeconds: 15, monitorIntervalSeconds: 15, reindex: false },
      });
      boss.on('error', (error) => logger.warn({ err: error }, 'queue'));
      return boss.start();
    })();
    return this.boss;
  }
}
