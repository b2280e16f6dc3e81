import { sha256, toHex } from './merkle.js';

/** The principal of who works at the terminal without a key of their own. It approves nothing. */
export const TERMINAL = 'terminal';

/** The principal of what the program does by itself, at its time. */
export const CLOCK = 'clock';

const EARLIER_DOMAIN = 'mizan/principal/1';
const ID_BYTES = 16;
const [VERSION_AT, VARIANT_AT] = [6, 8];

/**
 * The principal of a key that was issued before principals were known: one of its own, drawn from
 * the ledger and the key, so that what an event of that time sealed still says who acted.
 *
 * House rule: SHA-256 over `mizan/principal/1 LEDGER KEY`, cut to a UUID of version 8 (RFC 9562
 * section 5.8). The migration that gave those keys their principals computes the same.
 */
export function principalOfEarlierKey(ledgerId: string, keyId: string): string {
  const bytes = sha256(`${EARLIER_DOMAIN} ${ledgerId} ${keyId}`).slice(0, ID_BYTES);
  bytes[VERSION_AT] = (bytes[VERSION_AT]! & 0x0f) | 0x80;
  bytes[VARIANT_AT] = (bytes[VARIANT_AT]! & 0x3f) | 0x80;
  const hex = toHex(bytes);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return parts.join('-');
}

/** What an event's sealed bytes say of who acted. */
export interface SealedActor {
  readonly ledgerId: string;
  /** Id of a key, `cli` or `clock`. */
  readonly actor: string;
  /** Absent from events of schema version 1. */
  readonly actorPrincipal?: string;
}

/**
 * The principal who acted, from what an event sealed: never from a column beside it. Maker and
 * checker are told apart by it (LEDGER section 2).
 */
export function principalOf({ ledgerId, actor, actorPrincipal }: SealedActor): string {
  if (actorPrincipal !== undefined) return actorPrincipal;
  if (actor === 'cli') return TERMINAL;
  return actor === CLOCK ? CLOCK : principalOfEarlierKey(ledgerId, actor);
}

/**
 * A name as it is compared: compatibility forms, blanks and letter case fall together, so that one
 * person is not two principals.
 */
export function foldName(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/gu, ' ').toLowerCase();
}

/**
 * What the log seals of a principal's name: SHA-256 over the salt and the name's UTF-8 bytes. When
 * both are destroyed the commitment says nothing any more, and every proof stays valid
 * (LEDGER section 12).
 *
 * @param salt  32 random bytes, kept beside the name.
 * @returns     Lower-case hex.
 */
export function nameCommitment(salt: Uint8Array, name: string): string {
  return toHex(sha256(salt, name));
}
