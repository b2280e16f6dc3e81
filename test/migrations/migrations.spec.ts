import { DataSource } from 'typeorm';
import { principalOfEarlierKey } from '../../src/core/ledger/principal.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { formatKey, secretHash } from '../../src/platform/auth/api-key.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { readConfig } from '../../src/platform/config.js';
import {
  createDatabase,
  openDatabase,
  provision,
  requireHarmlessRole,
} from '../../src/platform/database/server/provision.js';
import { requireHeads } from '../../src/platform/schema/head-check.js';
import { bringToSchema } from '../../src/schema.js';
import { startApp } from '../support/app.js';
import { whenDatabaseAnswers } from '../../src/platform/database/server/when-it-answers.js';
import { servingLogin } from '../../src/platform/database/server/serving-login.js';
import { createTestDatabase, rows, run, session } from '../support/database.js';
import { appendEarlier } from '../support/earlier-events.js';
import { startMonth } from '../support/month.js';

describe('migrations', () => {
  it('go up from empty, down to empty, and up again', async () => {
    const database = await createTestDatabase({ isEmpty: true });
    await provision(database.adminUrl, null);
    const owner = await new DataSource(dataSourceOptions(database.ownerUrl)).initialize();
    const objects = () =>
      rows<{ name: string }>(
        database.adminUrl,
        `SELECT relname AS name FROM pg_class WHERE relnamespace = 'mizan'::regnamespace
           AND relname !~ '^(gbt|migration|pg_|PK_)' AND relkind IN ('r', 'i', 'S')
         UNION ALL SELECT proname FROM pg_proc p WHERE pronamespace = 'mizan'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
         ORDER BY 1`,
      );

    await owner.runMigrations();
    const first = await objects();
    expect(first.length).toBeGreaterThan(40);
    for (const _ of owner.migrations) await owner.undoLastMigration();
    expect(await objects()).toEqual([]);
    await owner.runMigrations();
    expect(await objects()).toEqual(first);
    await owner.destroy();
    await database.drop();
  });

  it('carry every posting and balance into blocks, and back', async () => {
    const app = await startMonth();
    const { adminUrl, ownerUrl } = app.database;
    const inBlocks = () =>
      rows(
        adminUrl,
        `SELECT p.event_id, p.move, p.wh, p.subject, p.hour::text FROM (
           SELECT event_id, move, s.wh,
             CASE book WHEN 'supply' THEN s.subject ELSE subjects[1] END AS subject,
             starts_at + CASE book WHEN 'supply' THEN 0 ELSE s.n - 1 END * interval '1 hour' AS hour
           FROM posting, unnest(subjects, wh) WITH ORDINALITY AS s (subject, wh, n)) p
         WHERE p.wh > 0 ORDER BY 1, 2, 4, 5`,
      );
    const single = () =>
      rows(
        adminUrl,
        `SELECT event_id, move, wh, coalesce(certificate_id::text, meter_code) AS subject, hour::text
         FROM posting ORDER BY 1, 2, 4, 5`,
      );
    const balances = () => rows(adminUrl, 'SELECT * FROM demand_balance ORDER BY 1, 2, 3');
    const [before, days] = [await inBlocks(), await balances()];
    expect(before.length).toBeGreaterThan(8);
    const owner = await new DataSource(dataSourceOptions(ownerUrl)).initialize();
    const last = async () =>
      (await rows<{ name: string }>(adminUrl, 'SELECT name FROM migration ORDER BY id DESC'))[0]!
        .name;
    while ((await last()) !== 'ValidateReadings1790000700000') await owner.undoLastMigration();
    expect(await single()).toEqual(before);
    const hours = await rows<{ wh: string }>(
      adminUrl,
      'SELECT consumption AS wh FROM demand_balance',
    );
    expect(hours.map(({ wh }) => Number(wh)).toSorted((a, b) => a - b)).toEqual(
      [1_000, 1_000, 2_000, 3_000, 4_000].flatMap((wh) => [wh, wh]),
    );
    await owner.runMigrations();
    expect(await inBlocks()).toEqual(before);
    expect(await balances()).toEqual(days);
    await owner.destroy();
    await app.close();
  });

  it('give each key of before a principal of its own, and the log stays as it was', async () => {
    const app = await startApp();
    const { adminUrl, ownerUrl } = app.database;
    const { ledgerId } = app;
    const owner = await new DataSource(dataSourceOptions(ownerUrl)).initialize();
    const last = async () =>
      (await rows<{ name: string }>(adminUrl, 'SELECT name FROM migration ORDER BY id DESC'))[0]!
        .name;
    while ((await last()) !== 'KeepWholeHours1790002400000') await owner.undoLastMigration();

    const secret = Buffer.alloc(32, 7);
    const sha256 = secretHash(secret.toString('base64url')).toString('hex');
    const eventIds = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
    const keys = [
      { keyId: 'earliestkey1', name: 'ERP', role: 'admin', actor: 'cli' },
      { keyId: 'earlierkey22', name: 'erp ', role: 'finance', actor: 'earliestkey1' },
    ];
    await appendEarlier(
      adminUrl,
      ledgerId,
      [
        ...keys.map(({ keyId, role, actor }, at) => ({
          eventId: eventIds[at]!,
          type: 'key.issued',
          actor,
          body: { keyId, role, expiresAt: null },
        })),
        {
          eventId: eventIds[2]!,
          type: 'key.revoked',
          actor: 'earliestkey1',
          body: { keyId: 'earlierkey22' },
        },
      ],
      keys
        .map(
          ({ keyId, name, role }, at) =>
            `INSERT INTO api_key (ledger_id, key_id, name, role, secret_sha256, created_at,
               revoked_at, event_id)
             VALUES ('${ledgerId}', '${keyId}', '${name}', '${role}', '\\x${sha256}',
               '2026-11-1${at}T00:00:00Z', ${at === 1 ? 'now()' : 'NULL'}, '${eventIds[at]}');`,
        )
        .join(''),
    );
    const log = () => rows(adminUrl, 'SELECT payload, chain_hash FROM ledger_event ORDER BY seq');
    const before = await log();
    await owner.runMigrations();

    expect(await log()).toEqual(before);
    const found = await rows(
      adminUrl,
      `SELECT key_id, principal_id, basis, issued_by, name, name_commitment IS NULL AS unsealed
       FROM api_key JOIN principal USING (ledger_id, principal_id)
         JOIN principal_name USING (ledger_id, principal_id)
       WHERE key_id LIKE 'earli%' ORDER BY created_at`,
    );
    const [first, second] = keys.map(({ keyId }) => principalOfEarlierKey(ledgerId, keyId));
    expect(found).toEqual([
      {
        key_id: 'earliestkey1',
        principal_id: first,
        basis: 'earlier',
        unsealed: true,
        issued_by: 'terminal',
        name: 'ERP',
      },
      {
        key_id: 'earlierkey22',
        principal_id: second,
        basis: 'earlier',
        unsealed: true,
        issued_by: first,
        name: 'erp  (earlierkey22)',
      },
    ]);
    const unforced = await rows(
      adminUrl,
      `SELECT relname FROM pg_class WHERE relnamespace = 'mizan'::regnamespace
         AND relname IN ('api_key', 'ledger_event', 'import_job', 'principal', 'principal_name')
         AND NOT relforcerowsecurity`,
    );
    expect(unforced).toEqual([]);
    expect((await app.nest.get(VerificationService).verify(ledgerId)).fault).toBeNull();
    const key = formatKey(ledgerId, 'earliestkey1', secret);
    expect((await app.call('GET', '/v1/api-keys', { key })).status).toBe(200);
    // What a key of before did keeps its maker, and a new key under its name is of the same one.
    const body = { name: 'erp', role: 'auditor' };
    const { body: issued } = await app.call('POST', '/v1/api-keys', { key, body });
    expect(issued.principalId).toBe(first);
    await owner.destroy();
    await app.close();
  });

  it('fill the tree of a log from before as the log itself would have', async () => {
    const app = await startMonth();
    const { adminUrl, ownerUrl } = app.database;
    const owner = await new DataSource(dataSourceOptions(ownerUrl)).initialize();
    const tree = async () => ({
      nodes: await rows(adminUrl, 'SELECT * FROM log_node ORDER BY ledger_id, level, node_index'),
      heads: await rows(adminUrl, 'SELECT * FROM ledger_head ORDER BY ledger_id'),
    });
    const before = await tree();
    expect(before.nodes.length).toBeGreaterThan(20);
    for (let isThere = true; isThere;) {
      await owner.undoLastMigration();
      const [found] = await rows<{ there: boolean }>(
        adminUrl,
        `SELECT to_regclass('mizan.log_node') IS NOT NULL AS there`,
      );
      isThere = found!.there;
    }
    await owner.runMigrations();
    expect(await tree()).toEqual(before);
    await owner.destroy();
    await app.close();
  });

  it('make the tables that the entities describe: no drift', async () => {
    const database = await createTestDatabase();
    const owner = await new DataSource(dataSourceOptions(database.ownerUrl)).initialize();
    const { upQueries } = await owner.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await owner.destroy();
    await database.drop();
  });

  it('name every constraint as a sentence', async () => {
    const database = await createTestDatabase();
    const unnamed = await rows<{ name: string }>(
      database.adminUrl,
      `SELECT conname AS name FROM pg_constraint WHERE connamespace = 'mizan'::regnamespace
         AND contype <> 'n' AND conrelid <> 'mizan.migration'::regclass
         AND (conname !~ '_' OR conname ~ '(_pkey|_fkey|_key|_check|_excl)\\d*$')`,
    );
    await database.drop();
    expect(unnamed).toEqual([]);
  });

  it('leave a role to serve as, and no other role will do', async () => {
    const database = await createTestDatabase();
    const asMigrates = requireHarmlessRole(database.appUrl);
    await expect(asMigrates).rejects.toThrow(
      /which migrates: it could take back.*DATABASE_APP_URL/,
    );
    await expect(requireHarmlessRole(database.ownerUrl)).rejects.toThrow('mizan_owner');
    await expect(requireHarmlessRole(database.adminUrl)).rejects.toThrow('does not serve as');
    await database.drop();
  });

  it('look at who logged in, and at what switches triggers off', async () => {
    const database = await createTestDatabase();
    const name = `serves_${new URL(database.adminUrl).pathname.slice(1)}`;
    const at = new URL(database.adminUrl);
    [at.username, at.password] = [name, 'serves'];
    await run(database.adminUrl, `CREATE ROLE ${name} LOGIN PASSWORD 'serves' IN ROLE mizan_app`);
    await requireHarmlessRole(at.href);
    await run(database.adminUrl, `ALTER ROLE ${name} SET session_replication_role = replica`);
    await expect(requireHarmlessRole(at.href)).rejects.toThrow('no trigger fires');
    await run(database.adminUrl, `ALTER ROLE ${name} RESET ALL`);
    const above = `${name}_above`;
    await run(
      database.adminUrl,
      `CREATE ROLE ${above}; CREATE ROLE ${above}_it BYPASSRLS ROLE ${above}`,
    );
    for (const role of ['mizan_owner', 'pg_write_all_data', above]) {
      await requireHarmlessRole(at.href);
      await run(database.adminUrl, `GRANT ${role} TO ${name}`);
      await expect(requireHarmlessRole(at.href)).rejects.toThrow(`serve as ${name}`);
      await run(database.adminUrl, `REVOKE ${role} FROM ${name}`);
    }
    await run(database.adminUrl, `DROP ROLE ${name}, ${above}, ${above}_it`);
    await database.drop();
  });

  it('give who serves by DATABASE_URL alone a login that can become nobody else', async () => {
    const database = await createTestDatabase();
    const url = (await servingLogin(database.adminUrl))!;
    expect(await servingLogin(database.adminUrl)).toBe(url);
    await requireHarmlessRole(url);
    await expect(run(url, 'SET ROLE mizan_owner')).rejects.toThrow('permission denied');
    await expect(run(url, 'UPDATE ledger_event SET actor = NULL')).rejects.toThrow('denied');
    await database.drop();
  });

  it('make one login, and one database, where several first starts ask at once', async () => {
    const database = await createTestDatabase();
    const { adminUrl } = database;
    const owner = new URL(adminUrl);
    const name = `several_${process.pid}`;
    [owner.username, owner.password] = [name, 'owns it'];
    await run(
      adminUrl,
      `CREATE ROLE ${name} LOGIN PASSWORD 'owns it' CREATEROLE;
       GRANT mizan_owner, mizan_app TO ${name} WITH ADMIN OPTION`,
    );
    const several = <T>(ask: () => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: 5 }, ask));
    const urls = await several(() => servingLogin(owner.href));
    expect(new Set(urls).size).toBe(1);
    await requireHarmlessRole(urls[0]!);
    await several(() => createDatabase(adminUrl, name));
    await run(adminUrl, `DROP DATABASE ${name}`);
    await database.drop();
    for (const role of [`mizan_app_of_${name}`, name])
      await run(process.env['MIZAN_TEST_ADMIN_URL']!, `DROP ROLE ${role}`);
  });

  it('tell what the server says, and whom to ask for rights only where rights lack', async () => {
    const database = await createTestDatabase();
    const { adminUrl } = database;
    const [db, name] = [new URL(adminUrl).pathname.slice(1), `no_rights_${process.pid}`];
    const said = (url: string) => provision(url, null).catch(({ message }: Error) => message);
    const other = new URL(adminUrl);
    [other.username, other.password] = [name, 'none'];
    await run(adminUrl, `CREATE ROLE ${name} LOGIN PASSWORD 'none'`);
    expect(await said(other.href)).toMatch(/must be a login that may create roles.*denied/);
    await run(adminUrl, `DROP ROLE ${name}`);
    await run(adminUrl, `ALTER DATABASE ${db} SET default_transaction_read_only = on`);
    expect(await said(adminUrl)).toMatch(/nothing was changed.*in a read-only transaction/);
    expect(await said(adminUrl)).not.toContain('DATABASE_URL');
    await database.drop();
  });

  it('are begun again when the database answers, whatever says that it does not', async () => {
    const database = await createTestDatabase();
    const nowhere = new URL(database.ownerUrl);
    nowhere.port = '1';
    const answers: string[] = [];
    const begin = async (): Promise<void> => {
      answers.push('asked');
      await requireHeads(answers.length === 1 ? nowhere.href : database.ownerUrl);
    };
    await whenDatabaseAnswers(undefined, begin, 10_000);
    expect(answers).toHaveLength(2);
    const never = whenDatabaseAnswers(undefined, () => requireHeads(nowhere.href), 0);
    await expect(never).rejects.toThrow(/does not answer: .*ECONNREFUSED/);
    await database.drop();
  });

  it('serve on a hosted server with one URL, where its login may make roles, or with two', async () => {
    const database = await createTestDatabase({ isEmpty: true });
    const owner = new URL(database.adminUrl);
    const [name, serves] = [`hosted_${process.pid}`, `hosted_serve_${process.pid}`];
    [owner.username, owner.password] = [name, 'owns it'];
    const made = `mizan_app_of_${name}`;
    const config = (settings: Record<string, string>) =>
      readConfig({ DATABASE_URL: owner.href, ...settings });
    const start = async (settings: Record<string, string> = {}): Promise<string> => {
      const { ownerUrl, appUrl } = await openDatabase(config(settings));
      await bringToSchema(ownerUrl);
      await requireHarmlessRole(appUrl);
      await requireHeads(ownerUrl);
      return new URL(appUrl).username;
    };
    await run(
      database.adminUrl,
      `CREATE ROLE ${name} LOGIN PASSWORD 'owns it' CREATEROLE;
       GRANT mizan_owner, mizan_app TO ${name} WITH ADMIN OPTION;
       ALTER DATABASE ${new URL(database.adminUrl).pathname.slice(1)} OWNER TO ${name};
       CREATE ROLE ${serves} LOGIN PASSWORD 'serves' IN ROLE mizan_app`,
    );
    expect(await start()).toBe(made);
    expect(await start()).toBe(made);
    // No right to make roles any more: the login is there, and known.
    await run(database.adminUrl, `ALTER ROLE ${name} NOCREATEROLE`);
    expect(await start()).toBe(made);
    await run(database.adminUrl, `ALTER ROLE ${made} PASSWORD 'another'`);
    await expect(start()).rejects.toThrow(
      /does not serve with the login hosted_.*CREATEROLE.*DATABASE_APP_URL/,
    );
    const app = new URL(database.adminUrl);
    [app.username, app.password] = [serves, 'serves'];
    expect(await start({ DATABASE_APP_URL: app.href })).toBe(serves);
    const other = await createTestDatabase({ isEmpty: true });
    await database.drop();
    for (const role of [made, serves, name]) await run(other.adminUrl, `DROP ROLE ${role}`);
    await other.drop();
  });

  it('hold the very rules that the entities state, not only their names', async () => {
    const database = await createTestDatabase();
    const owner = await new DataSource(dataSourceOptions(database.ownerUrl)).initialize();
    const differing: string[] = [];
    await session(database.ownerUrl, async (client) => {
      const definition = async (table: string, name: string): Promise<string> => {
        const { rows: found } = await client.query<{ text: string }>(
          `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint
           WHERE conname = $1 AND conrelid = $2::regclass`,
          [name, `mizan.${table}`],
        );
        return found[0]?.text ?? 'missing';
      };
      await client.query('BEGIN');
      for (const { tableName, checks, exclusions } of owner.entityMetadatas) {
        const rules = [
          ...checks.map(({ name, expression }) => [name!, `CHECK (${expression})`] as const),
          ...exclusions.map(({ name, expression }) => [name!, `EXCLUDE ${expression}`] as const),
        ];
        for (const [name, rule] of rules) {
          await client.query(`ALTER TABLE ${tableName} ADD CONSTRAINT stated ${rule}`);
          const [inDatabase, stated] = [
            await definition(tableName, name),
            await definition(tableName, 'stated'),
          ];
          if (inDatabase !== stated)
            differing.push(`${tableName}.${name}: ${inDatabase} <> ${stated}`);
          await client.query(`ALTER TABLE ${tableName} DROP CONSTRAINT stated`);
        }
      }
      await client.query('ROLLBACK');
    });
    await owner.destroy();
    await database.drop();
    expect(differing).toEqual([]);
  });
});
