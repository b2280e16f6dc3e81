import { z } from 'zod';
import { RecordName } from '../../../platform/http/record-controller.js';
import { Instant, text } from '../../../core/shapes/values.shape.js';
import { recordKind } from '../../../platform/records/record-kind.js';

/** What the clocks of a country show, for files that are written in its time. */
export const LEGAL_TIME = recordKind({
  kind: 'legal-time',
  path: 'v1/legal-times',
  tag: 'metering',
  noun: 'legal time',
  id: 'LegalTime',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    rules: z
      .array(
        z.strictObject({
          validFromUtc: Instant,
          offsetMinutes: z
            .int()
            .min(-18 * 60)
            .max(18 * 60),
          instrument: text(300).describe('Legal act behind the change'),
        }),
      )
      .min(1)
      .max(500)
      .refine(
        (rules) =>
          rules.every(
            ({ validFromUtc }, at) =>
              at === 0 || Date.parse(rules[at - 1]!.validFromUtc) < Date.parse(validFromUtc),
          ),
        { error: 'Rows ascend by validFromUtc.' },
      )
      .describe('Offsets from UTC, each from its instant on'),
  }),
});
