import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { derOf, derOid, oidText, readDer, timeMs } from '../../src/core/proofs/timestamps/der.js';
import { nonceBytes, timestampRequest, tokenOf } from '../../src/core/proofs/timestamps/request.js';
import { certificatesOf, openTimestamp } from '../../src/core/proofs/timestamps/token.js';
import { LocalTsa } from '../support/tsa.js';

const NOTE = Buffer.from('mizan/ledger/x\n1\nroot\n\n— signature\n');
const SHA256 = createHash('sha256').update(NOTE).digest();
const NONCE = Buffer.from('ff010203040506f7', 'hex');

const tokens = (kind: 'ec' | 'rsa'): void => {
  let folder: string;
  let tsa: LocalTsa;
  let token: Uint8Array;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mizan-tsa-'));
    tsa = new LocalTsa(folder, kind);
    token = stamped();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const stamped = (): Uint8Array => {
    const found = tokenOf(tsa.stamp(timestampRequest(SHA256, NONCE)));
    if ('fault' in found) throw new Error(found.fault);
    return found.token;
  };
  const expected = (change: object = {}) => ({
    sha256: SHA256,
    nonce: nonceBytes(NONCE),
    trusted: certificatesOf(tsa.root),
    ...change,
  });

  it('says when, by whom and under which policy, and openssl says so too', () => {
    const opened = openTimestamp(token, expected());
    expect(opened).toMatchObject({
      authority: 'O=Local TSA, CN=Stamper',
      policy: '1.3.6.1.4.1.99999.1',
    });
    expect(Math.abs((opened as { timeMs: number }).timeMs - Date.now())).toBeLessThan(120_000);
    expect(tsa.verifies(token, NOTE)).toBe(true);
  });

  it('is refused over other bytes, for another request, and under another root', () => {
    const other = new LocalTsa(join(folder, 'other'), kind);
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ sha256: createHash('sha256').update('x').digest() }, /stamps other bytes/],
      [{ nonce: nonceBytes(Buffer.alloc(8)) }, /answers another request/],
      [{ trusted: certificatesOf(other.root) }, /None of the certificates that you trust/],
      [{ trusted: [] }, /None of the certificates that you trust/],
    ];
    for (const [change, fault] of cases) {
      expect(openTimestamp(token, expected(change))).toEqual({
        fault: expect.stringMatching(fault),
      });
    }
    expect(openTimestamp(token, expected({ trusted: null }))).toHaveProperty('timeMs');
  });

  it('is refused where a bit of it is another, or says the same', () => {
    const said = openTimestamp(token, expected());
    let refusedCount = 0;
    for (let at = 0; at < token.length; at += 1) {
      const changed = Uint8Array.from(token);
      changed[at]! ^= 0x10;
      const opened = openTimestamp(changed, expected());
      // Not all of it is signed: which of its certificates signed stands there twice, once for nothing.
      if ('fault' in opened) refusedCount += 1;
      else expect(opened).toEqual(said);
    }
    expect(refusedCount).toBeGreaterThan(0.8 * token.length);
  });

  it('is refused of a certificate that is for something else too', () => {
    tsa.certify('other_use');
    let fault: string;
    try {
      const opened = openTimestamp(stamped(), expected());
      fault = 'fault' in opened ? opened.fault : '';
    } catch {
      // Some versions of openssl refuse to stamp by it themselves.
      fault = 'is not for time-stamping alone';
    }
    expect(fault).toMatch('is not for time-stamping alone');
    tsa.certify('stamping');
  });

  it('is refused of a time when its certificate was not valid', () => {
    tsa.certifyInThePast();
    expect(openTimestamp(stamped(), expected())).toEqual({
      fault: 'A certificate was not valid at that instant: O=Local TSA, CN=Stamper.',
    });
    tsa.certify('stamping');
  });
};

// `npm test` asks for nothing but Node; `.ci/run` makes sure that openssl is there.
if (spawnSync('openssl', ['version']).status === 0) {
  describe.each(['ec', 'rsa'] as const)('a token of openssl ts, with keys of %s', tokens);
} else process.stdout.write('There is no openssl here: no token was made.\n');

describe('the elements of DER', () => {
  it('are written as they are read', () => {
    const long = Buffer.alloc(300, 7);
    const bytes = derOf(0x30, derOid('1.2.840.113549.1.9.16.1.4'), derOf(0x04, long));
    const [sequence] = readDer(bytes)!;
    const [oid, octets] = readDer(sequence!.content)!;
    expect(oidText(oid)).toBe('1.2.840.113549.1.9.16.1.4');
    expect(Buffer.from(octets!.content)).toEqual(long);
    expect(readDer(Buffer.concat([bytes, Buffer.from([0x30])]))).toBeNull();
  });

  it.each(['30', '3005', '3080', '308100', '30820001ff', '3f0100', '308500000000010a'])(
    'are none in %s',
    (hex) => {
      expect(readDer(Buffer.from(hex, 'hex'))).toBeNull();
    },
  );

  // prettier-ignore
  it.each([
    ['20261110090000Z',     '2026-11-10T09:00:00.000Z'],
    ['20261110090000.25Z',  '2026-11-10T09:00:00.250Z'],
    ['20261110090000.1239Z','2026-11-10T09:00:00.123Z'],
    ['20261110090000.10Z',  null],
    ['202611100900Z',       null],
    ['20261310090000Z',     null],
  ])('say the time %s', (text, instant) => {
    const [der] = readDer(derOf(0x18, Buffer.from(text)))!;
    const ms = timeMs(der);
    expect(ms === null ? null : new Date(ms).toISOString()).toBe(instant);
  });
});
