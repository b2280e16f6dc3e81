import type { z } from 'zod';

/** Greatest number of a version or revision: what PostgreSQL keeps as `integer`. */
export const INTEGER_MAX = 2_147_483_647;

type Refinement = (value: object, context: z.core.$RefinementCtx) => void;

const DAY_MS = 86_400_000;

/**
 * Every range has a greatest span, so that no request asks for more than is answered at once: the
 * later end stands after the earlier one, at most `greatestDays` after it. An open end is no range.
 */
export const spanOfDays =
  (greatestDays: number, [from, to]: readonly [string, string] = ['from', 'to']): Refinement =>
  (value, context) => {
    const [start, end] = [value[from as never], value[to as never]] as unknown[];
    if (typeof start !== 'string' || typeof end !== 'string') return;
    const spanMs = Date.parse(end) - Date.parse(start);
    if (spanMs > 0 && spanMs <= greatestDays * DAY_MS) return;
    const message = `must be after \`${from}\`, and at most ${greatestDays} days after it`;
    context.addIssue({ code: 'custom', path: [to], message });
  };

/** A time of validity, from `validFrom` to `validTo`, where it has an end: a century at most. */
export const isValidity: Refinement = (value, context) =>
  spanOfDays(36_525, ['validFrom', 'validTo'])(value, context);

/** The same for months, both ends included: the first to the last, at most `greatestMonths`. */
export const spanOfMonths =
  (greatestMonths: number, [from, to]: readonly [string, string] = ['from', 'to']): Refinement =>
  (value, context) => {
    const [first, last] = [value[from as never], value[to as never]] as unknown[];
    if (typeof first !== 'string' || typeof last !== 'string') return;
    const count = monthNumber(last) - monthNumber(first) + 1;
    if (count >= 1 && count <= greatestMonths) return;
    const message = `must not be before \`${from}\`, and at most ${greatestMonths} months with it`;
    context.addIssue({ code: 'custom', path: [to], message });
  };

const monthNumber = (month: string): number =>
  Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
