import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import type { RecordStore } from '../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../ledger/records/records.service.js';
import { AccountMapEntity } from './account-map.entity.js';
import type { AccountMapAttributes } from './journal.schemas.js';

const ACCOUNT_MAP: RecordKind<AccountMapEntity, AccountMapAttributes> = {
  kind: 'account-map',
  entity: AccountMapEntity,
  references: () => [],
};

/** Maps of accounts. */
@Injectable()
export class AccountMapsService {
  readonly store: RecordStore<AccountMapAttributes, AccountMapEntity>;

  constructor(private readonly records: RecordsService) {
    this.store = records.store(ACCOUNT_MAP);
  }

  /** @throws DomainError `journal.no_account_map` unless it is named, or the only one. */
  async named(
    tx: EntityManager,
    ledgerId: string,
    accountMapCode: string | null,
  ): Promise<AccountMapEntity> {
    const all = await this.records.latestOfAll(tx, ledgerId, ACCOUNT_MAP);
    const found = all.filter(({ code }) => accountMapCode === null || code === accountMapCode);
    if (found.length === 1) return found[0]!;
    const fix =
      all.length === 0
        ? 'Create an account-map.'
        : `Name one of ${all.map(({ code }) => code).join(', ')}.`;
    throw new DomainError('journal.no_account_map', { accountMapCode, fix });
  }
}
