import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import {
  formatKey,
  type PresentedKey,
  secretHash,
  secretMatches,
} from '../../platform/auth/api-key.js';
import type { KeyRing } from '../../platform/auth/key.guard.js';
import type { Actor, Role } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { Ids } from '../../platform/ids.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { AccessRepository } from './access.repository.js';
import type { ApiKeyEntity } from './api-key.entity.js';

/** What a new key may do. */
export interface KeyRequest {
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date | null;
}

/** A new key. `key` is shown here and never again. */
export interface IssuedKey {
  readonly keyId: string;
  readonly key: string;
  readonly row: ApiKeyEntity;
}

const KEY_ID_BYTES = 9;
const SECRET_BYTES = 32;

/** Machine keys: issue, list, revoke, and who a presented key is. */
@Injectable()
export class AccessService implements KeyRing {
  constructor(
    private readonly scope: LedgerScope,
    private readonly keys: AccessRepository,
    private readonly ledger: LedgerService,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Issues a key. Its name stays in an erasable table; the log holds its id and role. */
  issue(actor: Actor, { name, role, expiresAt }: KeyRequest): Promise<IssuedKey> {
    return this.scope.write(actor.ledgerId, async (tx) => {
      const { ledgerId } = actor;
      const keyId = this.ids.secret(KEY_ID_BYTES).toString('base64url');
      const secret = this.ids.secret(SECRET_BYTES);
      const eventId = this.ledger.nextId();
      const row = {
        ...{ ledgerId, keyId, name, role, expiresAt, eventId },
        secretSha256: secretHash(secret.toString('base64url')),
        createdAt: this.clock.now(),
        revokedAt: null,
      };
      await this.keys.add(tx, row);
      await this.ledger.append(tx, actor, {
        ...NO_DELIVERY,
        eventId,
        type: 'key.issued',
        body: { keyId, role, expiresAt: expiresAt?.toISOString() ?? null },
      });
      return { keyId, key: formatKey(ledgerId, keyId, secret), row };
    });
  }

  list(ledgerId: string): Promise<ApiKeyEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.keys.list(tx, ledgerId));
  }

  /**
   * Ends a key at once.
   *
   * @throws DomainError `key.not_found`, also for a key that is revoked already.
   */
  revoke(actor: Actor, keyId: string): Promise<ApiKeyEntity> {
    return this.scope.write(actor.ledgerId, async (tx) => {
      const { ledgerId } = actor;
      if (!(await this.keys.revoke(tx, { ledgerId, keyId }, this.clock.now()))) {
        throw new DomainError('key.not_found', { keyId });
      }
      await this.ledger.append(tx, actor, { ...NO_DELIVERY, type: 'key.revoked', body: { keyId } });
      return (await this.keys.find(tx, ledgerId, keyId))!;
    });
  }

  async actorOf({ ledgerId, keyId, secret }: PresentedKey): Promise<Actor | null> {
    // One message, and connections of their own: a key is known however busy the rest is, and what
    // another process has revoked is revoked.
    const [key] = await this.scope.lookUp<
      Pick<ApiKeyEntity, 'role' | 'secretSha256' | 'expiresAt' | 'revokedAt'>
    >(
      ledgerId,
      `SELECT role, secret_sha256 AS "secretSha256", expires_at AS "expiresAt",
              revoked_at AS "revokedAt"
       FROM api_key WHERE ledger_id = $1 AND key_id = $2`,
      [ledgerId, keyId],
    );
    if (key === undefined || !secretMatches(secret, key.secretSha256)) return null;
    const isOver = key.expiresAt !== null && key.expiresAt <= this.clock.now();
    return key.revokedAt !== null || isOver ? null : { ledgerId, id: keyId, role: key.role };
  }
}

const NO_DELIVERY = { validFrom: null, validTo: null, sourceRef: null, supersedes: [], rows: [] };
