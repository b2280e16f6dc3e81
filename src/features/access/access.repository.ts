import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { PrincipalEntity, PrincipalNameEntity } from './principal.entity.js';

/** Loads and writes keys and whose they are. */
@Injectable()
export class AccessRepository {
  find(tx: LedgerTx, keyId: string): Promise<ApiKeyEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(ApiKeyEntity, { ledgerId, keyId });
  }

  list(tx: LedgerTx): Promise<ApiKeyEntity[]> {
    const { ledgerId } = tx;
    return tx.find(ApiKeyEntity, { where: { ledgerId }, order: { keyId: 'ASC' } });
  }

  async add(tx: LedgerTx, key: ApiKeyEntity): Promise<void> {
    await tx.insert(ApiKeyEntity, key);
  }

  /** Marks a live key as revoked; false when it is unknown or revoked already. */
  async revoke(
    tx: LedgerTx,
    key: Pick<ApiKeyEntity, 'ledgerId' | 'keyId'>,
    at: Date,
  ): Promise<boolean> {
    const { affected } = await tx.update(
      ApiKeyEntity,
      { ledgerId: key.ledgerId, keyId: key.keyId, revokedAt: IsNull() },
      { revokedAt: at },
    );
    return affected === 1;
  }

  async confirm(
    tx: LedgerTx,
    { ledgerId, keyId }: Pick<ApiKeyEntity, 'ledgerId' | 'keyId'>,
    by: Pick<ApiKeyEntity, 'confirmedBy' | 'confirmedAt' | 'confirmEventId'>,
  ): Promise<void> {
    await tx.update(ApiKeyEntity, { ledgerId, keyId }, by);
  }

  principals(tx: LedgerTx): Promise<PrincipalEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(PrincipalEntity, { ledgerId });
  }

  principal(tx: LedgerTx, principalId: string): Promise<PrincipalEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(PrincipalEntity, { ledgerId, principalId });
  }

  names(tx: LedgerTx): Promise<PrincipalNameEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(PrincipalNameEntity, { ledgerId });
  }

  named(tx: LedgerTx, foldedName: string): Promise<PrincipalNameEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(PrincipalNameEntity, { ledgerId, foldedName });
  }

  async addPrincipal(
    tx: LedgerTx,
    principal: PrincipalEntity,
    name: PrincipalNameEntity,
  ): Promise<void> {
    await tx.insert(PrincipalEntity, principal);
    await tx.insert(PrincipalNameEntity, name);
  }

  async eraseName(tx: LedgerTx, principalId: string): Promise<void> {
    const { ledgerId } = tx;
    await tx.delete(PrincipalNameEntity, { ledgerId, principalId });
  }
}
