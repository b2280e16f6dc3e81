/** Bytes to texts and back, strictly: a text that is not the one way to write its bytes is none. */

import { means } from './means.js';

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns {string} lower-case hex */
export function toHex(bytes) {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** @returns {boolean} whether `text` is a SHA-256 in lower-case hex */
export const isHash = (text) => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);

/** @returns {Uint8Array} of lower-case hex that was checked */
export function fromHex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}

export const utf8 = (text) => encoder.encode(text);

/** @returns {string | null} null for bytes that are not UTF-8, or begin with a byte order mark */
export function fromUtf8(bytes) {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return null;
  try {
    return means.ascii?.(bytes) ?? decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** @returns {string} base64 (RFC 4648 section 4), padded */
export function toBase64(bytes) {
  if (means.base64 !== null) return means.base64(bytes);
  let units = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    units += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(units);
}

/** @returns {string} base64url (RFC 4648 section 5), without padding */
export const toBase64Url = (bytes) =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** @returns {Uint8Array | null} null for what is not base64 as `toBase64` writes it */
export function fromBase64(text) {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
    return toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

/** @returns {Uint8Array | null} null for what is not base64url as `toBase64Url` writes it */
export function fromBase64Url(text) {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const padding = '='.repeat((4 - (text.length % 4)) % 4);
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/') + padding);
}

/** @returns {boolean} whether two arrays hold the same bytes */
export function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
