import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/data-source.js';
import { ExpiryJob } from '../../src/features/certificates/expiry/expiry.job.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { type AnyReply, startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { certificatesCsv, createGrid, intervalsCsv, SOLE_CLAIM } from '../support/make.js';
import { recomputePack } from '../../src/core/packs/recompute.js';
import { faultsOf, openedPack, packOf } from '../support/packs.js';

const START = '2026-10-01T00:00:00Z';
const HOURS = 6;

describe('certificates over HTTP', () => {
  let app: TestApp;
  let keyCount = 0;

  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const read = (path: string) => app.call('GET', `/v1/${path}`, { role: 'auditor' });
  const act = (body: object, key = `key-${(keyCount += 1)}`): Promise<AnyReply> =>
    app.call('POST', '/v1/certificate-actions', {
      role: 'energy-manager',
      idempotencyKey: key,
      body: { actingFor: 'SELLER', ...body },
    });
  const idOf = async (plant: string, hour: number): Promise<string> => {
    const from = new Date(Date.parse(START) + hour * 3_600_000).toISOString();
    const to = new Date(Date.parse(START) + (hour + 1) * 3_600_000).toISOString();
    const { body } = await read(`certificates?plantCode=${plant}&from=${from}&to=${to}`);
    return body.items[0].certificateId;
  };
  const bundlesOf = async (certificateId: string) =>
    (await read(`certificates/${certificateId}/bundles`)).body.items as {
      bundleId: string;
      status: string;
      wh: number;
    }[];
  const whByStatus = async (certificateId: string) => {
    const sums: Record<string, number> = {};
    for (const { status, wh } of await bundlesOf(certificateId)) {
      sums[status] = (sums[status] ?? 0) + wh;
    }
    return sums;
  };
  const match = (more: object = {}) => post('matching-runs', { month: '2026-10', ...more });
  const snapshot = () =>
    Promise.all(
      [
        'bundle_change',
        'certificate_bundle',
        'certificate_action',
        'cancelled_serial',
        'ledger_event',
      ].map((table) => rows(app.database.adminUrl, `SELECT count(*) FROM ${table}`)),
    );

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await send(
      'intervals',
      intervalsCsv(START, HOURS, () => 1_000),
    );
    await send(
      'certificates',
      certificatesCsv(START, HOURS, () => 1_500),
    );
    await post('transfer-consents', { code: 'C1', receiverCode: 'BUYER', acceptsFrom: ['SELLER'] });
  });
  afterAll(() => app.close());

  it('gives every certificate the next ids of its device', async () => {
    const [first, second] = [
      await bundlesOf(await idOf('PV', 0)),
      await bundlesOf(await idOf('PV', 1)),
    ];
    expect(first).toMatchObject([
      { rangeStart: 0, rangeEnd: 1_499, version: 0, status: 'Active', ownerCode: 'SELLER' },
    ]);
    expect(second).toMatchObject([{ rangeStart: 1_500, rangeEnd: 2_999 }]);
    expect(first[0]).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('answers one of twenty parallel cancellations, and refuses the others', async () => {
    const bundleId = await idOf('PV', 5);
    const body = { action: 'cancel', bundles: [{ bundleId }], beneficiary: 'BUYER' };
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, at) => act(body, `parallel-${at}`)),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = replies.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(19);
    expect(refused[0]!.body).toMatchObject({
      code: 'certificate.transition_refused',
      bundleStatus: 'Cancelled',
    });
    expect(await whByStatus(bundleId)).toEqual({ Cancelled: 1_500 });
  });

  it('gives the same answer to the same key, and refuses the key for anything else', async () => {
    const bundleId = await idOf('PV', 4);
    const body = {
      action: 'cancel',
      bundles: [{ bundleId }],
      percentage: '0.29',
      beneficiary: 'BUYER',
    };
    const first = await act(body, 'once');
    const again = await Promise.all([act(body, 'once'), act(body, 'once')]);
    expect(first.status).toBe(201);
    expect(again.map(({ body: answer }) => answer)).toEqual([first.body, first.body]);
    expect(again[0]!.headers.get('idempotent-replayed')).toBe('true');
    expect(await whByStatus(bundleId)).toEqual({
      'Bundle Split': 1_500,
      Cancelled: 435,
      Active: 1_065,
    });
    expect((await act({ ...body, percentage: '0.3' }, 'once')).body.code).toBe(
      'idempotency.key_reused',
    );
    const none = await app.call('POST', '/v1/certificate-actions', {
      role: 'energy-manager',
      body: { ...body, actingFor: 'SELLER' },
    });
    expect([none.status, none.body.code]).toEqual([400, 'idempotency.key_missing']);
  });

  it.each<[string, number, string, object]>([
    [
      'an owner of something else',
      403,
      'certificate.not_owner',
      { action: 'cancel', actingFor: 'BUYER' },
    ],
    ['a percentage above one', 400, 'request.invalid', { action: 'cancel', percentage: '1.5' }],
    ['a percentage of nothing', 400, 'request.invalid', { action: 'cancel', percentage: '0' }],
    [
      'a quantity and a percentage',
      422,
      'certificate.action_incomplete',
      { action: 'cancel', percentage: '0.5', quantityWh: 3 },
    ],
    [
      'more than there is',
      422,
      'certificate.quantity_wrong',
      { action: 'cancel', quantityWh: 1_501 },
    ],
    [
      'a transfer to who does not take it',
      422,
      'certificate.not_accepted',
      { action: 'transfer', target: 'SELLER' },
    ],
    [
      'a version that was never',
      409,
      'certificate.version_changed',
      { action: 'cancel', expectedVersion: 4 },
    ],
    ['expiry before its time', 409, 'certificate.not_expired', { action: 'expire' }],
    [
      'storage without its charge',
      422,
      'certificate.action_incomplete',
      { action: 'cancel_for_storage' },
    ],
    [
      'a claim of what is not cancelled',
      409,
      'certificate.transition_refused',
      { action: 'claim' },
    ],
    [
      'a bundle that is not there',
      404,
      'certificate.not_found',
      { action: 'cancel', bundleId: '00000000-0000-7000-8000-000000000000' },
    ],
  ])('refuses %s, and changes nothing', async (_, status, code, body) => {
    const before = await snapshot();
    const {
      expectedVersion = null,
      bundleId = await idOf('PV', 0),
      ...rest
    } = body as { expectedVersion?: number; bundleId?: string };
    const reply = await act({ ...rest, bundles: [{ bundleId, expectedVersion }] });
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(await snapshot()).toEqual(before);
  });

  it('matches what is spendable: what others hold or cancelled is not, what was cancelled for the buyer is', async () => {
    // Hour 3: 600 Wh of PV are cancelled for another, 400 are locked by the issuer.
    const bundleId = await idOf('PV', 3);
    const first = await act({
      action: 'cancel',
      bundles: [{ bundleId }],
      quantityWh: 600,
      beneficiary: 'OTHER',
    });
    const rest = first.body.bundles.find(({ status }: { status: string }) => status === 'Active');
    const split = await act({
      action: 'split',
      bundles: [{ bundleId: rest.bundleId }],
      quantityWh: 400,
    });
    const taken = split.body.bundles.find(
      ({ status, wh }: { status: string; wh: number }) => status === 'Active' && wh === 400,
    );
    expect(
      (await act({ action: 'lock', actingFor: 'ISSUER', bundles: [{ bundleId: taken.bundleId }] }))
        .status,
    ).toBe(201);

    const { body } = await match();
    // 12,000 Wh of load; 18,000 issued less 1,000 that are not spendable.
    expect(body).toMatchObject({
      policy: 'pro-rata',
      demandWh: 12_000,
      supplyWh: 17_000,
      matchedWh: 12_000,
      maximumWh: 12_000,
      codeVersion: 'mizan-match/2',
    });
    const [balance] = await rows<{ cancelled: string; available: string; matched: string }>(
      app.database.adminUrl,
      `SELECT cancelled, available, matched FROM supply_balance WHERE certificate_id = '${bundleId}'`,
    );
    // 500 Wh of PV and 1,500 of WIND cover 2,000 Wh.
    expect(balance).toEqual({ cancelled: '600', matched: '500', available: '400' });
  });

  it('keeps what is matched from being given away', async () => {
    const bundleId = await idOf('WIND', 3);
    const away = { action: 'transfer', bundles: [{ bundleId }], target: 'BUYER' };
    expect((await act(away)).status).toBe(201);
    const reply = await act({
      action: 'cancel',
      actingFor: 'BUYER',
      bundles: [{ bundleId }],
      quantityWh: 1,
      beneficiary: 'OTHER',
    });
    expect([reply.status, reply.body.code]).toEqual([409, 'certificate.matched']);
    const other = await act({
      action: 'cancel',
      actingFor: 'BUYER',
      bundles: [{ bundleId }],
      beneficiary: 'BUYER',
    });
    expect(other.status).toBe(201);
    expect(
      (await act({ action: 'claim', actingFor: 'BUYER', bundles: [{ bundleId }] })).status,
    ).toBe(201);
    expect(await whByStatus(bundleId)).toEqual({ Claimed: 1_500 });
  });

  it('re-matches the touched hour only, when an issuer withdraws', async () => {
    const before = (await match()).body;
    const bundleId = await idOf('PV', 1);
    const withdrawn = await act({
      action: 'withdraw',
      actingFor: 'ISSUER',
      bundles: [{ bundleId }],
    });
    expect(withdrawn.status).toBe(201);
    const waiting = await read('matching-runs/adjustments?month=2026-10');
    expect(waiting.body.hours).toEqual([
      { hour: '2026-10-01T01:00:00Z', loadChangeWh: 0, generationChangeWh: -1_500 },
    ]);
    const after = (await match()).body;
    expect(after).toMatchObject({ isNew: true, touchedHours: 1, supersedes: before.runId });
    expect(before.matchedWh - after.matchedWh).toBe(500);
    const [sums] = await rows<{ issued: string; withdrawn: string; matched: string }>(
      app.database.adminUrl,
      `SELECT sum(issued) AS issued, sum(withdrawn) AS withdrawn, sum(matched) AS matched FROM supply_balance`,
    );
    expect(sums).toEqual({ issued: '18000', withdrawn: '1500', matched: String(after.matchedWh) });
    const postings = await rows<{ move: string }>(
      app.database.adminUrl,
      `SELECT DISTINCT move FROM posting WHERE event_id = '${after.runId}' ORDER BY 1`,
    );
    expect(postings.map(({ move }) => move)).toEqual([
      'match_demand',
      'match_supply',
      'unmatch_demand',
      'unmatch_supply',
      'withdraw',
    ]);
  });

  it('takes what the issuer issues again in its place, and nothing before', async () => {
    const row = (wh: number, id: string, hour: string) =>
      `plant,start,end,wh,external_id,issuer,status\nPV,2026-10-01T0${hour}:00:00Z,2026-10-01T0${Number(hour) + 1}:00:00Z,${wh},${id},ISSUER,Active\n`;
    const early = await send('certificates', row(1_200, 'PV-again', '2'));
    expect(early.body.code).toBe('energy.serial_overlaps');
    const again = await send('certificates', row(1_200, 'PV-again', '1'));
    expect(again.status).toBe(201);
    const { body } = await match();
    expect(body).toMatchObject({ touchedHours: 1 });
    const query = 'plantCode=PV&from=2026-10-01T01:00:00Z&to=2026-10-01T02:00:00Z';
    expect(
      (await read(`certificates?${query}`)).body.items.map(({ wh }: { wh: number }) => wh),
    ).toEqual([1_500, 1_200]);
    // The next ids of the device, not those of what was withdrawn.
    const reissued = (await read(`certificates?${query}`)).body.items[1].certificateId;
    expect(await bundlesOf(reissued)).toMatchObject([{ rangeStart: 9_000, rangeEnd: 10_199 }]);
    await act({ action: 'withdraw', actingFor: 'ISSUER', bundles: [{ bundleId: reissued }] });
    await match();
  });

  it('refuses to cancel what another ledger has cancelled', async () => {
    const { ledgerId } = await app.nest.get(LedgerService).open('other');
    expect(ledgerId).not.toBe(app.ledgerId);
    await rows(
      app.database.adminUrl,
      `INSERT INTO cancelled_serial VALUES ('ISSUER', 'PV-${START}', '[100,200)')`,
    );
    const reply = await act({
      action: 'cancel',
      bundles: [{ bundleId: await idOf('PV', 0) }],
      beneficiary: 'BUYER',
    });
    expect([reply.status, reply.body.code]).toEqual([409, 'energy.serial_overlaps']);
    expect(await whByStatus(await idOf('PV', 0))).toEqual({ Active: 1_500 });
  });

  it('refuses what comes too late, and warns before', async () => {
    const soon = await read('certificate-expiries?withinDays=30');
    expect(soon.body.items).toEqual([]);
    app.setNow('2028-09-20T00:00:00Z');
    const { body } = await read('certificate-expiries?withinDays=30');
    // Of PV hours 0, 1 and 5 and parts of 3 and 4 are withdrawn, cancelled or locked.
    expect(body.items).toMatchObject([
      { expiresOn: '2028-10-01', plantCode: 'PV' },
      { expiresOn: '2028-10-01', plantCode: 'WIND', bundleCount: 5, wh: 7_500 },
    ]);
    app.setNow('2028-10-02T00:00:00Z');
    const late = await act({
      action: 'transfer',
      target: 'BUYER',
      bundles: [{ bundleId: await idOf('PV', 2) }],
    });
    expect(late.body.code).toBe('certificate.expired');
    app.setNow('2026-11-10T09:00:00Z');
  });

  it('explains an hour, and what would have covered the rest', async () => {
    const { body } = await read('matching-runs/explanations?hour=2026-10-01T01:20:00Z');
    expect(body).toMatchObject({
      hour: '2026-10-01T01:00:00Z',
      policy: 'pro-rata',
      loadWh: 2_000,
      eligibleWh: 1_500,
      matchedWh: 1_500,
      unmetWh: 500,
    });
    expect(body.supply[0]).toMatchObject({
      plantCode: 'PV',
      wh: 1_500,
      eligibleWh: 0,
      barred: [{ rule: 'status', wh: 1_500 }],
    });
    expect(body.pairs.reduce((sum: number, { wh }: { wh: number }) => sum + wh, 0)).toBe(1_500);
    expect(body.wouldHaveCovered[0]).toMatchObject({
      wh: 500,
      what: expect.stringContaining('PV'),
    });
    const full = await read('matching-runs/explanations?hour=2026-10-01T00:00:00Z');
    expect(full.body.wouldHaveCovered).toEqual([]);
  });

  it('states the month, and proves it away from the ledger', async () => {
    await match();
    expect((await post('statements', { kind: 'carbon', month: '2026-10' })).status).toBe(201);
    const pack = await packOf(app, '2026-10');
    expect(faultsOf(pack)).toEqual([]);
    const again = [...recomputePack(openedPack(pack))];
    expect(again.at(-1)!.detail).toContain('computed again, all equal');
  });

  it('leaves a ledger that holds', async () => {
    const { body } = await read('ledger/verification');
    expect(body).toMatchObject({ fault: null });
  });
});

describe('certificates that nobody used', () => {
  it('expire when their time has come; what a run has matched is kept and named', async () => {
    const app = await startApp();
    await createGrid(app);
    const send = (kind: string, body: string) =>
      app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
    const post = (path: string, body: object = {}) =>
      app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
    await send(
      'intervals',
      intervalsCsv(START, 1, () => 500),
    );
    await send(
      'certificates',
      certificatesCsv(START, 2, () => 1_500),
    );
    await post('matching-runs', { month: '2026-10' });
    expect((await post('certificate-expiries')).body).toEqual({
      expiredCount: 0,
      expiredWh: 0,
      kept: [],
    });
    app.setNow('2028-10-01T01:00:00Z');
    const { body } = await post('certificate-expiries');
    // Hour 1 was not matched; of hour 0 each plant has given 500 Wh.
    expect(body).toMatchObject({
      expiredCount: 2,
      expiredWh: 3_000,
      kept: [{ matchedWh: 500 }, { matchedWh: 500 }],
    });
    expect((await post('certificate-expiries')).body.expiredCount).toBe(0);
    const statuses = await rows(app.database.adminUrl, `SELECT action, status FROM bundle_change`);
    expect(statuses).toEqual([
      { action: 'expire', status: 'Expired' },
      { action: 'expire', status: 'Expired' },
    ]);
    await post('matching-runs', { month: '2026-10' });
    const [sum] = await rows(
      app.database.adminUrl,
      'SELECT sum(expired) AS expired, sum(matched) AS matched FROM supply_balance',
    );
    expect(sum).toEqual({ expired: '3000', matched: '1000' });
    const { body: verification } = await app.call('GET', '/v1/ledger/verification', {
      role: 'auditor',
    });
    expect(verification.fault).toBeNull();
    await app.close();
  });
});

describe('the daily sweep', () => {
  it('expires what is due as soon as it starts', async () => {
    const app = await startApp();
    await createGrid(app);
    await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv(START, 1, () => 1_500),
    });
    app.setNow('2028-10-02T00:00:00Z');
    app.nest.get(ExpiryJob).start(app.ledgerId);
    const expired = () =>
      rows(app.database.adminUrl, `SELECT FROM bundle_change WHERE status = 'Expired'`);
    for (let tries = 0; (await expired()).length < 2 && tries < 100; tries += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(await expired()).toHaveLength(2);
    await app.close();
  });
});

describe('policies as terms of the contract', () => {
  let app: TestApp;
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  const revise = async (matching: object | null) => {
    const { body } = await app.call('GET', '/v1/contracts/PPA', { role: 'auditor' });
    const { code: _, version: __, recordedAt: ___, eventId: ____, ...terms } = body;
    return post('contracts/PPA/versions', { ...terms, matching });
  };
  // M-15 may draw on PV only; M-60 on both.
  const TIERS = {
    demandTiers: [['M-60'], ['M-15']],
    supplyTiers: [['PV', 'WIND']],
    meterTiers: [{ meterCode: 'M-15', supplyTiers: [['PV']] }],
  };

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await send(
      'intervals',
      intervalsCsv(START, 2, () => 1_000),
    );
    await send(
      'certificates',
      certificatesCsv(START, 2, () => 1_000),
    );
  });
  afterAll(() => app.close());

  it('compares them on one month, and posts nothing', async () => {
    await revise({ policy: 'tiered-spread', ...TIERS });
    const { status, body } = await post('matching-runs/comparisons', { month: '2026-10' });
    expect(status).toBe(201);
    // First M-60 takes 500 of each; then M-15 finds 500 left of PV. Re-paired, all are covered.
    expect(body.items).toMatchObject([
      {
        policy: 'tiered-spread',
        isContracted: true,
        matchedWh: 3_000,
        maximumWh: 4_000,
        refusal: null,
      },
      { policy: 'pro-rata', matchedWh: null, refusal: expect.stringContaining('pool') },
      { policy: 'maximal', matchedWh: 4_000, maximumWh: 4_000 },
    ]);
    const [{ count }] = (await rows<{ count: string }>(
      app.database.adminUrl,
      'SELECT count(*) FROM posting',
    )) as [{ count: string }];
    expect(count).toBe('0');
  });

  it('posts the pairs, with the proof that there are no more', async () => {
    const compared = (await post('matching-runs/comparisons', { month: '2026-10' })).body.items;
    await revise({ policy: 'maximal', ...TIERS });
    const { body } = await post('matching-runs', { month: '2026-10' });
    expect(body).toMatchObject({
      policy: 'maximal',
      matchedWh: 4_000,
      resultRoot: compared[2].resultRoot,
    });
    const pairs = await rows<{
      meters: string[];
      demand_at: number[];
      wh: string[];
      reached_demand: number[];
    }>(
      app.database.adminUrl,
      'SELECT meters, demand_at, wh, reached_demand FROM match_pairs ORDER BY hour',
    );
    expect(pairs).toHaveLength(2);
    expect(pairs[0]!.wh.reduce((sum, wh) => sum + Number(wh), 0)).toBe(2_000);
    const again = await post('matching-runs', { month: '2026-10' });
    expect(again.body).toMatchObject({ isNew: false, runId: body.runId });
  });

  it.each<[string, object, number]>([
    ['a share of a plant', { shares: [{ plantCode: 'PV', share: '0.29' }] }, 2 * 1_290],
    ['a tranche of a plant', { shares: [{ plantCode: 'WIND', trancheW: 700 }] }, 2 * 1_700],
    ['technologies', { technologies: ['solar_pv'] }, 2 * 1_000],
    ['a commissioning window', { commissionedFrom: '2026-01-02' }, 0],
    ['losses to the delivery point', { lossFactor: 'plant' }, 2 * 1_980],
  ])('counts only %s', async (_, eligibility, supplyWh) => {
    await revise({ policy: 'pro-rata', eligibility });
    const { body } = await post('matching-runs', { month: '2026-10' });
    expect(body).toMatchObject({ supplyWh, matchedWh: Math.min(supplyWh, 4_000) });
  });

  it('says which rule kept energy out', async () => {
    const path = '/v1/matching-runs/explanations?hour=2026-10-01T00:00:00Z';
    await revise({ policy: 'pro-rata', eligibility: { technologies: ['wind_turbine'] } });
    const { body } = await app.call('GET', path, { role: 'auditor' });
    expect(body.supply[0]).toMatchObject({
      plantCode: 'PV',
      barred: [{ rule: 'technology', wh: 1_000 }],
    });
    expect(body.wouldHaveCovered[0].what).toContain('technology');
  });

  it.each<[string, object]>([
    ['tiers of a pool', { policy: 'pro-rata', supplyTiers: [['PV']] }],
    ['a plant in two tiers', { policy: 'maximal', supplyTiers: [['PV'], ['PV']] }],
    [
      'a share and a tranche',
      {
        policy: 'maximal',
        eligibility: { shares: [{ plantCode: 'PV', share: '0.5', trancheW: 1 }] },
      },
    ],
    ['a plant that is not there', { policy: 'maximal', supplyTiers: [['NOWHERE']] }],
  ])('refuses %s', async (_, matching) => {
    expect([400, 422]).toContain((await revise(matching)).status);
  });

  it('states and proves a month that tiers kept from being covered', async () => {
    await revise({ policy: 'tiered-spread', ...TIERS });
    const { body: run } = await post('matching-runs', { month: '2026-10' });
    expect(run).toMatchObject({ matchedWh: 3_000, maximumWh: 4_000 });
    const { status, body } = await post('statements', { kind: 'carbon', month: '2026-10' });
    expect(status).toBe(201);
    const figure = (id: string) =>
      body.document.figures.find((one: { id: string }) => one.id === id).value;
    expect([figure('matchedWh'), figure('residualWh')]).toEqual([3_000, 1_000]);
    const { body: verification } = await app.call('GET', '/v1/ledger/verification', {
      role: 'auditor',
    });
    expect(verification.fault).toBeNull();
    const pack = await packOf(app, '2026-10');
    expect(faultsOf(pack)).toEqual([]);
  });

  it('keeps pairs one by one or whole hours, in either form of the database', async () => {
    const { adminUrl, ownerUrl } = app.database;
    const verify = () => app.nest.get(VerificationService).verify(app.ledgerId);
    const run = async (matching: object): Promise<string> => {
      await revise(matching);
      return (await post('matching-runs', { month: '2026-10' })).body.runId;
    };
    const few = await run({
      policy: 'tiered-spread',
      demandTiers: [['M-60']],
      supplyTiers: [['PV']],
    });
    const most = await run({ policy: 'maximal' });
    const kept = (runId: string) =>
      rows<{ demand_at: number[] | null; supply_at: number[] | null; wh: string[] }>(
        adminUrl,
        'SELECT demand_at, supply_at, wh FROM match_pairs WHERE event_id = $1 ORDER BY hour',
        [runId],
      );
    // M-15, M-60 × PV, WIND: each draws on both.
    const whole = { demand_at: null, supply_at: null, wh: ['500', '500', '500', '500'] };
    const single = { demand_at: [1], supply_at: [0], wh: ['1000'] };
    expect(await kept(most)).toEqual([whole, whole]);
    expect(await kept(few)).toEqual([single, single]);
    expect((await verify()).fault).toBeNull();

    const owner = await new DataSource(dataSourceOptions(ownerUrl)).initialize();
    const last = async () =>
      (await rows<{ name: string }>(adminUrl, 'SELECT name FROM migration ORDER BY id DESC'))[0]!
        .name;
    while ((await last()) !== 'FindCertificates1790002300000') await owner.undoLastMigration();
    expect((await kept(most))[0]).toEqual({
      demand_at: [0, 0, 1, 1],
      supply_at: [0, 1, 0, 1],
      wh: whole.wh,
    });
    expect(await kept(few)).toEqual([single, single]);
    await owner.runMigrations();
    await owner.destroy();
    // On the way down it was forgotten what contracts claim, and whose keys uploads came with; their events know it still.
    await rows(
      adminUrl,
      `SET session_replication_role = replica;
       UPDATE contract SET sole_claim = '${JSON.stringify(SOLE_CLAIM)}'`,
    );
    await rows(
      adminUrl,
      `UPDATE import_job j SET actor_principal = e.actor_principal
       FROM ledger_event e WHERE e.ledger_id = j.ledger_id AND e.event_id = j.event_id`,
    );
    expect((await verify()).fault).toBeNull();
  });
});
