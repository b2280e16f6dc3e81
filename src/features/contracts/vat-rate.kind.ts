import { z } from 'zod';
import { CalendarDay, Confidence, decimalText, text } from '../../core/shapes/values.shape.js';
import { isValidity } from '../../platform/http/schemas.js';
import { numeric } from '../../platform/records/record-columns.js';
import { recordKind } from '../../platform/records/record-kind.js';

/** A VAT rate and the days on which it holds. The code of the record is the code on the line. */
export const VAT_RATE = recordKind({
  kind: 'vat-rate',
  path: 'v1/vat-rates',
  tag: 'contracts',
  noun: 'VAT rate',
  id: 'VatRate',
  write: ['finance'],
  attributes: z
    .strictObject({
      ratePct: decimalText(3, 2).describe('Per cent'),
      validFrom: CalendarDay.describe('First civil day'),
      validTo: CalendarDay.nullable().default(null).describe('Day after the last; null = open'),
      source: text(300).describe('Law, article or page that says it, with its date'),
      confidence: Confidence,
    })
    .superRefine(isValidity),
  columns: { ratePct: numeric },
  table: {
    checks: {
      vat_rate_is_a_percentage: 'rate_pct >= 0 AND rate_pct <= 100',
      vat_rate_ends_after_it_starts: 'valid_to IS NULL OR valid_to > valid_from',
      vat_rate_confidence_is_marked: `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`,
    },
  },
});
