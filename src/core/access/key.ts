import { DomainError } from '../errors.js';
import { TERMINAL } from '../ledger/principal.js';

/**
 * Why a key works, or what it waits for: issued before principals were known; one of the first two
 * admins' own; it only reads; or a second person confirms it (API section 13).
 */
export type KeyBasis = 'earlier' | 'bootstrap' | 'read-only' | 'second-person';

/** Where a key stands. Only an `ACTIVE` one works. */
export type KeyState = 'PENDING' | 'ACTIVE' | 'EXPIRED' | 'REVOKED';

/** What a key's state follows from. */
export interface KeyFacts {
  readonly basis: KeyBasis;
  readonly confirmedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Where a key stands at an instant. */
export function keyState(key: KeyFacts, now: Date): KeyState {
  if (key.revokedAt !== null) return 'REVOKED';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'EXPIRED';
  return key.basis === 'second-person' && key.confirmedAt === null ? 'PENDING' : 'ACTIVE';
}

/** The role that reads and writes nothing: its keys need no second person. */
export const READING_ROLE = 'auditor';

/** Two admins can confirm each other's keys; with fewer nobody could confirm anything. */
export const ADMINS_NEEDED = 2;

const HERE = 'npx mizan key issue';

/**
 * On what grounds a new key may work. The terminal issues the first admin keys of a ledger, while
 * fewer than two admin principals have one that works, and no other key: later ones have a person
 * who issued them, and those that may write a second one who confirms them.
 *
 * @param request.issuedBy    Principal who asks, or `terminal`.
 * @param request.adminCount  Admin principals with a key that works now.
 * @throws DomainError `auth.person_required`
 */
export function keyBasis(request: {
  readonly role: string;
  readonly issuedBy: string;
  readonly adminCount: number;
}): KeyBasis {
  const { role, issuedBy, adminCount } = request;
  if (issuedBy === TERMINAL) {
    if (role === 'admin' && adminCount < ADMINS_NEEDED) return 'bootstrap';
    const first = `${HERE} --role admin --name YOU --out admin.key`;
    const then = `MIZAN_KEY_FILE=admin.key ${HERE} --role ${role} --name NAME`;
    const fix =
      adminCount < ADMINS_NEEDED
        ? `Issue an admin key of your own, then act with it: \`${first}\`, \`${then}\`.`
        : `Act with the key of an admin: \`${then}\`.`;
    throw new DomainError('auth.person_required', { act: `issue a key of role ${role}`, fix });
  }
  return role === READING_ROLE ? 'read-only' : 'second-person';
}

/**
 * Requires that somebody else confirms a key that waits.
 *
 * @throws DomainError `auth.person_required`, `key.not_pending`, `key.own_issue`
 */
export function requireConfirmable(
  key: KeyFacts & { readonly keyId: string; readonly issuedBy: string },
  confirmedBy: string,
  now: Date,
): void {
  requirePerson(confirmedBy, 'confirm a key');
  const state = keyState(key, now);
  if (state !== 'PENDING') throw new DomainError('key.not_pending', { keyId: key.keyId, state });
  if (key.issuedBy === confirmedBy) {
    const fix = 'Another admin confirms it, with a key under their own name.';
    throw new DomainError('key.own_issue', { keyId: key.keyId, fix });
  }
}

/**
 * Requires that an act is a person's or a machine's own, not the terminal's (API section 13).
 *
 * @throws DomainError `auth.person_required`
 */
export function requirePerson(principalId: string, act: string): void {
  if (principalId !== TERMINAL) return;
  const fix = 'Act with a key of your own: set MIZAN_KEY_FILE to a file that holds it, mode 0600.';
  throw new DomainError('auth.person_required', { act, fix });
}
