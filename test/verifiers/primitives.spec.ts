import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { canonicalJson as ledgerJson } from '../../src/core/ledger/canonical.js';
import { treeRoot } from '../../src/core/ledger/merkle.js';
import { consistencyRanges } from '../../src/core/proofs/tree-proofs.js';

type Bytes = Uint8Array;
const load = async <T>(name: string): Promise<T> =>
  (await import(`../../src/verifiers/source/base/${name}.js`)) as T;

const { sha256 } = await load<{ sha256: (...parts: Bytes[]) => Bytes }>('sha256');
const { PORTABLE } = await load<{ PORTABLE: { crc32: (bytes: Bytes) => number } }>('archive');
const { readCanonical } = await load<{
  readCanonical: (
    text: string,
    rules?: { isSealed: boolean },
  ) => { value?: unknown; problem?: string };
}>('canonical');
const tree = await load<{
  leafHash: (bytes: Bytes) => Bytes;
  rootOf: (leaves: Bytes[]) => Bytes;
  completeSpans: (begin: number, end: number) => number[];
  isConsistent: (proof: object) => boolean;
}>('tree');
const signature = await load<{
  thumbprint: (x: string) => string;
  publicKeyOf: (x: string) => Bytes | null;
  isSigned: (what: object) => Promise<boolean>;
}>('signature');
const note = await load<{
  noteKeyId: (name: string, key: Bytes) => Bytes;
  readVerifierKey: (text: string) => { name: string; publicKey: Bytes } | null;
  readCheckpoint: (text: string) => { text: string; signatures: { signature: Bytes }[] } | null;
}>('note');
const decimal = await load<{
  fraction: (value: string | number | bigint) => object;
  over: (a: object, b: object) => object;
  rounded: (value: object, places: number, rule: 'half' | 'cut') => string;
}>('decimal');

const hex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');
const vectors = (name: string) => JSON.parse(readFileSync(`fixtures/vectors/${name}.json`, 'utf8'));
const merkle = vectors('merkle_rfc6962') as {
  leaves_hex: string[];
  leaf_hashes: string[];
  roots_by_size_0_to_8: string[];
  consistency: { size1: number; size2: number; proof: string[] }[];
};

describe('SHA-256 (FIPS 180-4, NIST)', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('hashes the published message %#', (message, digest) => {
    expect(hex(sha256(Buffer.from(message)))).toBe(digest);
  });

  it('gives what Node gives, however the bytes are parted', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 4 }), (parts) => {
        const digest = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
        expect(hex(sha256(...parts))).toBe(digest);
      }),
    );
  });
});

describe('CRC-32', () => {
  it('gives the check value of the catalogue', () => {
    expect(PORTABLE.crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });
});

describe('trees (RFC 6962, RFC 9162)', () => {
  const leaves = merkle.leaves_hex.map((leaf) => tree.leafHash(Buffer.from(leaf, 'hex')));

  it('have the published leaves and roots', () => {
    expect(leaves.map(hex)).toEqual(merkle.leaf_hashes);
    expect(
      merkle.roots_by_size_0_to_8.map((_, size) => hex(tree.rootOf(leaves.slice(0, size)))),
    ).toEqual(merkle.roots_by_size_0_to_8);
  });

  it('take the published proof of consistency', () => {
    for (const { size1, size2, proof } of merkle.consistency) {
      const claim = {
        from: size1,
        size: size2,
        hashes: proof.map((hash) => Buffer.from(hash, 'hex')),
        fromRoot: tree.rootOf(leaves.slice(0, size1)),
        root: tree.rootOf(leaves.slice(0, size2)),
      };
      expect(tree.isConsistent(claim)).toBe(true);
    }
  });

  it('take every proof of consistency up to 40 leaves, and none that is longer, shorter or other', () => {
    const many = Array.from({ length: 40 }, (_, at) => tree.leafHash(Buffer.of(at)));
    for (let size = 1; size <= many.length; size += 1) {
      for (let from = 1; from <= size; from += 1) {
        const hashes = consistencyRanges(from, size).map(({ begin, end }) =>
          treeRoot(many.slice(begin, end)),
        );
        const [fromRoot, root] = [treeRoot(many.slice(0, from)), treeRoot(many.slice(0, size))];
        const claim = { from, size, hashes, fromRoot, root };
        expect(tree.isConsistent(claim)).toBe(true);
        const wrong = [
          { ...claim, hashes: [...hashes, root] },
          { ...claim, fromRoot: tree.leafHash(root) },
          { ...claim, root: tree.leafHash(root) },
          { ...claim, from: 0 },
          { ...claim, from: size + 1 },
        ];
        if (hashes.length > 0) {
          wrong.push(
            { ...claim, hashes: hashes.slice(1) },
            { ...claim, hashes: hashes.slice(0, -1) },
          );
          wrong.push({ ...claim, hashes: hashes.with(0, root) });
        }
        for (const other of wrong) expect(tree.isConsistent(other)).toBe(false);
      }
    }
  });

  it('cover a gap by the largest complete nodes', () => {
    expect(tree.completeSpans(3, 21)).toEqual([1, 4, 8, 4, 1]);
    expect(tree.completeSpans(0, 8)).toEqual([8]);
    expect(tree.completeSpans(5, 6)).toEqual([1]);
  });
});

describe('canonical JSON (RFC 8785)', () => {
  const published = vectors('canonical_json_and_jws').rfc8785_jcs as { values_output: string };

  it('takes the published text, and what the ledger writes', () => {
    expect(readCanonical(published.values_output).problem).toBeUndefined();
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = ledgerJson(JSON.parse(JSON.stringify(value)) as never);
        expect(readCanonical(text).problem).toBeUndefined();
      }),
    );
  });

  it.each([
    ['{"a":1,"a":1}', 'canonical'],
    ['{"b":1,"a":1}', 'canonical'],
    ['{"10":1,"9":1} ', 'canonical'],
    ['{"a": 1}', 'canonical'],
    ['[1.0]', 'canonical'],
    ['[-0]', 'canonical'],
    ['[9007199254740993]', 'canonical'],
    ['["\\u0041"]', 'canonical'],
    ['["\\ud800"]', 'surrogate'],
    ['[1.5]', 'number'],
    ['[1e+21]', 'number'],
    ['{', 'json'],
    ['', 'json'],
    ['['.repeat(200_000), 'json'],
  ])('refuses %j', (text, problem) => {
    expect(readCanonical(text, { isSealed: true })).toEqual({ problem });
  });
});

describe('keys and signatures (RFC 7638, RFC 8037, C2SP signed-note)', () => {
  const {
    jwk,
    thumbprint_rfc7638: kid,
    jws,
  } = vectors('canonical_json_and_jws').rfc8037_ed25519_jws as {
    jwk: { x: string };
    thumbprint_rfc7638: string;
    jws: string;
  };

  it('have the published thumbprint and signature', async () => {
    expect(signature.thumbprint(jwk.x)).toBe(kid);
    const [header, payload, signed] = jws.split('.');
    const what = {
      publicKey: signature.publicKeyOf(jwk.x),
      signature: Buffer.from(signed!, 'base64url'),
      signed: Buffer.from(`${header}.${payload}`),
    };
    expect(await signature.isSigned(what)).toBe(true);
    expect(
      await signature.isSigned({ ...what, signed: Buffer.from(`${header}.${payload}x`) }),
    ).toBe(false);
  });

  it('read the published key and note', async () => {
    const key = note.readVerifierKey(
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    )!;
    expect(key.name).toBe('PeterNeumann');
    expect(
      note.readVerifierKey('PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'),
    ).toBeNull();
    const text =
      'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n";
    const signed = Buffer.from(
      'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
      'base64',
    );
    expect(hex(note.noteKeyId(key.name, key.publicKey))).toBe(hex(signed.subarray(0, 4)));
    const what = {
      publicKey: key.publicKey,
      signature: signed.subarray(4),
      signed: Buffer.from(text),
    };
    expect(await signature.isSigned(what)).toBe(true);
  });

  it('take no note for a checkpoint that is none', () => {
    const root = Buffer.alloc(32).toString('base64');
    const line = `\u2014 a ${Buffer.alloc(68).toString('base64')}\n`;
    expect(note.readCheckpoint(`a\n5\n${root}\n\n${line}`)).not.toBeNull();
    expect(note.readCheckpoint(`a\n5\n${root}\nmore\n\n${line}`)).not.toBeNull();
    const none = [
      `a\n05\n${root}\n\n${line}`,
      `a\n5\n${root.slice(4)}\n\n${line}`,
      `a\n5\n${root}\n\n`,
      `a\n5\n${root}\n\n${line}x`,
      `a\n5\n${root}\n\n${line.slice(0, -1)}`,
      `a\n5\t\n${root}\n\n${line}`,
      `\n5\n${root}\n\n${line}`,
      `a\n9007199254740993\n${root}\n\n${line}`,
    ];
    for (const text of none) expect(note.readCheckpoint(text)).toBeNull();
  });
});

describe('decimals', () => {
  it.each([
    ['1.005', 2, 'half', '1.01'],
    ['-1.005', 2, 'half', '-1.01'],
    ['99.999', 2, 'cut', '99.99'],
    ['-0.001', 2, 'half', '0.00'],
    ['0.5', 0, 'half', '1'],
    ['0.4999999999999999999999', 0, 'half', '0'],
  ] as const)('rounds %s to %d places (%s) as %s', (text, places, rule, expected) => {
    expect(decimal.rounded(decimal.fraction(text), places, rule)).toBe(expected);
  });

  it('divides without losing anything before the end', () => {
    const third = decimal.over(decimal.fraction(1), decimal.fraction(-3));
    expect(decimal.rounded(third, 20, 'cut')).toBe('-0.33333333333333333333');
  });
});
