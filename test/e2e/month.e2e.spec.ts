import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid, intervalsCsv, RECORDS } from '../support/make.js';
import { rows } from '../support/database.js';
import { faultsOf, packOf } from '../support/packs.js';

const START = '2026-10-01T00:00:00Z';
const LOAD = (meter: string, hour: number): number => (meter === 'M-60' ? 1_000 : 501) * (hour + 1);
const GENERATION = (plant: string, hour: number): number => (plant === 'PV' ? 700 : 900) * hour;

async function takeIn(app: TestApp): Promise<void> {
  const role = 'operator';
  const intervals = intervalsCsv(START, 6, LOAD);
  const certificates = certificatesCsv(START, 6, GENERATION);
  await app.call('POST', '/v1/imports/intervals?fileName=load.csv', {
    role,
    body: intervals,
    type: 'text/csv',
  });
  await app.call('POST', '/v1/imports/certificates', {
    role,
    body: certificates,
    type: 'text/csv',
  });
}

const figure = (
  body: { document: { figures: { id: string; value: unknown }[] } },
  id: string,
): unknown => body.document.figures.find((one) => one.id === id)!.value;

describe('a month over HTTP', () => {
  let app: TestApp;
  let carbon: { statementId: string; document: { figures: { id: string; value: unknown }[] } };

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await takeIn(app);
  });
  afterAll(() => app.close());

  it('takes the same bytes in once', async () => {
    const before = (await app.call('GET', '/v1/ledger/head', { role: 'auditor' })).body;
    const again = await app.call('POST', '/v1/imports/intervals?fileName=renamed.csv', {
      role: 'operator',
      body: intervalsCsv(START, 6, LOAD),
      type: 'text/csv',
    });
    expect(again).toMatchObject({
      status: 201,
      body: { alreadyImported: true, fileName: 'load.csv' },
    });
    expect((await app.call('GET', '/v1/ledger/head', { role: 'auditor' })).body).toEqual(before);
  });

  it('skips identical readings of another file, and counts them', async () => {
    const body = intervalsCsv(START, 2, LOAD);
    const { body: answer } = await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      body,
      type: 'text/csv',
    });
    expect(answer).toMatchObject({
      rowCount: 10,
      newCount: 0,
      identicalCount: 10,
      changedCount: 0,
    });
  });

  it('refuses a statement before the month is matched', async () => {
    const body = { kind: 'carbon', month: '2026-10' };
    const reply = await app.call('POST', '/v1/statements', { role: 'energy-manager', body });
    expect(reply).toMatchObject({ status: 404, body: { code: 'matching.run_not_found' } });
  });

  it('matches the pool of each hour, and does nothing the second time', async () => {
    const body = { month: '2026-10' };
    const first = await app.call('POST', '/v1/matching-runs', { role: 'energy-manager', body });
    // Hour h: load 1501 × (h + 1), generation 1600 × h; matched the lesser of the two.
    const matchedWh = [0, 1, 2, 3, 4, 5].reduce(
      (sum, h) => sum + Math.min(1501 * (h + 1), 1600 * h),
      0,
    );
    expect(first).toMatchObject({
      status: 201,
      body: { isNew: true, matchedWh, demandWh: 1501 * 21, supplyWh: 1600 * 15, touchedHours: 6 },
    });
    const second = await app.call('POST', '/v1/matching-runs', { role: 'energy-manager', body });
    expect(second.body).toEqual({ ...first.body, isNew: false });
  });

  it('issues a carbon statement whose figures a hand can check', async () => {
    const body = { kind: 'carbon', month: '2026-10' };
    const reply = await app.call('POST', '/v1/statements', { role: 'energy-manager', body });
    expect(reply.status).toBe(201);
    carbon = reply.body;
    expect(figure(carbon, 'loadWh')).toBe(31_521);
    expect(figure(carbon, 'matchedWh')).toBe(24_000);
    expect(figure(carbon, 'residualWh')).toBe(7_521);
    expect(figure(carbon, 'contractedCfePct')).toBe('76.13');
    expect(figure(carbon, 'cfeScorePct')).toBe('80.911773');
    // 31,521 Wh × 600 g/kWh = 18.9 kg; 7,521 Wh × 600 and × 760.
    expect(figure(carbon, 'locationBasedT')).toBe('0.019');
    expect(figure(carbon, 'marketHourlyT')).toBe('0.005');
    expect(figure(carbon, 'marketHourlyFossilT')).toBe('0.006');
    const again = await app.call('POST', '/v1/statements', { role: 'energy-manager', body });
    expect(again.body).toMatchObject({ isNew: false, statementId: carbon.statementId });
  });

  it('issues a billing statement to the centime, VAT on the line', async () => {
    const body = { kind: 'billing', month: '2026-10' };
    const { body: billing } = await app.call('POST', '/v1/statements', {
      role: 'energy-manager',
      body,
    });
    // PV: 10,500 Wh × 0.98 × 550 MAD/MWh = 5.6595; WIND: 13,500 Wh × 550 = 7.425.
    expect(billing.document.billing).toMatchObject({
      lines: [
        { plantCode: 'PV', deliveredWh: '10290', netMad: '5.66', vatMad: '0.57', grossMad: '6.23' },
        {
          plantCode: 'WIND',
          deliveredWh: '13500',
          netMad: '7.43',
          vatMad: '0.74',
          grossMad: '8.17',
        },
      ],
      totalNetMad: '13.09',
      totalVatMad: '1.31',
      totalGrossMad: '14.40',
    });
  });

  it('traces a figure down to certificates, blocks and lines of files', async () => {
    const hour = '2026-10-01T03:00:00Z';
    const path = `/v1/statements/${carbon.statementId}/figures/matchedWh/trace?hour=${hour}`;
    const { body } = await app.call('GET', path, { role: 'auditor' });
    expect(body).toMatchObject({ tiesOut: true, sumWh: 24_000 });
    expect(body.opened).toMatchObject({
      hour,
      loadWh: 6_004,
      generationWh: 4_800,
      matchedWh: 4_800,
    });
    expect(body.opened.certificates).toMatchObject([
      { plantCode: 'PV', wh: 2_100, file: { line: 4 } },
      { plantCode: 'WIND', wh: 2_700, file: { line: 9 } },
    ]);
    const [quarters, hourly] = body.opened.meters;
    expect(quarters).toMatchObject({ meterCode: 'M-15', wh: 2_004, revision: 1 });
    expect(quarters.readings.map((one: { file: { line: number } }) => one.file.line)).toEqual([
      18, 19, 20, 21,
    ]);
    expect(hourly.readings).toMatchObject([
      { wh: 4_000, file: { fileName: 'load.csv', line: 17 } },
    ]);
    const pairs = body.opened.pairs.reduce((sum: number, one: { wh: number }) => sum + one.wh, 0);
    expect(pairs).toBe(4_800);
  });

  it('names the figures there are when one is not', async () => {
    const path = `/v1/statements/${carbon.statementId}/figures/nope/trace`;
    const { status, body } = await app.call('GET', path, { role: 'auditor' });
    expect([status, body.code]).toEqual([404, 'statement.figure_not_found']);
    expect(body.known).toContain('matchedWh');
  });

  it('restates what a late correction touches, and keeps the old statement', async () => {
    const body = 'meter,start,wh,quality\nM-60,2026-10-01T02:00:00Z,2500,EDITED\n';
    const { body: taken } = await app.call('POST', '/v1/imports/intervals?fileName=fix.csv', {
      role: 'operator',
      body,
      type: 'text/csv',
    });
    expect(taken).toMatchObject({ newCount: 0, changedCount: 1 });
    const stale = await app.call('POST', '/v1/statements', {
      role: 'energy-manager',
      body: { kind: 'carbon', month: '2026-10' },
    });
    expect(stale).toMatchObject({ status: 409, body: { code: 'matching.inputs_changed' } });

    const run = await app.call('POST', '/v1/matching-runs', {
      role: 'energy-manager',
      body: { month: '2026-10' },
    });
    expect(run.body).toMatchObject({ isNew: true, touchedHours: 1, demandWh: 31_021 });
    const next = await app.call('POST', '/v1/statements', {
      role: 'energy-manager',
      body: { kind: 'carbon', month: '2026-10' },
    });
    expect(next.body).toMatchObject({ isNew: true, version: 2, supersedes: carbon.statementId });
    expect(next.body.document.changes).toContainEqual({
      id: 'loadWh',
      unit: 'Wh',
      before: 31_521,
      after: 31_021,
    });

    const old = await app.call('GET', `/v1/statements/${carbon.statementId}`, { role: 'auditor' });
    expect(old.body.document).toEqual(carbon.document);
    const path = `/v1/statements/${carbon.statementId}/figures/loadWh/trace?hour=2026-10-01T02:00:00Z`;
    const trace = await app.call('GET', path, { role: 'auditor' });
    expect(trace.body).toMatchObject({ tiesOut: true, sumWh: 31_521 });
    expect(trace.body.opened.meters[1]).toMatchObject({
      meterCode: 'M-60',
      wh: 3_000,
      revision: 1,
    });

    const revisions = await app.call('GET', '/v1/meters/M-60/days/2026-10-01/revisions', {
      role: 'auditor',
    });
    expect(revisions.body.items.map((one: { wh: number[] }) => one.wh[2])).toEqual([3_000, 2_500]);
  });

  it('makes no new billing statement of a change that bills nothing', async () => {
    const body = { kind: 'billing', month: '2026-10' };
    const { body: billing } = await app.call('POST', '/v1/statements', {
      role: 'energy-manager',
      body,
    });
    expect(billing).toMatchObject({ isNew: false, version: 1 });
  });

  it('leaves a ledger that holds, and evidence that verifies away from it', async () => {
    const verification = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(verification.body.fault).toBeNull();
    const pack = await packOf(app, '2026-10');
    const statements = [...pack.keys()].filter((path) => /^statements.*json$/.test(path));
    expect(statements).toHaveLength(3);
  });

  it('is cut where another version of the contract takes effect inside it', async () => {
    const [, { code: _code, ...terms }] = RECORDS.find(([path]) => path === 'contracts')! as [
      string,
      { code: string },
    ];
    // From the 2nd on without the wind, at 600 MAD/MWh.
    const version = {
      plantCodes: ['PV'],
      effectiveFrom: '2026-10-02',
      strikePriceMadPerMwh: '600',
    };
    const role = 'energy-manager' as const;
    const post = (path: string, body: object) => app.call('POST', `/v1/${path}`, { role, body });
    await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv('2026-10-02T00:00:00Z', 2, () => 1_000),
    });
    await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      type: 'text/csv',
      body: intervalsCsv('2026-10-02T00:00:00Z', 2, () => 5_000),
    });
    expect(await post('contracts/PPA/versions', { ...terms, ...version })).toMatchObject({
      status: 201,
    });
    const { body: run } = await post('matching-runs', { month: '2026-10' });
    expect(run).toMatchObject({ isNew: true, contractVersion: 2 });
    const { body: billing } = await post('statements', { kind: 'billing', month: '2026-10' });
    const { document } = billing;
    expect(document.contracts).toMatchObject([
      { from: '2026-10-01', version: 1, strikePriceMadPerMwh: '550' },
      { from: '2026-10-02', version: 2, strikePriceMadPerMwh: '600' },
    ]);
    const lines = document.billing.lines as Record<string, string | number>[];
    expect(
      lines.map(({ from, plantCode, generationWh, strikePriceMadPerMwh: price }) => [
        from,
        plantCode,
        generationWh,
        price,
      ]),
    ).toEqual([
      ['2026-10-01', 'PV', 10_500, '550'],
      ['2026-10-01', 'WIND', 13_500, '550'],
      ['2026-10-02', 'PV', 2_000, '600'],
    ]);
    expect(figure(billing, 'PV from 2026-10-02.generationWh')).toBe(2_000);
    expect(figure(billing, 'generationWh')).toBe(26_000);
    const { body: hour } = await app.call(
      'GET',
      '/v1/matching-runs/explanations?hour=2026-10-02T01:00:00Z',
      {
        role: 'auditor',
      },
    );
    expect(JSON.stringify(hour)).toContain('contract PPA does not name');
    const { body: carbonAgain } = await post('statements', { kind: 'carbon', month: '2026-10' });
    expect(carbonAgain).toMatchObject({ isNew: true });
    const pack = await packOf(app, '2026-10');
    expect(faultsOf(pack)).toEqual([]);
    const verification = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(verification.body.fault).toBeNull();
  });
});

describe('a month with hours that failed a check', () => {
  let app: TestApp;
  const role = 'energy-manager' as const;
  const post = (path: string, body: object) => app.call('POST', `/v1/${path}`, { role, body });
  const match = (more: object = {}) => post('matching-runs', { month: '2026-11', ...more });
  const state = (kind = 'carbon') => post('statements', { kind, month: '2026-11' });
  const read = (wh: number, hour: string) =>
    app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      type: 'text/csv',
      body: `meter,start,wh,quality\nM-60,2026-11-01T${hour}:00:00Z,${wh},SUSPECT\n`,
    });
  const accept = { acceptSuspect: true, reason: 'Load test of the hall, agreed' };

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const start = '2026-11-01T00:00:00Z';
    await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      type: 'text/csv',
      body: intervalsCsv(start, 6, LOAD).replaceAll(
        /(M-60,2026-11-01T0[34].*),ACTUAL/g,
        '$1,SUSPECT',
      ),
    });
    await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv(start, 6, GENERATION),
    });
  });
  afterAll(() => app.close());

  it('says how many, and lets no carbon statement rest on it', async () => {
    const { body } = await match();
    expect(body).toMatchObject({ isNew: true, demandWh: 1501 * 21 - 9_000, acceptedSuspect: null });
    const stretch = { meterCode: 'M-60', from: '2026-11-01T03:00:00Z', hours: 2, wh: 9_000 };
    expect(body.suspect).toMatchObject({
      undecided: { meterHours: 2, wh: 9_000, meterCodes: ['M-60'], stretches: [stretch] },
      accepted: { meterHours: 0 },
      production: { meterHours: 0 },
    });
    const refused = await state();
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'statement.suspect_undecided', meterHours: 2, stretches: [stretch] },
    });
    expect(refused.body.fix).toContain('--accept-suspect');
    // What is billed rests on certificates alone.
    expect(await state('billing')).toMatchObject({ status: 201 });
  });

  it('takes them as measured for a reason, which the run seals and the statement says', async () => {
    for (const half of [{ acceptSuspect: true }, { reason: 'because' }]) {
      expect(await match(half)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    }
    const { body } = await match(accept);
    const taken = {
      meterCode: 'M-60',
      start: '2026-11-01T03:00:00Z',
      wh: [4_000, 5_000],
      reason: accept.reason,
    };
    expect(body).toMatchObject({
      isNew: true,
      touchedHours: 2,
      demandWh: 1501 * 21,
      acceptedSuspect: [taken],
      suspect: { undecided: { meterHours: 0 }, accepted: { meterHours: 2 } },
    });
    const { body: carbon } = await state();
    expect(figure(carbon, 'loadWh')).toBe(31_521);
    expect(carbon.document.dataQuality).toMatchObject({
      excludedMeterHours: 0,
      acceptedSuspect: {
        meterHours: 2,
        wh: 9_000,
        meterCodes: ['M-60'],
        reasons: [accept.reason],
      },
    });
    const path = `/v1/statements/${carbon.statementId}/figures/loadWh/trace?hour=2026-11-01T03:00:00Z`;
    const { body: trace } = await app.call('GET', path, { role: 'auditor' });
    expect(trace).toMatchObject({ tiesOut: true, sumWh: 31_521 });
    expect(
      trace.opened.meters.map((one: { acceptedBecause: string }) => one.acceptedBecause),
    ).toEqual([null, accept.reason]);
  });

  it('keeps accepting what was accepted, at the value that was, and asks about the rest', async () => {
    expect((await match()).body).toMatchObject({ isNew: false });
    await read(5_001, '04');
    const { body } = await match();
    expect(body).toMatchObject({
      isNew: true,
      demandWh: 1501 * 21 - 5_000,
      acceptedSuspect: [{ start: '2026-11-01T03:00:00Z', wh: [4_000] }],
      suspect: { undecided: { meterHours: 1, wh: 5_001 }, accepted: { meterHours: 1 } },
    });
    expect(await state()).toMatchObject({ status: 409 });
    const explain = '/v1/matching-runs/explanations?hour=2026-11-01T0';
    const { body: hour } = await app.call('GET', `${explain}4:00:00Z`, { role: 'auditor' });
    expect(hour.suspect).toEqual([{ meterCode: 'M-60', wh: 5_001, acceptedBecause: null }]);
    const { body: before } = await app.call('GET', `${explain}3:00:00Z`, { role: 'auditor' });
    expect(before.suspect).toMatchObject([{ acceptedBecause: accept.reason }]);
  });

  it('is verified with what was accepted, in the ledger and away from it', async () => {
    await match({ ...accept, reason: 'Load test, second day' });
    expect((await state()).body).toMatchObject({ version: 2 });
    const pack = await packOf(app, '2026-11');
    expect(faultsOf(pack)).toEqual([]);
    const verify = () => app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect((await verify()).body.fault).toBeNull();
    await rows(
      app.database.adminUrl,
      `SET session_replication_role = replica;
       UPDATE matching_run SET accepted_suspect = jsonb_set(accepted_suspect, '{0,reason}', '"none"')
       WHERE accepted_suspect IS NOT NULL`,
    );
    expect((await verify()).body.fault).toMatchObject({ check: 'matching_run' });
  });
});

describe('order of arrival', () => {
  it('changes no result', async () => {
    const roots: string[] = [];
    for (const order of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
    ]) {
      const app = await startApp();
      await createGrid(app);
      const files = [
        ['intervals', intervalsCsv(START, 3, LOAD)],
        ['certificates', certificatesCsv(START, 3, GENERATION)],
        [
          'intervals',
          intervalsCsv('2026-10-01T03:00:00Z', 3, (meter, hour) => LOAD(meter, hour + 3)),
        ],
        [
          'certificates',
          certificatesCsv('2026-10-01T03:00:00Z', 3, (plant, hour) => GENERATION(plant, hour + 3)),
        ],
      ] as const;
      for (const at of order) {
        const [kind, body] = files[at]!;
        await app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
      }
      const body = { month: '2026-10' };
      const run = await app.call('POST', '/v1/matching-runs', { role: 'energy-manager', body });
      roots.push(`${run.body.resultRoot} ${run.body.inputSha256}`);
      await app.close();
    }
    expect(roots[0]).toBe(roots[1]);
  });
});

describe('many at once', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await takeIn(app);
  });
  afterAll(() => app.close());

  it('commit one import of twenty copies, and one run of ten', async () => {
    const body = intervalsCsv('2026-10-02T00:00:00Z', 2, LOAD);
    const replies = await Promise.all(
      Array.from({ length: 20 }, () =>
        app.call('POST', '/v1/imports/intervals', { role: 'operator', body, type: 'text/csv' }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(replies.filter(({ body: one }) => !one.alreadyImported)).toHaveLength(1);

    const runs = await Promise.all(
      Array.from({ length: 10 }, () =>
        app.call('POST', '/v1/matching-runs', {
          role: 'energy-manager',
          body: { month: '2026-10' },
        }),
      ),
    );
    expect(runs.filter(({ body: one }) => one.isNew)).toHaveLength(1);
    const { body: verification } = await app.call('GET', '/v1/ledger/verification', {
      role: 'auditor',
    });
    expect(verification.fault).toBeNull();
  });

  it('append without a gap when different writers meet', async () => {
    const create = (at: number) =>
      app.call('POST', '/v1/organisations', {
        role: 'energy-manager',
        body: { code: `ORG-${at}`, name: 'x', country: 'MA' },
      });
    const replies = await Promise.all(Array.from({ length: 20 }, (_, at) => create(at % 10)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(replies.filter(({ body }) => body.code === 'record.exists')).toHaveLength(10);
    const seqs = await rows<{ seq: string }>(
      app.database.adminUrl,
      'SELECT seq FROM ledger_event ORDER BY seq',
    );
    expect(seqs.map(({ seq }) => Number(seq))).toEqual(seqs.map((_, at) => at));
  });
});
