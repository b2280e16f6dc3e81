/**
 * Writes what this build's migrations are and make, read from the database that `with-postgres.ts`
 * has just migrated: `npm run schema`, after a migration was added.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';

type SchemaCheck = typeof import('../../src/platform/schema/schema-check.js');

const root = join(import.meta.dirname, '../..');
const url = new URL(process.env.MIZAN_TEST_ADMIN_URL!);
url.pathname = `/${process.env.MIZAN_TEST_TEMPLATE}`;
const file = pathToFileURL(join(root, 'dist/src/platform/schema/schema-check.js')).href;
const { readCatalogue } = (await import(file)) as SchemaCheck;

const client = new pg.Client({ connectionString: url.href });
await client.connect();
const { rows } = await client.query<{ name: string; sha256: string }>(
  'SELECT name, sql_sha256 AS sha256 FROM mizan.migration_hash ORDER BY right(name, 13)',
);
await client.end();
const written: Readonly<Record<string, object>> = {
  hashes: Object.fromEntries(rows.map(({ name, sha256 }) => [name, sha256])),
  schema: await readCatalogue(url.href),
};
for (const [name, content] of Object.entries(written)) {
  writeFileSync(join(root, 'migrations', `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
}
