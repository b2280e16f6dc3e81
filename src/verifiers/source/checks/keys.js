/** Keys, and what they signed: manifest, checkpoint, and the checkpoint that the auditor kept (PACK 2 and 3). */
import { fromHex, fromUtf8, isHash, sameBytes, toHex, utf8 } from '../base/bytes.js';
import { isCount, isRecord } from '../base/canonical.js';
import { readCheckpoint, readVerifierKey, signaturesOf } from '../base/note.js';
import { isJwsOf, isSigned, publicKeyOf, readJws, thumbprint } from '../base/signature.js';
import { isConsistent } from '../base/tree.js';
import { parsedFile } from '../contents.js';

const JWKS = 'keys/jwks.json';

/**
 * @typedef {{kid: string, publicKey: Uint8Array, from: number | null, until: number | null}} Key
 *   which signs states of more events than `from` and no more than `until`, places of events
 * @typedef {{kid: string} | {name: string, publicKey: Uint8Array}} Trusted  what a person was given elsewhere
 */

/** @returns {Trusted | null} of what a person gives as a key; null for what is none */
export function readTrusted(text) {
  if (/^[A-Za-z0-9_-]{43}$/.test(text)) return { kid: text };
  return readVerifierKey(text);
}

/** @returns {boolean} whether a key signs states of `size` events */
const signsAt = ({ from, until }, size) =>
  from !== null && size > from && (until === null || size <= until);

/**
 * @param {object[]} events    of the pack
 * @param {Trusted[]} trusted  keys that were given; none is a note
 * @returns {{keys: Map<string, Key>, trusted: Set<string> | null}} by kid; of the trusted, null where none was given
 */
export function checkKeys(check, files, { manifest, events, trusted }) {
  const keys = new Map();
  const listed = parsedFile(check, files, JWKS)?.keys;
  if (!Array.isArray(listed)) {
    check.fail('keys.form', { file: JWKS });
  } else {
    for (const jwk of listed) addKey(check, keys, jwk);
  }
  addLives(check, keys, events);
  for (const { kid, from } of keys.values()) {
    if (from === null) check.fail('keys.not_in_log', { file: JWKS, kid });
  }
  check.pass('keys.ok', { count: keys.size });
  if (trusted.length === 0) {
    check.note('keys.none_given');
    return { keys, trusted: null };
  }
  return { keys, trusted: trustedKids(check, keys, manifest, trusted) };
}

function addKey(check, keys, jwk) {
  const { alg, crv, kid, kty, use, x } = isRecord(jwk) ? jwk : {};
  const publicKey = publicKeyOf(x);
  const isForm = alg === 'EdDSA' && crv === 'Ed25519' && kty === 'OKP' && use === 'sig';
  if (!isForm || publicKey === null || Object.keys(jwk).length !== 6) {
    check.fail('keys.form', { file: JWKS });
  } else if (kid !== thumbprint(x)) {
    check.fail('keys.thumbprint', { file: JWKS, kid, is: thumbprint(x) });
  } else if (keys.has(kid)) {
    check.fail('keys.twice', { file: JWKS, kid });
  } else {
    keys.set(kid, { kid, publicKey, from: null, until: null });
  }
}

/** Where the log begins and ends each key. */
function addLives(check, keys, events) {
  const file = 'log/events.jsonl';
  for (const { seq, type, value } of events) {
    if (type !== 'signing_key.activated' && type !== 'signing_key.retired') continue;
    const { kid, x } = isRecord(value.body) ? value.body : {};
    const key = keys.get(kid);
    if (key === undefined) {
      check.fail('keys.not_listed', { file: JWKS, event: seq, kid });
    } else if (x !== undefined && (typeof x !== 'string' || thumbprint(x) !== kid)) {
      check.fail('keys.other_in_log', { file, event: seq, kid });
    } else if (type === 'signing_key.activated' && key.from === null) {
      key.from = seq;
    } else if (type === 'signing_key.retired' && key.from !== null && key.until === null) {
      key.until = seq;
    } else {
      check.fail('keys.life', { file, event: seq, kid });
    }
  }
}

function trustedKids(check, keys, manifest, trusted) {
  const kids = new Set();
  for (const given of trusted) {
    const isGiven = (key) =>
      given.kid === undefined ? sameBytes(key.publicKey, given.publicKey) : key.kid === given.kid;
    const found = [...keys.values()].find(isGiven);
    const origin = `mizan/ledger/${manifest.ledgerId}`;
    if (given.name !== undefined && given.name !== origin) {
      check.fail('keys.other_name', { name: given.name, origin });
    } else if (found === undefined) {
      check.fail('keys.not_in_pack', { file: JWKS, key: given.kid ?? given.name });
    } else {
      kids.add(found.kid);
    }
  }
  return kids;
}

/** That a trusted key signed the manifest. */
export async function checkSignature(check, files, { manifest, keys, trusted }) {
  const file = 'manifest.jws';
  const kid = await checkJws(check, files, {
    file,
    signed: 'manifest.json',
    typ: 'mizan-pack+jws',
    keys,
  });
  if (kid === null) return;
  if (trusted !== null && !trusted.has(kid)) check.fail('signature.not_trusted', { file, kid });
  if (!signsAt(keys.get(kid), manifest.checkpoint.size)) {
    check.fail('signature.not_then', { file, kid, size: manifest.checkpoint.size });
  }
  check.pass('signature.ok', { kid });
}

/**
 * @param {{file: string, signed: string, typ: string, keys: Map<string, Key>}} what  paths, and the type of the header
 * @returns {Promise<string | null>} whose signature it is; null where it is none
 */
export async function checkJws(check, files, { file, signed, typ, keys }) {
  const [bytes, payload] = [files.get(file), files.get(signed)];
  if (bytes === undefined || payload === undefined) {
    check.fail('file.missing', { file: bytes === undefined ? file : signed });
    return null;
  }
  const jws = readJws(bytes, typ);
  if (jws === null) {
    check.fail('signature.form', { file, typ });
    return null;
  }
  const key = keys.get(jws.kid);
  if (key === undefined) {
    check.fail('signature.no_key', { file, kid: jws.kid });
    return null;
  }
  if (await isJwsOf(jws, key.publicKey, payload)) return jws.kid;
  check.fail('signature.wrong', { file, kid: jws.kid, signed });
  return null;
}

/** That the state of the log is that of the manifest, and signed by a key of then. */
export async function checkCheckpoint(check, files, { manifest, keys, trusted }) {
  const file = 'checkpoint';
  const bytes = files.get(file);
  if (bytes === undefined) {
    check.fail('file.missing', { file });
    return;
  }
  const { kid, size, root } = manifest.checkpoint;
  const read = await readSigned(check, fromUtf8(bytes) ?? '', { file, manifest, keys });
  if (read === null) return;
  if (read.checkpoint.size !== size || toHex(read.checkpoint.root) !== root) {
    const { checkpoint } = read;
    const is = `${checkpoint.size} ${toHex(checkpoint.root)}`;
    check.fail('checkpoint.other_state', { file, is, listed: `${size} ${root}` });
  }
  if (!read.kids.includes(kid)) check.fail('checkpoint.other_key', { file, kid });
  if (trusted !== null && !read.kids.some((one) => trusted.has(one))) {
    check.fail('checkpoint.not_trusted', { file });
  }
  if (size <= manifest.seq) check.fail('checkpoint.too_small', { file, size, event: manifest.seq });
  check.pass('checkpoint.ok', { size, root, kid });
}

/** A checkpoint with the keys of the log that signed it; null where it is none, or of another log, or spoilt. */
async function readSigned(check, note, { file, manifest, keys }) {
  const checkpoint = readCheckpoint(note);
  if (checkpoint === null) {
    check.fail('checkpoint.form', { file });
    return null;
  }
  const origin = `mizan/ledger/${manifest.ledgerId}`;
  if (checkpoint.origin !== origin) {
    check.fail('checkpoint.other_log', { file, is: checkpoint.origin, origin });
    return null;
  }
  const kids = [];
  for (const key of keys.values()) {
    for (const { signature } of signaturesOf(checkpoint, key.publicKey)) {
      const { kid, publicKey } = key;
      if (!(await isSigned({ publicKey, signature, signed: utf8(checkpoint.text) }))) {
        check.fail('checkpoint.wrong', { file, kid });
      } else if (signsAt(key, checkpoint.size)) {
        kids.push(kid);
      } else {
        check.fail('checkpoint.not_then', { file, kid, size: checkpoint.size });
      }
    }
  }
  if (kids.length === 0) check.fail('checkpoint.unsigned', { file });
  return { checkpoint, kids };
}

/**
 * That the log begins with the one that the auditor saw.
 *
 * @param {{text: string, name: string} | null} since  the note that was kept, and what its file is called
 */
export async function checkConsistency(check, files, { manifest, keys, since }) {
  const proofs = proofsOf(check, files, manifest);
  const { size, root } = manifest.checkpoint;
  if (since === null) {
    check.note('consistency.none_given');
    return;
  }
  const read = await readSigned(check, since.text, { file: since.name, manifest, keys });
  if (read === null || check.isFailed) return;
  const { size: from, root: fromRoot } = read.checkpoint;
  if (from > size) {
    check.fail('consistency.shorter', { file: since.name, from, size });
    return;
  }
  if (from < 1) {
    check.fail('consistency.empty', { file: since.name });
    return;
  }
  const file = from === size ? since.name : `consistency/${from}.json`;
  const hashes = from === size ? [] : proofs.get(from);
  if (hashes === undefined) {
    check.fail('consistency.missing', { file, from });
  } else if (!isConsistent({ from, size, hashes, fromRoot, root: fromHex(root) })) {
    check.fail('consistency.wrong', { file, from, size });
  }
  check.pass('consistency.ok', { from, size });
}

/** Hashes of the proofs by the size that they begin at. */
function proofsOf(check, files, manifest) {
  const proofs = new Map();
  for (const file of files.keys()) {
    const [, named] = /^consistency\/(\d+)\.json$/.exec(file) ?? [];
    if (named === undefined) continue;
    const proof = parsedFile(check, files, file);
    if (proof === null) continue;
    const { from, size, hashes } = proof;
    const isForm =
      Object.keys(proof).length === 3 &&
      isCount(from) &&
      String(from) === named &&
      size === manifest.checkpoint.size &&
      from > 0 &&
      from < size &&
      Array.isArray(hashes) &&
      hashes.every(isHash);
    if (isForm) proofs.set(from, hashes.map(fromHex));
    else check.fail('consistency.form', { file });
  }
  return proofs;
}
