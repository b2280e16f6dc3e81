/**
 * What an engine does faster than the JavaScript that every engine can: what is given here is used instead of it,
 * and must give the same. A page in a browser gives nothing.
 */
export const means = {
  /** @type {((parts: Uint8Array[]) => Uint8Array) | null} SHA-256 of parts one after the other */
  sha256: null,
  /** @type {((bytes: Uint8Array) => string) | null} base64, padded */
  base64: null,
  /** @type {((bytes: Uint8Array) => string | null) | null} text of ASCII alone; null for other bytes */
  ascii: null,
};
