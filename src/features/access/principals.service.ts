import { Injectable } from '@nestjs/common';
import { validate } from 'uuid';
import { compareKeys, type KeyComparison, type KeyRow } from '../../core/access/key-fold.js';
import { DomainError } from '../../core/errors.js';
import { foldName, nameCommitment } from '../../core/ledger/principal.js';
import { unsealedKeysNote } from '../../core/ledger/not-proven.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { Ids } from '../../platform/ids.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { ACCESS_REGISTERS } from './access.registers.js';
import { AccessRepository } from './access.repository.js';
import type { ApiKeyEntity } from './api-key.entity.js';
import type { PrincipalEntity, PrincipalKind } from './principal.entity.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';
import type { RowOf } from '../../platform/database/rows/row-of.js';

/** A principal under its name. */
export interface NamedPrincipal extends RowOf<PrincipalEntity> {
  readonly name: string;
}

const SALT_BYTES = 32;
const KEY_EVENTS = ['key.issued', 'key.confirmed', 'key.revoked'] as const;

/** Principals: whose keys are, by name, and whether their table is what the log makes of it. */
@Injectable()
export class PrincipalsService implements Replays {
  constructor(
    private readonly keys: AccessRepository,
    private readonly ledger: LedgerService,
    private readonly ids: Ids,
  ) {}

  /** Keys, and whose they are, folded again from their events. */
  replayed(): Replayed {
    return {
      tables: ACCESS_REGISTERS,
      checks: [
        async (tx, note) => {
          const { fault, unprovenCount, bootstrapKeyIds } = await this.compare(tx);
          const unsealed = unsealedKeysNote(unprovenCount);
          if (unsealed !== null) note(unsealed);
          if (bootstrapKeyIds.length > 0) {
            note(`Admin keys that worked without a second person: ${bootstrapKeyIds.join(', ')}`);
          }
          return fault;
        },
      ],
    };
  }

  /**
   * The principal of a name, made when the name is new. Its name is kept where it can be erased.
   *
   * @param wanted.eventId  Event that seals the commitment to a new name.
   * @throws DomainError `principal.other_kind`
   */
  async called(
    tx: LedgerTx,
    wanted: {
      readonly name: string;
      readonly kind: PrincipalKind | undefined;
      readonly eventId: string;
    },
  ): Promise<NamedPrincipal> {
    const { ledgerId } = tx;
    const foldedName = foldName(wanted.name);
    const known = await this.keys.named(tx, foldedName);
    if (known !== null) {
      const principal: RowOf<PrincipalEntity> = (await this.keys.principal(tx, known.principalId))!;
      const { principalId, kind } = principal;
      if (wanted.kind !== undefined && wanted.kind !== kind) {
        const fix = 'Give the other one a name of its own.';
        throw new DomainError('principal.other_kind', { principalId, kind, fix });
      }
      return { ...principal, name: known.name };
    }
    const { name, kind = 'person', eventId } = wanted;
    const principalId = this.ids.next();
    const salt = this.ids.secret(SALT_BYTES);
    const commitment = Buffer.from(nameCommitment(salt, name), 'hex');
    const principal = { ledgerId, principalId, kind, nameCommitment: commitment, eventId };
    const stored = { ledgerId, principalId, name, foldedName, salt };
    await this.keys.addPrincipal(tx, principal, stored);
    return { ...principal, name };
  }

  /** Names by principal; one that was erased is not among them. */
  async names(tx: LedgerTx): Promise<ReadonlyMap<string, string>> {
    const all = await this.keys.names(tx);
    return new Map(all.map(({ principalId, name }) => [principalId, name]));
  }

  /** @throws DomainError `principal.not_found` */
  async eraseName(tx: LedgerTx, principalId: string): Promise<void> {
    const isKnown = validate(principalId) && (await this.keys.principal(tx, principalId)) !== null;
    if (!isKnown) throw new DomainError('principal.not_found', { principalId });
    await this.keys.eraseName(tx, principalId);
  }

  /** Compares keys and principals with what their events sealed. */
  async compare(tx: LedgerTx): Promise<KeyComparison> {
    const events = await this.ledger.sealedOf(tx, KEY_EVENTS);
    const keys = (await this.keys.list(tx)).map(toRow);
    const names = new Map(
      (await this.keys.names(tx)).map(({ principalId, name, foldedName, salt }) => [
        principalId,
        { name, foldedName, salt: salt.toString('hex') },
      ]),
    );
    const principals = (await this.keys.principals(tx)).map((row) => ({
      principalId: row.principalId,
      kind: row.kind,
      eventId: row.eventId,
      nameCommitment: row.nameCommitment?.toString('hex') ?? null,
      name: names.get(row.principalId) ?? null,
    }));
    return compareKeys(tx.ledgerId, events, keys, principals);
  }
}

function toRow(key: RowOf<ApiKeyEntity>): KeyRow {
  return {
    ...key,
    secretSha256: key.secretSha256.toString('hex'),
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    confirmedAt: key.confirmedAt?.toISOString() ?? null,
  };
}
