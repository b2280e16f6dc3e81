import { z } from 'zod';
import { RuleChangesSchema } from '../../../core/metering/vee/rule-changes.shape.js';
import { RecordCode, RecordName } from '../../../platform/http/record-controller.js';
import { CalendarDay } from '../../../core/shapes/values.shape.js';
import { recordKind, type RowOf } from '../../../platform/records/record-kind.js';

/** Thresholds of validation from a day on, for some meters or for all. */
export const VEE_RULE_SET = recordKind({
  kind: 'vee-rule-set',
  path: 'v1/vee-rule-sets',
  tag: 'metering',
  noun: 'set of validation rules',
  id: 'VeeRuleSet',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    meterCodes: z.array(RecordCode).max(1_000).default([]).describe('Empty = all meters'),
    validFrom: CalendarDay.describe('First UTC day'),
    rules: RuleChangesSchema.default({}),
    holidays: z
      .array(CalendarDay)
      .max(500)
      .default([])
      .describe('Civil days that count as Sundays'),
    checkMeterCode: RecordCode.nullable()
      .default(null)
      .describe('Meter that measures the same energy'),
  }),
  table: {
    foreignKeys: {
      vee_rule_set_checks_with_a_meter: 'checkMeterCode',
    },
  },
  references: { meterCodes: 'meter', checkMeterCode: 'meter' },
});
export type VeeRuleSet = RowOf<typeof VEE_RULE_SET>;
