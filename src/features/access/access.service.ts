import { Injectable } from '@nestjs/common';
import {
  keyBasis,
  type KeyFacts,
  type KeyState,
  keyState,
  requireConfirmable,
  requirePerson,
} from '../../core/access/key.js';
import { secretSeal } from '../../core/access/key-fold.js';
import { DomainError } from '../../core/errors.js';
import {
  formatKey,
  newKeyId,
  type PresentedKey,
  secretHash,
  secretMatches,
} from '../../platform/auth/api-key.js';
import type { KeyRing } from '../../platform/auth/key.guard.js';
import type { Actor, Role } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { Ids } from '../../platform/ids.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { AccessRepository } from './access.repository.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import type { PrincipalKind } from './principal.entity.js';
import { PrincipalsService } from './principals.service.js';

/** What a new key may do, and under whose name. */
export interface KeyRequest {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date | null;
  /** What the name's principal is; a person, where it is new and this is left out. */
  readonly kind?: PrincipalKind;
}

/** A key as people see it. */
export interface KeyView {
  readonly row: ApiKeyEntity;
  readonly state: KeyState;
  /** Its principal's name; null once that was erased. */
  readonly name: string | null;
}

/** A new key. `key` is shown here and never again. */
export interface IssuedKey extends KeyView {
  readonly keyId: string;
  readonly key: string;
}

const SECRET_BYTES = 32;

/** Serialises what is issued, confirmed and revoked in a ledger: who may depends on who is. */
const KEYS_LOCK = 'api keys';

/** Keys: issue, confirm, list, revoke, and who a presented key is. */
@Injectable()
export class AccessService implements KeyRing {
  constructor(
    private readonly scope: LedgerScope,
    private readonly keys: AccessRepository,
    private readonly principals: PrincipalsService,
    private readonly ledger: LedgerService,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Issues a key under a name. One that may write waits for another admin to confirm it, but for the
   * first two admins' (API section 13). The log holds the key's principal, role, end and seal.
   *
   * @throws DomainError `request.invalid` where it would have ended already; `auth.person_required`,
   *   `principal.other_kind`
   */
  issue(actor: Actor, { name, role, expiresAt, kind }: KeyRequest): Promise<IssuedKey> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: KEYS_LOCK }, async (tx) => {
      const { ledgerId } = actor;
      const [now, issuedBy] = [this.clock.now(), actor.principalId];
      requireLater(expiresAt, now);
      const adminCount = (await this.admins(tx, now)).size;
      const basis = keyBasis({ role, issuedBy, adminCount });
      const keyId = newKeyId((byteCount) => this.ids.secret(byteCount));
      const secret = this.ids.secret(SECRET_BYTES);
      const { row, principal } = await this.ledger.record(tx, actor, async ({ eventId }) => {
        const principal = await this.principals.called(tx, { name, kind, eventId });
        const { principalId } = principal;
        const row: ApiKeyEntity = {
          ledgerId,
          keyId,
          principalId,
          role,
          expiresAt,
          eventId,
          basis,
          issuedBy,
          secretSha256: secretHash(secret.toString('base64url')),
          createdAt: now,
          revokedAt: null,
          confirmedBy: null,
          confirmedAt: null,
          confirmEventId: null,
        };
        await this.keys.add(tx, row);
        return {
          type: 'key.issued',
          body: {
            keyId,
            role,
            basis,
            principalId,
            principalKind: principal.kind,
            ...(basis === 'bootstrap' ? { bootstrap: true } : {}),
            nameCommitment: principal.nameCommitment?.toString('hex') ?? null,
            secretSeal: secretSeal(row.secretSha256),
            createdAt: now.toISOString(),
            expiresAt: expiresAt?.toISOString() ?? null,
          },
          rows: [],
          result: { row, principal },
        };
      });
      const key = formatKey(ledgerId, keyId, secret);
      return { keyId, key, row, state: keyState(row, now), name: principal.name };
    });
  }

  /**
   * Lets a key that waits work: another admin than who issued it says so.
   *
   * @throws DomainError `key.not_found`, `key.not_pending`, `key.own_issue`, `auth.person_required`
   */
  confirm(actor: Actor, keyId: string): Promise<KeyView> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: KEYS_LOCK }, async (tx) => {
      const { principalId: confirmedBy } = actor;
      const key = await this.keys.find(tx, keyId);
      if (key === null) throw new DomainError('key.not_found', { keyId });
      const confirmedAt = this.clock.now();
      requireConfirmable(key, confirmedBy, confirmedAt);
      await this.ledger.record(tx, actor, async ({ eventId: confirmEventId }) => {
        await this.keys.confirm(tx, key, { confirmedBy, confirmedAt, confirmEventId });
        const body = { keyId, confirmedAt: confirmedAt.toISOString() };
        return { type: 'key.confirmed', body, rows: [], result: null };
      });
      return this.viewOf(tx, keyId);
    });
  }

  list(ledgerId: string): Promise<KeyView[]> {
    return this.scope.read(ledgerId, async (tx) => {
      const names = await this.principals.names(tx);
      const now = this.clock.now();
      return (await this.keys.list(tx)).map((row) => ({
        row,
        state: keyState(row, now),
        name: names.get(row.principalId) ?? null,
      }));
    });
  }

  /**
   * Ends a key at once. One admin is enough: what ends power needs no second person.
   *
   * @throws DomainError `key.not_found`, also for a key that is revoked already;
   *   `auth.person_required`; `auth.key_unknown` where one's own was revoked meanwhile;
   *   `key.last_admin`
   */
  async revoke(actor: Actor, keyId: string): Promise<KeyView> {
    requirePerson(actor.principalId, 'revoke a key');
    return this.scope.write({ ledgerId: actor.ledgerId, lock: KEYS_LOCK }, async (tx) => {
      const { ledgerId } = actor;
      const revokedAt = this.clock.now();
      await this.requireLeft(tx, actor, { keyId, now: revokedAt });
      await this.ledger.record(tx, actor, async () => {
        if (!(await this.keys.revoke(tx, { ledgerId, keyId }, revokedAt))) {
          throw new DomainError('key.not_found', { keyId });
        }
        const body = { keyId, revokedAt: revokedAt.toISOString() };
        return { type: 'key.revoked', body, rows: [], result: null };
      });
      return this.viewOf(tx, keyId);
    });
  }

  /**
   * Destroys a principal's name and its salt. What the log holds stays as it is, and verifies.
   *
   * @throws DomainError `principal.not_found`; `principal.has_keys` while one of its keys may still
   *   work: under its name returned it would be another principal
   */
  async eraseName(actor: Actor, principalId: string): Promise<void> {
    requirePerson(actor.principalId, 'erase a name');
    return this.scope.write({ ledgerId: actor.ledgerId, lock: KEYS_LOCK }, async (tx) => {
      const now = this.clock.now();
      const keyIds = (await this.keys.list(tx))
        .filter((key) => key.principalId === principalId)
        .filter((key) => ['ACTIVE', 'PENDING'].includes(keyState(key, now)))
        .map(({ keyId }) => keyId);
      if (keyIds.length > 0) {
        const fix = 'Revoke its keys first.';
        throw new DomainError('principal.has_keys', { principalId, keyIds, fix });
      }
      await this.principals.eraseName(tx, principalId);
    });
  }

  /** @throws DomainError `auth.key_pending` for a right key that nobody has confirmed yet */
  async actorOf({ ledgerId, keyId, secret }: PresentedKey): Promise<Actor | null> {
    // One message, and connections of their own: a key is known however busy the rest is, and what
    // another process has revoked is revoked.
    const [key] = await this.scope.lookUp<KnownKey>(ledgerId, KNOWN_KEY, [ledgerId, keyId]);
    if (key === undefined || !secretMatches(secret, key.secretSha256)) return null;
    const state = keyState(key, this.clock.now());
    if (state === 'PENDING') {
      const fix = `Another admin confirms it: \`npx mizan key confirm ${keyId}\`, or POST /v1/api-keys/${keyId}/confirmations.`;
      throw new DomainError('auth.key_pending', { keyId, fix });
    }
    const { principalId, role } = key;
    return state === 'ACTIVE' ? { ledgerId, id: keyId, principalId, role } : null;
  }

  async stillActs({ ledgerId, id }: Actor): Promise<boolean> {
    const [key] = await this.scope.lookUp<KnownKey>(ledgerId, KNOWN_KEY, [ledgerId, id]);
    return key !== undefined && keyState(key, this.clock.now()) === 'ACTIVE';
  }

  /** Admin principals with a key that works now. */
  adminCount(ledgerId: string): Promise<number> {
    return this.scope.read(ledgerId, async (tx) => (await this.admins(tx, this.clock.now())).size);
  }

  private async admins(tx: LedgerTx, now: Date): Promise<ReadonlySet<string>> {
    const working = (await this.keys.list(tx)).filter(
      (key) => key.role === 'admin' && keyState(key, now) === 'ACTIVE',
    );
    return new Set(working.map(({ principalId }) => principalId));
  }

  /** Two admins who revoke each other at once must not leave nobody. */
  private async requireLeft(
    tx: LedgerTx,
    actor: Actor,
    { keyId, now }: { readonly keyId: string; readonly now: Date },
  ): Promise<void> {
    const keys = await this.keys.list(tx);
    const own = keys.find((key) => key.keyId === actor.id);
    if (own !== undefined && keyState(own, now) !== 'ACTIVE') {
      const detail = 'The key is unknown or no longer valid.';
      throw new DomainError('auth.key_unknown', { detail });
    }
    const isAdmin = (key: ApiKeyEntity): boolean =>
      key.role === 'admin' && keyState(key, now) === 'ACTIVE';
    const isLast = keys.filter(isAdmin).every((key) => key.keyId === keyId);
    if (isLast && keys.some((key) => key.keyId === keyId && isAdmin(key))) {
      const fix =
        'Issue a key to another admin first: `npx mizan key issue --role admin --name NAME`, or POST /v1/api-keys.';
      throw new DomainError('key.last_admin', { keyId, fix });
    }
  }

  private async viewOf(tx: LedgerTx, keyId: string): Promise<KeyView> {
    const row = (await this.keys.find(tx, keyId))!;
    const names = await this.principals.names(tx);
    const state = keyState(row, this.clock.now());
    return { row, state, name: names.get(row.principalId) ?? null };
  }
}

/** Refuses a key that would have ended before it was made: nobody could use it, and few would see why. */
function requireLater(expiresAt: Date | null, now: Date): void {
  if (expiresAt === null || expiresAt > now) return;
  const detail = `Keys end after now (${now.toISOString()}).`;
  const error = { pointer: '/expiresAt', rule: 'key.ends_later', detail };
  throw new DomainError('request.invalid', { errors: [error] });
}

type KnownKey = Pick<ApiKeyEntity, 'role' | 'principalId' | 'secretSha256'> & KeyFacts;

const KNOWN_KEY = `SELECT role, principal_id AS "principalId", secret_sha256 AS "secretSha256", basis,
    expires_at AS "expiresAt", confirmed_at AS "confirmedAt", revoked_at AS "revokedAt"
  FROM api_key WHERE ledger_id = $1 AND key_id = $2`;
