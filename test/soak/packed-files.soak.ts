import { startApp, type TestApp } from '../support/app.js';
import { createGrid, intervalsCsv } from '../support/make.js';
import { packedIntervals, sendDamaged } from '../support/packed.js';

const SEED = 20_261_127;
const EVERY = 10;

describe('packed files, damaged at every tenth byte', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  it(`are refused, and hold nothing up (seed ${SEED})`, async () => {
    const packed = packedIntervals(SEED);
    const places = Array.from({ length: Math.floor(packed.length / EVERY) }, (_, at) => at * EVERY);
    const { answers, taken } = await sendDamaged(app, packed, places);
    expect(taken).toEqual([]);
    // What is unpacked before the damage is noticed may be another header, or one endless field.
    expect([...answers.keys()].filter((answer) => !/^4\d\d import\./.test(answer))).toEqual([]);
    process.stdout.write(`${[...answers].map((one) => one.join(': ')).join(', ')}\n`);
    const body = intervalsCsv('2026-11-01T00:00:00Z', 2, () => 4);
    const clean = await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      body,
      type: 'text/csv',
    });
    expect(clean.status).toBe(201);
  });
});
