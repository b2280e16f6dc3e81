import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';
import { recomputePack } from '../../src/core/packs/recompute.js';
import { faultsOf, openedPack, packOf } from '../support/packs.js';

const START = '2026-10-01T00:00:00Z';

describe('coverage over HTTP', () => {
  let app: TestApp;
  const read = (path: string) => app.call('GET', `/v1/${path}`, { role: 'auditor' });
  const outlook = (body: object) =>
    app.call('POST', '/v1/coverage/outlooks', { role: 'auditor', body });
  const guarantee = async (coverageGuarantee: object | null) => {
    const { body } = await read('contracts/PPA');
    const { code: _, version: __, recordedAt: ___, eventId: ____, ...terms } = body;
    return app.call('POST', '/v1/contracts/PPA/versions', {
      role: 'energy-manager',
      body: { ...terms, coverageGuarantee },
    });
  };

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const send = (kind: string, body: string) =>
      app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
    // 26 hours of 2,000 Wh; generation of 2,000 Wh, from the 20th hour on of 500.
    await send(
      'intervals',
      intervalsCsv(START, 26, () => 1_000),
    );
    await send(
      'certificates',
      certificatesCsv(START, 26, (_, hour) => (hour < 20 ? 1_000 : 250)),
    );
  });
  afterAll(() => app.close());

  it('is shown by civil day, each from its own hours', async () => {
    const { body } = await read('coverage?from=2026-10&to=2026-10&by=day');
    expect(body.items).toHaveLength(31);
    expect(body.items[0]).toMatchObject({
      bucket: '2026-10-01',
      start: START,
      end: '2026-10-02T00:00:00Z',
      hourCount: 24,
      loadWh: 48_000,
      matchedWh: 42_000,
      fullyMatchedHours: 20,
      energyWeightedPct: '87.500000',
      // A fifth of the grid is carbon-free.
      timeAveragedPct: '87.500000',
      cfeWithGridPct: '90.000000',
      gridUnknownWh: 0,
    });
    expect(body.items[5]).toMatchObject({
      loadWh: 0,
      energyWeightedPct: null,
      cfeWithGridPct: null,
    });
  });

  it.each([
    ['hour', 744, '2026-10-01T00:00:00Z'],
    ['month', 1, '2026-10'],
    ['year', 1, '2026'],
  ])('is shown by %s', async (by, count, first) => {
    const { body } = await read(`coverage?from=2026-10&to=2026-10&by=${by}`);
    expect([body.items.length, body.items[0].bucket]).toEqual([count, first]);
    const sum = body.items.reduce(
      (total: number, item: { matchedWh: number }) => total + item.matchedWh,
      0,
    );
    expect(sum).toBe(20 * 2_000 + 6 * 500);
  });

  it.each([
    'from=2026-10&to=2026-09',
    'from=2025-01&to=2026-10',
    'from=2026-09&to=2026-10&by=hour',
  ])('refuses %s', async (query) =>
    expect((await read(`coverage?${query}`)).body.code).toBe('request.invalid'),
  );

  it('stands against what the contract guarantees, by its own averaging rule', async () => {
    expect((await outlook({ month: '2026-10' })).body.code).toBe('contract.no_guarantee');
    const terms = {
      metric: 'ENERGY_WEIGHTED',
      levelPct: '90',
      rateMadPerMwh: '500000',
      period: 'month',
    };
    expect((await guarantee(terms)).status).toBe(201);
    const { body } = await outlook({ month: '2026-10' });
    // 43,000 of 52,000 Wh are matched; 90 % would be 46,800.
    expect(body).toMatchObject({
      metric: 'ENERGY_WEIGHTED',
      levelPct: '90',
      measuredTo: '2026-10-02T02:00:00Z',
      accrued: {
        hours: 26,
        coveragePct: '82.692308',
        shortfallMwh: '0.003800',
        damagesMad: '1900.00',
      },
      projected: null,
      warnings: [],
    });
  });

  it('warns before the hour, when forecasts are given', async () => {
    const forecasts = [
      { hour: '2026-10-02T02:00:00Z', loadWh: 2_000, generationWh: 9_000 },
      { hour: '2026-10-02T03:00:00Z', loadWh: 2_000, generationWh: 0 },
    ];
    const { body } = await outlook({ month: '2026-10', forecasts });
    expect(body.projected).toMatchObject({
      hours: 28,
      shortfallMwh: '0.005400',
      damagesMad: '2700.00',
    });
    expect(body.warnings).toEqual([
      { hour: '2026-10-02T03:00:00Z', shortWh: 2_000, coveragePct: '80.357143' },
    ]);
    const late = await outlook({ month: '2026-10', forecasts: forecasts.toReversed() });
    expect(late.body.errors[0].pointer).toBe('/forecasts/1/hour');
    const past = await outlook({ month: '2026-10', forecasts: [{ ...forecasts[0], hour: START }] });
    expect(past.body.errors[0].pointer).toBe('/forecasts/0/hour');
  });

  it('runs over the year, where the contract says so', async () => {
    await guarantee({
      metric: 'TIME_AVERAGED',
      levelPct: '50',
      rateMadPerMwh: '100',
      period: 'year',
      zeroLoadHour: 'EXCLUDED',
    });
    const { body } = await outlook({ month: '2026-10' });
    expect(body.accrued).toMatchObject({ hours: 26, damagesMad: '0.00', coveragePct: '82.692308' });
  });

  it('is shared out to tenants, who sum to the site', async () => {
    const post = (path: string, body: object) =>
      app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
    const shares = (body: object) =>
      app.call('POST', '/v1/tenant-shares', {
        role: 'finance',
        body: { month: '2026-10', ...body },
      });
    expect((await shares({})).body.code).toBe('matching.run_not_found');
    await post('matching-runs', { month: '2026-10' });
    expect((await shares({})).body.code).toBe('tenant.none');
    const tenant = (code: string) => ({ code, name: code, siteCode: 'SITE', meterCodes: ['M-60'] });
    expect((await post('tenants', tenant('NAVER'))).status).toBe(201);
    const taken = await post('tenants', tenant('OTHER'));
    expect(taken.body).toMatchObject({ code: 'tenant.meter_taken', takenBy: 'NAVER' });
    await post('tenants', { ...tenant('OTHER'), meterCodes: ['M-15'] });
    const { body } = await shares({ gpuHours: [{ tenantCode: 'NAVER', gpuHours: '13' }] });
    expect(body).toMatchObject({ loadWh: 52_000, matchedWh: 43_000 });
    expect(body.tenants).toMatchObject([
      // 4,500 Wh of residual at 600 g, over 13 GPU-hours of 2 kWh each.
      {
        tenantCode: 'NAVER',
        loadWh: 26_000,
        matchedWh: 21_500,
        perGpuHour: { kwh: '2.000000', marketHourlyG: '207.692308' },
      },
      { tenantCode: 'OTHER', loadWh: 26_000, matchedWh: 21_500, perGpuHour: null },
    ]);
    const stranger = await shares({ gpuHours: [{ tenantCode: 'NOBODY', gpuHours: '1' }] });
    expect(stranger.body.code).toBe('record.not_found');
  });

  it('is stated for each tenant, sealed, traced and computed again away from the ledger', async () => {
    const state = (body: object) =>
      app.call('POST', '/v1/statements', {
        role: 'energy-manager',
        body: { kind: 'tenant', month: '2026-10', ...body },
      });
    const nameless = await state({});
    expect(nameless.body.errors[0].pointer).toBe('/tenantCode');
    expect((await state({ tenantCode: 'NOBODY' })).body.code).toBe('record.not_found');
    const naver = await state({ tenantCode: 'NAVER', gpuHours: '13' });
    const other = await state({ tenantCode: 'OTHER' });
    expect([naver.status, other.status]).toEqual([201, 201]);
    const figure = ({ body }: typeof naver, id: string) =>
      body.document.figures.find((one: { id: string }) => one.id === id).value;
    const sum = (id: string): number => figure(naver, id) + figure(other, id);
    const { site } = naver.body.document;
    expect([sum('loadWh'), sum('matchedWh')]).toEqual([site.loadWh, site.matchedWh]);
    expect([sum('locationBasedKg'), sum('marketHourlyKg')]).toEqual([
      site.locationBasedKg,
      site.marketHourlyKg,
    ]);
    expect(figure(naver, 'marketHourlyGPerGpuHour')).toBe('207.692308');
    expect(figure(other, 'marketHourlyGPerGpuHour')).toBeNull();
    expect((await state({ tenantCode: 'NAVER', gpuHours: '13' })).body.isNew).toBe(false);
    const more = await state({ tenantCode: 'NAVER', gpuHours: '26' });
    expect(more.body).toMatchObject({ version: 2, supersedes: naver.body.statementId });

    const path = `/v1/statements/${naver.body.statementId}/figures/matchedWh/trace`;
    const { body: trace } = await app.call('GET', path, { role: 'auditor' });
    expect(trace).toMatchObject({ sumWh: 21_500, tiesOut: true });
    const pack = await packOf(app, '2026-10');
    expect(faultsOf(pack)).toEqual([]);
    const opened = openedPack(pack);
    const again = [...recomputePack(opened)];
    expect(again.filter(({ detail }) => detail.startsWith('tenant'))).toHaveLength(3);
    // A figure that was changed does not come out again, whatever hash it has.
    const forged = [...opened.statements].map(
      ([path, text]) => [path, text.replace('"value":21500', '"value":21501')] as const,
    );
    const changed = { ...opened, statements: new Map(forged) };
    expect([...recomputePack(changed)].some(({ outcome }) => outcome === 'FAIL')).toBe(true);
    expect((await app.nest.get(VerificationService).verify(app.ledgerId)).fault).toBeNull();
  });

  it('takes load that failed a check, and that nobody decided about, at its highest hour', async () => {
    for (const row of [
      'M-60,2026-10-05T00:00:00Z,3000,ACTUAL',
      'M-60,2026-10-06T00:00:00Z,700,SUSPECT',
      'M-60,2026-10-07T00:00:00Z,3000,ACTUAL',
    ]) {
      const body = `meter,start,wh,quality\n${row}\n`;
      const sent = { role: 'operator', body, type: 'text/csv' } as const;
      expect((await app.call('POST', '/v1/imports/intervals', sent)).status).toBe(201);
    }
    const { body } = await read('coverage?from=2026-10&to=2026-10&by=day');
    expect(body.items[5]).toMatchObject({
      bucket: '2026-10-06',
      loadWh: 3_000,
      matchedWh: 0,
      residualWh: 3_000,
      undecidedHours: 1,
      undecidedWh: 3_000,
      energyWeightedPct: '0.000000',
      withoutUndecidedPct: null,
    });
    expect(body.items[4]).toMatchObject({ loadWh: 3_000, undecidedHours: 0, undecidedWh: 0 });
    const month = (await read('coverage?from=2026-10&to=2026-10')).body.items[0];
    expect(month).toMatchObject({ loadWh: 52_000 + 3_000 + 3_000 + 3_000, undecidedHours: 1 });
    // 43,000 of 61,000, and of 58,000.
    expect([month.energyWeightedPct, month.withoutUndecidedPct]).toEqual([
      '70.491803',
      '74.137931',
    ]);
    const reason = { acceptSuspect: true, reason: 'load test' };
    await app.call('POST', '/v1/matching-runs', {
      role: 'energy-manager',
      body: { month: '2026-10', ...reason },
    });
    const accepted = (await read('coverage?from=2026-10&to=2026-10')).body.items[0];
    expect(accepted).toMatchObject({ loadWh: 58_700, undecidedHours: 0, undecidedWh: 0 });
    expect(accepted.withoutUndecidedPct).toBe(accepted.energyWeightedPct);
  });
});
