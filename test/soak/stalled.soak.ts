import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { isAnsweredOrBusy } from '../support/pressure.js';
import { createLong, isOverWithin, leftBehind, LONG_PATH, STALLS } from '../support/stalled.js';

const { MIZAN_SOAK_ROUNDS: asked } = process.env;
const ROUNDS = Number(asked ?? 30);
const OF_EACH = 12;
/** A stall of two seconds, bodies of four, uploads of eight: then everybody is gone. */
const OVER_MS = 20_000;
const SERVED_MS = 5_000;
const GROWTH_BYTES = 300 * 1024 * 1024;
const SETTINGS = {
  MIZAN_STALLED_SECONDS: '2',
  MIZAN_BODY_SECONDS: '4',
  MIZAN_UPLOAD_SECONDS: '8',
  MIZAN_BODY_GRACE_SECONDS: '2',
  MIZAN_OPEN_IMPORTS: '0',
};

/** What became of the requests of others, over all rounds. */
interface Tally {
  count: number;
  served: number;
  busy: number;
}

/** Others read and write meanwhile; the longest wait of theirs, in ms. */
function serveOthers(app: TestApp, tally: Tally): { end(): Promise<number> } {
  let isOver = false;
  let longestMs = 0;
  const others = (async () => {
    while (!isOver) {
      const startMs = performance.now();
      const code = `OTHER-${(tally.count += 1)}`;
      const answers = await Promise.all([
        app.call('GET', '/v1/ledger/head', { role: 'auditor' }),
        app.call('GET', LONG_PATH, { role: 'auditor' }),
        app.call('POST', '/v1/organisations', {
          role: 'energy-manager',
          body: { code, name: 'x', country: 'MA' },
        }),
      ]);
      expect(answers.filter((one) => !isAnsweredOrBusy(one))).toEqual([]);
      tally.served += answers.filter(({ status }) => status < 300).length;
      tally.busy += answers.filter(({ status }) => status === 503).length;
      longestMs = Math.max(longestMs, performance.now() - startMs);
      await sleep(100);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await others;
      return longestMs;
    },
  };
}

describe('sixty clients that stall', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ settings: SETTINGS });
    await createGrid(app);
    await createLong(app, 10);
  });
  afterAll(() => app.close());

  it('hold no memory, keep nobody waiting, and are gone without a trace', async () => {
    const rssMb: number[] = [];
    const waitedMs: number[] = [];
    const tally = { count: 0, served: 0, busy: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const kinds = Object.entries(STALLS).flatMap((kind) =>
        Array.from({ length: OF_EACH }, () => kind),
      );
      const sockets = await Promise.all(
        kinds.map(async ([kind, open]): Promise<[string, Socket]> => [kind, await open(app)]),
      );
      const serving = serveOthers(app, tally);
      await sleep(1_000);
      const left = await Promise.all(
        sockets.map(async ([kind, socket]) =>
          (await isOverWithin(socket, OVER_MS)) ? [] : [kind],
        ),
      );
      waitedMs.push(await serving.end());
      expect(left.flat()).toEqual([]);
      await sleep(200);
      expect(await leftBehind(app)).toEqual({ connections: 0, files: [] });
      rssMb.push(Math.round(process.memoryUsage().rss / 1024 / 1024));
    }
    process.stdout.write(
      `${ROUNDS * OF_EACH * 5} clients; ${tally.served} served meanwhile, ${tally.busy} told to come again, ${Math.round(Math.max(...waitedMs))} ms at most; ` +
        `${rssMb[0]} MB after the first round, ${Math.max(...rssMb)} MB at most\n`,
    );
    expect(Math.max(...waitedMs)).toBeLessThan(SERVED_MS);
    expect(tally.served).toBeGreaterThan(tally.busy);
    // What the first rounds warm up is no growth.
    const warm = rssMb[Math.min(3, rssMb.length - 1)]!;
    expect((Math.max(...rssMb.slice(3)) - warm) * 1024 * 1024).toBeLessThan(GROWTH_BYTES);
  });
});
