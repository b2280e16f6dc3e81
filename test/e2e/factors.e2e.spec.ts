import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';
import { faultsOf, packOf } from '../support/packs.js';

const START = Date.parse('2026-10-01T00:00:00Z');
const HOUR = 3_600_000;
const at = (hour: number, minutes = 0): string =>
  new Date(START + hour * HOUR + minutes * 60_000).toISOString().replace('.000Z', 'Z');

const FACTS = {
  kind: 'grid_average',
  zone: 'MA',
  basis: 'direct',
  publisher: 'test',
  title: 'Hours of October',
  vintage: '2026-10',
  licence: 'CC BY 4.0',
  gwpSet: 'IPCC AR6, 100 years',
};

describe('series of emission factors', () => {
  let app: TestApp;
  const send = (query: object, body: string) => {
    const text = new URLSearchParams(query as Record<string, string>).toString();
    const role = 'energy-manager';
    return app.call('POST', `/v1/imports/factors?${text}`, { role, body, type: 'text/csv' });
  };
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const values = async (code: string): Promise<{ gPerKwh: string | null }[]> =>
    (await app.call('GET', `/v1/factors/${code}`, { role: 'auditor' })).body.values;
  const carbon = async () => {
    await post('matching-runs', { month: '2026-10' });
    return post('statements', { kind: 'carbon', month: '2026-10' });
  };
  const hourly = { code: 'HOURS', step: '60', ...FACTS };

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const take = (kind: string, body: string) =>
      app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
    await take(
      'intervals',
      intervalsCsv(at(0), 4, () => 1_000_000),
    );
    await take(
      'certificates',
      certificatesCsv(at(0), 4, (_, hour) => (hour === 0 ? 500_000 : 0)),
    );
  });
  afterAll(() => app.close());

  it('are tried, taken, and taken again without news', async () => {
    const file = `start,g_per_kwh,cfe_share\n${at(0)},500.12345,0.5\n${at(1)},100,\n${at(3)},,\n`;
    const tried = await send({ ...hourly, dryRun: 'true' }, file);
    expect(tried.body).toMatchObject({ isDryRun: true, version: 0, newCount: 2, gapCount: 2 });
    expect((await app.call('GET', '/v1/factors/HOURS', { role: 'auditor' })).status).toBe(404);
    const taken = await send(hourly, file);
    expect(taken.body).toMatchObject({
      version: 1,
      rowCount: 3,
      valueCount: 4,
      newCount: 2,
      changedCount: 0,
      gapCount: 2,
      roundedCount: 1,
      validFrom: at(0),
      validTo: at(4),
    });
    expect(await values('HOURS')).toMatchObject([
      { gPerKwh: '500.123', cfeShare: '0.5' },
      { gPerKwh: '100' },
      { gPerKwh: null },
      { gPerKwh: null },
    ]);
    expect((await send(hourly, file)).body).toMatchObject({ version: 1, newCount: 0 });
    const { body } = await app.call('GET', '/v1/factors/HOURS', { role: 'auditor' });
    expect(body).toMatchObject({ licence: 'CC BY 4.0', fileSha256: taken.body.fileSha256 });
  });

  it('go on where they ended, and are corrected, by one version each', async () => {
    const more = await send(hourly, `start,g_per_kwh\n${at(0)},500\n${at(4)},7\n`);
    expect(more.body).toMatchObject({ version: 2, newCount: 1, changedCount: 1, validTo: at(5) });
    expect((await values('HOURS')).map(({ gPerKwh }) => gPerKwh)).toEqual([
      '500',
      '100',
      null,
      null,
      '7',
    ]);
  });

  it('of finer steps are the mean of the hour, where it is whole', async () => {
    const rows = [
      [0, 0, 1],
      [0, 30, 2],
      [1, 0, 3],
    ];
    const file = rows.map(([hour, minutes, g]) => `${at(hour!, minutes)},${g}.0005`).join('\n');
    const query = { ...hourly, code: 'HALVES', step: '30', zone: 'ES' };
    const { body } = await send(query, `start,g_per_kwh\n${file}\n`);
    expect(body).toMatchObject({ rowCount: 3, valueCount: 2, incompleteHours: 1, gapCount: 1 });
    // 1.001 and 2.001 g: 1.501.
    expect((await values('HALVES')).map(({ gPerKwh }) => gPerKwh)).toEqual(['1.501', null]);
  });

  it('are refused by row, whole', async () => {
    const file = `start,g_per_kwh\n${at(0)},1\n${at(0)},2\n${at(0, 30)},1\nnow,1\n${at(1)},x\n`;
    const { status, body } = await send({ ...hourly, code: 'BAD' }, file);
    expect([status, body.code]).toEqual([422, 'import.rows_rejected']);
    expect(body.errors.map(({ row, rule }: { row: number; rule: string }) => [row, rule])).toEqual([
      [4, 'start.on_the_grid'],
      [5, 'start.instant_with_offset'],
      [6, 'decimal.plain'],
      [3, 'row.says_once'],
    ]);
    expect((await app.call('GET', '/v1/factors/BAD', { role: 'auditor' })).status).toBe(404);
    const other = await send({ ...hourly, step: 'month' }, 'month,g_per_kwh\n2026-10,1\n');
    expect(other.body.errors[0].rule).toBe('factor.keeps_its_resolution');
    const rate = await send(
      { ...hourly, code: 'RATE', kind: 'supplier' },
      `start,g_per_kwh\n${at(0)},1\n`,
    );
    expect(rate.body.errors[0].rule).toBe('factor.names_its_supplier');
  });

  it('are taken hour, month, year, in that order, and a statement pins the rows it took', async () => {
    const months = { ...hourly, code: 'MONTHS', step: 'month' };
    expect((await send(months, 'month,g_per_kwh\n2026-09,9\n')).status).toBe(201);
    const life = { ...hourly, code: 'A-LIFE', basis: 'lifecycle' };
    expect((await send(life, `start,g_per_kwh\n${at(2)},1\n`)).status).toBe(201);
    const { status, body } = await carbon();
    expect(status).toBe(201);
    const { factors, figures, disclosures } = body.document;
    expect(factors).toMatchObject([
      {
        code: 'HOURS',
        version: 2,
        resolution: 'hourly',
        hours: 3,
        hoursPct: '0.40',
        basis: 'direct',
      },
      { code: 'GRID', version: 1, resolution: 'annual', hours: 741, gPerKwh: '600' },
      { code: 'FOSSIL', hours: 744 },
    ]);
    const seal = await app.call('GET', '/v1/factors/HOURS', { role: 'auditor' });
    expect(factors[0].eventId).toBe(seal.body.eventId);
    const figure = (id: string) =>
      figures.find((one: { id: string }) => one.id === id).value as string;
    // 2 MWh an hour at 500, 100, 600 and 600 g/kWh.
    expect(figure('locationBasedT')).toBe('3.600');
    // 1 MWh of the first hour is matched.
    expect(figure('marketHourlyT')).toBe('3.100');
    expect(disclosures).toContain(
      'No residual mix is published for this market; the grid average stands in for it.',
    );
  });

  it('of a residual mix for some hours are said to be for some', async () => {
    const mix = { ...hourly, code: 'MIX', kind: 'residual_mix' };
    expect((await send(mix, `start,g_per_kwh\n${at(1)},900\n`)).status).toBe(201);
    const { body } = await carbon();
    expect(body.document.disclosures).toContain(
      'A residual mix is published for 1 of 744 hours; the grid average stands in for it in the others.',
    );
    const hourlyT = body.document.figures.find((one: { id: string }) => one.id === 'marketHourlyT');
    expect(hourlyT.value).toBe('4.700');
  });

  it('are computed again away from the ledger, and by the whole log', async () => {
    expect(faultsOf(await packOf(app, '2026-10'))).toEqual([]);
    const { fault } = await app.nest.get(VerificationService).verify(app.ledgerId);
    expect(fault).toBeNull();
  });

  it('of life-cycle basis alone are refused, with the reason', async () => {
    const grid = (await app.call('GET', '/v1/factors/GRID', { role: 'auditor' })).body;
    const { code, version: _, recordedAt: __, eventId: ___, ...said } = grid;
    await post(`factors/${code}/versions`, { ...said, basis: 'lifecycle' });
    const { status, body } = await post('statements', { kind: 'carbon', month: '2026-10' });
    expect([status, body.code, body.factorCode]).toEqual([
      422,
      'factor.lifecycle_in_scope2',
      'A-LIFE',
    ]);
  });
});
