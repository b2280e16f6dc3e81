import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { ApiKeyEntity } from './api-key.entity.js';

/** Loads and writes keys. */
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
}
