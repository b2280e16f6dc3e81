import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';
import { createBattery, storageCsv } from '../support/storage.js';
import { faultsOf, packOf } from '../support/packs.js';

const START = '2026-10-01T00:00:00Z';
const hour = (at: number): string =>
  new Date(Date.parse(START) + at * 3_600_000).toISOString().replace('.000Z', 'Z');
const DAY = `from=${hour(0)}&to=${hour(24)}`;

describe('storage in the ledger', () => {
  let app: TestApp;
  let keyCount = 0;

  const send = (kind: string, body: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body, type: 'text/csv' });
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const read = async (path: string) =>
    (await app.call('GET', `/v1/${path}`, { role: 'auditor' })).body;
  const charge = (bundleId: string, storageRecordId: string | null, more: object = {}) =>
    app.call('POST', '/v1/certificate-actions', {
      role: 'energy-manager',
      idempotencyKey: `key-${(keyCount += 1)}`,
      body: {
        action: 'cancel_for_storage',
        actingFor: 'SELLER',
        bundles: [{ bundleId }],
        storageRecordId,
        ...more,
      },
    });
  const certificateOf = async (plant: string, at: number) => {
    const period = `from=${hour(at)}&to=${hour(at + 1)}`;
    return (await read(`certificates?plantCode=${plant}&${period}`)).items;
  };
  const records = async () => (await read(`storage-records?deviceCode=BESS&${DAY}`)).items;

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await createBattery(app);
    // Sun in hours 0 and 1, none after; 2,000 Wh of load in every hour.
    await send(
      'intervals',
      intervalsCsv(START, 4, () => 1_000),
    );
    await send(
      'certificates',
      certificatesCsv(START, 2, (plant, at) => (plant === 'PV' ? 3_000 : 100 * at)),
    );
  });
  afterAll(() => app.close());

  it('takes in a device’s records, whole or not at all, in one unbroken series', async () => {
    const first = await send('storage-records', storageCsv(START, [1_000, 500]));
    expect(first.body).toMatchObject({ rowCount: 2, newCount: 2, totalWh: 1_500 });
    const again = await send('storage-records', storageCsv(START, [1_000, 500, -900, -600]));
    expect(again.body).toMatchObject({ rowCount: 4, newCount: 2, identicalCount: 2 });
    const refused = async (csv: string) => {
      const { status, body } = await send('storage-records', csv);
      return [status, body.errors.map((one: { rule: string }) => one.rule)];
    };
    expect(await refused(storageCsv(START, [1_000, 501]))).toEqual([
      422,
      ['storage_record.never_edited'],
    ]);
    expect(await refused(storageCsv(hour(6), [10]))).toEqual([422, ['series.continuous']]);
    expect(await refused(storageCsv(START, [1]).replace(/BESS/g, 'PV'))).toEqual([
      422,
      ['device.stores'],
    ]);
    expect(await refused(storageCsv(START, [1]).replace('validator', 'who'))).toEqual([
      422,
      ['header.known'],
    ]);
    expect(await records()).toHaveLength(4);
  });

  it('cancels certificates for a charge of their hour, up to what went in', async () => {
    const [{ recordId: first }, { recordId: second }, { recordId: given }] = await records();
    const [sun] = await certificateOf('PV', 0);
    const codes = async (
      ...attempts: readonly Promise<{ body: { code?: string; detail?: string } }>[]
    ) => (await Promise.all(attempts)).map(({ body }) => body.code);
    expect(
      await codes(
        charge(sun.certificateId, second, { quantityWh: 10 }),
        charge(sun.certificateId, given, { quantityWh: 10 }),
        charge(sun.certificateId, null, { quantityWh: 10 }),
        charge(sun.certificateId, first, { quantityWh: 1_001 }),
      ),
    ).toEqual([
      'storage.charge_refused',
      'storage.record_not_found',
      'certificate.action_incomplete',
      'storage.charge_refused',
    ]);
    const done = await charge(sun.certificateId, first, { quantityWh: 800 });
    expect(done.status).toBe(201);
    expect(done.body.bundles).toContainEqual(
      expect.objectContaining({ wh: 800, status: 'Cancelled for Storage', beneficiary: 'BESS' }),
    );
    const [wind] = await certificateOf('WIND', 1);
    expect((await charge(wind.certificateId, second)).status).toBe(201);
    expect((await records()).map((one: { certifiedWh: number }) => one.certifiedWh)).toEqual([
      800, 100, 0, 0,
    ]);
  });

  it('traces what comes back, and certifies again what was certified, with its source', async () => {
    const early = await post('storage-runs', { deviceCode: 'BESS', through: hour(9) });
    expect(early.body.code).toBe('storage.series_incomplete');
    const run = await post('storage-runs', { deviceCode: 'BESS', through: hour(4) });
    expect(run.status).toBe(201);
    // 900 Wh need 1,000 of charge: 800 certified give 720, 200 others 180. 600 Wh need 667, of which
    // 500 are there: 100 of wind give 90, the rest 360, and 150 have nothing behind them.
    expect(run.body).toMatchObject({
      from: null,
      dischargeWh: 1_500,
      certifiedWh: 810,
      unbackedWh: 150,
      lossWh: 150,
      allocations: [
        { chargeWh: 800, dischargeWh: 720 },
        { chargeWh: 200, dischargeWh: 180, certificateId: null },
        { chargeWh: 100, dischargeWh: 90 },
        { chargeWh: 400, dischargeWh: 360, certificateId: null },
      ],
    });
    const [sun] = await certificateOf('BESS', 2);
    expect(sun).toMatchObject({ wh: 720, isStorage: true, ownerCode: 'SELLER' });
    const facts = await rows<{ source: string; storage: boolean }>(
      app.database.adminUrl,
      `SELECT facts ->> 'energy_source' AS source, (facts ->> 'is_storage')::boolean AS storage
       FROM certificate WHERE plant_code = 'BESS' ORDER BY starts_at`,
    );
    expect(facts).toEqual([
      { source: 'solar_pv', storage: true },
      { source: 'wind', storage: true },
    ]);
    const again = await post('storage-runs', { deviceCode: 'BESS', through: hour(4) });
    expect(again.body.runId).toBe(run.body.runId);
    const [{ recordId: first }] = await records();
    const [rest] = (
      await read(`certificates/${(await certificateOf('PV', 0))[0].certificateId}/bundles`)
    ).items.filter(({ status }: { status: string }) => status === 'Active');
    expect((await charge(rest.bundleId, first, { quantityWh: 1 })).body).toMatchObject({
      code: 'storage.charge_refused',
      detail: expect.stringContaining('drawn'),
    });
  });

  it('sums a period: nothing is created, losses stand on their own line', async () => {
    expect(await read(`storage-reports?deviceCode=BESS&${DAY}`)).toMatchObject({
      chargeWh: 1_500,
      certifiedChargeWh: 900,
      dischargeWh: 1_500,
      tracedWh: 1_350,
      certificateWh: 810,
      drawnWh: 1_500,
      lossWh: 150,
      storedWh: 0,
      untracedWh: 150,
    });
  });

  it('refuses a file of certificates for a device that stores', async () => {
    const csv = certificatesCsv(START, 1, () => 10).replaceAll('PV,', 'BESS,');
    expect((await send('certificates', csv)).body.errors[0].rule).toBe('plant.generates');
  });

  it('matches what comes back in its hour, and bills it once', async () => {
    const { body: contract } = await app.call('GET', '/v1/contracts/PPA', { role: 'auditor' });
    const { code: _, version: __, recordedAt: ___, eventId: ____, ...terms } = contract;
    await post('contracts/PPA/versions', { ...terms, plantCodes: ['PV', 'WIND', 'BESS'] });
    const run = await post('matching-runs', { month: '2026-10' });
    // Hour 0: 2,200 of sun are left for 2,000; hour 1: 3,000 for 2,000; then 720 and 90.
    expect(run.body).toMatchObject({ matchedWh: 4_810, demandWh: 8_000 });
    const bill = await post('statements', { kind: 'billing', month: '2026-10' });
    const lines = bill.body.document.billing.lines as { plantCode: string; generationWh: number }[];
    expect(lines.map(({ plantCode, generationWh }) => [plantCode, generationWh])).toEqual([
      ['BESS', 0],
      ['PV', 6_000],
      ['WIND', 100],
    ]);
    const carbon = await post('statements', { kind: 'carbon', month: '2026-10' });
    expect(carbon.body.document.storage).toEqual([
      expect.objectContaining({ deviceCode: 'BESS', lossWh: 150, certificateWh: 810 }),
    ]);
    const { body: trace } = await app.call(
      'GET',
      `/v1/statements/${carbon.body.statementId}/figures/matchedWh/trace?hour=${hour(2)}`,
      { role: 'auditor' },
    );
    expect(trace.opened.certificates).toEqual([
      expect.objectContaining({ plantCode: 'BESS', matchedWh: 720, file: null }),
    ]);
  });

  it('stands the check of the log, and of the evidence away from it', async () => {
    const verified = await app.nest.get(VerificationService).verify(app.ledgerId);
    expect(verified.fault).toBeNull();
    const pack = await packOf(app, '2026-10');
    expect(faultsOf(pack)).toEqual([]);
    await rows(app.database.adminUrl, 'ALTER TABLE storage_charge DISABLE TRIGGER ALL');
    await rows(
      app.database.adminUrl,
      `UPDATE storage_charge SET record_id = (SELECT record_id FROM storage_record
         WHERE is_charging AND record_id <> storage_charge.record_id LIMIT 1) WHERE wh = 800`,
    );
    const broken = await app.nest.get(VerificationService).verify(app.ledgerId);
    expect(broken.fault).toMatchObject({ check: 'storage' });
  });
});
