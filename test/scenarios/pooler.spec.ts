import pg from 'pg';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { Queue } from '../../src/platform/jobs/queue.js';
import { readOnly } from '../../src/platform/database/server/own-connection.js';
import { provision, requireHarmlessRole } from '../../src/platform/database/server/provision.js';
import { withRole } from '../../src/platform/database/server/settled-client.js';
import { requireHeads } from '../../src/platform/schema/head-check.js';
import { bringToSchema } from '../../src/schema.js';
import { startApp } from '../support/app.js';
import { createTestDatabase, rows } from '../support/database.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';
import { type Pooler, startPooler } from '../support/pooler.js';

/** Settings of the sessions that a pooler lends, as they are when nobody is in a transaction. */
async function leftInSessions(pooler: Pooler, url: string): Promise<unknown> {
  const found = new Set<string>();
  for (let at = 0; at < 8; at += 1) {
    const client = new pg.Client({ connectionString: pooler.through(url) });
    await client.connect();
    const { rows: settings } = await client.query<Record<string, string>>(
      `SELECT current_user = session_user AS self, current_setting('search_path') AS path,
              current_setting('statement_timeout') AS timeout,
              coalesce(current_setting('app.ledger', true), '') AS ledger`,
    );
    found.add(JSON.stringify(settings[0]));
    await client.end();
  }
  return [...found].map((text) => JSON.parse(text) as unknown);
}

const UNTOUCHED = [{ self: true, path: '"$user", public', timeout: '0', ledger: '' }];

describe('a pooler in transaction mode', () => {
  it('refuses start-up options, as the ones outside do', async () => {
    const database = await createTestDatabase();
    const pooler = await startPooler(database.adminUrl, 1);
    const client = new pg.Client({
      connectionString: pooler.through(database.adminUrl),
      options: '-c search_path=mizan',
    });
    client.on('error', () => {});
    await expect(client.connect()).rejects.toThrow('unsupported startup parameter: options');
    await pooler.close();
    await database.drop();
  });

  it('is enough to make the roles and the tables, and leaves no session changed', async () => {
    const database = await createTestDatabase({ isEmpty: true });
    const pooler = await startPooler(database.adminUrl);
    const url = pooler.through(database.adminUrl);
    await provision(url, null);
    await bringToSchema(withRole(url, 'mizan_owner'));
    await bringToSchema(withRole(url, 'mizan_owner'));
    // It lends sessions of one login only: who serves needs a pool of his own.
    await expect(requireHarmlessRole(withRole(url, 'mizan_app'))).rejects.toThrow(
      'DATABASE_APP_URL',
    );
    const owners = await rows<{ owner: string }>(
      database.adminUrl,
      `SELECT DISTINCT tableowner AS owner FROM pg_tables
       WHERE schemaname IN ('mizan', 'mizan_queue')`,
    );
    expect(owners).toEqual([{ owner: 'mizan_owner' }]);
    await requireHeads(withRole(url, 'mizan_owner'));
    await expect(readOnly(url, (client) => client.query('SELECT 1 / 0'))).rejects.toThrow('zero');
    expect(pooler.thrownAwayCount()).toBe(0);
    expect(await leftInSessions(pooler, database.adminUrl)).toEqual(UNTOUCHED);
    await pooler.close();
    await database.drop();
  });

  it('is enough to serve a month, its jobs too, and leaves no session changed', async () => {
    let pooler: Pooler | undefined;
    const app = await startApp({
      through: async (url) => (pooler = await startPooler(url)).through(url),
    });
    await createGrid(app);
    const send = (kind: string, body: string) =>
      app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
    const start = '2026-10-01T00:00:00Z';
    const certificates = certificatesCsv(start, 4, () => 1_500);
    expect((await send('certificates', certificates)).status).toBe(201);
    const body = intervalsCsv(start, 4, (_, hour) => 1_000 * (hour + 1));
    const { status, body: job } = await send('intervals?asJob=true', body);
    expect(status).toBe(202);
    await app.nest.get(Queue).work();
    const path = `/v1/import-jobs/${job.jobId}`;
    for (let state = ''; state !== 'committed';) {
      ({ state } = (await app.call('GET', path, { role: 'operator' })).body);
      expect(['queued', 'reading', 'committed']).toContain(state);
    }
    // Two of one ledger and two that only read, mixed, so that every session is lent to everybody.
    const calls = Array.from({ length: 40 }, (_, at) =>
      at % 2 === 0
        ? app.call('GET', '/v1/ledger/head', { role: 'auditor' })
        : app.call('POST', '/v1/organisations', {
            role: 'energy-manager',
            body: { code: `O-${at}`, name: 'x', country: 'MA' },
          }),
    );
    for (const answer of await Promise.all(calls)) expect(answer.status).toBeLessThan(300);
    const role = 'energy-manager';
    const run = await app.call('POST', '/v1/matching-runs', { role, body: { month: '2026-10' } });
    expect(run.status).toBe(201);
    expect((await app.call('GET', '/health/ready')).status).toBe(200);
    const other = await app.nest.get(LedgerService).open('other');
    expect((await app.nest.get(VerificationService).verify(other.ledgerId)).fault).toBeNull();
    expect((await app.nest.get(VerificationService).verify(app.ledgerId)).fault).toBeNull();
    expect(await leftInSessions(pooler!, app.database.adminUrl)).toEqual(UNTOUCHED);
    await app.close(() => pooler!.close());
  });
});
