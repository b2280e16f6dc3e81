import { readFileSync } from 'node:fs';
import { generateKeyPairSync, sign } from 'node:crypto';
import { checkSignature, type IssuerKey } from './signature.js';

const NOW = Date.parse('2026-11-01T00:00:00Z');
const pair = generateKeyPairSync('ed25519');
const x = pair.publicKey.export({ format: 'jwk' }).x!;
const key = (more: Partial<IssuerKey> = {}): IssuerKey => ({
  kid: 'K1',
  x,
  validFrom: '2026-01-01T00:00:00Z',
  validTo: '2027-01-01T00:00:00Z',
  ...more,
});
const bytes = Buffer.from('plant,start\nPV,2026\n');

function signed(header: object, payload = bytes): string {
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
  const isPlain = 'b64' in header && header.b64 === false;
  const body = isPlain ? payload : Buffer.from(payload.toString('base64url'));
  const input = Buffer.concat([Buffer.from(`${encoded}.`), body]);
  return `${encoded}..${sign(null, input, pair.privateKey).toString('base64url')}`;
}

describe('a detached signature', () => {
  const PLAIN = { alg: 'EdDSA', kid: 'K1', b64: false, crit: ['b64'] };

  it.each([{ alg: 'EdDSA', kid: 'K1' }, PLAIN])('is of the bytes: %j', (header) => {
    expect(checkSignature(bytes, signed(header), [key()], NOW)).toEqual({ ok: true, kid: 'K1' });
    const edited = Buffer.from(bytes).fill('X', 0, 1);
    expect(checkSignature(edited, signed(header), [key()], NOW).ok).toBe(false);
  });

  it('is that of RFC 8037, appendix A', () => {
    const { rfc8037_ed25519_jws: vector } = JSON.parse(
      readFileSync('fixtures/vectors/canonical_json_and_jws.json', 'utf8'),
    );
    const [header, payload, signature] = vector.jws.split('.');
    const file = Buffer.from(payload, 'base64url');
    const keys = [key(), key({ kid: 'RFC', x: vector.jwk.x })];
    const jws = `${header}..${signature}`;
    expect(checkSignature(file, jws, keys, NOW)).toEqual({ ok: true, kid: 'RFC' });
    expect(checkSignature(file, jws, [key()], NOW).ok).toBe(false);
  });

  // prettier-ignore
  it.each<[string, string, readonly IssuerKey[]]>([
    ['Not a detached JWS',   'abc',                                           [key()]],
    ['Not a detached JWS',   signed(PLAIN).replace('..', '.abc.'),             [key()]],
    ['not a JSON object',    signed(PLAIN).replace(/^[^.]+/, 'YWJj'),          [key()]],
    ['not EdDSA',            signed({ ...PLAIN, alg: 'none' }),                [key()]],
    ['critical members',     signed({ ...PLAIN, crit: ['b64', 'exp'] }),       [key()]],
    ['critical members',     signed({ ...PLAIN, crit: [] }),                   [key()]],
    ['has no key K1',        signed(PLAIN),                                    [key({ kid: 'K2' })]],
    ['not valid at this',    signed(PLAIN),                                    [key({ validTo: '2026-11-01T00:00:00Z' })]],
    ['not valid at this',    signed(PLAIN),                                    [key({ validFrom: '2026-11-01T00:00:01Z' })]],
    ['not of these bytes',   signed(PLAIN, Buffer.from('other')),              [key()]],
  ])('is refused: %s', (detail, jws, keys) => {
    expect(checkSignature(bytes, jws, keys, NOW)).toEqual({ ok: false, detail: expect.stringContaining(detail) });
  });
});
