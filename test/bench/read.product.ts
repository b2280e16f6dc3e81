/**
 * The product in a process of its own, on a database with the records of a small grid and two years of
 * invoices, for `read.bench.ts`. Says on stdout where it is and what one request of each path sends to
 * the database; ends with its stdin. Its log goes where its stderr goes, as in service.
 */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { createTestDatabase } from '../support/database.ts';
import { RECORDS } from '../support/make.ts';
import { NO_RATES } from '../support/rates.ts';

/** What was sent to the database. */
export interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

/** Where the product is, and what a request of each path sends. */
export interface Product {
  readonly url: string;
  readonly key: string;
  /** As the product connects. */
  readonly databaseUrl: string;
  readonly connectionsMax: number;
  readonly sent: Readonly<Record<string, readonly Sent[]>>;
  readonly bytes: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, number>>;
}

const PATHS = process.argv.slice(2);
const INVOICES = 24;

const built = <T>(file: string): Promise<T> =>
  import(pathToFileURL(join(import.meta.dirname, '../../dist/src', file)).href) as Promise<T>;

type App = typeof import('../../src/app.module.js');
type Http = typeof import('../../src/http.js');
type Config = typeof import('../../src/platform/config.js');
type Target = typeof import('../../src/platform/database/server/settled-client.js');
type LanesFile = typeof import('../../src/platform/database/lanes.js');
type Ledgers = typeof import('../../src/features/ledger/ledger.service.js');
type Access = typeof import('../../src/features/access/access.service.js');
type Roles = typeof import('../../src/platform/auth/roles.js');
const { AppModule } = await built<App>('app.module.js');
const { buildHttp } = await built<Http>('http.js');
const { readConfig } = await built<Config>('platform/config.js');
const { targetOf } = await built<Target>('platform/database/server/settled-client.js');
const { Lanes } = await built<LanesFile>('platform/database/lanes.js');
const { LedgerService } = await built<Ledgers>('features/ledger/ledger.service.js');
const { AccessService } = await built<Access>('features/access/access.service.js');
const { atTerminal } = await built<Roles>('platform/auth/roles.js');

const database = await createTestDatabase();
const config = readConfig({ ...process.env, ...NO_RATES });
const app = await buildHttp(AppModule.on(database.appUrl, config), config);
const { ledgerId } = await app.get(LedgerService).open('bench');
const access = app.get(AccessService);
const admin = async (name: string) => {
  const request = { name, role: 'admin', expiresAt: null } as const;
  const { keyId, row } = await access.issue(atTerminal(ledgerId, 'admin'), request);
  return { ledgerId, id: keyId, principalId: row.principalId, role: 'admin' } as const;
};
const [first, second] = [await admin('first'), await admin('second')];
const keyOf = async (role: 'energy-manager' | 'finance'): Promise<string> => {
  const issued = await access.issue(first, { name: role, role, expiresAt: null });
  await access.confirm(second, issued.keyId);
  return issued.key;
};
const [key, financeKey] = [await keyOf('energy-manager'), await keyOf('finance')];
const url = await app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });

const post = async (path: string, type: string, body: string): Promise<void> => {
  const authorization = `Bearer ${path === 'vat-rates' ? financeKey : key}`;
  const headers = { authorization, 'content-type': type };
  const answer = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`${path}: ${await answer.text()}`);
};
for (const [path, record] of RECORDS) await post(path, 'application/json', JSON.stringify(record));
const BILL = readFileSync('fixtures/invoices/taqa-2026-09.xml', 'utf8');
for (let at = 0; at < INVOICES; at += 1) {
  const month = `${2025 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
  const bill = BILL.replace('FAC-2026-000917', `FAC-${month}`).replace(/2026-09-/g, `${month}-`);
  const period = `contract=PPA&period=${month}`;
  await post(
    `supplier-invoices?${period}`,
    'application/xml',
    bill.replace(`${month}-30`, `${month}-28`),
  );
}

const call = async (path: string): Promise<Buffer> => {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  if (answer.status !== 200) throw new Error(`${path}: ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
};
const sent: Record<string, Sent[]> = {};
const bytes: Record<string, number> = {};
const rows: Record<string, number> = {};
const query = Reflect.get(pg.Client.prototype, 'query') as (...all: unknown[]) => unknown;
for (const path of PATHS) {
  await call(path);
  const mine: Sent[] = (sent[path] = []);
  const spy = function (this: pg.Client, ...given: unknown[]): unknown {
    const [text, values] = given;
    if (typeof text === 'string') {
      mine.push({ text, values: Array.isArray(values) ? [...(values as unknown[])] : [] });
    }
    return Reflect.apply(query, this, given);
  };
  Object.assign(pg.Client.prototype, { query: spy });
  const answer = await call(path).finally(() => Object.assign(pg.Client.prototype, { query }));
  bytes[path] = answer.byteLength;
  const document = JSON.parse(answer.toString()) as { readonly items?: readonly unknown[] };
  rows[path] = document.items?.length ?? 1;
}
const lanes = app.get(Lanes);
const connectionsMax =
  lanes.of('read').bounds.connectionsMax + lanes.of('auth').bounds.connectionsMax;
const { connectionString: databaseUrl } = targetOf(database.appUrl);
const product: Product = { url, key, databaseUrl, connectionsMax, sent, bytes, rows };
process.stdout.write(`${JSON.stringify(product)}\n`);
process.stdin.resume();
process.stdin.on('end', () => {
  void app
    .close()
    .then(() => database.drop())
    .then(() => process.exit(0));
});
