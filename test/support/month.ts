import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, type TestApp } from './app.js';
import { contract } from './contract.js';
import { invoiceOf, ublOf } from './invoices.js';
import { certificatesCsv, createGrid, intervalsCsv, RECORDS } from './make.js';
import { createBattery, storageCsv } from './storage.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/prices');
const PRICE_FIXTURES = [
  'tariff-TURT',
  'tariff-TURD',
  'tariff-TSS',
  'tariff-EXCESS_PEAK',
  'tariff-EXCESS_OFF_PEAK',
  'tariff-grid-ONEE',
];
const START = '2026-10-01T00:00:00Z';

/**
 * The small grid with four hours of October: taken in, matched and stated.
 *
 * @param calling  Puts something between the requests and the application.
 */
export async function startMonth(
  calling: (app: TestApp) => TestApp = (app) => app,
): Promise<TestApp> {
  const app = calling(await startApp());
  await createGrid(app);
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  await send(
    'intervals',
    intervalsCsv(START, 4, (_, hour) => 1_000 * (hour + 1)),
  );
  await send(
    'certificates',
    certificatesCsv(START, 4, () => 1_500),
  );
  const role = 'energy-manager';
  await app.call('POST', '/v1/import-profiles', {
    role,
    body: { code: 'SOURCE', name: 'A source', settings: {} },
  });
  const rules = [{ validFromUtc: '2020-01-01T00:00:00Z', offsetMinutes: 0, instrument: 'test' }];
  await app.call('POST', '/v1/legal-times', { role, body: { code: 'XX', name: 'X', rules } });
  await app.call('POST', '/v1/tenants', {
    role,
    body: { code: 'T', name: 'T', siteCode: 'SITE', meterCodes: ['M-60'] },
  });
  await validateAnotherMeter(app);
  await app.call('POST', '/v1/matching-runs', { role, body: { month: '2026-10' } });
  await app.call('POST', '/v1/statements', { role, body: { kind: 'carbon', month: '2026-10' } });
  const ofAll = { kind: 'carbon', period: '2026-10', entityCode: 'BUYER' };
  await app.call('POST', '/v1/statements', { role, body: ofAll });
  await matchByTiers(app);
  await store(app);
  await bridge(app);
  await price(app);
  await settle(app);
  return app;
}

/** A counter’s reading, where another file joins on. */
export async function readCounter(app: TestApp): Promise<void> {
  const settings = { zone: 'UTC', unit: 'kwh', quality: 'RAW', quantity: 'register' };
  await app.call('POST', '/v1/import-profiles', {
    role: 'energy-manager',
    body: { code: 'COUNTER', name: 'A counter', settings },
  });
  await app.call('POST', '/v1/imports/intervals?profile=COUNTER&meter=CHECK', {
    role: 'operator',
    type: 'text/csv',
    body: 'start,kwh\n2026-06-03 00:00,1.5\n',
  });
}

/** August under a contract with elections, settled. */
async function settle(app: TestApp): Promise<void> {
  const [, ppa] = RECORDS.find(([path]) => path === 'contracts')!;
  const { code: _code, ...terms } = ppa as { readonly code: string };
  const role = 'energy-manager';
  const body = { ...terms, effectiveFrom: '2026-08-01', elections: contract() };
  await app.call('POST', '/v1/contracts/PPA/versions', { role, body });
  await app.call('POST', '/v1/imports/certificates', {
    role: 'operator',
    type: 'text/csv',
    body: certificatesCsv('2026-08-03T10:00:00Z', 1, () => 1_000_000),
  });
  await app.call('POST', '/v1/matching-runs', { role, body: { month: '2026-08' } });
  const request = { run: 'PROVISIONAL', month: '2026-08' };
  const { body: run } = await app.call('POST', '/v1/settlement-runs', { role, body: request });
  await app.call('POST', `/v1/settlement-runs/${run.runId}/approvals`, { role: 'finance' });
  await bill(app);
}

/** An invoice of August that asks too much, in dispute. */
async function bill(app: TestApp): Promise<void> {
  const role = 'finance';
  const terms = { lineMad: '1', linePct: '0', documentMad: '1', documentPct: '0' };
  const items = [{ item: 'EN', kind: 'ENERGY' }];
  await app.call('POST', '/v1/invoice-terms', {
    role,
    body: { code: 'PPA-BILLS', contractCode: 'PPA', items, ...terms },
  });
  const invoice = invoiceOf([{ quantity: '1000', vatCategory: 'O', vatRatePct: null }], {
    periodStart: '2026-08-01',
    periodEnd: '2026-08-31',
    contractReference: 'PPA',
  });
  const { body } = await app.call('POST', '/v1/supplier-invoices', {
    role,
    type: 'application/xml',
    body: ublOf(invoice),
  });
  await app.call('POST', '/v1/account-maps', { role, body: { code: 'CGNC' } });
  const exported = await app.call('POST', '/v1/exports/journal', {
    role,
    body: { month: '2026-08' },
  });
  await app.call('POST', `/v1/exports/${exported.body.batchId}/reversal`, { role });
  const dispute = { state: 'OPEN', disputedMad: '500', note: 'Quantity' };
  await app.call('POST', `/v1/supplier-invoices/${body.invoiceId}/steps`, { role, body: dispute });
}

/** Dated figures of tariffs and markets. */
async function price(app: TestApp): Promise<void> {
  for (const name of PRICE_FIXTURES) {
    const path = name.startsWith('tariff-grid') ? 'tariff-grids' : 'tariffs';
    const text = readFileSync(join(FIXTURES, `${name}.json`), 'utf8');
    await app.call('POST', `/v1/${path}`, { role: 'finance', body: JSON.parse(text) as object });
  }
  const said = { source: 'test', confidence: 'P' };
  const values = [{ month: '2026-06', value: '121.4', publishedOn: '2026-07-22' }];
  const rates = [{ day: '2026-09-30', madPerUnit: '10.61' }];
  const send = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'finance', body });
  await send('price-indices', { code: 'CPI', name: 'Prices', values, ...said });
  const days = [{ day: '2026-11-18', name: 'Independence' }];
  const year = { validFrom: '2026-01-01', validTo: '2027-01-01' };
  await send('holiday-calendars', { code: 'MA', days, ...year, ...said });
  await send('fx-series', { code: 'EUR', rates, ...said });
}

/** A MWh of December over the bridge, one back, and a registry to take certificates from. */
async function bridge(app: TestApp): Promise<void> {
  const role = 'energy-manager';
  const post = (path: string, body: object) => app.call('POST', `/v1/${path}`, { role, body });
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  const start = '2026-12-01T00:00:00Z';
  await post('tracking-systems', {
    code: 'IREC',
    name: 'I-REC',
    plantCodes: ['PV'],
    mayCarryAcrossYears: true,
    expiryMonths: 24,
    source: 'test',
  });
  await send(
    'certificates',
    certificatesCsv(start, 1, (plant) => (plant === 'PV' ? 1_200_000 : 0)),
  );
  await post('mwh-conversions', {
    trackingSystemCode: 'IREC',
    plantCode: 'PV',
    actingFor: 'SELLER',
    firstMonth: '2026-12',
    lastMonth: '2026-12',
  });
  await send(
    'mwh-cancellations',
    'tracking_system,mwh_certificate,plant,start,end,mwh,cancelled_on,proof\n' +
      `IREC,1,PV,${start},2026-12-02T00:00:00Z,1,2026-12-03,P\n`,
  );
  await post('registries', {
    code: 'OTHER',
    name: 'Other',
    issuerCode: 'ISSUER',
    isUnsignedAllowed: true,
    devices: [{ deviceId: '1', plantCode: 'WIND' }],
    accounts: [{ accountId: '1', organisationCode: 'SELLER' }],
  });
  const bundle = {
    issuance_id: 'X',
    account_id: '1',
    metadata_id: '1',
    energy_source: 'wind',
    device_id: '1',
    certificate_bundle_status: 'Active',
    bundle_quantity: 10,
    face_value: 1,
    certificate_bundle_id_range_start: 0,
    certificate_bundle_id_range_end: 9,
    energy_carrier: 'electricity',
    registry_configuration: 1,
    is_storage: false,
    issuance_post_energy_carrier_conversion: false,
    hash: 'ab'.repeat(32),
    production_starting_interval: start,
    production_ending_interval: '2026-12-01T01:00:00Z',
    expiry_datestamp: '2028-12-01T00:00:00Z',
  };
  await app.call('POST', '/v1/imports/bundles?registryCode=OTHER', {
    role: 'operator',
    body: JSON.stringify([bundle]),
    type: 'application/vnd.mizan.certificates+json',
  });
}

/** Two hours of a battery in November: charged from a certificate, given back, certified again. */
async function store(app: TestApp): Promise<void> {
  await createBattery(app);
  const role = 'energy-manager';
  const start = '2026-11-01T02:00:00Z';
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  await send('storage-records', storageCsv(start, [100, -50]));
  await send(
    'certificates',
    certificatesCsv(start, 1, () => 90),
  );
  const span = 'from=2026-11-01T02:00:00Z&to=2026-11-02T00:00:00Z';
  const { body: list } = await app.call('GET', `/v1/storage-records?deviceCode=BESS&${span}`, {
    role,
  });
  const wind = await app.call('GET', `/v1/certificates?plantCode=WIND&${span}`, { role });
  const { certificateId: bundleId } = wind.body.items[0];
  const request = { action: 'cancel_for_storage', actingFor: 'SELLER', bundles: [{ bundleId }] };
  const more = { quantityWh: 80, storageRecordId: list.items[0].recordId };
  await app.call('POST', '/v1/certificate-actions', {
    role,
    idempotencyKey: 'charge',
    body: { ...request, ...more },
  });
  await app.call('POST', '/v1/storage-runs', {
    role,
    body: { deviceCode: 'BESS', through: '2026-11-01T04:00:00Z' },
  });
}

/** A meter that is not booked, with a gap: validated, decided about and estimated, in June. */
async function validateAnotherMeter(app: TestApp): Promise<void> {
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  await post('meters', {
    code: 'CHECK',
    name: 'Check',
    siteCode: 'SITE',
    intervalMinutes: 60,
    ratedPowerW: 20_000_000,
    isBooked: false,
  });
  await post('vee-rule-sets', { code: 'RULES', name: 'Rules', validFrom: '2026-01-01' });
  const items = Array.from({ length: 24 }, (_, hour) => ({
    meter: 'CHECK',
    start: `2026-06-01T${String(hour).padStart(2, '0')}:00:00Z`,
    wh: hour === 5 ? null : 1_000 + hour * 10,
    quality: hour === 5 ? 'MISSING' : 'RAW',
  }));
  await post('readings', { items });
  const stretch = {
    from: '2026-06-01T00:00:00Z',
    to: '2026-06-02T00:00:00Z',
    meterCodes: ['CHECK'],
  };
  const { body } = await post('validations', stretch);
  const { findingId } = body.findings[0];
  await post(`exceptions/${findingId}/decisions`, { action: 're-read', reason: 'Ask the grid' });
  await post('estimations', stretch);
}

/** One hour of November under other terms, with a certificate that was split before. */
async function matchByTiers(app: TestApp): Promise<void> {
  const role = 'energy-manager';
  const start = '2026-11-01T00:00:00Z';
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  await send(
    'intervals',
    intervalsCsv(start, 1, () => 1_000),
  );
  await send(
    'certificates',
    certificatesCsv(start, 1, () => 700),
  );
  const { body: contract } = await app.call('GET', '/v1/contracts/PPA', { role });
  const { code: _, version: __, recordedAt: ___, eventId: ____, ...terms } = contract;
  const matching = { policy: 'maximal', supplyTiers: [['WIND'], ['PV']] };
  await app.call('POST', '/v1/contracts/PPA/versions', {
    role,
    body: { ...terms, effectiveFrom: '2026-11-01', matching },
  });
  await app.call('POST', '/v1/transfer-consents', {
    role,
    body: { code: 'CONSENT', receiverCode: 'BUYER', acceptsFrom: ['SELLER'] },
  });
  const { body: list } = await app.call(
    'GET',
    `/v1/certificates?plantCode=PV&from=${start}&to=2026-11-02T00:00:00Z`,
    { role },
  );
  const [{ certificateId: bundleId }] = list.items;
  const body = { action: 'cancel', actingFor: 'SELLER', bundles: [{ bundleId }], quantityWh: 300 };
  const more = { beneficiary: 'BUYER' };
  await app.call('POST', '/v1/certificate-actions', {
    role,
    idempotencyKey: 'first',
    body: { ...body, ...more },
  });
  await app.call('POST', '/v1/matching-runs', { role, body: { month: '2026-11' } });
}
