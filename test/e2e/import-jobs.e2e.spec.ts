import { Lanes } from '../../src/platform/database/lanes.js';
import { Queue } from '../../src/platform/jobs/queue.js';
import { startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { createGrid, intervalsCsv } from '../support/make.js';

describe('uploads on their way', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  const send = (body: string, query = '', type = 'text/csv') =>
    app.call('POST', `/v1/imports/intervals?${query}`, { role: 'energy-manager', body, type });
  const job = async (jobId: string) =>
    (await app.call('GET', `/v1/import-jobs/${jobId}`, { role: 'auditor' })).body;
  const counts = () =>
    rows(
      app.database.adminUrl,
      `SELECT (SELECT count(*) FROM interval_block) AS blocks, (SELECT count(*) FROM ledger_event) AS events`,
    );
  const csv = (...lines: string[]) =>
    `meter,start,wh,quality\n${lines.map((line) => `M-60,${line}\n`).join('')}`;

  it('preview what committing then does, to the row', async () => {
    await send(
      csv(
        '2026-10-01T00:00:00Z,10,ACTUAL',
        '2026-10-01T01:00:00Z,20,ACTUAL',
        '2026-10-01T02:00:00Z,,MISSING',
      ),
    );
    const file = csv(
      '2026-10-01T00:00:00Z,10,ACTUAL',
      '2026-10-01T01:00:00Z,25,EDITED',
      '2026-10-01T03:00:00Z,40,ACTUAL',
      '2026-10-01T03:00:00Z,40,ACTUAL',
      '2026-10-31T23:00:00Z,5,ACTUAL',
    );
    const before = await counts();
    const preview = await send(file, 'dryRun=true');
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({
      state: 'previewed',
      preview: {
        rowCount: 5,
        newCount: 2,
        identicalCount: 2,
        changedCount: 1,
        rejectedCount: 0,
        totalWh: 80,
        changeWh: 50,
        repeatedCount: 1,
        repeated: [{ line: 5, sameAsLine: 4, meterCode: 'M-60', start: '2026-10-01T03:00:00Z' }],
        changes: [
          { start: '2026-10-01T01:00:00Z', oldWh: 20, newWh: 25, newQuality: 'EDITED', line: 3 },
        ],
        meters: [{ meterCode: 'M-60', expectedCount: 48, presentCount: 4, totalWh: 80 }],
        months: [{ month: '2026-10', rowCount: 3, effect: 'open: the next matching run takes it' }],
      },
    });
    expect(await counts()).toEqual(before);
    const { jobId, previewHash } = preview.body;
    const wrong = await app.call('POST', `/v1/import-jobs/${jobId}/commits`, {
      role: 'energy-manager',
      body: { previewHash: '0'.repeat(64) },
    });
    expect(wrong).toMatchObject({
      status: 409,
      body: { code: 'import.preview_changed', found: previewHash },
    });
    const direct = await send(file, `previewHash=${previewHash}`);
    expect(direct).toMatchObject({
      status: 201,
      body: { rowCount: 5, newCount: 2, identicalCount: 2, changedCount: 1 },
    });
    // The same file under another name is known by its bytes, and its rows are not genuine again.
    expect(await send(file, 'fileName=again.csv')).toMatchObject({
      status: 201,
      body: { alreadyImported: true },
    });
  });

  it('are compared among long readings where they are long, so that short ones go on', async () => {
    const heavy = app.nest.get(Lanes).of('heavy');
    const lend = heavy.lend.bind(heavy);
    let lentCount = 0;
    heavy.lend = (...given) => {
      lentCount += 1;
      return lend(...given);
    };
    const line = '2026-10-05T00:00:00Z,10,ACTUAL';
    expect((await send(csv(line), 'dryRun=true')).status).toBe(200);
    expect(lentCount).toBe(0);
    const long = `${csv(line)}${'M-60,2026-10-05T00:00:00Z,10,ACTUAL\n'.repeat(30_000)}`;
    expect((await send(long, 'dryRun=true')).status).toBe(200);
    heavy.lend = lend;
    expect(lentCount).toBe(1);
  });

  it('notice that the ledger moved between preview and commit', async () => {
    const file = csv('2026-10-02T00:00:00Z,10,ACTUAL');
    const { body } = await send(file, 'dryRun=true');
    await send(csv('2026-10-02T00:00:00Z,9,ACTUAL'));
    const late = await app.call('POST', `/v1/import-jobs/${body.jobId}/commits`, {
      role: 'energy-manager',
      body: { previewHash: body.previewHash },
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'import.preview_changed' } });
    expect((await send(file, 'commit=if-clean')).body).toMatchObject({
      code: 'import.not_clean',
      changedCount: 1,
    });
  });

  it('commit a preview, once', async () => {
    const { body } = await send(csv('2026-10-03T00:00:00Z,10,ACTUAL'), 'dryRun=true');
    const commit = () =>
      app.call('POST', `/v1/import-jobs/${body.jobId}/commits`, {
        role: 'energy-manager',
        body: { previewHash: body.previewHash },
      });
    const both = await Promise.all([commit(), commit()]);
    expect(both.map(({ body: { state, importId } }) => [state, importId])).toEqual([
      ['committed', body.jobId],
      ['committed', body.jobId],
    ]);
    const events = await rows(
      app.database.adminUrl,
      `SELECT count(*)::int AS n FROM import_file WHERE import_id = '${body.jobId}'`,
    );
    expect(events).toEqual([{ n: 1 }]);
  });

  it('hand rejected rows back as a file that is mended and sent again', async () => {
    const file = csv(
      '2026-10-04T00:00:00Z,1,ACTUAL',
      '2026-10-04T01:00:00Z,-2,ACTUAL',
      '2026-10-04T02:00:00Z,3,FINE',
    );
    const refused = await send(file);
    expect(refused).toMatchObject({ status: 422, body: { errorsTotal: 2 } });
    const { body } = await send(file, 'rejects=set-aside');
    expect(body).toMatchObject({ rowCount: 1, newCount: 1, rejectedCount: 2 });
    const { url, keys } = app;
    const reply = await fetch(`${url}/v1/import-jobs/${body.jobId}/rejects`, {
      headers: { authorization: `Bearer ${keys.operator}` },
    });
    const text = await reply.text();
    expect(reply.headers.get('content-disposition')).toContain('attachment');
    expect(text.split('\n')[0]).toBe(
      'meter,start,wh,quality,mizan_line,mizan_column,mizan_rule,mizan_detail,mizan_fix',
    );
    expect(text).toContain('M-60,2026-10-04T01:00:00Z,-2,ACTUAL,"3","wh","load.not_negative"');
    const mended = text.replace(',-2,', ',2,').replace('FINE', 'ACTUAL');
    expect(await send(mended)).toMatchObject({
      status: 201,
      body: { rowCount: 2, newCount: 2, rejectedCount: 0 },
    });
    const day = await app.call('GET', '/v1/meters/M-60/days/2026-10-04/revisions', {
      role: 'auditor',
    });
    expect(day.body.items.at(-1).wh.slice(0, 3)).toEqual([1, 2, 3]);
    const header = await send('meter,start\n', 'rejects=set-aside');
    expect(header).toMatchObject({ status: 422, body: { code: 'import.rows_rejected' } });
  });

  it('take rejected rows back as often as they are rejected, apostrophes of ours taken off', async () => {
    const handedBack = async (file: string): Promise<[number, string]> => {
      const { body } = await send(file, 'dryRun=true');
      const { url, keys } = app;
      const reply = await fetch(`${url}/v1/import-jobs/${body.jobId}/rejects`, {
        headers: { authorization: `Bearer ${keys.operator}` },
      });
      return [body.preview.rejectedCount, await reply.text()];
    };
    const row = '=M-60,2026-10-05T00:00:00Z,-7,ACTUAL';
    const [first, once] = await handedBack(`meter,start,wh,quality\n${row}\n`);
    expect([first, once]).toEqual([1, expect.stringContaining(`\n'${row},"2"`)]);
    const [second, twice] = await handedBack(once);
    expect([second, twice]).toEqual([1, once]);
    const mended = twice.replace("'=M-60", 'M-60').replace(',-7,', ',7,');
    expect(await send(mended)).toMatchObject({ status: 201, body: { newCount: 1 } });
  });

  it('run in the queue, tell how far they are, and are found by their state', async () => {
    const body = intervalsCsv('2026-07-01T00:00:00Z', 24 * 20, (_, hour) => 1_000 + hour);
    const sent = await send(body, 'asJob=true&fileName=july.csv');
    expect([sent.status, sent.headers.get('location'), sent.body.state]).toEqual([
      202,
      `/v1/import-jobs/${sent.body.jobId}`,
      'queued',
    ]);
    await app.nest.get(Queue).work();
    const events = await fetch(`${app.url}/v1/import-jobs/${sent.body.jobId}/events`, {
      headers: { authorization: `Bearer ${app.keys.auditor}` },
    });
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    const text = await events.text();
    expect(text).toMatch(/^id: .+\nevent: progress\ndata: \{"jobId"/);
    const last = JSON.parse(text.trimEnd().split('\ndata: ').at(-1)!);
    expect(last).toMatchObject({ state: 'committed', rowCount: 24 * 20 * 5 });
    expect(await job(sent.body.jobId)).toMatchObject({
      state: 'committed',
      importId: sent.body.jobId,
    });
    // Who comes back with the last id has missed nothing.
    const lastId = /id: (.+)\n/.exec(text.slice(text.lastIndexOf('id: ')))![1]!;
    const again = await fetch(`${app.url}/v1/import-jobs/${sent.body.jobId}/events`, {
      headers: { authorization: `Bearer ${app.keys.auditor}`, 'last-event-id': lastId },
    });
    expect(await again.text()).toBe('');
  });

  it('that are refused say why, and those that are cancelled leave nothing', async () => {
    const sent = await send(csv('2026-08-01T00:00:00Z,-1,ACTUAL'), 'asJob=true');
    const wait = async (): Promise<{ state: string }> => {
      for (let tries = 0; tries < 100; tries += 1) {
        const now = await job(sent.body.jobId);
        if (now.state === 'refused') return now;
        await new Promise((done) => setTimeout(done, 100));
      }
      throw new Error('The job does not end');
    };
    expect(await wait()).toMatchObject({
      problem: { code: 'import.rows_rejected' },
      importId: null,
    });
    const preview = await send(csv('2026-08-02T00:00:00Z,1,ACTUAL'), 'dryRun=true');
    const before = await counts();
    const cancel = (jobId: string) =>
      app.call('POST', `/v1/import-jobs/${jobId}/cancellations`, { role: 'energy-manager' });
    expect((await cancel(preview.body.jobId)).body.state).toBe('discarded');
    expect(await cancel(sent.body.jobId)).toMatchObject({
      status: 409,
      body: { code: 'import.job_state' },
    });
    expect(await counts()).toEqual(before);
  });

  it('of readings one by one answer for each', async () => {
    const items = [
      { meter: 'M-60', start: '2026-08-05T00:00:00Z', wh: 5, quality: 'ACTUAL' },
      { meter: 'M-99', start: '2026-08-05T00:00:00Z', wh: 5, quality: 'ACTUAL' },
      { meter: 'M-60', start: '2026-08-05T01:00:00Z', wh: null, quality: 'MISSING' },
    ];
    const post = (query: string) =>
      app.call('POST', `/v1/readings${query}`, { role: 'operator', body: { items } });
    expect(await post('?atomic=true')).toMatchObject({
      status: 422,
      body: { code: 'import.rows_rejected' },
    });
    const before = await counts();
    const preview = await post('?dryRun=true');
    expect(preview).toMatchObject({
      status: 200,
      body: { state: 'previewed', importId: null, preview: { newCount: 1, rejectedCount: 1 } },
    });
    expect(await counts()).toEqual(before);
    const { status, body } = await post('');
    expect([status, body.newCount, body.rejectedCount]).toEqual([207, 1, 1]);
    expect(body.items.map(({ status: one, rule }: Record<string, unknown>) => [one, rule])).toEqual(
      [
        [201, null],
        [422, 'meter.known'],
        [201, null],
      ],
    );
  });

  it('for a month that has locked wait as adjustments for the correction run', async () => {
    const { body: contract } = await app.call('GET', '/v1/contracts/PPA', { role: 'auditor' });
    const { code: _c, version: _v, recordedAt: _r, eventId: _e, ...attributes } = contract;
    const lateData = { lockDays: 10, correctionRunMonths: [3, 6, 12], reachMonths: 12 };
    const revised = await app.call('POST', '/v1/contracts/PPA/versions', {
      role: 'energy-manager',
      body: { ...attributes, lateData },
    });
    expect(revised.status).toBe(201);
    const match = (more: object = {}) =>
      app.call('POST', '/v1/matching-runs', {
        role: 'energy-manager',
        body: { month: '2026-10', ...more },
      });
    expect((await match()).status).toBe(201);
    app.setNow('2026-11-15T09:00:00Z');
    const late = csv('2026-10-05T12:00:00Z,700,ACTUAL');
    const preview = await send(late, 'dryRun=true');
    expect(preview.body.preview.months[0].effect).toContain('locked since 2026-11-11T00:00:00Z');
    expect((await send(late)).status).toBe(201);
    expect(await match()).toMatchObject({
      status: 409,
      body: { code: 'period.locked', nextCorrectionRun: '2027-02-01T00:00:00Z' },
    });
    const waiting = await app.call('GET', '/v1/matching-runs/adjustments?month=2026-10', {
      role: 'auditor',
    });
    expect(waiting.body).toMatchObject({
      state: 'locked',
      loadChangeWh: 700,
      hours: [{ hour: '2026-10-05T12:00:00Z', loadChangeWh: 700 }],
    });
    expect((await match({ isCorrectionRun: true })).body).toMatchObject({ touchedHours: 1 });
    const done = await app.call('GET', '/v1/matching-runs/adjustments?month=2026-10', {
      role: 'auditor',
    });
    expect(done.body.hours).toEqual([]);
  });
});
