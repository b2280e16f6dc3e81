import { readFileSync } from 'node:fs';
import { AccessService } from '../../src/features/access/access.service.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { describeApi } from '../../src/http.js';
import { type Role, ROLES } from '../../src/platform/auth/roles.js';
import { exampleRecords } from '../../src/platform/http/examples.js';
import { RecordDoors } from '../../src/platform/records/record-doors.js';
import { issueKeys, startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';

const ALL = 'operator energy-manager finance auditor';
const READ = 'energy-manager finance auditor';
const SEND = 'operator energy-manager';

/** Who writes which kind of record: written beside its example, a second time. */
const WRITERS = [
  ...new Map(exampleRecords().map(({ path, writers }) => [path, writers.join(' ')] as const)),
];

/** Every route and who may call it; a route that is not listed here fails the test. */
// prettier-ignore
const ROUTES: Readonly<Record<string, string>> = {
  'GET /': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /health/writing': 'public',
  'GET /v1/api-keys': 'admin',
  'POST /v1/api-keys': 'admin',
  'POST /v1/api-keys/{keyId}/revocations': 'admin',
  'POST /v1/api-keys/{keyId}/confirmations': 'admin',
  'POST /v1/principals/{principalId}/erasures': 'admin',
  'GET /v1/ledger/head': READ,
  'GET /v1/ledger/marker': 'energy-manager finance auditor admin',
  'POST /v1/ledger/resumptions': 'admin',
  'POST /v1/ledger/resumptions/confirmations': 'admin',
  'GET /.well-known/jwks.json': 'public',
  'GET /public/ledgers/{ledgerId}/checkpoint': 'public',
  'GET /public/statements/{statementId}': 'public',
  'GET /v1/ledger/checkpoint': 'energy-manager finance auditor admin',
  'POST /v1/ledger/checkpoints': 'energy-manager finance auditor admin',
  'POST /v1/attestations': READ,
  'GET /v1/attestations': READ,
  'GET /v1/attestations/{jobId}': READ,
  'GET /v1/attestations/{jobId}/pack': READ,
  'GET /v1/ledger/checkpoint-deliveries': 'energy-manager finance auditor admin',
  'POST /v1/ledger/checkpoint-deliveries': 'energy-manager finance auditor admin',
  'GET /v1/ledger/timestamps': 'energy-manager finance auditor admin',
  'POST /v1/engagements': 'energy-manager admin',
  'GET /v1/engagements': READ,
  'GET /v1/engagements/{engagementId}': READ,
  'POST /v1/engagements/{engagementId}/checkpoints': 'auditor',
  'POST /v1/engagements/{engagementId}/nonces': 'auditor',
  'POST /v1/engagements/{engagementId}/threads': 'auditor',
  'POST /v1/engagements/{engagementId}/threads/{threadId}/answers': READ,
  'POST /v1/engagements/{engagementId}/threads/{threadId}/closures': 'auditor',
  'POST /v1/engagements/{engagementId}/sign-offs': 'auditor',
  'GET /v1/engagements/{engagementId}/completeness': READ,
  'GET /v1/engagements/{engagementId}/interventions': READ,
  'GET /v1/engagements/{engagementId}/reads': 'auditor',
  'GET /v1/engagements/{engagementId}/populations/{population}': READ,
  'POST /v1/engagements/{engagementId}/samples': 'auditor',
  'GET /v1/engagements/{engagementId}/samples/{sampleId}': READ,
  'GET /v1/engagements/{engagementId}/samples/{sampleId}/table': READ,
  'GET /v1/engagements/{engagementId}/samples/{sampleId}/proofs': READ,
  'GET /v1/engagements/{engagementId}/samples/{sampleId}/items/{item}/trace': READ,
  'POST /v1/engagements/{engagementId}/samples/{sampleId}/results': 'auditor',
  'GET /v1/ledger/signing-keys': 'energy-manager finance auditor admin',
  'POST /v1/ledger/signing-keys': 'admin',
  'POST /v1/ledger/signing-keys/{kid}/revocations': 'admin',
  'GET /v1/ledger/proofs/inclusion': READ,
  'GET /v1/ledger/proofs/consistency': READ,
  'GET /v1/ledger/proofs/row': READ,
  'GET /v1/ledger/events': READ,
  'GET /v1/ledger/verification': READ,
  'GET /v1/ledger/verifications': READ,
  'POST /v1/ledger/verifications': READ,
  'GET /v1/ledger/verifications/{jobId}': READ,
  'GET /v1/ledger/verifications/{jobId}/events': READ,
  ...Object.fromEntries(WRITERS.flatMap(([path, writers]) => Object.entries(records(path, writers)))),
  'POST /v1/imports/mwh-cancellations': SEND,
  'POST /v1/imports/bundles': SEND,
  'POST /v1/mwh-conversions': 'energy-manager',
  'GET /v1/mwh-certificates': ALL,
  'GET /v1/mwh-reconciliations': READ,
  'GET /v1/mwh-alarms': ALL,
  'POST /v1/imports/storage-records': SEND,
  'GET /v1/storage-records': ALL,
  'POST /v1/storage-runs': 'energy-manager',
  'GET /v1/storage-reports': READ,
  'GET /v1/imports': ALL,
  'GET /v1/imports/{importId}': ALL,
  'POST /v1/imports/intervals': SEND,
  'POST /v1/import-profile-guesses': SEND,
  'GET /v1/import-jobs': ALL,
  'GET /v1/import-jobs/{jobId}': ALL,
  'POST /v1/import-jobs/{jobId}/commits': SEND,
  'POST /v1/import-jobs/{jobId}/cancellations': SEND,
  'GET /v1/import-jobs/{jobId}/rejects': ALL,
  'GET /v1/import-jobs/{jobId}/events': ALL,
  'POST /v1/imports/certificates': SEND,
  'GET /v1/meters/{code}/days/{utcDay}/revisions': ALL,
  'GET /v1/meters/{code}/days/{utcDay}/differences': ALL,
  'GET /v1/meters/{code}/readings': ALL,
  'GET /v1/meters/{code}/losses': ALL,
  'POST /v1/readings': SEND,
  'POST /v1/records': 'energy-manager finance',
  'POST /v1/validations': 'energy-manager',
  'POST /v1/estimations': 'energy-manager',
  'GET /v1/exceptions': ALL,
  'POST /v1/exceptions/decisions': 'energy-manager',
  'POST /v1/exceptions/{findingId}/decisions': 'energy-manager',
  'GET /v1/certificates': ALL,
  'GET /v1/certificates/{certificateId}/bundles': ALL,
  'POST /v1/certificate-actions': 'energy-manager',
  'GET /v1/certificate-expiries': ALL,
  'POST /v1/certificate-expiries': 'energy-manager',
  'GET /v1/coverage': READ,
  'POST /v1/tenant-shares': READ,
  'POST /v1/coverage/outlooks': READ,
  'GET /v1/matching-runs/explanations': READ,
  'POST /v1/matching-runs/comparisons': 'energy-manager',
  'GET /v1/matching-runs': READ,
  'GET /v1/matching-runs/adjustments': READ,
  'POST /v1/matching-runs': 'energy-manager',
  'GET /v1/settlement-runs': READ,
  'POST /v1/settlement-runs': 'energy-manager finance',
  'GET /v1/settlement-runs/{runId}': READ,
  'GET /v1/settlement-runs/{runId}/hours': READ,
  'GET /v1/settlement-runs/{runId}/coverage': READ,
  'GET /v1/settlement-runs/{runId}/lines/{at}/trace': READ,
  'POST /v1/settlement-runs/{runId}/approvals': 'energy-manager finance',
  'POST /v1/settlement-previews': READ,
  'POST /v1/imports/dated-figures': 'energy-manager finance',
  'POST /v1/imports/factors': 'energy-manager',
  'GET /v1/exports': 'finance auditor',
  'POST /v1/exports/journal': 'finance',
  'GET /v1/exports/{batchId}': 'finance auditor',
  'GET /v1/exports/{batchId}/file': 'finance auditor',
  'GET /v1/exports/{batchId}/entries/{at}/trace': 'finance auditor',
  'POST /v1/exports/{batchId}/reversal': 'finance',
  'GET /v1/supplier-invoices': READ,
  'POST /v1/supplier-invoices': 'energy-manager finance',
  'GET /v1/supplier-invoices/completeness': READ,
  'GET /v1/supplier-invoices/{invoiceId}': READ,
  'GET /v1/supplier-invoices/{invoiceId}/check': READ,
  'GET /v1/supplier-invoices/{invoiceId}/check/lines/{at}/trace': READ,
  'GET /v1/supplier-invoices/{invoiceId}/payment': READ,
  'POST /v1/supplier-invoices/{invoiceId}/steps': 'energy-manager finance',
  'GET /v1/supplier-invoices/{invoiceId}/dispute-pack': READ,
  'GET /v1/supplier-invoices/{invoiceId}/dispute-hours': READ,
  'GET /v1/contract-positions': READ,
  'GET /v1/statements': READ,
  'POST /v1/statements': 'energy-manager',
  'GET /v1/statements/{statementId}': READ,
  'GET /v1/statements/{statementId}/document': READ,
  'GET /v1/statements/{statementId}/figures/{figureId}/trace': READ,
};

function records(path: string, write: string): Record<string, string> {
  return {
    [`GET ${path}`]: ALL,
    [`POST ${path}`]: write,
    [`GET ${path}/{code}`]: ALL,
    [`GET ${path}/{code}/versions`]: ALL,
    [`POST ${path}/{code}/versions`]: write,
  };
}

describe('access', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('is declared for every route', () => {
    const { paths } = describeApi(app.nest);
    const found = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { 'x-roles': Role[] }>).map(
        ([method, operation]) =>
          [`${method.toUpperCase()} ${path}`, operation['x-roles'].join(' ') || 'public'] as const,
      ),
    );
    expect(Object.fromEntries(found)).toEqual(ROUTES);
  });

  it('is for records at the terminal as it is here', () => {
    expect(WRITERS.length).toBeGreaterThan(20);
    const doors = app.nest.get(RecordDoors).all();
    const found = doors.map(({ path, write }) => [path, write.join(' ')] as const);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(WRITERS));
    for (const { kind, path } of exampleRecords()) {
      expect([kind, doors.find((one) => one.kind === kind)?.path]).toEqual([kind, path]);
    }
  });

  const cases = Object.entries(ROUTES).flatMap(([route, allowed]) =>
    ROLES.map(
      (role) => [route, role, allowed === 'public' || allowed.split(' ').includes(role)] as const,
    ),
  );
  it.each(cases)('%s as %s: %s', async (route, role, isAllowed) => {
    const [method, path] = route.split(' ') as [string, string];
    const reply = await app.call(method, path.replaceAll(/\{\w+\}/g, 'x'), { role });
    // Whatever else is wrong with the bare request, a role that may call is not refused as a role.
    expect([reply.status === 403, reply.status === 401]).toEqual([!isAllowed, false]);
    if (!isAllowed) expect(reply.body).toMatchObject({ code: 'auth.forbidden', role });
  });

  it.each([
    ['no key', undefined, 'auth.key_missing'],
    ['no key at all', 'hello', 'auth.key_unknown'],
    ['a key of no ledger', `mzk_${'A'.repeat(34)}.${'A'.repeat(43)}`, 'auth.key_unknown'],
  ])('refuses %s', async (_, key, code) => {
    const reply = await app.call('GET', '/v1/sites', key === undefined ? {} : { key });
    expect(reply).toMatchObject({ status: 401, body: { code } });
  });

  it('refuses a right id with a wrong secret', async () => {
    const [prefix] = app.keys.auditor.split('.');
    const reply = await app.call('GET', '/v1/sites', { key: `${prefix}.${'A'.repeat(43)}` });
    expect(reply.body.code).toBe('auth.key_unknown');
  });

  it('shows a key once, keeps its hash only, and ends it at once', async () => {
    const { body: issued } = await app.call('POST', '/v1/api-keys', {
      role: 'admin',
      body: { name: 'ERP', role: 'finance' },
    });
    expect(issued.key).toMatch(/^mzk_[\w-]{34}\.[\w-]{43}$/);
    const confirm = `/v1/api-keys/${issued.keyId}/confirmations`;
    expect((await app.call('POST', confirm, { key: app.secondAdmin })).status).toBe(200);
    expect((await app.call('GET', '/v1/statements', { key: issued.key })).status).toBe(200);

    const { body: list } = await app.call('GET', '/v1/api-keys', { role: 'admin' });
    expect(JSON.stringify(list)).not.toContain(issued.key.split('.')[1]);
    const kept = await rows<{ text: string }>(
      app.database.adminUrl,
      `SELECT api_key::text AS text FROM api_key UNION ALL
       SELECT convert_from(payload, 'UTF8') FROM ledger_event`,
    );
    expect(kept.filter(({ text }) => text.includes(issued.key.split('.')[1]))).toEqual([]);

    await app.call('POST', `/v1/api-keys/${issued.keyId}/revocations`, { role: 'admin' });
    expect((await app.call('GET', '/v1/statements', { key: issued.key })).status).toBe(401);
    const again = await app.call('POST', `/v1/api-keys/${issued.keyId}/revocations`, {
      role: 'admin',
    });
    expect(again).toMatchObject({ status: 404, body: { code: 'key.not_found' } });
  });

  it('ends a key when its time is over', async () => {
    const { body: issued } = await app.call('POST', '/v1/api-keys', {
      role: 'admin',
      body: { name: 'audit', role: 'auditor', expiresAt: '2026-11-10T10:00:00Z' },
    });
    expect((await app.call('GET', '/v1/sites', { key: issued.key })).status).toBe(200);
    app.setNow('2026-11-10T10:00:00Z');
    expect((await app.call('GET', '/v1/sites', { key: issued.key })).status).toBe(401);
    const late = await app.call('POST', '/v1/api-keys', {
      role: 'admin',
      body: { name: 'late', role: 'auditor', expiresAt: '2026-11-10T10:00:00Z' },
    });
    expect(late).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/expiresAt', rule: 'key.ends_later' }] },
    });
  });

  it('shows a key nothing of another ledger', async () => {
    const other = await app.nest.get(LedgerService).open('other');
    const issued = await issueKeys(app.nest.get(AccessService), other.ledgerId);
    const key = issued.keys['energy-manager'];
    const body = { code: 'MINE', name: 'Mine', country: 'MA' };
    await app.call('POST', '/v1/organisations', { role: 'energy-manager', body });
    expect((await app.call('GET', '/v1/organisations/MINE', { role: 'auditor' })).status).toBe(200);
    expect(await app.call('GET', '/v1/organisations/MINE', { key })).toMatchObject({
      status: 404,
      body: { code: 'record.not_found' },
    });
    expect((await app.call('GET', '/v1/organisations', { key })).body).toEqual({ items: [] });
  });
});

describe('records', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());
  const role = 'energy-manager';
  const organisation = { code: 'ORG', name: 'First', country: 'MA' };

  it('are created once, revised as versions, and read as of any version', async () => {
    expect((await app.call('POST', '/v1/organisations', { role, body: organisation })).status).toBe(
      201,
    );
    expect(await app.call('POST', '/v1/organisations', { role, body: organisation })).toMatchObject(
      {
        status: 409,
        body: { code: 'record.exists' },
      },
    );
    const next = { name: 'Second', country: 'MA', ice: '001234567000089' };
    const path = '/v1/organisations/ORG';
    const revised = await app.call('POST', `${path}/versions`, { role, body: next });
    expect(revised).toMatchObject({ status: 201, body: { version: 2, name: 'Second' } });
    expect(await app.call('POST', `${path}/versions`, { role, body: next })).toMatchObject({
      status: 409,
      body: { code: 'record.unchanged', version: 2 },
    });
    expect((await app.call('GET', path, { role })).body.name).toBe('Second');
    expect((await app.call('GET', `${path}?version=1`, { role })).body.name).toBe('First');
    const { body } = await app.call('GET', `${path}/versions`, { role });
    expect(body.items.map((one: { version: number }) => one.version)).toEqual([1, 2]);
    expect((await app.call('GET', `${path}?version=3`, { role })).status).toBe(404);
  });

  // prettier-ignore
  it.each([
    ['an unknown property',    'organisations', { ...organisation, code: 'A', nope: 1 },       ''],
    ['a short ICE',            'organisations', { ...organisation, code: 'A', ice: '123' },    '/ice'],
    ['a code with a space',    'organisations', { ...organisation, code: 'A B' },              '/code'],
    ['an unsafe power',        'meters', { code: 'M', name: 'M', siteCode: 'S', intervalMinutes: 15, ratedPowerW: 2 ** 53 }, '/ratedPowerW'],
    ['an interval of 7 min',   'meters', { code: 'M', name: 'M', siteCode: 'S', intervalMinutes: 7, ratedPowerW: 1 },        '/intervalMinutes'],
    ['a price as a number',    'contracts', { strikePriceMadPerMwh: 550 },                     '/strikePriceMadPerMwh'],
    ['a value too many',       'factors', { code: 'F', kind: 'fossil', zone: 'MA', basis: 'direct', resolution: 'annual', publisher: 'x', title: 'x', vintage: 'x', validFrom: '2026-01-01T00:00:00Z', validTo: '2027-01-01T00:00:00Z', values: [{ gPerKwh: '1' }, { gPerKwh: '2' }] }, '/values'],
  ])('refuse %s with its pointer', async (_, path, body, pointer) => {
    const reply = await app.call('POST', `/v1/${path}`, { role, body });
    expect(reply).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(reply.body.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer);
  });

  it('refuse a reference to nothing, or to a thing of another kind', async () => {
    const site = {
      code: 'S',
      name: 'S',
      boundary: 'MA',
      deliveryPoint: 'x',
      contractedPowerW: 1,
      legalTime: 'MA',
    };
    const post = (body: object) => app.call('POST', '/v1/sites', { role, body });
    expect(await post({ ...site, organisationCode: 'NOBODY' })).toMatchObject({
      status: 422,
      body: { code: 'record.reference_unknown', field: 'organisationCode' },
    });
    expect((await post({ ...site, organisationCode: 'ORG' })).status).toBe(201);
    expect((await post({ ...site, code: 'T', organisationCode: 'S' })).status).toBe(422);
  });

  it('keep an hourly factor hour by hour', async () => {
    const values = Array.from({ length: 24 }, (_, at) => ({
      gPerKwh: `${500 + at}.5`,
      cfeShare: null,
      month: null,
    }));
    const body = {
      code: 'H',
      kind: 'grid_average',
      zone: 'MA',
      basis: 'direct',
      resolution: 'hourly',
      publisher: 'x',
      title: 'x',
      vintage: '2026',
      values,
      validFrom: '2026-10-01T00:00:00Z',
      validTo: '2026-10-02T00:00:00Z',
    };
    expect((await app.call('POST', '/v1/factors', { role, body })).status).toBe(201);
    expect((await app.call('GET', '/v1/factors/H', { role })).body.values).toEqual(values);
  });
});

describe('the edge', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('answers that it lives, that it is ready, and what is wrong with the ground', async () => {
    expect((await app.call('GET', '/health/live')).body).toEqual({ status: 'up' });
    const { status, body } = await app.call('GET', '/health/ready');
    expect([status, body.ready, body.warnings]).toEqual([200, true, []]);
    expect(body.checks).toEqual({ database: 'up', writing: 'open' });
    // The embedded server's own zone data is an hour wrong for Morocco; a later one may be right.
    expect(body.notes.every((line: string) => line.includes('no figure uses it'))).toBe(true);
    const writing = await app.call('GET', '/health/writing');
    expect([writing.status, writing.body]).toEqual([200, { writing: 'open', reasons: [] }]);
  });

  it('publishes the description that is committed', async () => {
    const published = (await app.call('GET', '/openapi.json')).body;
    expect(published.openapi).toBe('3.1.0');
    expect(published).toEqual(JSON.parse(readFileSync('fixtures/openapi.json', 'utf8')));
  });

  it.each([
    ['an unknown path', 'GET', '/v1/nope', undefined, 404, 'request.not_found'],
    ['broken JSON', 'POST', '/v1/organisations', '{"a":', 400, 'request.malformed'],
    [
      'too much JSON',
      'POST',
      '/v1/organisations',
      `"${'x'.repeat(1_100_000)}"`,
      413,
      'request.too_large',
    ],
    [
      'a month that is none',
      'POST',
      '/v1/matching-runs',
      '{"month":"2026-13"}',
      400,
      'request.invalid',
    ],
    [
      'a site that is not there',
      'POST',
      '/v1/matching-runs',
      '{"month":"2026-10"}',
      422,
      'site.ambiguous',
    ],
  ])('answers %s as a problem with a trace id', async (_, method, path, body, status, code) => {
    const reply = await app.call(method, path, { role: 'energy-manager', ...(body && { body }) });
    expect(reply).toMatchObject({ status, body: { status, code } });
    expect(reply.type).toContain('application/problem+json');
    expect(reply.body.traceId).toBe(reply.headers.get('x-request-id'));
  });
});
