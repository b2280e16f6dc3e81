/** Marks that a source writes numbers with. */
export interface NumberMarks {
  readonly decimal: '.' | ',';
  /** Between groups of three digits; null: none is stated. */
  readonly group: '.' | ',' | ' ' | "'" | null;
}

/** Numbers as programs write them. */
export const PLAIN_MARKS: NumberMarks = { decimal: '.', group: null };

const PLAIN = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3}))?$/;
const GROUPS: Readonly<Record<NonNullable<NumberMarks['group']>, RegExp>> = {
  '.': /\./g,
  ',': /,/g,
  ' ': /[ \u00a0\u202f\u2009]/g,
  "'": /['\u2019]/g,
};

/**
 * Reads a number as a source writes it: `.362`, `5.`, `+1`, `0E-20`, `1.528,537`. Digits are grouped
 * by three or not at all. Points group digits unasked only beside a decimal comma that is stated, and
 * only where the number cannot be read otherwise: `1.528,5` and `1.528.537`, never `1.528`.
 *
 * @param text  Without white space around it.
 * @returns     Decimal text with a point, perhaps with sign and exponent; null when it is no number.
 */
export function writtenNumber(text: string, { decimal, group }: NumberMarks): string | null {
  const whole = ungrouped(text, decimal, group);
  if (whole === null) return null;
  const plain = decimal === ',' ? whole.replace(',', '.') : whole;
  // A mark that is not the decimal one is left over, and is no part of a number.
  if (decimal === ',' && whole.includes('.')) return null;
  const [, sign, digits, exponent] = PLAIN.exec(plain) ?? [];
  if (digits === undefined) return null;
  const minus = sign === '-' ? '-' : '';
  return `${minus}${digits}${exponent === undefined ? '' : `e${exponent}`}`;
}

/** The number without its groups; null when they are not groups of three. */
function ungrouped(
  text: string,
  decimal: NumberMarks['decimal'],
  group: NumberMarks['group'],
): string | null {
  const mark = group ?? (decimal === ',' ? '.' : null);
  if (mark === null || mark === decimal) return text;
  const at = text.indexOf(decimal);
  const whole = at < 0 ? text : text.slice(0, at);
  const groups = whole.replace(/^[+-]/, '').split(GROUPS[mark]);
  if (groups.length === 1) return text;
  const isGrouped = groups.every((digits, place) =>
    place === 0 ? /^\d{1,3}$/.test(digits) : /^\d{3}$/.test(digits),
  );
  const isClear = group !== null || at >= 0 || groups.length > 2;
  if (!isGrouped || !isClear) return null;
  const sign = /^[+-]/.exec(whole)?.[0] ?? '';
  return sign + groups.join('') + (at < 0 ? '' : text.slice(at));
}
