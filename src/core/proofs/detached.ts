import { canonicalJson } from '../ledger/canonical.js';
import { isSignedBy } from './signed-note.js';

/** What a detached signature says of itself. */
export interface DetachedHeader {
  readonly alg: 'EdDSA';
  /** Thumbprint of the key (RFC 7638). */
  readonly kid: string;
  /** What was signed: `mizan-pack+jws`. */
  readonly typ: string;
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** The header's part of a signature, and the bytes that are signed (RFC 7515 section 5.1). */
export function detachedInput(
  header: DetachedHeader,
  payload: Uint8Array,
): { readonly encoded: string; readonly input: Buffer } {
  const encoded = base64url(canonicalJson({ ...header }));
  return { encoded, input: Buffer.from(`${encoded}.${base64url(payload)}`) };
}

/** A JWS whose payload stands elsewhere (RFC 7515 appendix F). */
export const detachedJws = (encoded: string, signature: Uint8Array): string =>
  `${encoded}..${base64url(signature)}`;

/** Header of a detached signature as it must be written; null for anything else. */
export function readDetached(
  jws: string,
): { readonly header: DetachedHeader; readonly signature: Uint8Array } | null {
  const [, encoded, signature] = /^([\w-]+)\.\.([\w-]{86})$/.exec(jws) ?? [];
  if (encoded === undefined || signature === undefined) return null;
  try {
    const text = Buffer.from(encoded, 'base64url').toString('utf8');
    const header = JSON.parse(text) as DetachedHeader;
    const { alg, kid, typ } = header;
    const isWritten = base64url(canonicalJson({ alg, kid, typ })) === encoded;
    if (!isWritten || alg !== 'EdDSA') return null;
    const bytes = new Uint8Array(Buffer.from(signature, 'base64url'));
    return base64url(bytes) === signature ? { header, signature: bytes } : null;
  } catch {
    return null;
  }
}

/**
 * Whether a detached signature is over some bytes, by a key, as what it should be (RFC 8037).
 *
 * @param publicKey  Ed25519, 32 bytes.
 * @param typ        What the signature is to say that it is of.
 */
export function isDetachedBy(
  jws: string,
  payload: Uint8Array,
  {
    kid,
    publicKey,
    typ,
  }: { readonly kid: string; readonly publicKey: Uint8Array; readonly typ: string },
): boolean {
  const read = readDetached(jws);
  if (read === null || read.header.kid !== kid || read.header.typ !== typ) return false;
  return isSignedBy(publicKey, detachedInput(read.header, payload).input, read.signature);
}
