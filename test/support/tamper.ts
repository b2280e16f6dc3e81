import assert from 'node:assert';
import { DataSource, type EntityManager } from 'typeorm';
import { dataSourceOptions } from '../../src/data-source.js';
import type { Register } from '../../src/features/ledger/replay/replay.port.js';
import { AuditorReadsService } from '../../src/features/engagements/reads/auditor-reads.service.js';
import { VerificationJobsService } from '../../src/features/verification/verification-jobs.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { type LedgerTx, ofLedger } from '../../src/platform/database/ledger-tx.js';
import type { TestApp } from './app.js';
import { run } from './database.js';
import { seeded } from './seeded.js';

/** A table of the database's catalogue, with its columns. */
export interface TableOfCatalogue {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** Tables and columns of the product, as the database's catalogue lists them. */
export async function catalogueOf(tx: EntityManager): Promise<TableOfCatalogue[]> {
  const found = await tx.query<{ table: string; name: string; type: string }[]>(
    `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'mizan'::regnamespace AND c.relkind IN ('r', 'p')
       AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY c.relname, a.attnum`,
  );
  const tables = new Map<string, { name: string; type: string }[]>();
  for (const { table, name, type } of found) {
    tables.set(table, [...(tables.get(table) ?? []), { name, type }]);
  }
  return [...tables].map(([table, columns]) => ({ table, columns }));
}

/** A transaction of a superuser with every guard switched off, which is rolled back at the end. */
export async function asSuperuser<T>(
  { database, ledgerId }: Pick<TestApp, 'database' | 'ledgerId'>,
  use: (tx: LedgerTx) => Promise<T>,
): Promise<T> {
  const source = new DataSource(dataSourceOptions(database.adminUrl));
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query(`SELECT set_config('app.ledger', $1, true)`, [ledgerId]);
    await runner.query(`SET LOCAL session_replication_role = replica`);
    const constraints = await runner.manager.query<{ sql: string }[]>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) AS sql
       FROM pg_constraint WHERE connamespace = 'mizan'::regnamespace AND contype IN ('c', 'f', 'x', 'u')
       AND conparentid = 0 AND coninhcount = 0
       ORDER BY contype = 'f' DESC`,
    );
    for (const { sql } of constraints) await runner.query(sql);
    return await use(ofLedger(runner.manager, ledgerId));
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
    await source.destroy();
  }
}

/** What was done to a ledger that verification must see. */
export interface Tampering {
  readonly table: string;
  /** Column that was edited; null when a row was removed or added. */
  readonly column: string | null;
  readonly act: string;
}

/** Of how many columns one is edited, drawn by a seed; how many rows of each table are tried. */
interface Extent {
  readonly seed: number;
  readonly share: number;
  readonly rowsOfTable: number;
}

/**
 * Edits columns of every table of the catalogue, empties those that may be, removes rows and copies
 * them, each alone, and gives back what verification did not see.
 *
 * @param verify  Whether the ledger still verifies.
 */
export async function unseenTampering(
  tx: EntityManager,
  tables: readonly TableOfCatalogue[],
  verify: () => Promise<boolean>,
  { seed, share, rowsOfTable }: Extent,
): Promise<Tampering[]> {
  const draw = seeded(seed);
  const unseen: Tampering[] = [];
  const attempt = async (of: Tampering, ...statements: string[]): Promise<void> => {
    if (await lookAfter(tx, statements, verify)) unseen.push(of);
  };
  for (const { table, columns } of tables) {
    const rows = await tx.query<{ at: string }[]>(`SELECT ctid::text AS at FROM ${table}`);
    for (let nth = 0; nth < Math.min(rowsOfTable, rows.length); nth += 1) {
      const [{ at }] = rows.splice(Math.floor(draw() * rows.length), 1) as [{ at: string }];
      const where = `WHERE ctid = '${at}'`;
      for (const { name, type } of columns.filter(() => draw() < share)) {
        const of = { table, column: name };
        const change = `UPDATE ${table} SET ${name} = ${otherValue(name, type)} ${where}`;
        await attempt({ ...of, act: 'edited' }, ...open(table), change);
        const [isNull] = await tx.query(`SELECT FROM ${table} ${where} AND ${name} IS NULL`);
        if (isNull === undefined) {
          const empty = `UPDATE ${table} SET ${name} = NULL ${where}`;
          await attempt({ ...of, act: 'emptied' }, ...open(table, name), empty);
        }
      }
      const row = { table, column: null };
      await attempt({ ...row, act: 'removed' }, `DELETE FROM ${table} ${where}`);
      const copy = `INSERT INTO ${table} SELECT * FROM ${table} ${where}`;
      await attempt({ ...row, act: 'copied' }, ...open(table), copy);
    }
  }
  return unseen;
}

/** Whether a declaration says that nothing proves what was done. */
export function isDeclared(register: Register, column: string | null): boolean {
  const { table, of, sealed, notProven = {}, isErasable = false } = register;
  const isOutside = of === null && sealed.length === 0;
  // The key of an erasable row: without it the row is gone.
  const isGone = isErasable && [null, 'ledger_id', 'principal_id'].includes(column);
  assert(table !== 'ledger_event' || !(isOutside || isGone), 'the log itself is proven');
  return isOutside || isGone || (column !== null && Object.hasOwn(notProven, column));
}

/** Statements after which a table takes any row, and null in a column. */
function open(table: string, column?: string): string[] {
  return [
    `DO $$ DECLARE name text; BEGIN
       FOR name IN SELECT conname FROM pg_constraint
         WHERE conrelid = '${table}'::regclass AND contype = 'p' LOOP
         EXECUTE format('ALTER TABLE ${table} DROP CONSTRAINT %I CASCADE', name);
       END LOOP; END $$`,
    ...(column === undefined ? [] : [`ALTER TABLE ${table} ALTER ${column} DROP NOT NULL`]),
  ];
}

/** Does something, looks, and takes it back. */
export async function lookAfter<T>(
  tx: EntityManager,
  statements: readonly string[],
  look: () => Promise<T>,
): Promise<T> {
  await tx.query('SAVEPOINT before_edit');
  try {
    for (const statement of statements) await tx.query(statement);
    return await look();
  } finally {
    await tx.query('ROLLBACK TO SAVEPOINT before_edit');
  }
}

/** SQL of another value of a column's type. */
export function otherValue(name: string, type: string): string {
  if (type.endsWith('[]')) {
    const item = type.slice(0, -2);
    return `array_append(coalesce(${name}, '{}'), ${otherValue('NULL', item)}::${item})`;
  }
  const made = OTHER[type];
  if (made === undefined) throw new Error(`No other value of type ${type} (${name})`);
  return made(name);
}

const OTHER: Readonly<Record<string, (name: string) => string>> = {
  uuid: () => `'00000000-0000-4000-8000-00000000dead'`,
  'character varying': (name) => `coalesce(${name}, '') || 'x'`,
  text: (name) => `coalesce(${name}, '') || 'x'`,
  smallint: (name) => `coalesce(${name}, 0) + 1`,
  integer: (name) => `coalesce(${name}, 0) + 1`,
  bigint: (name) => `coalesce(${name}, 0) + 1`,
  numeric: (name) => `coalesce(${name}, 0) + 1`,
  boolean: (name) => `NOT coalesce(${name}, false)`,
  date: (name) => `coalesce(${name}, '2020-01-01'::date) + 1`,
  'timestamp with time zone': (name) =>
    `coalesce(${name}, '2020-01-01'::timestamptz) + interval '1 hour'`,
  int8range: () => `int8range(7, 13)`,
  bytea: (name) => `coalesce(${name}, '') || '\\x00'::bytea`,
  jsonb: (name) => `jsonb_build_object('was', ${name})`,
  json: (name) => `json_build_object('was', ${name})`,
};

/** Puts a time-stamp and a delivery beside a checkpoint, so that their tables have a row; they are none. */
export function keepStamp({ database }: TestApp): Promise<void> {
  return run(
    database.adminUrl,
    `INSERT INTO checkpoint_stamp SELECT ledger_id, size, kid, '\\x30', signed_at FROM checkpoint;
     INSERT INTO checkpoint_delivery SELECT ledger_id, gen_random_uuid(), size, kid,
       CASE row_number() OVER (ORDER BY size) WHEN 1 THEN '2026-10' END,
       'waiting', signed_at, 0, signed_at, NULL, NULL FROM checkpoint`,
  );
}

/** Writes down what an auditor read, so that its table has a row. */
export async function keepRead(app: TestApp): Promise<void> {
  await app.call('GET', '/v1/ledger/head', { role: 'auditor' });
  await app.nest.get(AuditorReadsService).flush();
}

/** Keeps what a verification found, so that its table has a row. */
export async function keepVerification({ nest, ledgerId }: TestApp): Promise<void> {
  const actor = atTerminal(ledgerId, 'auditor');
  await nest.get(VerificationJobsService).runNow(actor, { isFull: true, hasFiles: false });
}
