import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { ACCOUNT_MAP, type AccountMapVersion } from './account-map.kind.js';

/** Maps of accounts. */
@Injectable()
export class AccountMapsService {
  constructor(private readonly records: RecordsService) {}

  /** @throws DomainError `journal.no_account_map` unless it is named, or the only one. */
  async named(tx: LedgerTx, accountMapCode: string | null): Promise<AccountMapVersion> {
    const all = await this.records.latestOfAll(tx, ACCOUNT_MAP);
    const found = all.filter(({ code }) => accountMapCode === null || code === accountMapCode);
    if (found.length === 1) return found[0]!;
    const fix =
      all.length === 0
        ? 'Create an account-map.'
        : `Name one of ${all.map(({ code }) => code).join(', ')}.`;
    throw new DomainError('journal.no_account_map', { accountMapCode, fix });
  }
}
