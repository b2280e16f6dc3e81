import { isSignedBy } from '../proofs/signed-note.js';

/** A public key of an issuer and when it signs. */
export interface IssuerKey {
  /** As the signature's header names it. */
  readonly kid: string;
  /** Ed25519 public key, base64url: `x` of its JWK (RFC 8037). */
  readonly x: string;
  /** UTC instants, half-open; null = open. */
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** What came of checking a detached signature. */
export type SignatureCheck =
  { readonly ok: true; readonly kid: string } | { readonly ok: false; readonly detail: string };

const COMPACT = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]{86})$/;

/**
 * Checks a detached JWS (RFC 7515 appendix F) over a file's bytes, signed with Ed25519 (RFC 8037),
 * with the payload encoded or not (RFC 7797, `b64: false`). The key must be known and valid at the
 * instant; a signature that names none is tried with each. No algorithm but this one is taken.
 *
 * @param jws    Compact form with an empty payload: `header..signature`.
 * @param keys   Keys that may have signed.
 * @param nowMs  Instant at which the key must be valid.
 */
export function checkSignature(
  bytes: Uint8Array,
  jws: string,
  keys: readonly IssuerKey[],
  nowMs: number,
): SignatureCheck {
  const parts = COMPACT.exec(jws.trim());
  if (parts === null) return { ok: false, detail: 'Not a detached JWS: header..signature.' };
  const [, encodedHeader = '', signature = ''] = parts;
  const header = readHeader(encodedHeader);
  if (header === null) return { ok: false, detail: 'Its header is not a JSON object.' };
  const { alg, kid, b64 = true, crit = [] } = header;
  if (alg !== 'EdDSA') return { ok: false, detail: 'Its algorithm is not EdDSA.' };
  const isPlain = b64 === false;
  const isCritKnown = Array.isArray(crit) && crit.every((name) => name === 'b64');
  if (!isCritKnown || (isPlain && !crit.includes('b64'))) {
    return { ok: false, detail: 'Its header has critical members that are not known.' };
  }
  const named = kid === undefined ? keys : keys.filter((one) => one.kid === kid);
  if (named.length === 0) return { ok: false, detail: `The issuer has no key ${String(kid)}.` };
  const valid = named.filter(({ validFrom, validTo }) => {
    const hasBegun = Date.parse(validFrom) <= nowMs;
    return hasBegun && (validTo === null || nowMs < Date.parse(validTo));
  });
  if (valid.length === 0) return { ok: false, detail: 'Its key is not valid at this time.' };
  const payload = isPlain ? bytes : Buffer.from(Buffer.from(bytes).toString('base64url'));
  const signed = Buffer.concat([Buffer.from(`${encodedHeader}.`), payload]);
  const by = valid.find(({ x }) =>
    isSignedBy(Buffer.from(x, 'base64url'), signed, Buffer.from(signature, 'base64url')),
  );
  return by === undefined
    ? { ok: false, detail: 'The signature is not of these bytes.' }
    : { ok: true, kid: by.kid };
}

function readHeader(encoded: string): {
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly b64?: unknown;
  readonly crit?: unknown[];
} | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && !Array.isArray(header) ? header : null;
  } catch {
    return null;
  }
}
