import { generateKeyPairSync, sign } from 'node:crypto';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const X = (publicKey.export({ format: 'jwk' }) as { x: string }).x;

function signed(text: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: 'R1' })).toString('base64url');
  const bytes = Buffer.from(`${header}.${Buffer.from(text).toString('base64url')}`);
  return `${header}..${sign(null, bytes, privateKey).toString('base64url')}`;
}

/** A bundle as EnergyTag's registry gives it. */
function bundle(start: number, end: number, more: object = {}): object {
  return {
    id: 7,
    issuance_id: '42-electricity-2026-10-01T00:00:00',
    account_id: 3,
    metadata_id: 1,
    certificate_bundle_status: 'Active',
    bundle_quantity: end - start + 1,
    face_value: 1,
    certificate_bundle_id_range_start: start,
    certificate_bundle_id_range_end: end,
    energy_carrier: 'electricity',
    energy_source: 'wind',
    registry_configuration: 1,
    issuance_post_energy_carrier_conversion: false,
    device_id: 42,
    is_storage: false,
    production_starting_interval: '2026-10-01T00:00:00+00:00',
    production_ending_interval: '2026-10-01T01:00:00+00:00',
    expiry_datestamp: '2028-10-01T00:00:00+00:00',
    hash: 'ab'.repeat(32),
    device_name: 'passed over',
    ...more,
  };
}

describe('certificates from another registry', () => {
  let app: TestApp;

  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const transfer = (bundles: readonly object[], signature?: string) => {
    const body = JSON.stringify(bundles);
    return app.call('POST', '/v1/imports/bundles?registryCode=OTHER', {
      role: 'operator',
      body,
      type: 'application/vnd.mizan.certificates+json',
      signature: signature ?? signed(body),
    });
  };
  const rulesOf = async (...bundles: readonly object[]) =>
    (await transfer(bundles)).body.errors.map((one: { column: string; rule: string }) => [
      one.column,
      one.rule,
    ]);

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const key = { kid: 'R1', x: X, validFrom: '2026-01-01T00:00:00Z' };
    await post('registries', {
      code: 'OTHER',
      name: 'Other registry',
      issuerCode: 'ISSUER',
      keys: [key],
      devices: [{ deviceId: '42', plantCode: 'WIND' }],
      accounts: [{ accountId: '3', organisationCode: 'SELLER' }],
    });
  });
  afterAll(() => app.close());

  it('are refused without their registry’s signature, or with another’s', async () => {
    const body = JSON.stringify([bundle(0, 999)]);
    const bare = await app.call('POST', '/v1/imports/bundles?registryCode=OTHER', {
      role: 'operator',
      body,
      type: 'application/vnd.mizan.certificates+json',
    });
    expect(bare.body.code).toBe('certificate.signature_missing');
    const other = await transfer([bundle(0, 999)], signed('something else'));
    expect(other.body.code).toBe('certificate.signature_invalid');
  });

  it('name the row, the field and the rule of everything that is wrong', async () => {
    const ending = { production_ending_interval: '2026-10-01T01:30:00Z' };
    expect(
      await rulesOf(
        bundle(0, 999, { bundle_quantity: 1_001 }),
        bundle(0, 999, { certificate_bundle_status: 'Cancelled' }),
        bundle(0, 999, { device_id: 43 }),
        bundle(0, 999, { account_id: 4 }),
        bundle(0, 999, ending),
        bundle(0, 999, { expiry_datestamp: '2026-11-01T00:00:00Z' }),
        bundle(0, 39_999_999),
      ),
    ).toEqual([
      ['/0/bundle_quantity', 'custom'],
      ['/1/certificate_bundle_status', 'invalid_value'],
      ['/2/device_id', 'device.known'],
      ['/3/account_id', 'account.known'],
      ['/4/production_ending_interval', 'interval.inside_one_hour'],
      ['/5/expiry_datestamp', 'certificate.not_expired'],
      ['/6/bundle_quantity', 'generation.within_capacity'],
    ]);
    expect(await rows(app.database.adminUrl, 'SELECT FROM certificate')).toEqual([]);
  });

  it('keep their facts, their ids there and their hash, and are matched like any other', async () => {
    const parts = [bundle(0, 999), bundle(1_500, 1_999, { hash: 'cd'.repeat(32) })];
    const taken = await transfer(parts);
    expect(taken).toMatchObject({ status: 201, body: { newCount: 2, totalWh: 1_500 } });
    const [first] = await rows<{ origin: object; facts: object; signed_by: string }>(
      app.database.adminUrl,
      'SELECT origin, facts, signed_by FROM certificate ORDER BY range_start',
    );
    expect(first).toMatchObject({
      origin: {
        kind: 'registry',
        registryCode: 'OTHER',
        rangeStart: 0,
        rangeEnd: 999,
        hash: 'ab'.repeat(32),
      },
      facts: {
        issuance_id: '42-electricity-2026-10-01T00:00:00',
        device_id: 'WIND',
        expiry_datestamp: '2028-10-01T00:00:00Z',
      },
      signed_by: 'R1',
    });
    await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      type: 'text/csv',
      body: intervalsCsv('2026-10-01T00:00:00Z', 1, () => 1_000),
    });
    const run = await post('matching-runs', { month: '2026-10' });
    expect(run.body).toMatchObject({ matchedWh: 1_500, demandWh: 2_000 });
  });

  it('come once: the same is skipped, the same ids or the plant’s own hour are refused', async () => {
    const again = await transfer([bundle(0, 999), bundle(1_000, 1_099, { hash: 'ef'.repeat(32) })]);
    expect(again.body).toMatchObject({ newCount: 1, identicalCount: 1 });
    const changed = await transfer([bundle(0, 999, { hash: '00'.repeat(32) })]);
    expect(changed.body.errors[0].rule).toBe('certificate.never_edited');
    const overlapping = await transfer([bundle(900, 1_100)]);
    expect(overlapping.body).toMatchObject({
      code: 'energy.serial_overlaps',
      errors: [
        {
          row: 1,
          column: '/0/certificate_bundle_id_range_start',
          rule: 'serial_is_transferred_once_anywhere',
        },
      ],
    });
    const own = await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv('2026-10-01T00:00:00Z', 1, (plant) => (plant === 'WIND' ? 5 : 0)),
    });
    expect(own.body).toMatchObject({
      code: 'energy.serial_overlaps',
      errors: [
        { row: expect.any(Number), column: 'start', detail: expect.stringContaining('WIND') },
      ],
    });
    expect((await app.nest.get(VerificationService).verify(app.ledgerId)).fault).toBeNull();
  });
});
