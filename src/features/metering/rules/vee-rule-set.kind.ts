import { z } from 'zod';
import { unknownThresholds, VEE_RULE_IDS } from '../../../core/metering/vee/rules.js';
import { RecordCode, RecordName } from '../../../platform/http/record-controller.js';
import { CalendarDay, text } from '../../../platform/http/schemas.js';
import { recordKind, type RowOf } from '../../../platform/records/record-kind.js';

const Rules = z
  .partialRecord(
    z.literal(VEE_RULE_IDS),
    z.strictObject({
      isOff: z.boolean().optional(),
      thresholds: z
        .record(text(60), z.string().regex(/^-?\d{1,12}(\.\d{1,9})?$/))
        .optional()
        .describe('Decimal text by name'),
    }),
  )
  .superRefine((rules, context) => {
    for (const name of unknownThresholds(rules)) {
      context.addIssue({
        code: 'custom',
        path: name.split('.'),
        message: 'the rule has no such threshold',
      });
    }
  })
  .describe('Changes to rules, by number: thresholds by name, or that the rule is off');

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
    rules: Rules.default({}),
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
