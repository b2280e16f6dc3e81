import type { RowFault } from '../errors.js';
import { HOUR_MS, parseInstant } from '../time/interval.js';
import { parseWattHours } from '../units/energy.js';
import { Decimal } from '../units/money.js';

/** What is wrong with a field, wherever it stands. */
type FieldFault = Omit<RowFault<string>, 'column'>;

/**
 * The interval of a row: two instants with an offset, inside one UTC hour.
 *
 * @returns ms, half-open; or the rule that is broken.
 */
export function readSpan({
  start,
  end,
}: {
  readonly start: string;
  readonly end: string;
}): { readonly startMs: number; readonly endMs: number } | RowFault<'start' | 'end'> {
  const startMs = parseInstant(start);
  const endMs = parseInstant(end);
  if (startMs === null || endMs === null) {
    const column = startMs === null ? 'start' : 'end';
    return {
      column,
      rule: `${column}.instant_with_offset`,
      detail: 'Not an instant with an explicit offset.',
      fix: 'Write it as 2026-10-01T00:00:00Z.',
    };
  }
  if (endMs <= startMs) {
    return {
      column: 'end',
      rule: 'end.after_start',
      detail: 'The end is not after the start.',
      fix: 'Check both.',
    };
  }
  if (endMs <= Math.floor(startMs / HOUR_MS) * HOUR_MS + HOUR_MS) return { startMs, endMs };
  return {
    column: 'end',
    rule: 'interval.inside_one_hour',
    detail:
      'The interval leaves its UTC hour: longer production cannot back an hourly certificate.',
    fix: 'Ask the issuer for hourly certificates.',
  };
}

/** Whole Wh of a row, above zero unless zero is allowed; or the rule that is broken. */
export function readWholeWh(
  text: string,
  { isZeroAllowed = false }: { readonly isZeroAllowed?: boolean } = {},
): number | FieldFault {
  const wh = /^\d{1,16}$/.test(text) ? parseWattHours(text, 'wh', 60) : null;
  if (wh !== null && (wh > 0 || isZeroAllowed)) return wh;
  return isZeroAllowed
    ? {
        rule: 'energy.whole',
        detail: 'Not a whole number of Wh.',
        fix: 'Write whole Wh without sign, unit or separator.',
      }
    : {
        rule: 'energy.whole_positive',
        detail: 'Not a whole number of Wh above zero.',
        fix: 'Certificates are whole Wh; a zero hour has none.',
      };
}

/** What is wrong with somebody's own id or name: null where nothing is. */
export function readVisibleText(text: string): FieldFault | null {
  if (/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(text)) return null;
  return {
    rule: 'id.visible_ascii',
    detail: 'Missing, or not 1 to 100 visible ASCII characters.',
    fix: 'Send the issuer’s own id.',
  };
}

/** A field that was read, or what is wrong with it. */
export type FieldRead<Value> = { readonly value: Value } | { readonly fault: FieldFault };

/** A field that is refused: the rule, what is wrong, how to mend it. */
export const wrongField = (
  rule: string,
  detail: string,
  fix: string,
): { readonly fault: FieldFault } => ({ fault: { rule, detail, fix } });

/** An exact decimal with a sign and a point; at most as many decimals as allowed. */
export function readDecimal(text: string, decimals: number): FieldRead<string> {
  const match = /^-?\d{1,15}(?:\.(\d+))?$/.exec(text);
  if (match === null) {
    return wrongField('decimal.plain', 'Not a plain decimal number.', 'Write it as 1234.56.');
  }
  if ((match[1] ?? '').replace(/0+$/, '').length > decimals) {
    const detail = `More than ${decimals} decimals.`;
    return wrongField('decimal.places', detail, 'Ask whoever wrote it to round it.');
  }
  return { value: new Decimal(text).toFixed() };
}

/** A civil day. */
export function readDay(text: string): FieldRead<string> {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const ms = isDay ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
  return isReal ? { value: text } : wrongField('day.iso', 'Not a day.', 'Write it as 2026-10-31.');
}
