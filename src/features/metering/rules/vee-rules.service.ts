import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RecordStore } from '../../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../../ledger/records/records.service.js';
import type { VeeRuleSetAttributes } from './vee-rules.schemas.js';
import { VeeRuleSetEntity } from './vee-rule-set.entity.js';

const RULE_SET: RecordKind<VeeRuleSetEntity, VeeRuleSetAttributes> = {
  kind: 'vee-rule-set',
  entity: VeeRuleSetEntity,
  references: ({ meterCodes, checkMeterCode }) => [
    ...meterCodes.map((code) => ({ field: 'meterCodes', code, kind: 'meter' })),
    ...(checkMeterCode === null
      ? []
      : [{ field: 'checkMeterCode', code: checkMeterCode, kind: 'meter' }]),
  ],
};

/** Thresholds of validation by date and meter. */
@Injectable()
export class VeeRulesService {
  readonly ruleSets: RecordStore<VeeRuleSetAttributes, VeeRuleSetEntity>;

  constructor(private readonly records: RecordsService) {
    this.ruleSets = records.store(RULE_SET);
  }

  /** All versions: the versions of a set are its thresholds over time. */
  sets(tx: EntityManager, ledgerId: string): Promise<VeeRuleSetEntity[]> {
    return this.records.versionsOfAll(tx, ledgerId, RULE_SET);
  }
}
