import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid } from '../support/make.js';

const START = '2026-10-01T00:00:00Z';
const [first, second] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
const x = (key: KeyObject): string => key.export({ format: 'jwk' }).x!;

function signed(body: string, kid: string, by: KeyObject): string {
  const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid })).toString('base64url');
  const input = `${header}.${Buffer.from(body).toString('base64url')}`;
  return `${header}..${sign(null, Buffer.from(input), by).toString('base64url')}`;
}

describe('issuers and their files', () => {
  let app: TestApp;
  const post = (path: string, body: object) =>
    app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
  const send = (body: string, signature?: string) =>
    app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      body,
      type: 'text/csv',
      ...(signature === undefined ? {} : { signature }),
    });
  const list = async (plantCode: string) => {
    const query = `plantCode=${plantCode}&from=2025-12-20T00:00:00Z&to=2026-01-10T00:00:00Z`;
    const october = `plantCode=${plantCode}&from=${START}&to=2026-10-03T00:00:00Z`;
    const pages = await Promise.all(
      [query, october].map((one) =>
        app.call('GET', `/v1/certificates?${one}`, { role: 'auditor' }),
      ),
    );
    return pages.flatMap(({ body }) => body.items);
  };
  const taqa = (hours: number) =>
    certificatesCsv(START, hours, () => 1_000).replaceAll(',ISSUER,', ',TAQA,');

  beforeAll(async () => {
    app = await startApp({ now: '2026-11-10T09:00:00Z' });
    await createGrid(app);
    await post('issuers', {
      code: 'TAQA',
      name: 'TAQA',
      metadata: { country_of_issuance: 'MA' },
      expiryYears: 3,
      keys: [
        {
          kid: 'OLD',
          x: x(second.publicKey),
          validFrom: '2025-01-01T00:00:00Z',
          validTo: '2026-06-01T00:00:00Z',
        },
        { kid: 'NOW', x: x(first.publicKey), validFrom: '2026-06-01T00:00:00Z' },
      ],
    });
  });
  afterAll(() => app.close());

  it('refuses certificates of an issuer that nobody knows', async () => {
    const body = certificatesCsv(START, 1, () => 5).replaceAll(',ISSUER,', ',NOBODY,');
    const reply = await send(body);
    expect([reply.status, reply.body.code]).toEqual([422, 'import.rows_rejected']);
    expect(reply.body.errors[0]).toMatchObject({
      row: 2,
      column: 'issuer',
      value: 'NOBODY',
      rule: 'issuer.known',
    });
  });

  it('refuses a file without a signature, where its issuer signs', async () => {
    const reply = await send(taqa(2));
    expect([reply.status, reply.body]).toMatchObject([
      422,
      { code: 'certificate.signature_missing', issuer: 'TAQA' },
    ]);
  });

  // prettier-ignore
  it.each<[string, string, (body: string) => string]>([
    ['of other bytes',        'not of these bytes', (body) => signed(`${body} `, 'NOW', first.privateKey)],
    ['by another key',        'not of these bytes', (body) => signed(body, 'NOW', second.privateKey)],
    ['by a key that expired', 'not valid',          (body) => signed(body, 'OLD', second.privateKey)],
    ['by an unknown key',     'no key',             (body) => signed(body, 'NEXT', first.privateKey)],
    ['that is none',          'Not a detached JWS', () => 'signed, TAQA'],
  ])('refuses a signature %s, and keeps nothing', async (_, detail, jws) => {
    const body = taqa(2);
    const reply = await send(body, jws(body));
    expect([reply.status, reply.body.code]).toEqual([422, 'certificate.signature_invalid']);
    expect(reply.body.detail).toContain(detail);
    expect(await list('PV')).toEqual([]);
  });

  it('refuses one issuer’s signature over another’s certificates', async () => {
    const body = `${taqa(1)}PV,2026-10-01T09:00:00Z,2026-10-01T10:00:00Z,5,Z,ISSUER,Active\n`;
    const reply = await send(body, signed(body, 'NOW', first.privateKey));
    expect(reply.body).toMatchObject({ code: 'certificate.signature_invalid', issuer: 'ISSUER' });
  });

  it('takes what its issuer signed, and says by which key', async () => {
    const body = taqa(2);
    const reply = await send(body, signed(body, 'NOW', first.privateKey));
    expect(reply.status).toBe(201);
    expect(await list('PV')).toMatchObject([{ signedBy: 'NOW' }, { signedBy: 'NOW' }]);
  });

  it('marks what came unsigned from an issuer that may', async () => {
    const body = certificatesCsv('2026-10-01T05:00:00Z', 1, () => 1_000);
    expect((await send(body)).status).toBe(201);
    expect((await list('WIND')).at(-1)).toMatchObject({ issuer: 'ISSUER', signedBy: null });
  });

  it('flags what is not plausible: above capacity, before commissioning, solar at night', async () => {
    const { body: plant } = await app.call('GET', '/v1/plants/PV', { role: 'auditor' });
    const { code: _, version: __, recordedAt: ___, eventId: ____, ...terms } = plant;
    const place = { latitudeDeg: '33.5', longitudeDeg: '-7.5' };
    expect((await post('plants/PV/versions', { ...terms, ...place })).status).toBe(201);
    const row = (start: string, end: string, wh: number) =>
      `PV,${start},${end},${wh},${start},ISSUER,Active`;
    const body = [
      'plant,start,end,wh,external_id,issuer,status',
      row('2025-12-25T12:00:00Z', '2025-12-25T13:00:00Z', 1_000),
      row('2026-10-02T02:00:00Z', '2026-10-02T03:00:00Z', 9_000_000),
      row('2026-10-02T12:00:00Z', '2026-10-02T13:00:00Z', 30_000_001),
    ].join('\n');
    expect((await send(body)).status).toBe(201);
    const flagged = (await list('PV')).filter(({ flags }: { flags: string[] }) => flags.length > 0);
    expect(flagged.map(({ flags }: { flags: string[] }) => flags)).toEqual([
      ['before-commissioning'],
      ['night-solar'],
      ['above-capacity'],
    ]);
    const beyond = await send(
      `${body.split('\n')[0]}\n${row('2026-10-02T14:00:00Z', '2026-10-02T15:00:00Z', 33_000_001)}`,
    );
    expect(beyond.body.errors[0].rule).toBe('generation.within_capacity');
  });

  it('leaves a ledger that holds, with the signature in the event', async () => {
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  });
});
