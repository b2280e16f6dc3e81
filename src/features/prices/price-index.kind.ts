import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { type IndexValue, vintageFaults } from '../../core/settlement/references/vintages.js';
import { RecordName } from '../../platform/http/record-controller.js';
import { CalendarDay, decimalText, Month } from '../../core/shapes/values.shape.js';
import { recordKind } from '../../platform/records/record-kind.js';
import { ABOVE_ZERO, isAboveZero, provenance } from './prices.schemas.js';

/** A price index with its vintages. The code is what contracts name as the series. */
export const PRICE_INDEX = recordKind({
  kind: 'price-index',
  path: 'v1/price-indices',
  tag: 'prices',
  noun: 'price index',
  id: 'PriceIndex',
  write: ['energy-manager', 'finance'],
  seal: 'last',
  attributes: z.strictObject({
    name: RecordName,
    values: z
      .array(
        z.strictObject({
          month: Month.describe('Month that the value is of'),
          value: decimalText(9, 9).refine(isAboveZero, ABOVE_ZERO),
          publishedOn: CalendarDay.describe('Day of publication: it is not known before'),
        }),
      )
      .min(1)
      .max(5_000)
      .describe('All values; a later version keeps those of the version before'),
    ...provenance,
  }),
  table: {
    checks: {
      price_index_confidence_is_marked: `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`,
    },
  },
  begin: (_code, sent) => requireVintages([], sent),
  follow: ({ values }, next) => requireVintages(values, next),
});

function requireVintages(
  before: readonly IndexValue[],
  { values }: { readonly values: readonly IndexValue[] },
): void {
  const errors = vintageFaults(before, values).map(({ index, rule, detail }) => ({
    pointer: index === null ? '/values' : `/values/${index}`,
    rule,
    detail,
  }));
  if (errors.length > 0) throw new DomainError('request.invalid', { errors });
}
