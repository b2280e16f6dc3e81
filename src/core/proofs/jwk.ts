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
