import { startApp, type TestApp } from '../support/app.js';
import { contract } from '../support/contract.js';
import { createGrid, RECORDS } from '../support/make.js';

const SAID = { source: 'test', confidence: 'P' };
const JUNE = { month: '2026-06', value: '121.4', publishedOn: '2026-07-22' };
const AUGUST = { month: '2026-08', value: '122.0', publishedOn: '2026-09-22' };

describe('dated figures and elections', () => {
  let app: TestApp;
  const send = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'finance', body });

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  it('keep every value of an index as it was published', async () => {
    const index = { name: 'Consumer prices', ...SAID };
    expect(await send('price-indices', { code: 'CPI', ...index, values: [JUNE] })).toMatchObject({
      status: 201,
    });
    const { status, body } = await send('price-indices/CPI/versions', {
      ...index,
      values: [{ ...JUNE, value: '121.6' }, AUGUST],
    });
    expect([status, body.errors]).toMatchObject([400, [{ rule: 'vintage.kept' }]]);
    const revised = { ...JUNE, value: '121.6', publishedOn: '2026-10-22' };
    const next = await send('price-indices/CPI/versions', {
      ...index,
      values: [JUNE, AUGUST, revised],
    });
    expect(next).toMatchObject({
      status: 201,
      body: { version: 2, values: [JUNE, AUGUST, revised] },
    });
  });

  it('are called what contracts call them', async () => {
    const tariff = { madPerKwh: '0.0685', validFrom: '2026-03-01', ...SAID };
    const wrong = await send('tariffs', { code: 'TRANSIT', ...tariff });
    expect([wrong.status, wrong.body.errors]).toMatchObject([
      400,
      [{ pointer: '/code', rule: 'code.names_the_figure' }],
    ]);
    expect(await send('tariffs', { code: 'TURT', ...tariff })).toMatchObject({ status: 201 });
    const rates = [{ day: '2026-09-30', madPerUnit: '10.61' }];
    expect(await send('fx-series', { code: 'euro', rates, ...SAID })).toMatchObject({
      status: 400,
    });
    expect(await send('fx-series', { code: 'EUR', rates, ...SAID })).toMatchObject({ status: 201 });
    const twice = { code: 'USD', rates: [...rates, ...rates], ...SAID };
    expect(await send('fx-series', twice)).toMatchObject({ status: 400 });
    // What is measured by an index or a rate of 0 has no price.
    const nothing = [{ day: '2026-09-30', madPerUnit: '0.000' }];
    const none = await send('fx-series', { code: 'USD', rates: nothing, ...SAID });
    expect(none.body.errors).toMatchObject([{ pointer: '/rates/0/madPerUnit' }]);
    const values = [{ month: '2026-08', value: '0', publishedOn: '2026-09-20' }];
    const zero = await send('price-indices', { code: 'ZERO', name: 'Zero', values, ...SAID });
    expect(zero.body.errors).toMatchObject([{ pointer: '/values/0/value' }]);
  });

  it('refuse a contract whose elections contradict each other, or the contract', async () => {
    const [, ppa] = RECORDS.find(([path]) => path === 'contracts')!;
    const with_ = (elections: object, more: object = {}) =>
      send('contracts', { ...ppa, code: 'PPA-2', elections, ...more });
    const makeUp = { makeUp: 'NONE', expiryYears: 0, deductions: [] } as const;
    const takeOrPay = { period: 'YEAR', levelPct: '90', ...makeUp } as const;
    const conflict = await with_(contract({ obligations: { takeOrPay } }));
    expect(conflict).toMatchObject({
      status: 422,
      body: { code: 'settlement.elections_conflict' },
    });
    expect(conflict.body.errors[0].pointer).toMatch(/^\/elections\//);
    const other = await with_(contract({ deliveryForm: 'VIRTUAL' }));
    expect(other.body.errors).toMatchObject([
      { pointer: '/deliveryForm', rule: 'contract.agrees_with_its_elections' },
    ]);
    const none = await send('contracts', { ...ppa, code: 'PPA-2', deliveryForm: 'VIRTUAL' });
    expect(none.body.errors).toMatchObject([{ pointer: '/deliveryForm' }]);
    const days = { ...contract().cycle, provisionalDay: 12, finalDay: 10 };
    const mistake = await with_(contract({ cycle: days }));
    expect(mistake.body.errors).toEqual([
      {
        pointer: '/elections/cycle/provisionalDay',
        rule: 'cycle.ordered',
        detail: 'The provisional day is after the final one.',
        fix: 'Let the provisional day be on or before the final one.',
      },
    ]);
    // That a load is metered is a fact of the site.
    const [, site] = RECORDS.find(([path]) => path === 'sites')!;
    const body = { ...site, code: 'EMPTY' };
    expect(await app.call('POST', '/v1/sites', { role: 'energy-manager', body })).toMatchObject({
      status: 201,
    });
    const withdrawn = contract({
      adders: { regulatedCharges: [{ charge: 'TURT', basis: 'WITHDRAWN', payer: 'BUYER' }] },
    });
    const unmetered = await with_(withdrawn, { siteCode: 'EMPTY' });
    expect(unmetered.body.errors).toMatchObject([
      { pointer: '/elections/adders/regulatedCharges/0/basis', rule: 'site.has_load' },
    ]);
    expect(await with_(withdrawn, { code: 'PPA-3' })).toMatchObject({ status: 201 });
    const good = await with_(contract());
    expect(good).toMatchObject({ status: 201, body: { elections: contract() } });
  });

  it('are sealed: the log verifies', async () => {
    const { body } = await app.call('GET', '/v1/ledger/verification', {
      role: 'auditor',
    });
    expect(body).toMatchObject({ fault: null });
  });
});
