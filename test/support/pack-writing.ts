import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { type Canonical, canonicalJson } from '../../src/core/ledger/canonical.js';
import { leafHash, toHex, treeRoot } from '../../src/core/ledger/merkle.js';
import { checkpointText } from '../../src/core/proofs/checkpoint.js';
import { publishedKey, thumbprint } from '../../src/core/proofs/jwk.js';
import { signatureLine, signedNote, verifierKey } from '../../src/core/proofs/signed-note.js';
import { consistencyRanges, type LeafRange, nodesOf } from '../../src/core/proofs/tree-proofs.js';

/** JSON data. */
export type Json = { readonly [key: string]: Canonical };

/** Files of a pack by path. */
export type PackFiles = Map<string, Buffer>;

/** A key that signs, with all the names that it has. */
export interface PackKey {
  readonly kid: string;
  readonly jwk: Json;
  readonly raw: Uint8Array;
  readonly privateKey: KeyObject;
}

/** A new signing key. */
export function packKey(): PackKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const published = publishedKey(raw);
  const kid = thumbprint(published);
  return { kid, jwk: { ...published, alg: 'EdDSA', use: 'sig', kid }, raw, privateKey };
}

/** The key as verifiers are given it. */
export const givenKey = (ledgerId: string, { raw }: PackKey): string =>
  verifierKey({ name: `mizan/ledger/${ledgerId}`, publicKey: raw });

/** The checkpoint of a log, signed. */
export function packCheckpoint(
  ledgerId: string,
  leaves: readonly Uint8Array[],
  key: PackKey,
): string {
  const origin = `mizan/ledger/${ledgerId}`;
  const text = checkpointText({ origin, size: leaves.length, root: treeRoot(leaves) });
  const signature = sign(null, Buffer.from(text), key.privateKey);
  return signedNote(text, [signatureLine({ name: origin, publicKey: key.raw }, signature)]);
}

const base64url = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64url');

/** `HEADER..SIGNATURE` over a file. */
export function packJws(bytes: Buffer, typ: string, { kid, privateKey }: PackKey): Buffer {
  const header = base64url(canonicalJson({ alg: 'EdDSA', kid, typ }));
  const signature = sign(null, Buffer.from(`${header}.${base64url(bytes)}`), privateKey);
  return Buffer.from(`${header}..${base64url(signature)}`);
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const nodeHashes = (leaves: readonly Uint8Array[], range: LeafRange): string[] =>
  nodesOf(range).map(({ level, index }) =>
    toHex(treeRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))),
  );

/** Places of the log that are not among `places`, in order. */
function gapsBetween(places: readonly number[], size: number): LeafRange[] {
  const ends = [...places, size];
  return ends
    .map((end, at) => ({ begin: at === 0 ? 0 : ends[at - 1]! + 1, end }))
    .filter(({ begin, end }) => begin < end);
}

/** What stands in `log/left-out.json`. */
export function leftOutOf(leaves: readonly Uint8Array[], places: readonly number[]): Json {
  const gaps = gapsBetween(places, leaves.length).map(({ begin, end }) => ({
    begin,
    end,
    nodes: nodeHashes(leaves, { begin, end }),
  }));
  return { gaps, size: leaves.length };
}

/** What stands in `consistency/SIZE.json`. */
export function consistencyOf(leaves: readonly Uint8Array[], from: number): Json {
  const hashes = consistencyRanges(from, leaves.length).map(({ begin, end }) =>
    toHex(treeRoot(leaves.slice(begin, end))),
  );
  return { from, hashes, size: leaves.length };
}

/** Canonical JSON as bytes. */
export const jsonBytes = (value: Canonical): Buffer => Buffer.from(canonicalJson(value));

/** Lines as a file has them. */
export const linesBytes = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** Leaves of texts. */
export const leavesOf = (texts: readonly string[]): Uint8Array[] =>
  texts.map((text) => leafHash(text));

/**
 * Lists every file in the manifest again, as somebody does who changes files afterwards.
 *
 * @param key  Signs the manifest; without one the signature stays as it was.
 */
export function listFiles(files: PackFiles, key?: PackKey): void {
  const manifest = JSON.parse(files.get('manifest.json')!.toString('utf8')) as Json;
  const listed = [...files]
    .filter(([path]) => !path.startsWith('manifest.'))
    .map(([path, bytes]) => ({ path, byteCount: bytes.length, sha256: hashOf(bytes) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const bytes = jsonBytes({ ...manifest, files: listed });
  files.set('manifest.json', bytes);
  if (key !== undefined) files.set('manifest.jws', packJws(bytes, 'mizan-pack+jws', key));
}

/** What of an entry is to be wrong. */
export interface ZipFlaw {
  readonly path: string;
  readonly crc?: number;
  readonly size?: number;
  /** Changes the local header only. */
  readonly localName?: string;
  readonly date?: number;
  readonly flags?: number;
}

/** The archive of a pack: in the order of paths, dated 1980-01-01, deflated. */
export function packZip(
  files: Iterable<readonly [path: string, bytes: Buffer]>,
  flaw?: ZipFlaw,
): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  let count = 0;
  for (const [path, bytes] of files) {
    const wrong = flaw?.path === path ? flaw : undefined;
    const packed = deflateRawSync(bytes);
    const facts = Buffer.alloc(22);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(wrong?.flags ?? 0, 2);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt16LE(wrong?.date ?? 0x21, 8);
    facts.writeUInt32LE(wrong?.crc ?? crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(wrong?.size ?? bytes.length, 18);
    const name = Buffer.from(path);
    const local = Buffer.from(wrong?.localName ?? path);
    const [lengths, place, rest] = [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(10)];
    lengths.writeUInt16LE(name.length);
    place.writeUInt32LE(offset);
    parts.push(Buffer.concat([Buffer.from('PK\x03\x04'), facts, lengths, local, packed]));
    const listed = [Buffer.from('PK\x01\x02\x14\0'), facts, lengths, rest, place, name];
    directory.push(Buffer.concat(listed));
    offset += parts.at(-1)!.length;
    count += 1;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}

/** The archive of files in the order of their paths. */
export const zipped = (files: PackFiles, flaw?: ZipFlaw): Buffer =>
  packZip(
    [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    flaw,
  );
