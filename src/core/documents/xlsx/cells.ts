import { Decimal } from '../../units/money.js';
import type { TypedCell } from '../model.js';
import type { CellStyle, Styles } from './styles.js';
import { cellXml } from './xml-text.js';

const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets, 1899-12-30: their 1900 is a leap year, which from March 1900 on comes out even. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30);
/** What a spreadsheet shows of a number without losing a digit. */
const DIGITS_MAX = 15;
/** What a spreadsheet would compute when somebody edits it. */
const COMPUTED = /^[\s']*[=+\-@]/;

/**
 * One cell as XML. A number is a number where a double holds all of its digits, else text; a
 * percentage is its hundredth part under a percent format, an instant a UTC date and time, a civil
 * date a date. Text is never a formula.
 *
 * @param place  `B7`.
 */
export function cellOf(place: string, cell: TypedCell, styles: Styles): string {
  const { type, value } = cell;
  if (value === null) return '';
  const number = type === 'text' || type === 'code' ? null : numberOf(cell);
  if (number === null) return textCell(place, String(value), styles);
  const style = styles.idOf({ format: number.format });
  return `<c r="${place}" s="${style}"><v>${number.text}</v></c>`;
}

/** A text cell, under a style of its own where one is given. */
export function textCell(
  place: string,
  text: string,
  styles: Styles,
  style: Partial<CellStyle> = {},
): string {
  const isQuoted = COMPUTED.test(text);
  const own: CellStyle = {
    format: '@',
    isWrapped: true,
    ...style,
    ...(isQuoted ? { isQuoted } : {}),
  };
  return (
    `<c r="${place}" s="${styles.idOf(own)}" t="inlineStr">` +
    `<is><t xml:space="preserve">${cellXml(text)}</t></is></c>`
  );
}

interface Written {
  readonly text: string;
  readonly format: string;
}

function numberOf({ type, value }: TypedCell): Written | null {
  if (type === 'instant' || type === 'civil-date') {
    const serial = (Date.parse(String(value)) - DAY_ZERO_MS) / DAY_MS;
    if (Number.isNaN(serial)) return null;
    const format = type === 'instant' ? 'yyyy\\-mm\\-dd\\ hh:mm' : 'yyyy\\-mm\\-dd';
    return { text: String(serial), format };
  }
  const text = String(value);
  if (!/^-?\d+(\.\d+)?$/.test(text)) return null;
  const decimals = text.split('.')[1]?.length ?? 0;
  const exact = type === 'pct' ? new Decimal(text).dividedBy(100) : new Decimal(text);
  if (!isExact(exact)) return null;
  const places = decimals === 0 ? '' : `.${'0'.repeat(decimals)}`;
  const format = type === 'pct' ? `0${places}%` : `#,##0${places}`;
  return { text: exact.toFixed(), format };
}

/** Whether a double, as spreadsheets show it, gives every digit back. */
function isExact(value: Decimal): boolean {
  return value.precision() <= DIGITS_MAX && new Decimal(Number(value.toFixed())).equals(value);
}
