import { z } from 'zod';

/**
 * Text that can be kept and hashed: no NUL, which PostgreSQL cannot store, and no half of a surrogate
 * pair, which has no UTF-8 and so no canonical bytes (RFC 8785). The only free text of a request.
 *
 * @param greatestLength  In UTF-16 units.
 */
export const text = (greatestLength: number, leastLength = 1): z.ZodString =>
  z
    .string()
    .min(leastLength)
    .max(greatestLength)
    .regex(/^[^\0\p{Cs}]*$/u, { error: 'NUL or half a surrogate pair in the text' });

/** Plain decimal text, at most `decimals` places; never an exponent. */
export const decimalText = (integerDigits: number, decimals: number): z.ZodString =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${integerDigits}}(\\.\\d{1,${decimals}})?$`))
    .describe(`Decimal as text, at most ${decimals} decimals`);

/** How sure a figure is, beside its source. */
export const Confidence = z
  .literal(['V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+'])
  .describe(
    'How sure it is: V checked against the source itself, P in two publications or more, S in one, M in no document (+ fairly sure, - unsure)',
  );

/** Watts or watt-hours: a whole, safe, positive number. */
export const PositiveInteger = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

// House rule: no meter, contract or law of this trade is older or lasts longer, PostgreSQL and
// JavaScript both hold these years, and nothing that walks from a date to another takes long.
const isKnownYear = (date: string): boolean => /^(19|20|21)\d\d/.test(date);
const YEARS = { error: 'A year from 1900 to 2199.' };

/** A civil month, `YYYY-MM`, of the years 1900 to 2199. */
export const Month = z
  .string()
  .regex(/^(19|20|21)\d{2}-(0[1-9]|1[0-2])$/)
  .describe('Civil month of the site, YYYY-MM');

/** A date without a time, civil or UTC as its place says, of the years 1900 to 2199. */
export const CalendarDay = z.iso.date().refine(isKnownYear, YEARS);

/** A UTC instant with `Z`, of the years 1900 to 2199. */
export const Instant = z.iso
  .datetime()
  .refine(isKnownYear, YEARS)
  .describe('UTC instant, RFC 3339 with Z');

/** An instant with any offset, of the years 1900 to 2199. */
export const OffsetInstant = z.iso.datetime({ offset: true }).refine(isKnownYear, YEARS);
