import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { ApiKeyEntity } from './api-key.entity.js';
import { PrincipalEntity, PrincipalNameEntity } from './principal.entity.js';

/** Loads and writes keys and whose they are. */
@Injectable()
export class AccessRepository {
  find(tx: EntityManager, ledgerId: string, keyId: string): Promise<ApiKeyEntity | null> {
    return tx.findOneBy(ApiKeyEntity, { ledgerId, keyId });
  }

  list(tx: EntityManager, ledgerId: string): Promise<ApiKeyEntity[]> {
    return tx.find(ApiKeyEntity, { where: { ledgerId }, order: { keyId: 'ASC' } });
  }

  async add(tx: EntityManager, key: ApiKeyEntity): Promise<void> {
    await tx.insert(ApiKeyEntity, key);
  }

  /** Marks a live key as revoked; false when it is unknown or revoked already. */
  async revoke(
    tx: EntityManager,
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
    tx: EntityManager,
    { ledgerId, keyId }: Pick<ApiKeyEntity, 'ledgerId' | 'keyId'>,
    by: Pick<ApiKeyEntity, 'confirmedBy' | 'confirmedAt' | 'confirmEventId'>,
  ): Promise<void> {
    await tx.update(ApiKeyEntity, { ledgerId, keyId }, by);
  }

  principals(tx: EntityManager, ledgerId: string): Promise<PrincipalEntity[]> {
    return tx.findBy(PrincipalEntity, { ledgerId });
  }

  principal(
    tx: EntityManager,
    ledgerId: string,
    principalId: string,
  ): Promise<PrincipalEntity | null> {
    return tx.findOneBy(PrincipalEntity, { ledgerId, principalId });
  }

  names(tx: EntityManager, ledgerId: string): Promise<PrincipalNameEntity[]> {
    return tx.findBy(PrincipalNameEntity, { ledgerId });
  }

  named(
    tx: EntityManager,
    ledgerId: string,
    foldedName: string,
  ): Promise<PrincipalNameEntity | null> {
    return tx.findOneBy(PrincipalNameEntity, { ledgerId, foldedName });
  }

  async addPrincipal(
    tx: EntityManager,
    principal: PrincipalEntity,
    name: PrincipalNameEntity,
  ): Promise<void> {
    await tx.insert(PrincipalEntity, principal);
    await tx.insert(PrincipalNameEntity, name);
  }

  async eraseName(tx: EntityManager, ledgerId: string, principalId: string): Promise<void> {
    await tx.delete(PrincipalNameEntity, { ledgerId, principalId });
  }
}
