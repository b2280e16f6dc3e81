/** Ed25519 keys as JWK (RFC 8037), their thumbprints (RFC 7638), and JWS without its payload (RFC 7515 appendix F). */
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from './bytes.js';
import { canonicalJson, isRecord, readCanonical } from './canonical.js';
import { sha256 } from './sha256.js';

const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** @returns {string} base64url of SHA-256 over the members that RFC 8037 asks for */
export const thumbprint = (x) =>
  toBase64Url(sha256(utf8(canonicalJson({ crv: 'Ed25519', kty: 'OKP', x }))));

/** @returns {Uint8Array | null} the 32 bytes of a public key as a JWK has them */
export function publicKeyOf(x) {
  const bytes = fromBase64Url(x);
  return bytes !== null && bytes.length === PUBLIC_KEY_BYTES ? bytes : null;
}

/**
 * @param {{publicKey: Uint8Array, signature: Uint8Array, signed: Uint8Array}} what
 * @returns {Promise<boolean>}
 */
export async function isSigned({ publicKey, signature, signed }) {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
    return await subtle.verify({ name: 'Ed25519' }, key, signature, signed);
  } catch {
    return false;
  }
}

/** Signed by the key of RFC 8037 appendix A over its text: what a machine that knows Ed25519 says yes to. */
const KNOWN = {
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  signed: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
  signature:
    'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
};

/** @returns {Promise<boolean>} whether the machine at hand can check signatures of Ed25519 at all */
export const knowsEd25519 = async () =>
  globalThis.crypto?.subtle !== undefined &&
  isSigned({
    publicKey: publicKeyOf(KNOWN.x),
    signature: fromBase64Url(KNOWN.signature),
    signed: utf8(KNOWN.signed),
  });

/**
 * @param {Uint8Array} bytes  `HEADER..SIGNATURE`
 * @param {string} typ        which type its header must name
 * @returns {{kid: string, header: string, signature: Uint8Array} | null} null for what is no such thing
 */
export function readJws(bytes, typ) {
  const [header, payload, signature, ...more] = (fromUtf8(bytes) ?? '').split('.');
  const headerBytes = fromBase64Url(header);
  const signatureBytes = fromBase64Url(signature);
  if (payload !== '' || more.length > 0 || headerBytes === null || signatureBytes === null) {
    return null;
  }
  const { value } = readCanonical(fromUtf8(headerBytes) ?? '');
  if (!isRecord(value) || Object.keys(value).length !== 3) return null;
  if (value.alg !== 'EdDSA' || value.typ !== typ || typeof value.kid !== 'string') return null;
  return signatureBytes.length === SIGNATURE_BYTES
    ? { kid: value.kid, header, signature: signatureBytes }
    : null;
}

/** @returns {Promise<boolean>} whether a key signed `payload` as the JWS says */
export const isJwsOf = ({ header, signature }, publicKey, payload) =>
  isSigned({ publicKey, signature, signed: utf8(`${header}.${toBase64Url(payload)}`) });
