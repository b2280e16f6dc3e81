import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';
import { faultsOf, packOf } from '../support/packs.js';

const START = '2026-10-01T00:00:00Z';
const hour = (at: number): string =>
  new Date(Date.parse(START) + at * 3_600_000).toISOString().replace('.000Z', 'Z');
const SCOPE = { trackingSystemCode: 'IREC', plantCode: 'PV' };
const MONTHS = { firstMonth: '2026-10', lastMonth: '2026-10' };
const query = (of: object): string => new URLSearchParams(of as Record<string, string>).toString();

describe('the bridge to MWh certificates', () => {
  let app: TestApp;
  let keyCount = 0;

  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const read = async (path: string) =>
    (await app.call('GET', `/v1/${path}`, { role: 'auditor' })).body;
  const act = (body: object) =>
    app.call('POST', '/v1/certificate-actions', {
      role: 'energy-manager',
      idempotencyKey: `key-${(keyCount += 1)}`,
      body,
    });
  const convert = (more: object = {}) =>
    post('mwh-conversions', { ...SCOPE, ...MONTHS, actingFor: 'SELLER', ...more });
  const listed = async () => (await read(`mwh-certificates?${query(SCOPE)}`)).items;
  const reconcile = () => read(`mwh-reconciliations?${query({ ...SCOPE, ...MONTHS })}`);

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await post('meters', {
      code: 'PV-M',
      name: 'PV',
      siteCode: 'SITE',
      intervalMinutes: 60,
      ratedPowerW: 30_000_000,
      direction: 'generation',
      isBooked: false,
    });
    const { body: plant } = await app.call('GET', '/v1/plants/PV', { role: 'auditor' });
    const { code: _, version: __, recordedAt: ___, eventId: ____, ...attributes } = plant;
    await post('plants/PV/versions', { ...attributes, generationMeterCode: 'PV-M' });
    const deadline = { firstMonth: 7, lastMonth: 12, yearsLater: 1, dueMonth: 9, dueDay: 30 };
    await post('tracking-systems', {
      code: 'IREC',
      name: 'I-REC',
      plantCodes: ['PV'],
      mayCarryAcrossYears: false,
      deadlines: [deadline],
      expiryMonths: 24,
      alarmDays: 60,
      source: 'test',
    });
    const metered = Array.from({ length: 4 }, (_row, at) => `PV-M,${hour(at)},700000,ACTUAL`);
    await send('intervals', ['meter,start,wh,quality', ...metered, ''].join('\n'));
  });
  afterAll(() => app.close());

  it('certifies no more than the plant’s meter shows, where it is known', async () => {
    const refused = await send(
      'certificates',
      certificatesCsv(START, 1, (plant) => (plant === 'PV' ? 700_001 : 0)),
    );
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'energy.not_conserved', constraint: 'certified_stays_within_metered' },
    });
    const taken = await send(
      'certificates',
      certificatesCsv(START, 5, (plant) => (plant === 'PV' ? 700_000 : 0)),
    );
    expect(taken.status).toBe(201);
  });

  it('leaves what a run has matched, cancels the rest, and cuts it into whole MWh', async () => {
    await send(
      'intervals',
      intervalsCsv(START, 1, () => 50_000),
    );
    await post('matching-runs', { month: '2026-10' });
    const nobody = await convert({ actingFor: 'BUYER' });
    expect(nobody.body.code).toBe('bridge.nothing_free');
    const wrong = await convert({ plantCode: 'WIND' });
    expect(wrong.body.code).toBe('bridge.plant_not_registered');
    const first = await convert({ quantityWh: 1_500_000 });
    // 600,000 of hour 0 are free, 700,000 of hour 1, 200,000 of hour 2.
    expect(first).toMatchObject({
      status: 201,
      body: { energyWh: 1_500_000, carryBeforeWh: 0, carryAfterWh: 500_000 },
    });
    expect(first.body.certificates).toMatchObject([
      { number: 1, start: '2026-10-01T00:00:00.000Z', end: '2026-10-01T02:00:00.000Z' },
    ]);
    const rest = await convert();
    expect(rest.body).toMatchObject({
      energyWh: 1_900_000,
      carryBeforeWh: 500_000,
      carryAfterWh: 400_000,
      certificates: [{ number: 2 }, { number: 3 }],
    });
    const items = await listed();
    expect(items.map((one: { liveWh: number }) => one.liveWh)).toEqual(Array(3).fill(1_000_000));
    expect(items[0].parts.map((one: { wh: number }) => one.wh)).toEqual([600_000, 400_000]);
    expect((await convert()).body.code).toBe('bridge.nothing_free');
  });

  it('reconciles metering, hourly certificates, MWh certificates and carry', async () => {
    expect(await reconcile()).toMatchObject({
      meteredWh: 2_800_000,
      hourlyWh: 100_000,
      mwhWh: 3_000_000,
      carryWh: 400_000,
      uncertifiedWh: -700_000,
      exceedingHours: 0,
      account: { enteredWh: 3_400_000, certificateCount: 3, deficitWh: 0, reconciles: true },
    });
  });

  it('lets nobody claim here what is a part of a MWh certificate', async () => {
    const [{ parts }] = await listed();
    const claim = {
      action: 'claim',
      actingFor: 'IREC',
      bundles: [{ bundleId: parts[0].bundleId }],
    };
    expect((await act(claim)).body.code).toBe('bridge.converted');
  });

  it('makes good what an issuer withdraws, from what comes later', async () => {
    const [, , { parts }] = await listed();
    const { bundleId } = parts.at(-1);
    const body = { action: 'issuer_correction', actingFor: 'ISSUER', bundles: [{ bundleId }] };
    expect((await act(body)).status).toBe(201);
    const [, , hurt] = await listed();
    // Of hour 4, 300,000 were in the third certificate, and 400,000 carried.
    expect(hurt.liveWh).toBe(700_000);
    expect((await reconcile()).account).toMatchObject({
      enteredWh: 2_700_000,
      carryWh: 0,
      deficitWh: 300_000,
      reconciles: true,
    });
    await send(
      'certificates',
      certificatesCsv(hour(8), 1, (plant) => (plant === 'PV' ? 500_000 : 0)),
    );
    expect((await convert()).body).toMatchObject({
      energyWh: 500_000,
      carryBeforeWh: -300_000,
      replacedWh: 300_000,
      carryAfterWh: 200_000,
      certificates: [],
    });
    expect((await listed())[2].liveWh).toBe(1_000_000);
  });

  it('warns of deadlines and expiries, before and after', async () => {
    expect((await read('mwh-alarms')).items).toEqual([]);
    app.setNow('2027-08-15T00:00:00Z');
    expect((await read('mwh-alarms')).items).toEqual([
      expect.objectContaining({
        kind: 'issuance-deadline',
        dueOn: '2027-09-30',
        isPast: false,
        wh: 300_000,
        firstMonth: '2026-07',
        lastMonth: '2026-12',
      }),
    ]);
    app.setNow('2028-10-02T00:00:00Z');
    expect((await read('mwh-alarms')).items).toMatchObject([
      { kind: 'issuance-deadline', isPast: true },
      { kind: 'mwh-expiry', dueOn: '2028-10-01', isPast: true, wh: 1_000_000 },
      { kind: 'mwh-expiry' },
      { kind: 'mwh-expiry' },
    ]);
    app.setNow('2026-11-10T09:00:00Z');
  });

  it('refuses a second instrument for a Wh, whoever writes', async () => {
    const again = (table: string, change: string) =>
      rows(
        app.database.adminUrl,
        `INSERT INTO ${table} SELECT (jsonb_populate_record(t, ${change})).* FROM ${table} t LIMIT 1`,
      );
    await expect(again('mwh_part', `'{"row_index": 999}'`)).rejects.toMatchObject({
      constraint: 'a_wh_is_in_one_mwh_certificate',
    });
    const far = `jsonb_build_object('row_index', 999, 'range_start', 900000000)`;
    await expect(again('mwh_part', far)).rejects.toMatchObject({
      constraint: 'mwh_certificate_is_one_mwh',
    });
    await expect(again('bridge_entry', `'{}'`)).rejects.toMatchObject({
      constraint: 'bundle_enters_the_bridge_once',
    });
  });

  it('stands the check of the log and of the evidence, and notices an edit', async () => {
    const verify = () => app.nest.get(VerificationService).verify(app.ledgerId);
    expect((await verify()).fault).toBeNull();
    await post('matching-runs', { month: '2026-10' });
    await post('statements', { kind: 'carbon', month: '2026-10' });
    const pack = await packOf(app, '2026-10');
    expect(faultsOf(pack)).toEqual([]);
    await rows(app.database.adminUrl, 'UPDATE device_hour SET carry_wh = 1 WHERE carry_wh > 0');
    expect((await verify()).fault).toMatchObject({ check: 'bridge' });
  });
});

describe('hourly certificates from MWh certificates (configuration 3)', () => {
  let app: TestApp;
  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const CANCELLED =
    'tracking_system,mwh_certificate,plant,start,end,mwh,cancelled_on,proof\n' +
    `IREC,0001,PV,${hour(0)},${hour(24)},1,2026-10-05,REDEMPTION-7\n`;
  const certificate = (wh: number, id: string, columns: string, at = 0) =>
    'plant,start,end,wh,external_id,issuer,status,tracking_system,mwh_certificate\n' +
    `PV,${hour(at)},${hour(at + 1)},${wh},${id},CONVERTER,Active,${columns}\n`;
  const ruleOf = async (csv: string) =>
    (await send('certificates', csv)).body.errors?.[0]?.rule ?? 'taken';

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await post('tracking-systems', {
      code: 'IREC',
      name: 'I-REC',
      plantCodes: ['PV'],
      mayCarryAcrossYears: true,
      source: 'test',
    });
    await post('issuers', {
      code: 'CONVERTER',
      name: 'C',
      isUnsignedAllowed: true,
      registryConfiguration: 3,
    });
  });
  afterAll(() => app.close());

  it('takes in cancellations once, and refuses what is wrong with its row and rule', async () => {
    expect((await send('mwh-cancellations', CANCELLED)).body).toMatchObject({ newCount: 1 });
    const longer = `${CANCELLED}IREC,0002,PV,${hour(24)},${hour(48)},2,2026-10-05,REDEMPTION-8\n`;
    expect((await send('mwh-cancellations', longer)).body).toMatchObject({
      newCount: 1,
      identicalCount: 1,
      totalWh: 3_000_000,
    });
    const wrong = async (from: string, to: string) => {
      const { body } = await send('mwh-cancellations', CANCELLED.replace(from, to));
      return body.errors?.[0]?.rule;
    };
    expect([
      await wrong('IREC,0001', 'NONE,0001'),
      await wrong('0001,PV', '0009,SUN'),
      await wrong(',1,2026', ',1.5,2026'),
      await wrong('2026-10-05', '2026-10-32'),
      await wrong('0001,PV', '0001,WIND'),
    ]).toEqual([
      'tracking_system.known',
      'plant.known',
      'energy.whole_mwh',
      'day.written_out',
      'mwh.never_edited',
    ]);
  });

  it('makes hourly certificates from a cancelled MWh certificate only, and no more than it', async () => {
    expect(await ruleOf(certificate(600_000, 'a', ','))).toBe('mwh.configuration_3');
    expect(await ruleOf(certificate(600_000, 'a', 'IREC,'))).toBe('mwh.both_columns');
    expect(await ruleOf(certificate(600_000, 'a', 'IREC,0404'))).toBe('mwh.known');
    expect(await ruleOf(certificate(600_000, 'a', 'IREC,0002'))).toBe('mwh.includes_interval');
    expect(await ruleOf(certificate(600_000, 'a', 'IREC,0001'))).toBe('taken');
    expect(await ruleOf(certificate(400_001, 'b', 'IREC,0001', 1))).toBe('mwh.enough_left');
    expect(await ruleOf(certificate(400_000, 'b', 'IREC,0001', 1))).toBe('taken');
    const plain = certificate(1, 'c', 'IREC,0001', 2).replace('CONVERTER', 'ISSUER');
    expect(await ruleOf(plain)).toBe('mwh.configuration_3');
    await expect(
      rows(
        app.database.adminUrl,
        `UPDATE mwh_source_balance SET used_wh = wh + 1 WHERE mwh_certificate_id = '0001'`,
      ),
    ).rejects.toMatchObject({ constraint: 'mwh_source_is_converted_once' });
    expect((await app.nest.get(VerificationService).verify(app.ledgerId)).fault).toBeNull();
  });
});
