import { z } from 'zod';

/** Plain decimal text, at most `decimals` places; never an exponent. */
export const decimalText = (integerDigits: number, decimals: number): z.ZodString =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${integerDigits}}(\\.\\d{1,${decimals}})?$`))
    .describe(`Decimal as text, at most ${decimals} decimals`);

/** Watts or watt-hours: a whole, safe, positive number. */
export const PositiveInteger = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A civil month, `YYYY-MM`. */
export const Month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .describe('Civil month of the site, YYYY-MM');

/** A UTC instant with `Z`. */
export const Instant = z.iso.datetime().describe('UTC instant, RFC 3339 with Z');
