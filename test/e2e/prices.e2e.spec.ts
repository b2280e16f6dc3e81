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
      ...{ ...index, values: [{ ...JUNE, value: '121.6' }, AUGUST] },
    });
    expect([status, body.errors]).toMatchObject([400, [{ rule: 'vintage.kept' }]]);
    const revised = { ...JUNE, value: '121.6', publishedOn: '2026-10-22' };
    const next = await send('price-indices/CPI/versions', {
      ...{ ...index, values: [JUNE, AUGUST, revised] },
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
