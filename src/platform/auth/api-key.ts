import { createHash, timingSafeEqual } from 'node:crypto';

const PREFIX = 'mzk_';
const KEY = /^mzk_([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{43})$/;

const KEY_ID_BYTES = 9;

/** A key as it is presented. */
export interface PresentedKey {
  readonly ledgerId: string;
  readonly keyId: string;
  readonly secret: string;
}

/**
 * Writes a key: `mzk_`, the ledger and the key's id, a dot, and 256 bits of secret. The part before
 * the dot is the prefix by which people tell keys apart; it is no secret.
 *
 * @param ledgerId  UUID.
 * @param keyId     12 characters of base64url.
 * @param secret    32 random bytes.
 */
export function formatKey(ledgerId: string, keyId: string, secret: Buffer): string {
  const ledger = Buffer.from(ledgerId.replaceAll('-', ''), 'hex').toString('base64url');
  return `${PREFIX}${ledger}${keyId}.${secret.toString('base64url')}`;
}

/**
 * An id for a new key: 12 characters of base64url. None begins with a dash, which a terminal would take for
 * an option.
 *
 * @param random  Gives as many random bytes as it is asked for.
 */
export function newKeyId(random: (byteCount: number) => Buffer): string {
  for (;;) {
    const keyId = random(KEY_ID_BYTES).toString('base64url');
    if (!keyId.startsWith('-')) return keyId;
  }
}

/** Takes a key apart; null when the text is no key. */
export function parseKey(text: string): PresentedKey | null {
  const [, ledger, keyId, secret] = KEY.exec(text) ?? [];
  if (ledger === undefined || keyId === undefined || secret === undefined) return null;
  const hex = Buffer.from(ledger, 'base64url').toString('hex');
  const ledgerId = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
  return { ledgerId, keyId, secret };
}

/** SHA-256 of a key's secret, as it is stored. 256 random bits need no slow hash. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(Buffer.from(secret, 'base64url')).digest();
}

/** Whether a secret is the stored one, in constant time. */
export function secretMatches(secret: string, storedSha256: Uint8Array): boolean {
  return timingSafeEqual(secretHash(secret), storedSha256);
}
