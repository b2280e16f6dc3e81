import { gzipSync } from 'node:zlib';
import { startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { createGrid, intervalsCsv } from '../support/make.js';
import { packedIntervals, sendDamaged } from '../support/packed.js';

const SEED = 20_261_126;
const PLACES = 60;

describe('packed files', () => {
  let app: TestApp;
  const packed = packedIntervals(SEED);
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  const send = (body: Buffer | string, type = 'application/gzip') =>
    app.call('POST', '/v1/imports/intervals', { role: 'operator', body, type });

  it(`are refused wherever they are damaged, and hold nothing up (seed ${SEED})`, async () => {
    const step = packed.length / PLACES;
    const places = Array.from({ length: PLACES }, (_, at) => Math.floor((at + 0.5) * step));
    const { answers, taken } = await sendDamaged(app, packed, places);
    expect(taken).toEqual([]);
    // What is unpacked before the damage is noticed may have become one endless field.
    const kinds = ['413 import.limit_exceeded', '422 import.file_unreadable'];
    expect([...answers.keys()].sort()).toEqual(kinds);
    expect(answers.get('422 import.file_unreadable')).toBeGreaterThan(PLACES / 2);
    const clean = await send(
      intervalsCsv('2026-11-01T00:00:00Z', 2, () => 4),
      'text/csv',
    );
    expect(clean.status).toBe(201);
  });

  it.each([
    ['cut short', packed.subarray(0, packed.length - 3)],
    ['cut in half', packed.subarray(0, packed.length / 2)],
    ['with text behind its end', Buffer.concat([packed, Buffer.alloc(200_000, 'x')])],
    ['with zeros behind its end', Buffer.concat([packed, Buffer.alloc(200_000)])],
    ['with half a member behind its end', Buffer.concat([packed, packed.subarray(0, 70_000)])],
  ])('are refused %s', async (_, body) => {
    expect(await send(body)).toMatchObject({
      status: 422,
      body: { code: 'import.file_unreadable' },
    });
  });

  it('are refused when they become too large, in one member or in many', async () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000, 'M'));
    for (const body of [bomb, Buffer.concat([packed, bomb, bomb])]) {
      expect(await send(body)).toMatchObject({
        status: 413,
        body: { code: 'import.limit_exceeded' },
      });
    }
  });

  it('are read whole when they have several members', async () => {
    const text = intervalsCsv('2026-11-02T00:00:00Z', 24, () => 8);
    const halves = [text.slice(0, 300), text.slice(300)].map((half) => gzipSync(half));
    expect(await send(Buffer.concat(halves))).toMatchObject({
      status: 201,
      body: { rowCount: 120 },
    });
    expect(await send(packed)).toMatchObject({ status: 201, body: { rowCount: 24_000 } });
  });

  it('leave no upload on its way', async () => {
    const left = await rows(
      app.database.adminUrl,
      `SELECT state FROM import_job WHERE state NOT IN ('committed', 'refused')`,
    );
    expect(left).toEqual([]);
  });
});
