import { derOf, derOid, readDer, TAG } from './der.js';

/** SHA-256, as algorithms are named (RFC 8017). */
export const SHA256_OID = '2.16.840.1.101.3.4.2.1';

const NONCE_BYTES = 8;

/**
 * What a time-stamp authority is asked (RFC 3161 section 2.4.1): to stamp a hash, and to send its certificates along.
 *
 * @param sha256  32 bytes.
 * @param nonce   8 random bytes: an answer that does not repeat them is not to this question.
 */
export function timestampRequest(sha256: Uint8Array, nonce: Uint8Array): Uint8Array {
  const algorithm = derOf(TAG.sequence, derOid(SHA256_OID), derOf(TAG.null));
  return derOf(
    TAG.sequence,
    derOf(TAG.integer, Uint8Array.of(1)),
    derOf(TAG.sequence, algorithm, derOf(TAG.octets, sha256)),
    derOf(TAG.integer, nonceBytes(nonce)),
    derOf(TAG.boolean, Uint8Array.of(0xff)),
  );
}

/** The nonce as a positive integer that DER writes in 8 bytes. */
export function nonceBytes(nonce: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(nonce.subarray(0, NONCE_BYTES));
  bytes[0] = 0x40 | (bytes[0]! & 0x3f);
  return bytes;
}

/** The token in an authority's answer (RFC 3161 section 2.4.2), or why there is none. */
export function tokenOf(
  answer: Uint8Array,
): { readonly token: Uint8Array } | { readonly fault: string } {
  const [response] = readDer(answer) ?? [];
  const [status, token] = response?.tag === TAG.sequence ? (readDer(response.content) ?? []) : [];
  const [code] = status?.tag === TAG.sequence ? (readDer(status.content) ?? []) : [];
  if (code?.tag !== TAG.integer || code.content.length !== 1) {
    return { fault: 'The answer is no time-stamp response.' };
  }
  const [granted] = code.content;
  if (granted !== 0 && granted !== 1)
    return { fault: `The authority refused (status ${granted}).` };
  return token === undefined ? { fault: 'The answer has no token.' } : { token: token.bytes };
}
