/** Signed notes and checkpoints (C2SP signed-note v1.0.0, tlog-checkpoint), and keys as they are given to verifiers. */
import { fromBase64, sameBytes, toHex, utf8 } from './bytes.js';
import { sha256 } from './sha256.js';

const ED25519 = 1;
const KEY_ID_BYTES = 4;
const SIGNATURES_MAX = 64;
/** A checkpoint is a few lines; more is somebody's attempt. */
const NOTE_CHARS_MAX = 65_536;

/** @returns {Uint8Array} first 4 bytes of `SHA-256(name || 0x0A || 0x01 || key)` */
export const noteKeyId = (name, publicKey) =>
  sha256(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey).subarray(0, KEY_ID_BYTES);

/**
 * @param {string} text  `NAME+ID+KEY`
 * @returns {{name: string, publicKey: Uint8Array} | null} null for what is none, or whose id is not that of its key
 */
export function readVerifierKey(text) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes === null || bytes.length !== 33 || bytes[0] !== ED25519) return null;
  const publicKey = bytes.subarray(1);
  return toHex(noteKeyId(name, publicKey)) === id ? { name, publicKey } : null;
}

/**
 * @returns {{text: string, signatures: {name: string, keyId: Uint8Array, signature: Uint8Array}[]} | null}
 */
function readNote(note) {
  if (note.length > NOTE_CHARS_MAX || /[^\P{Cc}\n]/u.test(note)) return null;
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return null;
  const signatures = [];
  for (const line of lines) {
    const [, name, encoded] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const blob = fromBase64(encoded);
    if (blob === null || blob.length <= KEY_ID_BYTES) return null;
    const keyId = blob.subarray(0, KEY_ID_BYTES);
    signatures.push({ name, keyId, signature: blob.subarray(KEY_ID_BYTES) });
  }
  return { text: note.slice(0, end + 1), signatures };
}

/**
 * @param {string} note
 * @returns {{origin: string, size: number, root: Uint8Array, text: string, signatures: object[]} | null}
 *   null for what is no checkpoint
 */
export function readCheckpoint(note) {
  const read = readNote(note);
  if (read === null) return null;
  const [origin, size, encoded] = read.text.split('\n');
  const root = fromBase64(encoded);
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(size) || root?.length !== 32) return null;
  if (!Number.isSafeInteger(Number(size))) return null;
  return { origin, size: Number(size), root, text: read.text, signatures: read.signatures };
}

/** @returns {object[]} the signatures of a checkpoint that say they are of this key */
export function signaturesOf({ origin, signatures }, publicKey) {
  const id = noteKeyId(origin, publicKey);
  return signatures.filter(({ name, keyId }) => name === origin && sameBytes(keyId, id));
}
