import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { Api, type Operation, urlOf } from '../support/operations.js';

const MEBIBYTE = 1_048_576;
const SLOW_MS = 20_000;
const GROWTH_BYTES = 1_000_000_000;
// Each file goes to every third route, and each route gets several. All to all: MIZAN_SHARE=1.
const EVERY = 1 / Number(process.env['MIZAN_SHARE'] ?? 1 / 3);

const HEADER = 'meter,start,wh,quality\n';
const JSON_TYPE = 'application/vnd.mizan.certificates+json';

/** Files that take all memory of a reader who holds what is open. */
const FILES: readonly (readonly [what: string, type: string, text: string])[] = [
  ['brackets', JSON_TYPE, '['.repeat(16 * MEBIBYTE)],
  ['objects', JSON_TYPE, `[${'{"a":'.repeat(3 * MEBIBYTE)}`],
  ['one text', JSON_TYPE, `["${'x'.repeat(4 * MEBIBYTE)}"]`],
  ['a million empty items', JSON_TYPE, `[${'{},'.repeat(1_000_000)}{}]`],
  ['an open quote', 'text/csv', `${HEADER}"${'M-60,2026\n'.repeat(400_000)}`],
  ['a million columns', 'text/csv', `${'a,'.repeat(1_000_000)}b\n${'1,'.repeat(1_000_000)}2\n`],
  ['elements in elements', 'application/xml', '<a>'.repeat(MEBIBYTE)],
  ['an attribute without an end', 'application/xml', `<a b="${'x'.repeat(4 * MEBIBYTE)}`],
];

describe('routes that take files', () => {
  let app: TestApp;
  let operations: readonly Operation[];
  let api: Api;
  let beforeBytes: number;

  beforeAll(async () => {
    app = await startApp({ settings: { MIZAN_JOB_BYTES: String(64 * MEBIBYTE) } });
    await createGrid(app);
    api = new Api((await app.call('GET', '/openapi.json')).body);
    operations = api.operations.filter(({ takesBytes }) => takesBytes);
    // The process has run other tests before.
    beforeBytes = process.memoryUsage().rss;
  });
  afterAll(() => app.close());

  it('are several', () => {
    expect(operations.length).toBeGreaterThanOrEqual(7);
  });

  it.each(FILES)('refuse %s soon and in little memory', async (what, type, text) => {
    const body = Buffer.from(text);
    const wrong: string[] = [];
    const nth = FILES.findIndex(([one]) => one === what);
    for (const operation of operations.filter((_, at) => (at + nth) % EVERY < 1)) {
      const startMs = performance.now();
      const reply = await app.call(operation.method, urlOf(operation, api.sample(operation)), {
        role: operation.roles[0]!,
        body,
        type,
      });
      const ms = Math.round(performance.now() - startMs);
      const isRefused = reply.status >= 400 && reply.status < 500;
      if (!isRefused || ms > SLOW_MS) wrong.push(`${operation.path}: ${reply.status} in ${ms} ms`);
    }
    expect(wrong).toEqual([]);
    expect(process.memoryUsage().rss - beforeBytes).toBeLessThan(GROWTH_BYTES);
    expect((await app.call('GET', '/health/ready')).status).toBe(200);
  });
});
