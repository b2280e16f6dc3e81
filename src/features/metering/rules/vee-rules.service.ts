import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import { VEE_RULE_SET, type VeeRuleSet } from './vee-rule-set.kind.js';

/** Thresholds of validation by date and meter. */
@Injectable()
export class VeeRulesService {
  constructor(private readonly records: RecordsService) {}

  /** All versions: the versions of a set are its thresholds over time. */
  sets(tx: LedgerTx): Promise<VeeRuleSet[]> {
    return this.records.versionsOfAll(tx, VEE_RULE_SET);
  }
}
