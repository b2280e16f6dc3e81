import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../src/core/errors.js';
import { Lane, Lanes } from '../../src/platform/database/lanes.js';
import { LedgerScope } from '../../src/platform/database/ledger-scope.js';
import { appLogin } from '../../src/platform/database/server/provision.js';
import { refusalOf } from '../../src/platform/database/refusals.js';
import { startApp, type TestApp } from '../support/app.js';
import { rows, run, session } from '../support/database.js';
import { seeded } from '../support/seeded.js';
import { until } from '../support/waiting.js';

const isRoot = process.getuid?.() === 0;
const organisation = (code: string) => ({
  role: 'energy-manager' as const,
  body: { code, name: code, country: 'MA' },
});

/** The code of what an error is for a caller; the error itself when it is our own fault. */
async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt;
  } catch (error) {
    const refusal = refusalOf(error);
    return refusal instanceof DomainError ? refusal.code : error;
  }
  return 'done';
}

/** A file system of two megabytes, where this machine lets us make one. */
function smallFileSystem(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'mizan-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=777', 'tmpfs', path]);
  return {
    path,
    remove: () => {
      // Lazily: what a failed test has open must not keep it.
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true });
    },
  };
}

/** A server that takes connections, and does this with them. */
async function serving(take: (socket: Socket) => void): Promise<{ server: Server; url: string }> {
  const server = createServer(take);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  return { server, url: `postgres://someone:secret@127.0.0.1:${port}/any` };
}

const END_ALL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

describe('what cannot be done now', () => {
  let app: TestApp;
  let scope: LedgerScope;

  beforeAll(async () => {
    // Nothing here is to wait as long as people do.
    app = await startApp({ lanes: { write: { waitMs: 1_500, statementMs: 1_500, idleMs: 700 } } });
    scope = app.nest.get(LedgerScope);
    const { adminUrl } = app.database;
    const name = new URL(adminUrl).pathname.slice(1);
    await run(adminUrl, `ALTER DATABASE ${name} SET deadlock_timeout = '20ms'`);
    await run(adminUrl, `ALTER DATABASE ${name} SET temp_file_limit = '1MB'`);
    // What is opened from now on knows.
    await run(adminUrl, END_ALL);
    for (let tries = 0; tries < 20; tries += 1) {
      await scope.write(app.ledgerId, async () => {}).catch(() => {});
    }
  });
  afterAll(() => app.close());

  /** A 503 that says when to come again, and names nothing of ours. */
  const expectNotNow = (answer: Awaited<ReturnType<TestApp['call']>>): void => {
    expect([answer.status, answer.body.code]).toEqual([503, 'service.unavailable']);
    expect(answer.type).toContain('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(answer.body)).not.toMatch(/SELECT|postgres|\.js|tmpfs|\/tmp/i);
  };

  it('is a row or a name that another session holds', async () => {
    await session(app.database.adminUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM ledger_head FOR UPDATE');
      expectNotNow(await app.call('POST', '/v1/organisations', organisation('LOCKED')));
      await client.query('ROLLBACK');
    });
    const { status } = await app.call('GET', '/v1/organisations/LOCKED', { role: 'auditor' });
    expect(status).toBe(404);
    const again = await app.call('POST', '/v1/organisations', organisation('LOCKED'));
    expect(again.status).toBe(201);
  });

  /** While a transaction is busy, an administrator does this to its process. */
  const meanwhile =
    (act: string) =>
    async (tx: EntityManager): Promise<unknown> => {
      const [{ pid }] = (await tx.query('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
      const busy = tx.query('SELECT pg_sleep(0.9)');
      const sleeps = `SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'`;
      const { adminUrl } = app.database;
      const acted = until(async () => (await rows(adminUrl, sleeps, [pid])).length > 0).then(() =>
        run(adminUrl, `SELECT ${act}($1)`, [pid]),
      );
      return Promise.all([busy, acted]);
    };
  const FAILURES: Readonly<
    Record<string, [code: string, fail: (tx: EntityManager) => Promise<unknown>]>
  > = {
    'a statement that takes too long': ['57014', (tx) => tx.query('SELECT pg_sleep(60)')],
    'a statement that someone cancels': ['57014', meanwhile('pg_cancel_backend')],
    'a connection that the server ends': ['57P01', meanwhile('pg_terminate_backend')],
    'more temporary files than are allowed': [
      '53400',
      async (tx) => {
        await tx.query('SET LOCAL work_mem = 64');
        await tx.query(
          'SELECT count(*) FROM (SELECT g FROM generate_series(1, 500000) g ORDER BY -g) s',
        );
      },
    ],
    'a transaction that is thought about for too long': [
      '',
      async (tx) => {
        const { databaseConnection } = tx.queryRunner as unknown as {
          databaseConnection: { _queryable: boolean };
        };
        // The server ends it by itself; that is seen when something is asked.
        while (databaseConnection._queryable) await new Promise((heard) => setImmediate(heard));
        await tx.query('SELECT 1');
      },
    ],
    'a serialisation failure that does not end': [
      '40001',
      (tx) => tx.query(`DO $$ BEGIN RAISE 'again' USING ERRCODE = '40001'; END $$`),
    ],
  };

  it.each(Object.keys(FAILURES))('is %s', async (name) => {
    const [code, fail] = FAILURES[name]!;
    const refusal: unknown = await scope.write(app.ledgerId, fail).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DomainError);
    const { code: ours, cause } = refusal as DomainError & { cause: { code?: string } };
    expect([ours, cause.code ?? '']).toEqual(['service.unavailable', code]);
    const { counts } = app.nest.get(Lanes).of('write');
    expect(counts.idle).toBe(counts.total);
  });

  it('is writing, where the database takes no changes', async () => {
    const name = new URL(app.database.adminUrl).pathname.slice(1);
    await run(
      app.database.adminUrl,
      `ALTER DATABASE ${name} SET default_transaction_read_only = on`,
    );
    await run(app.database.adminUrl, END_ALL);
    // What was open before may write still, and is ended; what is opened now may not.
    for (let tries = 0; tries < 20; tries += 1) await app.call('GET', '/health/ready');
    expectNotNow(await app.call('POST', '/v1/organisations', organisation('READ-ONLY')));
    expectNotNow(await app.call('POST', '/v1/organisations', organisation('READ-ONLY')));
    const read = await app.call('GET', '/v1/organisations', { role: 'auditor' });
    expect(read.status).toBe(200);
    await session(app.database.adminUrl, async (client) => {
      await client.query('SET default_transaction_read_only = off');
      await client.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
      await client.query(END_ALL);
    });
    for (let tries = 0; tries < 20; tries += 1) await app.call('GET', '/health/ready');
    const again = await app.call('POST', '/v1/organisations', organisation('READ-ONLY'));
    expect([201, 503]).toContain(again.status);
    if (again.status === 503) {
      const last = await app.call('POST', '/v1/organisations', organisation('READ-ONLY'));
      expect(last.status).toBe(201);
    }
  });

  it('is one connection more than the server allows', async () => {
    const { adminUrl } = app.database;
    const name = new URL(adminUrl).pathname.slice(1);
    await run(adminUrl, `ALTER DATABASE ${name} CONNECTION LIMIT 0`);
    const password = process.env['MIZAN_TEST_APP_PASSWORD']!;
    const lane = new Lane('read', appLogin(adminUrl, password));
    expect(await codeOf(lane.ask('SELECT 1'))).toBe('service.unavailable');
    await run(adminUrl, `ALTER DATABASE ${name} CONNECTION LIMIT -1`);
    expect(await lane.ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await lane.close();
  });

  it('is a server that hangs up, says nothing, or is not there', async () => {
    const resets = await serving((socket) => socket.resetAndDestroy());
    const ends = await serving((socket) => socket.end());
    const silent = await serving(() => {});
    const gone = await serving(() => {});
    await new Promise((closed) => gone.server.close(closed));
    for (const { url } of [resets, ends, silent, gone]) {
      const lane = new Lane('read', url, { connectMs: 100, waitMs: 200 });
      const askings = Array.from({ length: 10 }, () => codeOf(lane.ask('SELECT 1')));
      expect(new Set(await Promise.all(askings))).toEqual(new Set(['service.unavailable']));
      expect(lane.counts.total).toBe(0);
      await lane.close();
    }
    for (const { server } of [resets, ends, silent]) server.close();
  });

  it('is writing where storage is full, whoever meets it', async () => {
    // The database's server, and then our own files, against a device that is always full.
    const full = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 10000)) TO '/dev/full'";
    const inServer = session(app.database.adminUrl, (client) => client.query(full));
    expect(await codeOf(inServer)).toBe('service.unavailable');
    const handle = openSync('/dev/full', 'w');
    const byUs = Promise.resolve().then(() => writeSync(handle, 'x'));
    expect(await codeOf(byUs)).toBe('service.unavailable');
    closeSync(handle);
  });

  it('is one file more than the system opens', () => {
    const refusals = pathToFileURL(resolve('dist/src/platform/database/refusals.js')).href;
    const script = `
      const { openSync } = await import('node:fs');
      const { refusalOf } = await import(${JSON.stringify(refusals)});
      try { for (;;) openSync('/dev/null', 'r'); } catch (error) { console.log(error.code, refusalOf(error).code); }`;
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      { encoding: 'utf8' },
    );
    expect(stdout.trim()).toBe('EMFILE service.unavailable');
  });

  it('is an upload, while the file system of kept files is full or takes no changes', async () => {
    if (!isRoot) {
      process.stderr.write('Skipped: only root can mount a small file system.\n');
      return;
    }
    const { path: dataDir, remove } = smallFileSystem();
    const other = await startApp({ dataDir });
    const send = () =>
      other.call('POST', '/v1/imports/intervals', {
        role: 'operator',
        type: 'text/csv',
        body: Buffer.alloc(3_000_000, 'x'),
      });
    expectNotNow(await send());
    // Nothing of it is left in the way.
    const left = readdirSync(join(dataDir, 'files'), { recursive: true, withFileTypes: true });
    expect(left.filter((one) => one.isFile())).toEqual([]);
    // Busy for as long as the file of what was refused is not closed yet.
    await until(() => spawnSync('mount', ['-o', 'remount,ro', dataDir]).status === 0);
    expectNotNow(await send());
    execFileSync('mount', ['-o', 'remount,rw,size=8m', dataDir]);
    expect((await send()).status).toBeLessThan(500);
    const { body } = await other.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
    await other.nest.close();
    remove();
    await other.database.drop();
  });

  it('is writing rows where the disk of the database is full, and it goes on when there is room', async () => {
    if (!isRoot) {
      process.stderr.write('Skipped: only root can mount a small file system.\n');
      return;
    }
    const { path, remove } = smallFileSystem();
    const folder = join(path, 'space');
    mkdirSync(folder, { mode: 0o777 });
    execFileSync('chmod', ['777', folder]);
    const space = `full_${process.pid}`;
    const { adminUrl } = app.database;
    await session(adminUrl, async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
      execFileSync('chown', ['--reference', rows[0]!.data_directory, folder]);
      await client.query(`CREATE TABLESPACE ${space} LOCATION '${folder}'`);
      await client.query(`CREATE TABLE filling (x text) TABLESPACE ${space}`);
      await client.query('GRANT INSERT ON filling TO mizan_app');
    });
    const fill = (rows: number): Promise<unknown> =>
      scope.write(app.ledgerId, (tx) =>
        tx.query(
          `INSERT INTO filling SELECT repeat(md5(g::text), 30) FROM generate_series(1, $1) g`,
          [rows],
        ),
      );
    expect(await codeOf(fill(10_000))).toBe('service.unavailable');
    execFileSync('mount', ['-o', 'remount,size=8m', path]);
    expect(await codeOf(fill(10))).toBe('done');
    await run(adminUrl, 'DROP TABLE filling');
    await run(adminUrl, `DROP TABLESPACE ${space}`);
    remove();
  });

  it('is not a deadlock: whoever loses one does it again, in whatever order locks are taken', async () => {
    const other = new Lane('write', app.database.adminUrl);
    const deadlocks = async (): Promise<number> => {
      const found = await other.ask<{ n: string }>(
        'SELECT pg_stat_clear_snapshot(), deadlocks AS n FROM pg_stat_database WHERE datname = current_database()',
      );
      return Number(found[0]!.n);
    };
    const random = seeded(20);
    let done = 0;
    const takeAll = async (tx: EntityManager): Promise<void> => {
      const order = [1, 2, 3].toSorted(() => random() - 0.5);
      for (const key of order) await tx.query('SELECT pg_advisory_xact_lock(77, $1)', [key]);
      done += 1;
    };
    // Those of several ledgers do not wait for each other before they take connections.
    const ledgers = [
      app.ledgerId,
      ...[1, 2, 3].map((n) => `0000000${n}-0000-7000-8000-000000000000`),
    ];
    const before = await deadlocks();
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(ledgers.flatMap((id) => [0, 1].map(() => scope.write(id, takeAll))));
    }
    expect(done).toBeGreaterThanOrEqual(48);
    await app.nest.get(Lanes).onApplicationShutdown();
    expect(await deadlocks()).toBeGreaterThan(before);
    await other.close();
  });
});
