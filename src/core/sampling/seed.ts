import { assert, DomainError } from '../errors.js';
import { sha256 } from '../ledger/merkle.js';

/** Bytes of an auditor's nonce, as UTF-8: enough that nobody guesses it, and it fits a line. */
export const NONCE_BYTES = { min: 16, max: 64 } as const;

/**
 * The seed of a sample: `SHA-256(root || nonce)` (SAMPLING section 1). The root was signed before the nonce was
 * given, so that neither side can steer it and anybody can replay it.
 *
 * @param root   Of the signed state of the log, 32 bytes.
 * @param nonce  The auditor's text.
 * @returns      32 bytes, read as one number, the most significant byte first.
 * @throws DomainError `sampling.nonce_unusable`
 */
export function seedOf(root: Uint8Array, nonce: string): Uint8Array {
  assert(root.length === 32, 'seed: a root of 32 bytes');
  requireNonce(nonce);
  return sha256(root, nonce);
}

/** @throws DomainError `sampling.nonce_unusable` for one that is too short, too long, or no text */
export function requireNonce(nonce: string): void {
  const byteCount = Buffer.byteLength(nonce);
  const { min, max } = NONCE_BYTES;
  if (nonce.isWellFormed() && byteCount >= min && byteCount <= max) return;
  const fix = `Write ${min} to ${max} bytes of text that nobody could guess: throw dice, for example.`;
  throw new DomainError('sampling.nonce_unusable', { byteCount, min, max, fix });
}
