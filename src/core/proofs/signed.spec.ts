import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { leavesOf, proofOf } from '../../../test/support/proofs.js';
import { canonicalJson } from '../ledger/canonical.js';
import { EMPTY_HEAD, type EventDraft, type LogHead, sealEvent } from '../ledger/event.js';
import { leafHash, treeRoot } from '../ledger/merkle.js';
import { checkpointText, openCheckpoint, originOf, readCheckpointText } from './checkpoint.js';
import { publishedKey, thumbprint } from './jwk.js';
import { checkRowProof, readRowProof, type RowProof, writeRowProof } from './row-proof.js';
import {
  type NoteKey,
  readSignedNote,
  readVerifierKey,
  signatureLine,
  signedNote,
  signersOf,
  verifierKey,
} from './signed-note.js';
import { inclusionRanges } from './tree-proofs.js';

const jws = JSON.parse(readFileSync('fixtures/vectors/canonical_json_and_jws.json', 'utf8'))[
  'rfc8037_ed25519_jws'
];

/** The published key of RFC 8037, and one drawn here. */
const RFC_KEY = createPrivateKey({ key: jws.jwk, format: 'jwk' });
const publicOf = (key: KeyObject): Uint8Array =>
  new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url'));
const noteKey = (name: string, key: KeyObject): NoteKey => ({ name, publicKey: publicOf(key) });
const lineOf = (key: NoteKey, secret: KeyObject, text: string): string =>
  signatureLine(key, sign(null, Buffer.from(text), secret));

it('names a key by its published thumbprint (RFC 8037, RFC 7638)', () => {
  const key = publishedKey(publicOf(RFC_KEY));
  expect(key.x).toBe(jws.jwk.x);
  expect(thumbprint(key)).toBe(jws.thumbprint_rfc7638);
});

describe('a checkpoint (C2SP signed-note, tlog-checkpoint)', () => {
  // Example of the specification: its signature is by the key of the checkpoint's origin.
  const PUBLISHED = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;
  const origin = originOf('5b1e0c1e-0000-4000-8000-000000000000');
  const { privateKey: secret } = generateKeyPairSync('ed25519');
  const key = noteKey(origin, secret);
  const text = checkpointText({ origin, size: 48_213, root: leavesOf(1)[0]! });
  const note = signedNote(text, [lineOf(key, secret, text)]);

  it('is read as the specification shows it', () => {
    const read = readSignedNote(PUBLISHED)!;
    expect(readCheckpointText(read.text)).toMatchObject({
      origin: 'example.com/behind-the-sofa',
      size: 20_852_163,
    });
    expect(read.signatures.map(({ keyName }) => keyName)).toEqual(['example.com/behind-the-sofa']);
    expect(checkpointText(readCheckpointText(read.text)!)).toBe(read.text);
  });

  it('opens with its key, which a verifier writes in one line', () => {
    expect(readVerifierKey(verifierKey(key))).toEqual(key);
    expect(openCheckpoint(note, { origin, trusted: [key] })).toMatchObject({
      origin,
      size: 48_213,
      signers: [key],
    });
  });

  it('opens not with another key, another origin, or a text that is none', () => {
    const other = noteKey(origin, RFC_KEY);
    const faultOf = (given: string, trusted = [key], of = origin): string => {
      const opened = openCheckpoint(given, { origin: of, trusted });
      return 'fault' in opened ? opened.fault : '';
    };
    expect(faultOf(note, [other])).toMatch('No signature of a trusted key');
    expect(faultOf(note, [key], originOf('another'))).toMatch('is expected');
    expect(faultOf(note.replace('48213', '48214'))).toMatch('No signature of a trusted key');
    expect(faultOf(note.replace('48213', '048213'))).toMatch('no checkpoint');
    expect(faultOf(text)).toMatch('no signed note');
    expect(faultOf(note.replace('\n\n', '\n\n\r\n'))).toMatch('no signed note');
    expect(faultOf(`${note}x`)).toMatch('no signed note');
  });

  it('carries signatures of others, and is spoilt by one of ours that does not verify', () => {
    const witness = noteKey('witness.example/w', RFC_KEY);
    const both = signedNote(text, [lineOf(key, secret, text), lineOf(witness, RFC_KEY, text)]);
    expect(signersOf(readSignedNote(both)!, [key])).toEqual([key]);
    expect(signersOf(readSignedNote(both)!, [key, witness])).toEqual([key, witness]);
    const bad = signedNote(text, [lineOf(key, secret, text), lineOf(witness, secret, text)]);
    expect(signersOf(readSignedNote(bad)!, [key])).toEqual([key]);
    expect(signersOf(readSignedNote(bad)!, [key, witness])).toEqual([]);
  });

  it('falls with any bit of its text and its signature', () => {
    const all = Buffer.from(note);
    let opened = 0;
    for (let bit = 0; bit < all.length * 8; bit += 1) {
      const changed = Buffer.from(all);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      // What is no UTF-8 any more is no text of the same bytes.
      if (!('fault' in openCheckpoint(changed.toString('utf8'), { origin, trusted: [key] }))) {
        opened += 1;
      }
    }
    expect(opened).toBe(0);
  });
});

describe('a proof of a row (C2SP tlog-proof, LEDGER section 6)', () => {
  const ledgerId = '5b1e0c1e-0000-4000-8000-000000000000';
  const origin = originOf(ledgerId);
  const { privateKey: secret } = generateKeyPairSync('ed25519');
  const key = noteKey(origin, secret);
  const rowsOf = (count: number, event: number): string[] =>
    Array.from({ length: count }, (_, at) =>
      canonicalJson({ '@': 'mizan/row/interval-block/1', at, event }),
    );
  const draft = (rows: readonly string[], at: number): EventDraft => ({
    eventId: `event-${at}`,
    type: 'import.committed',
    validFrom: null,
    validTo: null,
    actor: 'cli',
    actorPrincipal: 'terminal',
    actorRole: 'admin',
    sourceRef: null,
    supersedes: [],
    body: {},
    rows,
  });
  const batches = [1, 3, 0, 8, 13, 2, 5].map((count, at) => rowsOf(count, at));
  const events = batches.reduce<{ head: LogHead; payloads: string[] }>(
    ({ head, payloads }, rows, at) => {
      const sealed = sealEvent(ledgerId, draft(rows, at), head, 1_700_000_000_000);
      const { chainHash, recordedAtMs } = sealed;
      const next = { size: head.size + 1, chainHash, recordedAtMs };
      return { head: next, payloads: [...payloads, sealed.payload] };
    },
    { head: EMPTY_HEAD, payloads: [] },
  ).payloads;
  const eventLeaves = events.map((payload) => leafHash(payload));
  const text = checkpointText({ origin, size: events.length, root: treeRoot(eventLeaves) });
  const checkpoint = signedNote(text, [lineOf(key, secret, text)]);
  const proof = (seq: number, rowIndex: number): RowProof => {
    const rows = batches[seq]!;
    const rowLeaves = rows.map((row) => leafHash(row));
    return {
      row: rows[rowIndex]!,
      rowIndex,
      rowCount: rows.length,
      event: events[seq]!,
      seq,
      rowPath: proofOf(rowLeaves, inclusionRanges(rowIndex, rows.length)),
      eventPath: proofOf(eventLeaves, inclusionRanges(seq, events.length)),
      checkpoint,
    };
  };
  const expected = { origin, trusted: [key], rowDomain: 'mizan/row/interval-block/1' };

  it('shows every row of every event, and reads as it was written', () => {
    for (const [seq, rows] of batches.entries()) {
      for (const [rowIndex, row] of rows.entries()) {
        const file = writeRowProof(proof(seq, rowIndex));
        expect(checkRowProof(file, expected)).toMatchObject({ isProven: true, row });
        expect(writeRowProof(readRowProof(file)!)).toBe(file);
      }
    }
  });

  it('shows nothing where a part of it is of another row, event or log', () => {
    const one = proof(4, 7);
    const faultOf = (changed: Partial<RowProof>, of = expected): string => {
      const checked = checkRowProof(writeRowProof({ ...one, ...changed }), of);
      return checked.isProven ? '' : checked.fault;
    };
    expect(faultOf({})).toBe('');
    expect(faultOf({ row: batches[4]![6]! })).toMatch('not among those');
    expect(faultOf({ rowIndex: 8 })).toMatch('not among those');
    expect(faultOf({ rowCount: 12 })).toMatch('another number of rows');
    expect(faultOf({ seq: 3 })).toMatch('another place');
    expect(faultOf({ event: events[3]! })).toMatch('another place');
    expect(faultOf({ event: events[4]!.replace('cli', 'me!') })).toMatch('not in the log');
    expect(faultOf({ event: one.row })).toMatch('no event');
    expect(faultOf({ row: one.event })).toMatch('no row');
    expect(faultOf({ row: one.row.replace('{', '{ ') })).toMatch('no row');
    expect(faultOf({}, { ...expected, rowDomain: 'mizan/row/certificate/1' })).toMatch('expected');
    expect(faultOf({}, { ...expected, trusted: [noteKey(origin, RFC_KEY)] })).toMatch('trusted');
    expect(faultOf({}, { ...expected, origin: originOf('other') })).toMatch('expected');
  });

  it('falls with any character of its file', () => {
    const file = writeRowProof(proof(4, 7));
    fc.assert(
      fc.property(
        fc.nat(file.length - 1),
        fc.constantFrom(...Array.from('Az0+/=\n {')),
        (at, character) => {
          fc.pre(file[at] !== character);
          const changed = `${file.slice(0, at)}${character}${file.slice(at + 1)}`;
          expect(checkRowProof(changed, expected).isProven).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    '',
    'c2sp.org/tlog-proof@v1\nindex 0\n\nx',
    'c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\nx',
    'c2sp.org/tlog-proof@v1\nextra bnVsbA==\nindex 00\n\nx',
  ])('is none: %j', (file) => {
    expect(checkRowProof(file, expected)).toEqual({
      isProven: false,
      fault: 'It is no proof of a row.',
    });
  });
});
