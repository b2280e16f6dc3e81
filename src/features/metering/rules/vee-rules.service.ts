import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RecordsService } from '../../ledger/records/records.service.js';
import { VEE_RULE_SET, type VeeRuleSet } from './vee-rule-set.kind.js';

/** Thresholds of validation by date and meter. */
@Injectable()
export class VeeRulesService {
  constructor(private readonly records: RecordsService) {}

  /** All versions: the versions of a set are its thresholds over time. */
  sets(tx: EntityManager, ledgerId: string): Promise<VeeRuleSet[]> {
    return this.records.versionsOfAll(tx, ledgerId, VEE_RULE_SET);
  }
}
