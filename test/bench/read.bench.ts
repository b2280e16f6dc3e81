/**
 * Reads over HTTP at fifty connections, beside a bare Fastify handler that sends the very statements
 * that the product sends for one such request (who calls among them), on the same database, as the same
 * login, with as many connections, in the same run. Product, handler and loader are processes of their
 * own; which of the two is asked first alternates. The ratio is what the product costs beside what its
 * database costs. Rates are off; the log is on.
 *
 * Each is asked twice: as fast as fifty connections can, which tells the ratio, and at half the rate that the
 * product reached so (the handler at the same rate), which tells how long a caller waits on a server
 * that is busy and not overrun. Where every caller asks again at once, waiting is the number of callers
 * divided by the rate, and no more than that.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Product } from './read.product.ts';
import type { Report } from './report.ts';

const CONNECTIONS = 50;
const SECONDS = 3;
const ROUNDS = 6;
const PATHS = {
  contracts: '/v1/contracts',
  head: '/v1/ledger/head',
  invoices: '/v1/supplier-invoices',
} as const;

interface Measured {
  readonly perS: number;
  readonly p99Ms: number;
  readonly wrong: number;
}

/** A process of this folder, and the first line that it says. */
async function started<Said>(
  file: string,
  args: readonly string[],
  { given, env = {} }: { readonly given?: object; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ readonly said: Said; readonly end: () => Promise<void> }> {
  const flags = ['--max-semi-space-size=8', join(import.meta.dirname, file), ...args];
  const child: ChildProcess = spawn(process.execPath, flags, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  if (given !== undefined) child.stdin!.write(`${JSON.stringify(given)}\n`);
  const line = await new Promise<string>((done, failed) => {
    createInterface({ input: child.stdout! }).once('line', done);
    child.once('exit', (code) => failed(new Error(`${file} ended with ${code}`)));
  });
  const end = (): Promise<void> => {
    child.stdin!.end();
    return ended;
  };
  return { said: JSON.parse(line) as Said, end };
}

async function load(url: string, key: string, ratePerS = 0): Promise<Measured> {
  const args = [url, key, String(CONNECTIONS), String(SECONDS), String(ratePerS)];
  const { said, end } = await started<Measured>('read.load.ts', args);
  await end();
  if (said.wrong > 0) throw new Error(`${url}: ${said.wrong} were not answered 200`);
  return said;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Measures both in turn, several times; medians. */
export async function bench(): Promise<Report> {
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-bench-read-'));
  const env = { MIZAN_DATA_DIR: dataDir };
  const product = await started<Product>('read.product.ts', Object.values(PATHS), { env });
  const { url, key, databaseUrl, connectionsMax, sent, bytes, rows } = product.said;
  const report: Record<string, number | string> = {
    connections: CONNECTIONS,
    databaseConnections: connectionsMax,
    seconds: SECONDS * ROUNDS,
    rates: 'off',
    log: 'info',
  };
  for (const [name, path] of Object.entries(PATHS)) {
    const statements = sent[path]!;
    const given = { databaseUrl, connectionsMax, statements };
    const bare = await started<{ readonly url: string }>('read.bare.ts', [], { given });
    const measured: { readonly own: Measured; readonly bare: Measured }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const askOwn = () => load(`${url}${path}`, key);
      const askBare = () => load(bare.said.url, key);
      const isOwnFirst = round % 2 === 0;
      const before = await (isOwnFirst ? askOwn() : askBare());
      const after = await (isOwnFirst ? askBare() : askOwn());
      // The first round warms both.
      if (round === 0) continue;
      measured.push(isOwnFirst ? { own: before, bare: after } : { own: after, bare: before });
    }
    const ratePerS = Math.round(median(measured.map(({ own }) => own.perS)) / 2);
    const calm: { readonly own: Measured; readonly bare: Measured }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const own = await load(`${url}${path}`, key, ratePerS);
      calm.push({ own, bare: await load(bare.said.url, key, ratePerS) });
    }
    await bare.end();
    report[`${name}Rows`] = rows[path]!;
    report[`${name}Bytes`] = bytes[path]!;
    report[`${name}Messages`] = statements.length;
    report[`${name}PerS`] = Math.round(median(measured.map(({ own }) => own.perS)));
    report[`${name}BarePerS`] = Math.round(median(measured.map((one) => one.bare.perS)));
    const ratios = measured.map((one) => one.own.perS / one.bare.perS);
    report[`${name}Ratio`] = Math.round(median(ratios) * 100) / 100;
    report[`${name}P99Ms`] = Math.round(median(measured.map(({ own }) => own.p99Ms)));
    report[`${name}BareP99Ms`] = Math.round(median(measured.map((one) => one.bare.p99Ms)));
    report[`${name}HalfRatePerS`] = ratePerS;
    report[`${name}HalfRateP99Ms`] = Math.round(median(calm.map(({ own }) => own.p99Ms)));
    report[`${name}HalfRateBareP99Ms`] = Math.round(median(calm.map((one) => one.bare.p99Ms)));
  }
  await product.end();
  rmSync(dataDir, { recursive: true, force: true });
  return report;
}
