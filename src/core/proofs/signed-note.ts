import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { assert } from '../errors.js';

/**
 * A signed note (C2SP signed-note v1.0.0): a text that ends in a newline, an empty line, and a line for each
 * signature. Only Ed25519 (type 0x01) is made and checked here; what others signed is carried along.
 */
export interface SignedNote {
  /** With its last newline: what was signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature of a note. */
export interface NoteSignature {
  readonly keyName: string;
  /** First four bytes of what stands in the line. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A key that a note may be signed by. */
export interface NoteKey {
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

const ED25519 = 1;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEY_ID_BYTES = 4;
/** A verifier takes at least sixteen; more is somebody's attempt. */
const SIGNATURES_MAX = 64;

/** First four bytes of `SHA-256(name || 0x0A || 0x01 || public key)`. */
export function noteKeyId({ name, publicKey }: NoteKey): Uint8Array {
  assert(publicKey.length === PUBLIC_KEY_BYTES, 'note: an Ed25519 key has 32 bytes');
  const hash = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(ED25519));
  return new Uint8Array(hash.update(publicKey).digest().subarray(0, KEY_ID_BYTES));
}

/** The key as a verifier is given it: `name+id in hex+base64 of 0x01 and the key`. */
export function verifierKey(key: NoteKey): string {
  const id = Buffer.from(noteKeyId(key)).toString('hex');
  const encoded = Buffer.concat([Uint8Array.of(ED25519), key.publicKey]).toString('base64');
  return `${key.name}+${id}+${encoded}`;
}

/** Reads `verifierKey`; null for a text that is none, or whose id is not that of its key. */
export function readVerifierKey(text: string): NoteKey | null {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  const bytes = encoded === undefined ? null : bytesOf(encoded);
  if (name === undefined || bytes === null) return null;
  if (bytes.length !== PUBLIC_KEY_BYTES + 1 || bytes[0] !== ED25519) return null;
  const key = { name, publicKey: bytes.subarray(1) };
  return Buffer.from(noteKeyId(key)).toString('hex') === id ? key : null;
}

/** The line of a signature that a key made over a note's text. */
export function signatureLine(key: NoteKey, signature: Uint8Array): string {
  assert(signature.length === SIGNATURE_BYTES, 'note: an Ed25519 signature has 64 bytes');
  const bytes = Buffer.concat([noteKeyId(key), signature]);
  return `— ${key.name} ${bytes.toString('base64')}\n`;
}

/**
 * The note of a text and the lines of its signatures.
 *
 * @param text   Ends in a newline; has no other control characters.
 * @param lines  At least one, as `signatureLine` makes them.
 */
export function signedNote(text: string, lines: readonly string[]): string {
  assert(isNoteText(text), 'note: text that ends in a newline');
  assert(lines.length > 0, 'note: a signature');
  return `${text}\n${lines.join('')}`;
}

/** Takes a note apart; null for a text that is none. Says nothing of whether a signature is good. */
export function readSignedNote(note: string): SignedNote | null {
  const at = note.lastIndexOf('\n\n');
  if (at < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, at + 1);
  if (!isNoteText(text)) return null;
  const lines = note.slice(at + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, keyName, encoded] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? [];
    const bytes = encoded === undefined ? null : bytesOf(encoded);
    if (keyName === undefined || bytes === null || bytes.length <= KEY_ID_BYTES) return null;
    const [keyId, signature] = [bytes.subarray(0, KEY_ID_BYTES), bytes.subarray(KEY_ID_BYTES)];
    signatures.push({ keyName, keyId, signature });
  }
  return { text, signatures };
}

/**
 * Which of the keys that are trusted signed a note. One signature by a trusted key that does not verify
 * spoils the note: then none did.
 */
export function signersOf(note: SignedNote, trusted: readonly NoteKey[]): readonly NoteKey[] {
  const signers = new Set<NoteKey>();
  for (const { keyName, keyId, signature } of note.signatures) {
    for (const key of trusted) {
      if (key.name !== keyName || !Buffer.from(noteKeyId(key)).equals(keyId)) continue;
      if (!isSignedBy(key.publicKey, note.text, signature)) return [];
      signers.add(key);
    }
  }
  return [...signers];
}

/** Whether an Ed25519 signature (RFC 8032) over a text in UTF-8 verifies. */
export function isSignedBy(
  publicKey: Uint8Array,
  text: string | Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return verify(null, Buffer.from(text), publicKeyOf(publicKey), signature);
}

function publicKeyOf(bytes: Uint8Array): KeyObject {
  const x = Buffer.from(bytes).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Bytes of base64 (RFC 4648 section 4) that is written as it must be: padded, with no bits left over. */
export function bytesOf(base64: string): Uint8Array | null {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? new Uint8Array(bytes) : null;
}

/** No control characters but newlines, well-formed, ended by a newline. */
function isNoteText(text: string): boolean {
  return text.endsWith('\n') && text.isWellFormed() && !Array.from(text).some(isControl);
}

const isControl = (character: string): boolean => character < ' ' && character !== '\n';
