import type { Canonical } from '../ledger/canonical.js';
import { sha256, toHex } from '../ledger/merkle.js';
import {
  foldName,
  nameCommitment,
  principalOf,
  principalOfEarlierKey,
  type SealedActor,
} from '../ledger/principal.js';
import type { Fault } from '../ledger/verify.js';
import type { KeyBasis } from './key.js';

/** An event about a key, as its bytes say. */
export interface KeyEvent extends SealedActor {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly body: { readonly [key: string]: Canonical };
}

/** A row of the key table. Instants are ISO text, bytes lower-case hex. */
export interface KeyRow {
  readonly keyId: string;
  readonly principalId: string;
  readonly role: string;
  readonly secretSha256: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly eventId: string;
  readonly basis: KeyBasis;
  readonly issuedBy: string;
  readonly confirmedBy: string | null;
  readonly confirmedAt: string | null;
  readonly confirmEventId: string | null;
}

/** A principal, and its name where that was not erased. */
export interface PrincipalRow {
  readonly principalId: string;
  readonly kind: string;
  readonly nameCommitment: string | null;
  readonly eventId: string;
  readonly name: {
    readonly name: string;
    readonly foldedName: string;
    readonly salt: string;
  } | null;
}

/** What came of comparing keys with their events. */
export interface KeyComparison {
  readonly fault: Fault | null;
  /** Keys issued before their secret's hash was sealed: who holds them is not proven. */
  readonly unprovenCount: number;
  /** Admin keys that worked without a second person. */
  readonly bootstrapKeyIds: readonly string[];
}

/** What is sealed of a key's secret: the hash of the stored hash, which opens no door. */
export function secretSeal(secretSha256: Uint8Array): string {
  return toHex(sha256(secretSha256));
}

/** What events say of a key: as its row, the secret as its seal; null says nothing of a field. */
type Expected = Omit<KeyRow, 'secretSha256' | 'createdAt' | 'expiresAt' | 'revokedAt'> & {
  readonly seq: number;
  readonly secretSeal: string | null;
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
  readonly isRevoked: boolean;
  readonly revokedAt: string | null;
};

/**
 * Compares the key table and the principals with what `key.issued`, `key.confirmed` and
 * `key.revoked` make of them, both ways: a key that no event issued, one that is gone, another
 * secret, role, owner or end.
 *
 * @param ledgerId    Ledger of all of it.
 * @param events      All events about keys, in order.
 * @param keys        The whole key table.
 * @param principals  All principals.
 */
export function compareKeys(
  ledgerId: string,
  events: readonly KeyEvent[],
  keys: readonly KeyRow[],
  principals: readonly PrincipalRow[],
): KeyComparison {
  const expected = foldKeys(ledgerId, events);
  const all = [...expected.values()];
  return {
    fault: keyFault(expected, keys) ?? principalFault(events, all, principals),
    unprovenCount: all.filter((key) => key.secretSeal === null).length,
    bootstrapKeyIds: all.filter(({ basis }) => basis === 'bootstrap').map(({ keyId }) => keyId),
  };
}

function foldKeys(ledgerId: string, events: readonly KeyEvent[]): Map<string, Expected> {
  const keys = new Map<string, Expected>();
  for (const event of events) {
    const keyId = text(event.body['keyId']) ?? '';
    const known = keys.get(keyId);
    if (event.type === 'key.issued') keys.set(keyId, issued(ledgerId, keyId, event));
    else if (known === undefined) continue;
    else if (event.type === 'key.revoked') {
      keys.set(keyId, { ...known, isRevoked: true, revokedAt: text(event.body['revokedAt']) });
    } else {
      const confirmedAt = text(event.body['confirmedAt']);
      const confirmEventId = event.eventId;
      keys.set(keyId, { ...known, confirmedBy: principalOf(event), confirmedAt, confirmEventId });
    }
  }
  return keys;
}

/** Events of schema version 1 sealed a key's role and end, and neither owner nor secret. */
function issued(ledgerId: string, keyId: string, event: KeyEvent): Expected {
  const { seq, eventId, body } = event;
  return {
    keyId,
    seq,
    eventId,
    principalId: text(body['principalId']) ?? principalOfEarlierKey(ledgerId, keyId),
    role: text(body['role']) ?? '',
    secretSeal: text(body['secretSeal']),
    createdAt: text(body['createdAt']),
    expiresAt: text(body['expiresAt']),
    isRevoked: false,
    revokedAt: null,
    basis: (text(body['basis']) ?? 'earlier') as KeyBasis,
    issuedBy: principalOf(event),
    confirmedBy: null,
    confirmedAt: null,
    confirmEventId: null,
  };
}

function text(value: Canonical | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function keyFault(expected: ReadonlyMap<string, Expected>, keys: readonly KeyRow[]): Fault | null {
  const fault = (seq: number | null, detail: string): Fault => ({ seq, check: 'api_key', detail });
  const found = new Map(keys.map((key) => [key.keyId, key]));
  for (const key of keys) {
    if (!expected.has(key.keyId)) return fault(null, `No event issued key ${key.keyId}.`);
  }
  for (const one of expected.values()) {
    const row = found.get(one.keyId);
    if (row === undefined) return fault(one.seq, `Key ${one.keyId} was issued and is gone.`);
    const field = differing(one, row);
    if (field !== null) {
      return fault(one.seq, `The ${field} of key ${one.keyId} is not what its events sealed.`);
    }
    if (one.confirmedBy !== null && one.confirmedBy === one.issuedBy) {
      return fault(one.seq, `Key ${one.keyId} was confirmed by who issued it.`);
    }
  }
  return null;
}

const SEALED = [
  ...(['principalId', 'role', 'expiresAt', 'eventId', 'basis', 'issuedBy'] as const),
  ...(['confirmedBy', 'confirmedAt', 'confirmEventId'] as const),
] as const;

/** The first field of a row that its events say otherwise; null when there is none. */
function differing(one: Expected, row: KeyRow): string | null {
  const field = SEALED.find((name) => one[name] !== row[name]);
  if (field !== undefined) return field;
  if (one.createdAt !== null && one.createdAt !== row.createdAt) return 'createdAt';
  if (one.isRevoked !== (row.revokedAt !== null)) return 'revokedAt';
  if (one.revokedAt !== null && one.revokedAt !== row.revokedAt) return 'revokedAt';
  const seal = secretSeal(Uint8Array.from(Buffer.from(row.secretSha256, 'hex')));
  return one.secretSeal !== null && one.secretSeal !== seal ? 'secret' : null;
}

/** Each principal is as its first key's event says, and bears the name that was committed to. */
function principalFault(
  events: readonly KeyEvent[],
  keys: readonly Expected[],
  principals: readonly PrincipalRow[],
): Fault | null {
  const fault = (seq: number | null, detail: string): Fault => ({
    seq,
    check: 'principal',
    detail,
  });
  const bodies = new Map(events.map(({ eventId, body }) => [eventId, body]));
  const first = new Map<string, Expected>();
  for (const key of keys) {
    const known = first.get(key.principalId);
    if (known === undefined || key.seq < known.seq) first.set(key.principalId, key);
  }
  for (const row of principals) {
    const { principalId: id, name } = row;
    const key = first.get(id);
    if (key === undefined) return fault(null, `No key was issued to principal ${id}.`);
    const body = bodies.get(key.eventId)!;
    const kind = text(body['principalKind']) ?? 'person';
    if (row.kind !== kind || row.eventId !== key.eventId) {
      return fault(key.seq, `Principal ${id} is not what its first key sealed.`);
    }
    if (row.nameCommitment !== text(body['nameCommitment'])) {
      return fault(key.seq, `The name commitment of principal ${id} is not the sealed one.`);
    }
    if (name !== null && !isCommitted(row.nameCommitment, name)) {
      return fault(key.seq, `The name of principal ${id} is not the one that was committed to.`);
    }
  }
  const known = new Set(principals.map(({ principalId }) => principalId));
  const gone = keys.find(({ principalId }) => !known.has(principalId));
  return gone === undefined
    ? null
    : fault(gone.seq, `Principal ${gone.principalId} has a key and is gone.`);
}

function isCommitted(commitment: string | null, name: NonNullable<PrincipalRow['name']>): boolean {
  if (foldName(name.name) !== name.foldedName) return false;
  const salt = Uint8Array.from(Buffer.from(name.salt, 'hex'));
  return commitment === null || commitment === nameCommitment(salt, name.name);
}
