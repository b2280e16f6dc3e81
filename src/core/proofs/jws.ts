import { assert } from '../errors.js';
import { canonicalJson } from '../ledger/canonical.js';
import { sha256 } from '../ledger/merkle.js';

/** A public key as it is published (RFC 8037 section 2). */
export interface PublishedKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** 32 bytes, base64url. */
  readonly x: string;
}

const PUBLIC_KEY_BYTES = 32;
const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** The key as a JWK. @param publicKey  Ed25519, 32 bytes. */
export function publishedKey(publicKey: Uint8Array): PublishedKey {
  assert(publicKey.length === PUBLIC_KEY_BYTES, 'jwk: an Ed25519 key has 32 bytes');
  return { kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey) };
}

/** Name of a key: the thumbprint of its JWK (RFC 7638), base64url of SHA-256. */
export function thumbprint({ kty, crv, x }: PublishedKey): string {
  return base64url(sha256(canonicalJson({ kty, crv, x })));
}

/** What is signed of a document: its header, and its bytes (RFC 7515 section 5.1). */
export interface JwsInput {
  /** Base64url of the header. */
  readonly header: string;
  /** What the signature is made over. */
  readonly bytes: Uint8Array;
}

/**
 * What an Ed25519 key signs of a document (RFC 8037 section 3.1).
 *
 * @param kid  `thumbprint` of the key; null leaves it out of the header.
 */
export function jwsInput(document: Uint8Array | string, kid: string | null): JwsInput {
  const header = base64url(canonicalJson(kid === null ? { alg: 'EdDSA' } : { alg: 'EdDSA', kid }));
  return { header, bytes: Buffer.from(`${header}.${base64url(document)}`) };
}

/** The signature beside its document: `header..signature` (RFC 7515 appendix F). */
export function detachedJws({ header }: JwsInput, signature: Uint8Array): string {
  return `${header}..${base64url(signature)}`;
}
