import { z } from 'zod';
import { unknownThresholds, VEE_RULE_IDS } from '../../../core/metering/vee/rules.js';
import { RecordCode, RecordName } from '../../../platform/http/record-controller.js';
import type { VeeRuleSetEntity } from './vee-rule-set.entity.js';
import { CalendarDay, text } from '../../../platform/http/schemas.js';

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

export const VeeRuleSetAttributes = z.strictObject({
  name: RecordName,
  meterCodes: z.array(RecordCode).max(1_000).default([]).describe('Empty = all meters'),
  validFrom: CalendarDay.describe('First UTC day'),
  rules: Rules.default({}),
  holidays: z.array(CalendarDay).max(500).default([]).describe('Civil days that count as Sundays'),
  checkMeterCode: RecordCode.nullable()
    .default(null)
    .describe('Meter that measures the same energy'),
});
export type VeeRuleSetAttributes = z.output<typeof VeeRuleSetAttributes>;

export function toVeeRuleSetResponse(row: VeeRuleSetEntity): Record<string, unknown> {
  const { code, version, recordedAt, eventId, name, meterCodes, validFrom } = row;
  const { rules, holidays, checkMeterCode } = row;
  const set = { meterCodes, validFrom, rules, holidays, checkMeterCode };
  return { code, version, recordedAt: recordedAt.toISOString(), eventId, name, ...set };
}
