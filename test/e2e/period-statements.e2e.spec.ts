import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid, intervalsCsv, RECORDS } from '../support/make.js';

const SEPTEMBER = '2026-09-10T00:00:00Z';
const OCTOBER = '2026-10-01T00:00:00Z';
/** Q4 of 2026 is over. */
const NOW = '2027-01-05T09:00:00Z';

interface Stated {
  readonly figures: readonly { readonly id: string; readonly value: number | string | null }[];
  readonly sumOfMonths: readonly { readonly figure: string; readonly difference: string }[];
}

describe('carbon statements of periods', () => {
  let app: TestApp;
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const read = async (path: string) =>
    (await app.call('GET', `/v1/${path}`, { role: 'auditor' })).body;
  const take = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  const state = (period: string, more: object = {}) =>
    post('statements', { kind: 'carbon', period, ...more });
  const match = (month: string, siteCode = 'SITE') => post('matching-runs', { month, siteCode });
  const revise = async (path: string, change: object) => {
    const { code: _, version: __, recordedAt: ___, eventId: ____, ...kept } = await read(path);
    expect((await post(`${path}/versions`, { ...kept, ...change })).status).toBe(201);
  };
  const figure = ({ figures }: Stated, id: string) => figures.find((one) => one.id === id)!.value;
  const difference = ({ sumOfMonths }: Stated, id: string) =>
    sumOfMonths.find((one) => one.figure === id)!.difference;

  beforeAll(async () => {
    app = await startApp({ now: NOW });
    await createGrid(app);
    await take(
      'intervals',
      intervalsCsv(SEPTEMBER, 4, () => 1_000_000),
    );
    await take(
      'intervals',
      intervalsCsv(OCTOBER, 4, () => 1_000_000),
    );
    // September: 4 MWh too little; October: 4 MWh matched and 4 MWh of surplus.
    await take(
      'certificates',
      certificatesCsv(SEPTEMBER, 4, () => 500_000),
    );
    await take(
      'certificates',
      certificatesCsv(OCTOBER, 4, (_, hour) => (hour < 2 ? 2_000_000 : 0)),
    );
  });
  afterAll(() => app.close());

  it('are refused with each month that nothing can be said of, and why', async () => {
    const { status, body } = await state('2026-Q3');
    expect([status, body.code]).toEqual([409, 'statement.months_missing']);
    expect(body.missing).toMatchObject([
      { siteCode: 'SITE', month: '2026-09', reason: 'not_matched' },
    ]);
    await match('2026-09');
    await match('2026-10');
    await post('matching-runs', { month: '2026-11' });
    const year = await state('2027-Q1');
    expect(year.body.missing.map((one: { reason: string }) => one.reason)).toEqual([
      'not_over',
      'not_over',
      'not_over',
    ]);
    const quarter = await state('2026-Q4');
    expect(quarter.body.missing.map((one: { month: string }) => one.month)).toEqual([
      '2026-11',
      '2026-12',
    ]);
  });

  it('are the sums of their months; months before the first reading are named, and left out', async () => {
    const { status, body } = await state('2026-Q3');
    expect([status, body.period, body.month, body.siteCode]).toEqual([
      201,
      '2026-Q3',
      null,
      'SITE',
    ]);
    const { document } = body;
    expect(document).toMatchObject({
      status: 'preliminary',
      scope: 'site',
      period: { name: '2026-Q3', kind: 'quarter', firstMonth: '2026-07', lastMonth: '2026-09' },
      civil: { from: '2026-09-01', to: '2026-09-30' },
      months: [{ siteCode: 'SITE', month: '2026-09', hours: 721 }],
      exclusions: [
        { what: 'missingIntervals' },
        { what: 'incompleteMeterHours' },
        { what: 'monthBeforeFirstReading', month: '2026-07' },
        { what: 'monthBeforeFirstReading', month: '2026-08' },
      ],
    });
    expect(figure(document, 'loadWh')).toBe(8_000_000);
    expect(figure(document, 'matchedWh')).toBe(4_000_000);
    expect(figure(document, 'marketBased2015T')).toBe('2.400');
    expect(document.releaseChecks).toEqual(
      expect.arrayContaining(['months_sum_to_period', 'sites_sum_to_total', 'root_is_the_ledgers']),
    );
    expect(document.releaseChecks).toHaveLength(13);
    expect((await state('2026-Q3')).body).toMatchObject({ isNew: false, version: 1 });
  });

  it('take the reporting year of the entity, once it has said when that begins', async () => {
    const none = await state('FY2026');
    expect([none.status, none.body.code]).toEqual([422, 'period.no_reporting_year']);
    const carbonReporting = { consolidationApproach: 'operational_control', firstMonth: 11 };
    await revise('organisations/BUYER', { carbonReporting });
    const { body } = await state('FY2026');
    expect(body.document.period).toMatchObject({
      name: 'FY2026',
      kind: 'reporting_year',
      firstMonth: '2025-11',
      lastMonth: '2026-10',
      start: '2026-08-31T23:00:00Z',
      end: '2026-11-01T00:00:00Z',
    });
    expect(body.document.months).toHaveLength(2);
    expect(figure(body.document, 'loadWh')).toBe(16_000_000);
    // 4 MWh of 8 in September and 4 of 8 in October, the rest at 600 g.
    expect(figure(body.document, 'marketBased2015T')).toBe('4.800');
    expect(difference(body.document, 'marketBased2015T')).toBe('0');
    expect(body.document.disclosures).toContain(
      'Surplus not cancelled: 4 MWh; it is in no figure of emissions.',
    );
  });

  it('apply surplus that a person cancelled for the entity, and say what was beyond need', async () => {
    const from = encodeURIComponent(OCTOBER);
    const { items } = await read(`certificates?plantCode=PV&from=${from}&to=2026-10-01T02:00:00Z`);
    for (const [at, { certificateId: bundleId }] of items.entries()) {
      const { status } = await app.call('POST', '/v1/certificate-actions', {
        role: 'energy-manager',
        idempotencyKey: `cancel-${at}`,
        body: {
          action: 'cancel',
          actingFor: 'SELLER',
          bundles: [{ bundleId }],
          beneficiary: 'BUYER',
        },
      });
      expect(status).toBe(201);
    }
    const { body } = await state('FY2026');
    expect(body.version).toBe(2);
    const { document } = body;
    // Of 2 MWh an hour over two hours PV gave half of what was matched: 2 MWh of it are surplus.
    expect(document.surplus).toEqual({
      cancelledWh: 2_000_000,
      countedWh: 2_000_000,
      beyondNeedWh: 0,
      notCancelledWh: 2_000_000,
    });
    expect(figure(document, 'marketBased2015T')).toBe('3.600');
    expect(difference(document, 'marketBased2015T')).toBe('-1.2');
    expect(document.certificates[0]).toMatchObject({
      plantCode: 'PV',
      cancelledMatchedWh: 2_000_000,
      surplusCancelledWh: 2_000_000,
    });
    expect(document.changes.map((one: { id: string }) => one.id)).toContain('marketBased2015T');
    // No month says otherwise than before.
    expect(document.restatement.months).toEqual([]);
    // A month by itself never takes it.
    const month = await post('statements', { kind: 'carbon', month: '2026-10' });
    expect(figure(month.body.document, 'marketBased2015T')).toBe('2.400');
    const quarter = await state('2026-10', { entityCode: 'BUYER' });
    expect(figure(quarter.body.document, 'surplusCountedWh')).toBe(2_000_000);
  });

  it('name the months that were restated since, with what differs', async () => {
    await take('intervals', `meter,start,wh,quality\nM-60,${OCTOBER},1500000,ACTUAL\n`);
    const stale = await state('FY2026');
    expect(stale.body.missing).toMatchObject([{ month: '2026-10', reason: 'inputs_changed' }]);
    await match('2026-10');
    const { document, version } = (await state('FY2026')).body;
    expect(version).toBe(3);
    expect(document.restatement.months).toMatchObject([
      {
        siteCode: 'SITE',
        month: '2026-10',
        figures: expect.arrayContaining(['loadWh', 'locationBasedT']),
      },
    ]);
    expect(figure(document, 'loadWh')).toBe(16_500_000);
  });

  it('show the same figures by the rules of others', async () => {
    const { document } = (await state('FY2026')).body;
    const views = new Map<string, { answer: string; missing: string[] }>(
      document.views.map((one: { framework: string }) => [one.framework, one]),
    );
    expect([...views].map(([name, { answer }]) => [name, answer])).toEqual([
      ['RE100', 'fail'],
      ['EnergyTag', 'fail'],
      ['UN-24/7-CFE', 'fail'],
    ]);
    expect(document.apart.at(-1)).toMatchObject({ line: 'avoided', notStated: 'no factor' });
  });

  it('are of all sites of an entity: sites sum to the whole, and one that lacks its month is named', async () => {
    const copy = (path: string, code: string, change: object) => {
      const [, body] = RECORDS.find(
        ([at, one]) => at === path && 'code' in one && one.code === code,
      )!;
      return post(path, { ...body, ...change });
    };
    await copy('sites', 'SITE', { code: 'EAST', name: 'East' });
    await copy('meters', 'M-60', { code: 'E-60', siteCode: 'EAST' });
    await copy('plants', 'PV', { code: 'PV-E' });
    await copy('contracts', 'PPA', { code: 'PPA-E', siteCode: 'EAST', plantCodes: ['PV-E'] });
    const lines = ['meter,start,wh,quality', `E-60,${OCTOBER},3000000,ACTUAL`];
    await take('intervals', `${lines.join('\n')}\n`);
    const refused = await state('2026-10', { entityCode: 'BUYER' });
    expect(refused.body.missing).toMatchObject([{ siteCode: 'EAST', month: '2026-10' }]);
    await match('2026-10', 'EAST');
    const { status, body } = await state('FY2026', { entityCode: 'BUYER' });
    expect([status, body.siteCode, body.entityCode]).toEqual([201, null, 'BUYER']);
    const { document } = body;
    expect(figure(document, 'loadWh')).toBe(19_500_000);
    expect(
      document.sites.map(({ code, figures }: { code: string; figures: { loadWh: number } }) => [
        code,
        figures.loadWh,
      ]),
    ).toEqual([
      ['EAST', 3_000_000],
      ['SITE', 16_500_000],
    ]);
    expect(document.exclusions).toContainEqual(
      expect.objectContaining({
        what: 'monthBeforeFirstReading',
        siteCode: 'EAST',
        month: '2026-09',
      }),
    );
    expect((await state('2026', { entityCode: 'SELLER' })).body.code).toBe(
      'statement.sites_missing',
    );
  });

  it.each([
    ['a month and a period', { month: '2026-10', period: '2026' }],
    ['neither', {}],
    ['a bill of a year', { kind: 'billing', period: '2026' }],
    ['a site and an entity', { period: '2026', siteCode: 'SITE', entityCode: 'BUYER' }],
    ['an entity’s month', { month: '2026-10', entityCode: 'BUYER' }],
    ['no period', { period: '2026-Q5' }],
  ])('refuse %s', async (_, body) => {
    expect((await post('statements', { kind: 'carbon', ...body })).status).toBe(400);
  });

  it('are documents in both languages, traced, known to the public and listed', async () => {
    const { items } = await read('statements');
    const own = items.filter((one: { month: string | null }) => one.month === null);
    const { statementId, sha256 } = own.find(
      (one: { entityCode: string | null; period: string }) =>
        one.entityCode === 'BUYER' && one.period === 'FY2026',
    );
    const csv = async (table: string, lang: string): Promise<string> => {
      const path = `/v1/statements/${statementId}/document?format=csv&table=${table}&lang=${lang}`;
      const headers = { authorization: `Bearer ${app.keys.auditor}` };
      const reply = await fetch(`${app.url}${path}`, { headers });
      expect([table, reply.status]).toEqual([table, 200]);
      return reply.text();
    };
    for (const table of [
      'months_and_period',
      'months',
      'views',
      'view_lines',
      'estimate_effects',
      'avoided',
    ]) {
      for (const lang of ['en', 'fr']) await csv(table, lang);
    }
    expect((await csv('sites', 'fr')).trimEnd().split('\n')).toHaveLength(4);
    expect(await csv('checks', 'fr')).toContain('Les mois font la période');
    const trace = await read(`statements/${statementId}/figures/loadWh/trace`);
    expect(trace).toMatchObject({ sumWh: 19_500_000, tiesOut: true });
    // Both sites have the first hour of October: 5.5 MWh of three meters.
    expect(trace.hours.find((one: { hour: string }) => one.hour === OCTOBER).wh).toBe(5_500_000);
    const known = await app.call('GET', `/public/statements/${statementId}?sha256=${sha256}`);
    expect(known.status).toBe(200);
    const jsonPath = `/v1/statements/${statementId}/document?format=json`;
    const headers = { authorization: `Bearer ${app.keys.auditor}` };
    const json = await fetch(`${app.url}${jsonPath}`, { headers });
    expect(json.headers.get('content-disposition')).toContain('carbon-BUYER-FY2026-v1.json');
  });

  it('are set as PDF and workbook', async () => {
    const { items } = await read('statements');
    const headers = { authorization: `Bearer ${app.keys.auditor}` };
    for (const format of ['pdf', 'xlsx', 'zip']) {
      const path = `/v1/statements/${items.at(-1).statementId}/document?format=${format}&lang=fr`;
      const reply = await fetch(`${app.url}${path}`, { headers });
      expect([format, reply.status]).toEqual([format, 200]);
      expect((await reply.arrayBuffer()).byteLength).toBeGreaterThan(5_000);
    }
  });

  it('hold in verification', async () => {
    const verification = app.nest.get(VerificationService);
    expect((await verification.verify(app.ledgerId)).fault).toBeNull();
  });
});
