import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Canonical, canonicalJson, sealedJson } from './canonical.js';
import { EMPTY_HEAD, type EventDraft, sealEvent, type SealedEvent } from './event.js';
import {
  chainHash,
  growTree,
  type HashedNode,
  leafHash,
  nodeHash,
  rowRoot,
  sha256,
  toHex,
  treeRoot,
} from './merkle.js';
import { PAIRS_DOMAIN, pairsRow, toPairs } from '../matching/pairs.js';
import { formatInstant } from '../time/interval.js';
import { POSTING_DOMAIN, postingRow } from './postings.js';
import { FIRST_LINK, type StoredEvent, verifyEvent, verifyRows } from './verify.js';

const merkle = JSON.parse(readFileSync('fixtures/vectors/merkle_rfc6962.json', 'utf8'));
const jcs = JSON.parse(readFileSync('fixtures/vectors/canonical_json_and_jws.json', 'utf8'))[
  'rfc8785_jcs'
];

describe('RFC 6962 tree', () => {
  const leaves = merkle.leaves_hex.map((hex: string) => leafHash(Buffer.from(hex, 'hex')));

  it('hashes the published leaves', () => expect(leaves.map(toHex)).toEqual(merkle.leaf_hashes));

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('has the published root of size %d', (size) => {
    expect(toHex(treeRoot(leaves.slice(0, size)))).toBe(merkle.roots_by_size_0_to_8[size]);
  });

  it('equals the recursive definition for any size', () => {
    const recursive = (hashes: Uint8Array[]): Uint8Array => {
      if (hashes.length === 0) return sha256();
      if (hashes.length === 1) return hashes[0]!;
      let split = 1;
      while (split * 2 < hashes.length) split *= 2;
      return nodeHash(recursive(hashes.slice(0, split)), recursive(hashes.slice(split)));
    };
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 70 }), (values) => {
        const hashes = values.map((value) => leafHash(String(value)));
        expect(toHex(treeRoot(hashes))).toBe(toHex(recursive(hashes)));
      }),
    );
  });
});

describe('a tree that grows', () => {
  it('goes on from its subtrees, and tells of every node above the leaves once', () => {
    const leaves = Array.from({ length: 37 }, (_, at) => leafHash(String(at)));
    for (let size = 0; size <= leaves.length; size += 1) {
      const told: string[] = [];
      const hear = ({ level, index, hash }: HashedNode): void => {
        told.push(`${level}/${index}`);
        const begin = index * 2 ** level;
        expect(toHex(hash)).toBe(toHex(treeRoot(leaves.slice(begin, begin + 2 ** level))));
      };
      const before = growTree(undefined, hear);
      leaves.slice(0, size).forEach((leaf) => before.add(leaf));
      const after = growTree({ size, subtrees: before.subtrees() }, hear);
      leaves.slice(size).forEach((leaf) => after.add(leaf));
      expect(toHex(after.root())).toBe(toHex(treeRoot(leaves)));
      expect(new Set(told).size).toBe(told.length);
      // As many as pairs of complete nodes: 18 of two leaves, 9 of four, 4, 2, 1.
      expect(told).toHaveLength(18 + 9 + 4 + 2 + 1);
    }
  });

  it('refuses subtrees that are not those of its size', () => {
    expect(() => growTree({ size: 3, subtrees: [leafHash('0')] })).toThrow(
      'a subtree for each bit',
    );
  });
});

describe('canonical JSON (RFC 8785)', () => {
  it('writes the published values case', () => {
    const value = JSON.parse(jcs.values_output);
    expect(canonicalJson(value)).toBe(jcs.values_output);
    expect(toHex(sha256(canonicalJson(value)))).toBe(jcs.sha256.values);
  });

  it.each<[string, string]>(jcs.ieee754)('writes the double %s as %s', (hex, text) => {
    expect(canonicalJson(Buffer.from(hex, 'hex').readDoubleBE())).toBe(text);
  });

  it('sorts keys by UTF-16 code units, at every depth', () => {
    const value = {
      '€': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '😀': 5,
      '\u0080': 6,
      ö: { b: 1, a: [] },
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":{"a":[],"b":1},"€":1,"😀":5,"\ufb33":3}',
    );
  });

  it('refuses what must not be sealed', () => {
    const sealed = (value: Canonical) => () => sealedJson('mizan/row/test/1', { value });
    expect(sealed(1.5)).toThrow('whole and safe');
    expect(sealed([2 ** 53])).toThrow('whole and safe');
    expect(sealed('\ud800')).toThrow('lone surrogates');
    expect(sealed({ deep: Number.NaN })).toThrow();
  });

  it('leads with the domain', () => {
    expect(sealedJson('mizan/row/test/1', { A: 1, a: 2 })).toBe(
      '{"@":"mizan/row/test/1","A":1,"a":2}',
    );
  });
});

describe('a log', () => {
  const draft = (n: number): EventDraft => ({
    eventId: `e${n}`,
    type: 'import.committed',
    validFrom: null,
    validTo: null,
    actor: 'cli',
    actorPrincipal: 'terminal',
    actorRole: 'admin',
    sourceRef: null,
    supersedes: [],
    body: { n },
    rows: [`{"row":${n}}`, '{"row":"b"}'],
  });
  const build = (): SealedEvent[] => {
    const events: SealedEvent[] = [];
    for (let n = 0; n < 5; n += 1) {
      const last = events.at(-1);
      const head =
        last === undefined
          ? EMPTY_HEAD
          : { size: n, chainHash: last.chainHash, recordedAtMs: last.recordedAtMs };
      // The clock steps back once: the log must not.
      events.push(sealEvent('L', draft(n), head, n === 3 ? 0 : 1_000 * n));
    }
    return events;
  };
  const textsOf = (n: number) => draft(n).rows as readonly string[];
  const stored = (event: SealedEvent, change: Partial<StoredEvent> = {}): StoredEvent => ({
    ...event,
    prevSeq: event.seq === 0 ? null : event.seq - 1,
    validFromMs: null,
    validToMs: null,
    payload: Buffer.from(event.payload),
    ...change,
  });
  const firstFault = (events: readonly StoredEvent[], rowsOf = (n: number) => textsOf(n)) => {
    let link = FIRST_LINK;
    for (const event of events) {
      const rows = rowsOf(Number(event.eventId.slice(1)));
      const fault =
        verifyEvent(event, link) ?? verifyRows(event, { count: rows.length, root: rowRoot(rows) });
      if (fault !== null) return fault;
      link = event;
    }
    return null;
  };

  it('verifies, and its clock never runs backwards', () => {
    const events = build();
    expect(firstFault(events.map((event) => stored(event)))).toBeNull();
    expect(events.map(({ recordedAtMs }) => recordedAtMs)).toEqual([0, 1000, 2000, 2000, 4000]);
  });

  // prettier-ignore
  it.each<[string, number, string, (events: StoredEvent[]) => StoredEvent[]]>([
    ['an edited payload',      2, 'leaf_hash',  (e) => e.with(2, { ...e[2]!, payload: Buffer.from(String(Buffer.from(e[2]!.payload)).replace('"n":2', '"n":3')) })],
    ['an edited column',       1, 'columns',    (e) => e.with(1, { ...e[1]!, rowCount: 9 })],
    ['an edited type',         1, 'columns',    (e) => e.with(1, { ...e[1]!, type: 'statement.issued' })],
    ['an edited actor',        1, 'columns',    (e) => e.with(1, { ...e[1]!, actor: 'someone' })],
    ['an edited principal',    1, 'columns',    (e) => e.with(1, { ...e[1]!, actorPrincipal: null })],
    ['an edited role',         1, 'columns',    (e) => e.with(1, { ...e[1]!, actorRole: 'auditor' })],
    ['an edited period',       1, 'columns',    (e) => e.with(1, { ...e[1]!, validToMs: 1 })],
    ['an edited source',       1, 'columns',    (e) => e.with(1, { ...e[1]!, sourceRef: 'x' })],
    ['an edited version',      1, 'columns',    (e) => e.with(1, { ...e[1]!, schemaVersion: 1 })],
    ['edited corrections',     1, 'columns',    (e) => e.with(1, { ...e[1]!, supersedes: ['e0'] })],
    ['an edited place before', 2, 'columns',    (e) => e.with(2, { ...e[2]!, prevSeq: 0 })],
    ['no instant',             1, 'columns',    (e) => e.with(1, { ...e[1]!, recordedAtMs: NaN })],
    ['a hash cut short',       1, 'leaf_hash',  (e) => e.with(1, { ...e[1]!, leafHash: e[1]!.leafHash.slice(1) })],
    ['a chain cut short',      1, 'chain_hash', (e) => e.with(1, { ...e[1]!, chainHash: e[1]!.chainHash.slice(1) })],
    ...['', 'null', '[]', '7', '{"a":', '\u0000'].map((text): [string, number, string, (e: StoredEvent[]) => StoredEvent[]] =>
      [`bytes ${JSON.stringify(text)}`, 0, 'payload', (e) => { const payload = Buffer.from(text); const leaf = leafHash(payload); return [{ ...e[0]!, payload, leafHash: leaf, chainHash: chainHash(e[0]!.prevHash, leaf) }]; }]),
    ['a removed event',        2, 'seq',        (e) => e.toSpliced(2, 1)],
    ['a re-hashed event',      2, 'chain_hash', (e) => { const payload = Buffer.from('{}'); return e.with(2, { ...e[2]!, payload, leafHash: leafHash(payload) }); }],
    ['an unlinked event',      3, 'prev_hash',  (e) => e.with(3, { ...e[3]!, prevHash: e[0]!.chainHash })],
  ])('shows %s at %d', (_, seq, check, tamper) => {
    expect(firstFault(tamper(build().map((event) => stored(event))))).toMatchObject({ seq, check });
  });

  it('shows an edited row and a missing row', () => {
    const events = build().map((event) => stored(event));
    const edited = (n: number) => (n === 3 ? ['{"row":99}', '{"row":"b"}'] : textsOf(n));
    expect(firstFault(events, edited)).toMatchObject({ seq: 3, check: 'row_root' });
    const short = (n: number) => (n === 3 ? textsOf(n).slice(1) : textsOf(n));
    expect(firstFault(events, short)).toMatchObject({ seq: 3, check: 'row_count' });
  });
});

describe('rows that are written out by hand', () => {
  it('are the canonical bytes', () => {
    const posting = {
      ...({ move: 'match_supply', startMs: Date.parse('2026-10-01T05:00:00Z') } as const),
      subjects: ['PLANT-1', 'Ω'],
      wh: [1, 9_007_199_254_740_991],
    };
    const { startMs, ...rest } = posting;
    const start = formatInstant(startMs);
    expect(postingRow(posting)).toBe(sealedJson(POSTING_DOMAIN, { ...rest, start }));
  });

  it.each([null, { reachedDemand: [1, 0], exhaustedSupply: [2] }])(
    'are so for the pairs of an hour, cut %j',
    (cut) => {
      const pairs = {
        meters: ['M-1', 'M-2'],
        certificates: ['c'],
        demandAt: [0, 1],
        supplyAt: [0, 0],
        wh: [5, 7],
      };
      const hourMs = Date.parse('2026-10-01T05:00:00Z');
      const { demandAt, supplyAt, wh, ...ends } = pairs;
      const columns = toPairs({
        demand: Uint16Array.from(demandAt),
        supply: Uint16Array.from(supplyAt),
        wh: Float64Array.from(wh),
      });
      expect(pairsRow({ hourMs, ...ends, pairs: columns, cut })).toBe(
        sealedJson(PAIRS_DOMAIN, { ...pairs, hour: formatInstant(hourMs), ...cut }),
      );
    },
  );
});
