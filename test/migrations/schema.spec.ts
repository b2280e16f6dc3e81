import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOptions } from '../../src/data-source.js';
import { readOnly } from '../../src/platform/database/server/own-connection.js';
import { isQueuePrepared } from '../../src/platform/jobs/queue.js';
import { requireHeads } from '../../src/platform/schema/head-check.js';
import { runMigrations } from '../../src/platform/schema/migrator.js';
import { provision } from '../../src/platform/database/server/provision.js';
import { readCatalogue } from '../../src/platform/schema/schema-check.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { bringToSchema, BUILT } from '../../src/schema.js';
import { startApp } from '../support/app.js';
import { createTestDatabase, rows, run, session, type TestDatabase } from '../support/database.js';
import { until } from '../support/waiting.js';

const HOW = 'after adding a migration, run `npm run schema` and commit what it writes';

describe('the migrations of this build', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it(`send the SQL whose hashes are committed (${HOW})`, async () => {
    const ran = await rows<{ name: string; sha256: string }>(
      database.adminUrl,
      'SELECT name, sql_sha256 AS sha256 FROM migration_hash ORDER BY right(name, 13)',
    );
    expect(ran).toEqual(Object.entries(BUILT.hashes).map(([name, sha256]) => ({ name, sha256 })));
    const owner = new DataSource(dataSourceOptions(database.ownerUrl));
    const listed = (owner.options.migrations as readonly { name: string }[]).map(
      ({ name }) => name,
    );
    expect(listed).toEqual(Object.keys(BUILT.hashes));
  });

  it(`make the schema that is committed (${HOW})`, async () => {
    expect(await readCatalogue(database.ownerUrl)).toEqual(BUILT.schema);
  });
});

/** What a superuser may do to a schema, and what a start then says. */
const CHANGED: readonly (readonly [what: string, sql: string, says: RegExp])[] = [
  [
    'a disabled trigger',
    'ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_is_append_only',
    /table ledger_event: has “trigger ledger_event_is_append_only, disabled/,
  ],
  [
    'a trigger that fires for replicas only',
    'ALTER TABLE posting ENABLE REPLICA TRIGGER posting_is_append_only',
    /table posting: has “trigger posting_is_append_only, enabled R/,
  ],
  [
    'a trigger that is gone',
    'DROP TRIGGER posting_is_never_emptied ON posting',
    /table posting: lacks “trigger posting_is_never_emptied/,
  ],
  [
    'foreign keys that nobody watches over',
    'ALTER TABLE certificate DISABLE TRIGGER ALL',
    /table certificate: has “constraint certificate_\w+ is not watched over/,
  ],
  [
    'row-level security that is off',
    'ALTER TABLE statement DISABLE ROW LEVEL SECURITY',
    /table statement: has .*row-level security off/,
  ],
  [
    'row-level security that is not forced',
    'ALTER TABLE api_key NO FORCE ROW LEVEL SECURITY',
    /table api_key: has .*on and not forced/,
  ],
  [
    'a policy that shows more',
    'CREATE POLICY all_of_it ON record USING (true)',
    /table record: has “policy all_of_it/,
  ],
  [
    'a grant to change events',
    'GRANT UPDATE (actor) ON ledger_event TO mizan_app',
    /table ledger_event: has “grant UPDATE of column actor to mizan_app/,
  ],
  [
    'a function that does nothing',
    `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
       AS 'BEGIN RETURN coalesce(NEW, OLD); END'`,
    /function refuse_change\(\): has “source/,
  ],
  [
    'a constraint that is gone',
    'ALTER TABLE supply_balance DROP CONSTRAINT supply_is_conserved',
    /table supply_balance: lacks “constraint supply_is_conserved/,
  ],
  [
    'a constraint that says less',
    `ALTER TABLE import_file DROP CONSTRAINT import_file_kind_is_known,
       ADD CONSTRAINT import_file_kind_is_known CHECK (kind <> '')`,
    /table import_file: lacks “constraint import_file_kind_is_known/,
  ],
  [
    'a column of another type',
    'ALTER TABLE plant ALTER COLUMN latitude_deg TYPE double precision',
    /table plant: lacks “column latitude_deg numeric”/,
  ],
  [
    'a column that may be empty',
    'ALTER TABLE meter ALTER COLUMN recorded_at DROP NOT NULL',
    /table meter: lacks “column recorded_at timestamp with time zone not null”/,
  ],
  ['an index that is gone', 'DROP INDEX bundle_by_certificate', /lacks “index CREATE INDEX bundle/],
  [
    'a rule that swallows rows',
    'CREATE RULE forget AS ON INSERT TO posting DO INSTEAD NOTHING',
    /table posting: has “rule forget/,
  ],
  ['a table that is gone', 'DROP TABLE reading_estimate', /table reading_estimate: lacks “column/],
  ['a table of somebody else', 'CREATE TABLE mine (a integer)', /table mine: has “column a/],
  [
    'another owner',
    'ALTER TABLE ledger_head OWNER TO mizan_app',
    /table ledger_head: has .*mizan_app/,
  ],
  [
    'rows beside those that are guarded',
    'CREATE TABLE public.beside () INHERITS (posting)',
    /table posting: has “child public.beside”/,
  ],
  [
    'a table that is under another',
    'CREATE TABLE public.above (); ALTER TABLE posting INHERIT public.above',
    /table posting: has “parent public.above”/,
  ],
  [
    'a table that a crash empties',
    'ALTER TABLE reading_estimate SET UNLOGGED',
    /table reading_estimate: has “unlogged”/,
  ],
  [
    'a function with the rights of its owner',
    'ALTER FUNCTION refuse_change() SECURITY DEFINER',
    /function refuse_change\(\): has “.*as its owner/,
  ],
  [
    'a function with settings of its own',
    'ALTER FUNCTION refuse_change() SET session_replication_role = replica',
    /function refuse_change\(\): has “.*session_replication_role=replica/,
  ],
  [
    'an operator of somebody else',
    'CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = textne)',
    /operator ===\(text,text\): has “does textne”/,
  ],
  [
    'a cast that was not there',
    'CREATE CAST (text AS boolean) WITH INOUT AS IMPLICIT',
    /casts: has “from text to boolean”/,
  ],
];

describe('a start', () => {
  it.each(CHANGED)('refuses %s, and names it', async (_, sql, says) => {
    const database = await createTestDatabase();
    await expect(bringToSchema(database.ownerUrl)).resolves.toBeUndefined();
    await run(database.adminUrl, sql);
    await expect(bringToSchema(database.ownerUrl)).rejects.toThrow(says);
    await database.drop();
  });

  it('takes an index and a reader that an administrator added', async () => {
    const database = await createTestDatabase();
    const reader = `reader_of_${new URL(database.adminUrl).pathname.slice(1)}`;
    await run(database.adminUrl, 'CREATE INDEX mine ON posting (event_id)');
    await run(database.adminUrl, `CREATE ROLE ${reader}`);
    await run(database.adminUrl, `GRANT SELECT ON ALL TABLES IN SCHEMA mizan TO ${reader}`);
    await expect(bringToSchema(database.ownerUrl)).resolves.toBeUndefined();
    await run(database.adminUrl, `DROP OWNED BY ${reader}`);
    await run(database.adminUrl, `DROP ROLE ${reader}`);
    await database.drop();
  });

  it('refuses a ledger that a later build has carried forward, and changes nothing', async () => {
    const database = await createTestDatabase();
    const { adminUrl, ownerUrl } = database;
    await run(
      adminUrl,
      `INSERT INTO migration (timestamp, name) VALUES (1890000000000, 'Later1890000000000')`,
    );
    await run(adminUrl, `DELETE FROM migration WHERE name = 'MendEditedMigrations1790002500000'`);
    const all = () => rows(adminUrl, 'SELECT * FROM migration ORDER BY id');
    const before = await all();
    await expect(bringToSchema(ownerUrl)).rejects.toThrow(
      /later .* build .*Later1890000000000.*Nothing was changed/s,
    );
    expect(await all()).toEqual(before);
    await database.drop();
  });

  it('refuses a ledger whose migration was another text, be it by one character', async () => {
    const database = await createTestDatabase();
    const [name, sha256] = Object.entries(BUILT.hashes)[3]!;
    const other = sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await rows(database.adminUrl, 'UPDATE migration_hash SET sql_sha256 = $1 WHERE name = $2', [
      other,
      name,
    ]);
    await expect(bringToSchema(database.ownerUrl)).rejects.toThrow(
      new RegExp(`${name} with other SQL .* ${other} there, ${sha256} here`),
    );
    await database.drop();
  });

  it('hashes every character of what a migration sends', async () => {
    const database = await createTestDatabase();
    const { adminUrl, ownerUrl } = database;
    const hashOf = async () =>
      (
        await rows<{ sha256: string }>(
          adminUrl,
          `SELECT sql_sha256 AS sha256 FROM migration_hash WHERE name LIKE 'Try%'`,
        )
      )[0]!.sha256;
    const hashes: string[] = [];
    for (const sql of ['SELECT 1', 'SELECT 1 ', 'SELECT 2', 'SELECT 1']) {
      const owner = await new DataSource({
        ...dataSourceOptions(ownerUrl),
        migrations: [tryOut(sql)],
      }).initialize();
      await run(adminUrl, 'DELETE FROM migration');
      await runMigrations(owner, { hashes: {}, formerNames: [], steps: [] });
      await owner.destroy();
      hashes.push(await hashOf());
    }
    expect(new Set(hashes).size).toBe(3);
    expect(hashes[3]).toBe(hashes[0]);
    await database.drop();
  });

  it('keeps hashes for what ran before they were kept, once the schema was compared', async () => {
    const database = await createTestDatabase();
    const { adminUrl, ownerUrl } = database;
    await run(adminUrl, 'DROP TABLE migration_hash');
    await run(adminUrl, 'ALTER TABLE ledger DISABLE ROW LEVEL SECURITY');
    const hashes = () => rows(adminUrl, 'SELECT name, sql_sha256 FROM migration_hash');
    await expect(bringToSchema(ownerUrl)).rejects.toThrow('table ledger');
    expect(await hashes()).toEqual([]);
    await run(adminUrl, 'ALTER TABLE ledger ENABLE ROW LEVEL SECURITY');
    await bringToSchema(ownerUrl);
    expect(await hashes()).toHaveLength(Object.keys(BUILT.hashes).length);
    await database.drop();
  });

  it('of two processes at once on an empty database makes one schema', async () => {
    const database = await createTestDatabase({ isEmpty: true });
    await provision(database.adminUrl, null);
    await Promise.all([bringToSchema(database.ownerUrl), bringToSchema(database.ownerUrl)]);
    await expect(bringToSchema(database.ownerUrl)).resolves.toBeUndefined();
    await database.drop();
  });

  it('with nothing to do writes nothing, and waits for none who looks too', async () => {
    const database = await createTestDatabase();
    const { adminUrl, ownerUrl } = database;
    const name = new URL(adminUrl).pathname.slice(1);
    await run(adminUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await session(adminUrl, async (other) => {
      await other.query(`BEGIN; SELECT pg_advisory_xact_lock_shared(hashtext('mizan migrate'))`);
      await expect(bringToSchema(ownerUrl)).resolves.toBeUndefined();
    });
    await run(adminUrl, 'BEGIN READ WRITE; DROP TABLE migration_hash; COMMIT');
    await expect(bringToSchema(ownerUrl)).rejects.toThrow('read-only transaction');
    await database.drop();
  });

  it('waits for another build that is at it, and says that it was that one', async () => {
    const database = await createTestDatabase();
    const { adminUrl, ownerUrl } = database;
    let started: Promise<unknown> = Promise.resolve();
    await session(adminUrl, async (later) => {
      await later.query(
        `BEGIN; SELECT pg_advisory_xact_lock(hashtext('mizan migrate'));
         INSERT INTO migration (timestamp, name) VALUES (1890000000000, 'Later1890000000000');
         ALTER TABLE meter ADD later boolean`,
      );
      started = bringToSchema(ownerUrl).catch((error: unknown) => error);
      await until(() => waiting(adminUrl));
      await later.query('COMMIT');
    });
    expect(String(await started)).toMatch(/later .* build .*Later1890000000000/);
    await database.drop();
  });

  it.each([
    ['a right on a table', 'REVOKE UPDATE ON mizan_queue.job FROM mizan_app'],
    ['that it wakes its workers', 'UPDATE mizan_queue.queue SET notify = false'],
    ['the time that a job may take', 'UPDATE mizan_queue.queue SET expire_seconds = 3600'],
  ])('gives the queue %s where it lacks', async (_, sql) => {
    const database = await createTestDatabase();
    const { adminUrl, ownerUrl } = database;
    const standing = () =>
      rows(
        adminUrl,
        `SELECT has_table_privilege('mizan_app', 'mizan_queue.job', 'UPDATE') AS may,
           (SELECT bool_and(notify) FROM mizan_queue.queue) AS notifies,
           (SELECT min(expire_seconds) FROM mizan_queue.queue) AS "withinS"`,
      );
    const before = await standing();
    await run(adminUrl, sql);
    expect(await standing()).not.toEqual(before);
    await bringToSchema(ownerUrl);
    expect(await standing()).toEqual(before);
    await database.drop();
  });

  it('asks a queue of another version for nothing that it may not have', async () => {
    const database = await createTestDatabase();
    const { adminUrl, ownerUrl } = database;
    await expect(readOnly(ownerUrl, isQueuePrepared)).resolves.toBe(true);
    await run(adminUrl, 'ALTER TABLE mizan_queue.queue RENAME COLUMN notify TO tells');
    await run(adminUrl, 'UPDATE mizan_queue.version SET version = version - 1');
    await expect(readOnly(ownerUrl, isQueuePrepared)).resolves.toBe(false);
    await database.drop();
  });
});

/** Whether somebody waits for a turn to bring this database to its schema. */
async function waiting(adminUrl: string): Promise<boolean> {
  const [found] = await rows<{ waits: boolean }>(
    adminUrl,
    `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS waits`,
  );
  return found!.waits;
}

describe('the head of a ledger', () => {
  it('is its last event, or nothing is served', async () => {
    const app = await startApp();
    const { adminUrl, ownerUrl } = app.database;
    await expect(requireHeads(ownerUrl)).resolves.toBeUndefined();
    await run(adminUrl, 'UPDATE ledger_head SET size = size - 1');
    await expect(requireHeads(ownerUrl)).rejects.toThrow(/test: the head says \d+ events/);
    await run(adminUrl, 'UPDATE ledger_head SET size = size + 1, chain_hash = sha256(chain_hash)');
    await expect(requireHeads(ownerUrl)).rejects.toThrow('not its last event');
    await run(adminUrl, 'DELETE FROM ledger_head');
    await expect(requireHeads(ownerUrl)).rejects.toThrow('head says nothing');
    await app.close();
  });

  it('is compared in every ledger of the database, not only in the one that is served', async () => {
    const app = await startApp();
    const { adminUrl, appUrl, ownerUrl } = app.database;
    const ids: string[] = [];
    for (const name of ['one', 'other', 'third']) {
      ids.push((await app.nest.get(LedgerService).open(name)).ledgerId);
    }
    await expect(requireHeads(ownerUrl)).resolves.toBeUndefined();
    for (const id of ids.slice(1)) {
      await run(adminUrl, `UPDATE ledger_head SET size = size + 1 WHERE ledger_id = '${id}'`);
    }
    const said = await requireHeads(ownerUrl).catch(({ message }: Error) => message);
    expect(said).toMatch(/other: the head says 2 events.*ends with 1 events.*third: the head says/);
    expect(said).not.toMatch(/one: |test: /);
    // Who serves sees no ledger but that of its transaction, as before.
    expect(await rows(appUrl, 'SELECT name FROM ledger')).toEqual([]);
    await app.close();
  });
});

function tryOut(sql: string): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = 'Try1890000000000';

    async up(db: QueryRunner): Promise<void> {
      await db.query(sql);
    }

    async down(): Promise<void> {}
  };
}
