import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BUILT } from '../../src/schema.js';
import { compareSchema } from '../../src/platform/schema/schema-check.js';
import { mizan, type Ran } from '../support/cli.js';
import { createTestDatabase, rows, run } from '../support/database.js';

const LEDGERS = 'fixtures/ledgers';
const REVISED = `meter,start,wh,quality
HALL-A,2026-10-14T11:00:00Z,1500000,EDITED
`;
const ISSUER = (
  JSON.parse(readFileSync('fixtures/demo/records.json', 'utf8')) as {
    readonly kind: string;
    readonly document: object;
  }[]
).find(({ kind }) => kind === 'issuer')!.document;

describe('ledgers that earlier builds made', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'mizan-ledgers-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it.each(readdirSync(LEDGERS).filter((name) => name.endsWith('.sql.gz')))(
    '%s is carried forward, holds, and goes on',
    async (name) => {
      const database = await createTestDatabase({ isEmpty: true });
      const { adminUrl, ownerUrl } = database;
      await run(adminUrl, gunzipSync(readFileSync(join(LEDGERS, name))).toString());
      const events = () =>
        rows(adminUrl, 'SELECT seq, leaf_hash, chain_hash FROM mizan.ledger_event ORDER BY seq');
      const before = await events();
      // A folder of its own: they are one ledger by name, and a marker would take one for another.
      const dataDir = join(scratch, name);
      const settings = { DATABASE_URL: adminUrl, MIZAN_DATA_DIR: dataDir, MIZAN_LEDGER: 'demo' };
      const done = (...args: readonly string[]): string => good(mizan(args, { settings }));
      const file = (text: string): string => {
        writeFileSync(join(scratch, 'file.csv'), text);
        return join(scratch, 'file.csv');
      };

      // The first command carries it forward; what it made of it is verified with what comes after.
      done('list', 'site');
      expect(await events()).toEqual(before);
      expect(await compareSchema(ownerUrl, BUILT.schema)).toEqual([]);
      const hashes = await rows<{ name: string; sha256: string }>(
        adminUrl,
        'SELECT name, sql_sha256 AS sha256 FROM mizan.migration_hash',
      );
      expect(Object.fromEntries(hashes.map((row) => [row.name, row.sha256]))).toEqual(BUILT.hashes);

      done('import', 'intervals', file(REVISED));
      // Before issuers were records, nobody had to be one.
      const [known] = await rows<{ issuers: number }>(
        adminUrl,
        'SELECT count(*)::integer AS issuers FROM issuer',
      );
      if (known!.issuers === 0) done('create', 'issuer', file(JSON.stringify(ISSUER)));
      for (const again of await withdrawn(adminUrl)) done('import', 'certificates', file(again));
      expect(done('match', '2026-10')).toContain('1 hours touched');
      expect(done('verify-ledger')).toContain('The ledger holds');
      expect((await events()).length).toBeGreaterThan(before.length + 1);
      await database.drop();
    },
  );
});

function good({ code, stdout, stderr }: Ran): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Files that issue again what was withdrawn whole, in each ledger where something was. */
async function withdrawn(url: string): Promise<string[]> {
  const gone = await rows<{ row: string }>(
    url,
    `SELECT concat_ws(',', plant_code, to_char(starts_at, 'YYYY-MM-DD"T"HH24:MI"Z"'),
       to_char(ends_at, 'YYYY-MM-DD"T"HH24:MI"Z"'), wh, external_id || '-AGAIN', issuer, 'Active') AS row
     FROM certificate JOIN bundle_change h ON (h.ledger_id, h.bundle_id) = (certificate.ledger_id, certificate_id)
     WHERE h.status = 'Withdrawn'`,
  );
  return gone.map(({ row }) => `plant,start,end,wh,external_id,issuer,status\n${row}\n`);
}
