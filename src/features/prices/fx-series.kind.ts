import { z } from 'zod';
import { CalendarDay, decimalText } from '../../core/shapes/values.shape.js';
import { recordKind } from '../../platform/records/record-kind.js';
import { ABOVE_ZERO, isAboveZero, provenance, requireCode } from './prices.schemas.js';

/** Reference rates of a currency, MAD for one unit. The code is the currency. */
export const FX_SERIES = recordKind({
  kind: 'fx-series',
  path: 'v1/fx-series',
  tag: 'prices',
  noun: 'series of exchange rates',
  id: 'FxSeries',
  write: ['energy-manager', 'finance'],
  seal: 'last',
  attributes: z.strictObject({
    rates: z
      .array(
        z.strictObject({
          day: CalendarDay,
          madPerUnit: decimalText(6, 9).refine(isAboveZero, ABOVE_ZERO),
        }),
      )
      .min(1)
      .max(20_000)
      .refine((rates) => new Set(rates.map(({ day }) => day)).size === rates.length, {
        error: 'A day has one rate.',
      })
      .describe('MAD per unit of the currency that the code names, by civil day'),
    ...provenance,
  }),
  table: {
    checks: {
      fx_series_confidence_is_marked: `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`,
    },
  },
  begin: (code) => requireCode(/^[A-Z]{3}$/.test(code), 'the currency, ISO 4217'),
});
