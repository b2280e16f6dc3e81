import { z } from 'zod';
import type { Immutable } from '../../shapes/immutable.js';
import { text } from '../../shapes/values.shape.js';
import { VEE_RULE_IDS, VEE_RULES, type VeeChanges, type VeeRuleId } from './rules.js';

const Change = z.strictObject({
  isOff: z.boolean().optional(),
  thresholds: z
    .record(text(60), z.string().regex(/^-?\d{1,12}(\.\d{1,9})?$/))
    .optional()
    .describe('Decimal text by name'),
});

/** Changes to rules as they are written: thresholds are decimal text, as every decimal that is sealed. */
export const RuleChangesSchema = z
  .partialRecord(z.literal(VEE_RULE_IDS), Change)
  .superRefine((rules, context) => {
    for (const path of unknownThresholds(rules)) {
      context.addIssue({ code: 'custom', path, message: 'the rule has no such threshold' });
    }
  })
  .describe('Changes to rules, by number: thresholds by name, or that the rule is off');

/** Changes as they are written, once they were checked. */
export type WrittenVeeChanges = Immutable<z.output<typeof RuleChangesSchema>>;

/** Reads the decimal text of written changes. */
export function readVeeChanges(written: WrittenVeeChanges): VeeChanges {
  return Object.fromEntries(
    Object.entries(written).map(([id, { isOff, thresholds = {} }]) => {
      const numbers = Object.entries(thresholds).map(([name, text]) => [name, Number(text)]);
      return [id, { isOff, thresholds: Object.fromEntries(numbers) }];
    }),
  );
}

/** Where thresholds stand that their rules do not have. */
function unknownThresholds(rules: WrittenVeeChanges): [rule: string, threshold: string][] {
  return Object.entries(rules).flatMap(([id, { thresholds = {} }]) =>
    Object.keys(thresholds)
      .filter((name) => !Object.hasOwn(VEE_RULES[id as VeeRuleId].defaults, name))
      .map((name): [string, string] => [id, name]),
  );
}
