/**
 * Reads over HTTP at fifty connections, beside a bare Fastify handler that sends the very statements
 * that the product sent for one such request, on the same database in the same run. The ratio is what
 * the product costs beside what its database costs. Rates are off.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { RECORDS } from '../support/make.ts';
import { createTestDatabase } from '../support/database.ts';
import type { Report } from './report.ts';

const CONNECTIONS = 50;
const SECONDS = 4;
const ROUNDS = 3;
const PATHS = {
  contracts: '/v1/contracts',
  head: '/v1/ledger/head',
  invoices: '/v1/supplier-invoices',
} as const;

const built = <T>(file: string): Promise<T> =>
  import(pathToFileURL(join(import.meta.dirname, '../../dist/src', file)).href) as Promise<T>;

interface Measured {
  readonly perS: number;
  readonly p99Ms: number;
  readonly wrong: number;
}

/** What was sent to the database. */
interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

/** Serves the product on a database of its own, with the records of a small grid. */
async function serveProduct() {
  await import('reflect-metadata');
  type App = typeof import('../../src/app.module.js');
  type Http = typeof import('../../src/http.js');
  type Config = typeof import('../../src/platform/config.js');
  type Log = typeof import('../../src/platform/logger.js');
  type Ledgers = typeof import('../../src/features/ledger/ledger.service.js');
  type Access = typeof import('../../src/features/access/access.service.js');
  type Roles = typeof import('../../src/platform/auth/roles.js');
  const { AppModule } = await built<App>('app.module.js');
  const { buildHttp } = await built<Http>('http.js');
  const { readConfig } = await built<Config>('platform/config.js');
  const { logger } = await built<Log>('platform/logger.js');
  const { LedgerService } = await built<Ledgers>('features/ledger/ledger.service.js');
  const { AccessService } = await built<Access>('features/access/access.service.js');
  const { atTerminal } = await built<Roles>('platform/auth/roles.js');
  logger.level = 'silent';
  const database = await createTestDatabase();
  const config = readConfig({
    ...{ MIZAN_RATE_KEY: '0', MIZAN_RATE_KEY_WRITES: '0', MIZAN_RATE_ADDRESS: '0' },
  });
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
    const { key, keyId } = await access.issue(first, { name: role, role, expiresAt: null });
    await access.confirm(second, keyId);
    return key;
  };
  const [key, financeKey] = [await keyOf('energy-manager'), await keyOf('finance')];
  const url = await app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
  return { app, database, url, key, financeKey };
}

/** The statements of one request, as they go to the database. */
async function sentBy(ask: () => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const query = Reflect.get(pg.Client.prototype, 'query') as (...all: unknown[]) => unknown;
  const spy = function (this: pg.Client, ...given: unknown[]): unknown {
    const [text, values] = given;
    if (typeof text === 'string') {
      sent.push({ text, values: Array.isArray(values) ? [...(values as unknown[])] : [] });
    }
    return Reflect.apply(query, this, given);
  };
  Object.assign(pg.Client.prototype, { query: spy });
  try {
    await ask();
  } finally {
    Object.assign(pg.Client.prototype, { query });
  }
  return sent;
}

/** A handler with nothing around it: these statements, and the rows of the last but one. */
async function serveBare(databaseUrl: string, statements: readonly Sent[]) {
  const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/platform-fastify'));
  type Make = () => {
    get(path: string, handle: () => Promise<unknown>): void;
    listen(at: { host: string; port: number }): Promise<string>;
    close(): Promise<void>;
  };
  const { fastify } = require('fastify') as { fastify: Make };
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  const server = fastify();
  server.get('/', async () => {
    const client = await pool.connect();
    try {
      let rows: unknown[] = [];
      for (const { text, values } of statements) {
        const answer = await client.query(text, values);
        if (!Array.isArray(answer) && answer.command === 'SELECT') ({ rows } = answer);
      }
      return { items: rows };
    } finally {
      client.release();
    }
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    close: async () => {
      await server.close();
      await pool.end();
    },
  };
}

async function load(url: string, key: string): Promise<Measured> {
  const script = join(import.meta.dirname, 'read.load.ts');
  const args = [script, url, key, String(CONNECTIONS), String(SECONDS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((ended) => child.on('close', ended));
  return JSON.parse(text) as Measured;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Measures both in turn, several times; medians. */
export async function bench(): Promise<Report> {
  const product = await serveProduct();
  const { url, app, database, key, financeKey } = product;
  const call = (path: string): Promise<Response> =>
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  for (const [path, record] of RECORDS) {
    const by = path === 'vat-rates' ? financeKey : key;
    const headers = { authorization: `Bearer ${by}`, 'content-type': 'application/json' };
    const body = JSON.stringify(record);
    const { status } = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body });
    if (status !== 201) throw new Error(`${path}: ${status}`);
  }
  const report: Record<string, number | string> = {
    ...{ connections: CONNECTIONS, seconds: SECONDS * ROUNDS, rates: 'off' },
  };
  for (const [name, path] of Object.entries(PATHS)) {
    await call(path);
    const answer = { bytes: 0 };
    const statements = await sentBy(async () => {
      const response = await call(path);
      if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`);
      answer.bytes = (await response.arrayBuffer()).byteLength;
    });
    const bare = await serveBare(database.adminUrl, statements);
    const measured: { readonly own: Measured; readonly bare: Measured }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const both = { bare: await load(bare.url, key), own: await load(`${url}${path}`, key) };
      if (both.own.wrong + both.bare.wrong > 0) throw new Error(`${path}: not all answered 200`);
      // The first round warms both.
      if (round > 0) measured.push(both);
    }
    await bare.close();
    report[`${name}Bytes`] = answer.bytes;
    report[`${name}Messages`] = statements.length;
    report[`${name}PerS`] = Math.round(median(measured.map(({ own }) => own.perS)));
    report[`${name}BarePerS`] = Math.round(median(measured.map((one) => one.bare.perS)));
    const ratios = measured.map((one) => one.own.perS / one.bare.perS);
    report[`${name}Ratio`] = Math.round(median(ratios) * 100) / 100;
    report[`${name}P99Ms`] = Math.round(median(measured.map(({ own }) => own.p99Ms)));
  }
  await app.close();
  await database.drop();
  return report;
}
