import { ROLES } from '../../src/platform/auth/roles.js';
import type { AnyReply, TestApp } from './app.js';
import { Api, type Operation, type Place, urlOf, type Values } from './operations.js';
import { seeded } from './seeded.js';

/** What went wrong with a request, and how to send it again. */
export interface Fault {
  readonly at: number;
  readonly request: string;
  readonly what: string;
}

/** What many random requests did. */
export interface Outcome {
  readonly faults: readonly Fault[];
  readonly slowestMs: number;
  readonly statuses: ReadonlyMap<number, number>;
}

const SLOW_MS = 15_000;
/** 501 says that a feature is not built; 503 that one may come again: neither is a failure. */
const FAILED = (status: number): boolean => status >= 500 && status !== 501 && status !== 503;

const nested = (depth: number, open: string, close: string): string =>
  `${open.repeat(depth)}${close.repeat(depth)}`;
/** Bodies that are no JSON, or more of it than anybody means. */
const RAW = [
  '',
  ' ',
  '{',
  '[',
  'null',
  'true',
  '0',
  '"x"',
  '[]',
  '{}',
  '{"a":1,}',
  "{'a':1}",
  '\0',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"a":1e999}',
  '\ufeff{}',
  '[[]',
  nested(500, '[', ']'),
  nested(100_000, '[', ']'),
  nested(50_000, '{"a":', '}'),
  '['.repeat(1_000_000),
  `"${'x'.repeat(1_000_000)}"`,
  `[${'0,'.repeat(400_000)}0]`,
];
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/csv',
  'text/plain',
  'x',
  '*/*',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/xml',
  'application/gzip',
  'application/octet-stream',
  'image/png',
  'application/merge-patch+json',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

const deep = (depth: number): unknown => JSON.parse(nested(depth, '[', ']'));
/** Values that some code takes for others. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  -0,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e308,
  5e-324,
  '',
  ' ',
  '0',
  '-1',
  '1e5',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  '__proto__',
  '../..',
  "' OR 1=1 --",
  '%00',
  '\0',
  '\ud800',
  '😀',
  'ميزان',
  '\u202e',
  '\u2028',
  '=1+1',
  '${x}',
  'x'.repeat(10_000),
  '9'.repeat(400),
  '0.'.padEnd(400, '3'),
  'constructor',
  'toString',
  '2026-02-30',
  '2026-13',
  '0000-01',
  '9999-12-31',
  '2026-10-01T00:00:00',
  '1e999',
  '2026-10-01T24:00:00Z',
  '2199-12-31T23:59:59.999Z',
  '1900-01-01T00:00:00Z',
  '2026-10-25',
  [],
  {},
  [[]],
  [null],
  { a: null },
  deep(40),
  deep(1_000),
  { length: 1e9 },
  { toString: 1 },
  Array.from({ length: 5_000 }, (_, at) => at),
];

/**
 * Sends random requests made from the API's description, types right and wrong, and names those that
 * failed or took long. The same seed sends the same requests.
 */
export async function sendRandomRequests(
  app: TestApp,
  { seed, count, isLoud = false }: { seed: number; count: number; isLoud?: boolean },
): Promise<Outcome> {
  const api = new Api((await app.call('GET', '/openapi.json')).body);
  const draw = new Draw(seeded(seed));
  const faults: Fault[] = [];
  const statuses = new Map<number, number>();
  let slowestMs = 0;
  for (let at = 0; at < count; at += 1) {
    const request = randomRequest(api, draw);
    const startMs = performance.now();
    const { path, ...call } = request;
    const reply = await app
      .call(request.method, path, call as never)
      .catch((error: unknown) => ({ status: 599, body: String(error) }) as AnyReply);
    const tookMs = performance.now() - startMs;
    slowestMs = Math.max(slowestMs, tookMs);
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    if (FAILED(reply.status) || tookMs > SLOW_MS) {
      const what = `${reply.status} after ${Math.round(tookMs)} ms: ${JSON.stringify(reply.body)}`;
      faults.push({ at, request: JSON.stringify(request).slice(0, 2_000), what });
    }
    if (isLoud && at % 5_000 === 0) process.stdout.write(`${at} of ${count} requests\n`);
  }
  return { faults, slowestMs, statuses };
}

class Draw {
  constructor(private readonly random: () => number) {}

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  one<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  chance(share: number): boolean {
    return this.random() < share;
  }
}

interface RandomRequest {
  readonly method: string;
  readonly path: string;
  readonly role?: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly idempotencyKey?: string;
}

function randomRequest(api: Api, draw: Draw): RandomRequest {
  const operation = draw.one(api.operations);
  const places = api.places(operation);
  let values = api.sample(operation);
  const changes = places.length === 0 ? 0 : draw.below(4);
  for (let change = 0; change < changes; change += 1) {
    values = changed(api, operation, { values, place: draw.one(places), draw });
  }
  const role = draw.chance(0.95) ? draw.one(operation.roles) : draw.one([...ROLES, undefined]);
  const type = draw.chance(0.05) ? draw.one(TYPES) : undefined;
  const body = bodyOf(operation, values, draw);
  const isSendable = !['GET', 'HEAD', 'OPTIONS'].includes(operation.method);
  return {
    method: draw.chance(0.02) && body === null ? draw.one(METHODS) : operation.method,
    path: draw.chance(0.01) ? `${urlOf(operation, values)}/%` : urlOf(operation, values),
    ...(role === undefined ? {} : { role }),
    ...(body === null || !isSendable ? {} : { body }),
    ...(type === undefined ? {} : { type }),
    ...(draw.chance(0.3) ? { idempotencyKey: `k${draw.below(50)}` } : {}),
  };
}

function changed(
  api: Api,
  operation: Operation,
  { values, place, draw }: { values: Values; place: Place; draw: Draw },
): Values {
  const odd = draw.one(ODD);
  const value = place.where === 'body' ? odd : plain(odd);
  try {
    return api.withPlace(values, place, value, operation);
  } catch {
    // An odd value stands where this place would be: there is no such place any more.
    return values;
  }
}

/** Text for a path or query; halves of pairs cannot be written there. */
const plain = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, 3_000).toWellFormed();
};

function bodyOf(operation: Operation, { body }: Values, draw: Draw): unknown {
  if (draw.chance(0.04)) return draw.one(RAW);
  if (operation.takesBytes) return draw.one(['x', 'meter,start,wh\n', '\0', 'a;b\n1;2\n']);
  return body;
}
