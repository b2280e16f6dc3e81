import { Decimal } from '../units/money.js';
import type { Language, TypedCell } from './model.js';

/** Groups of thousands and decimals: French by narrow no-break spaces and a comma (CLDR, fr). */
const SIGNS = {
  en: { group: ',', point: '.', beforePercent: '' },
  fr: { group: '\u202f', point: ',', beforePercent: '\u202f' },
} as const;

const NO_BREAK = '\u00a0';
const MINUS = '\u2212';

const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  en: 'January February March April May June July August September October November December'.split(
    ' ',
  ),
  fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(
    ' ',
  ),
};

const SHORT_MONTHS: Readonly<Record<Language, readonly string[]>> = {
  en: 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' '),
  fr: 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.'.split(' '),
};

/**
 * A number as a language writes it, every digit kept.
 *
 * @param value     Decimal text or a safe number.
 * @param decimals  To round to, half away from zero; absent = as many as the value has.
 */
export function numberText(value: string | number, language: Language, decimals?: number): string {
  const { group, point } = SIGNS[language];
  const exact = new Decimal(value);
  const plain =
    decimals === undefined && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
  // A decimal's own zeros at its end are kept: they say how exact it is.
  const text = plain ? value : exact.toFixed(decimals);
  const [whole, fraction] = text.replace('-', '').split('.') as [string, string | undefined];
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, group);
  const sign = text.startsWith('-') && /[1-9]/.test(text) ? MINUS : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `${point}${fraction}`}`;
}

/** Whole Wh, or exact decimal Wh, as MWh: all of its digits, or rounded to `decimals`. */
export function mwhText(wh: string | number, language: Language, decimals?: number): string {
  const mwh = new Decimal(wh).dividedBy(1_000_000);
  const all = Math.max(6, mwh.decimalPlaces());
  return numberText(mwh.toFixed(decimals ?? all, Decimal.ROUND_HALF_UP), language);
}

/** A value and its unit, which no line break parts. */
export function withUnit(text: string, unit: string): string {
  return unit === '' ? text : `${text}${NO_BREAK}${unit}`;
}

/** A percentage from its decimal text, every digit kept. */
export function percentText(value: string, language: Language): string {
  return `${numberText(value, language)}${SIGNS[language].beforePercent}%`;
}

/** A civil date as a language writes it in full: `1er octobre 2026`. */
export function dateText(civilDate: string, language: Language): string {
  const [year, month, day] = civilDate.slice(0, 10).split('-').map(Number) as [
    number,
    number,
    number,
  ];
  const dayText = language === 'fr' && day === 1 ? '1er' : String(day);
  return [dayText, MONTHS[language][month - 1], year].join(NO_BREAK);
}

/** A civil month, `2026-10`, in full. */
export function monthText(month: string, language: Language): string {
  const [year, at] = month.split('-').map(Number) as [number, number];
  return `${MONTHS[language][at - 1]}${NO_BREAK}${year}`;
}

/** A civil month, `2026-10`, for the foot of a bar. */
export function shortMonthText(month: string, language: Language): string {
  const [year, at] = month.split('-') as [string, string];
  return `${SHORT_MONTHS[language][Number(at) - 1]}${NO_BREAK}${year}`;
}

/** An instant, RFC 3339 in UTC, to the second and with its zone. */
export function instantText(instant: string, language: Language): string {
  const time = /T(\d\d:\d\d(?::\d\d)?)/.exec(instant)?.[1] ?? '00:00';
  const short = time.replace(/^(\d\d:\d\d):00$/, '$1');
  return `${dateText(instant, language)}, ${short}${NO_BREAK}UTC`;
}

/** A cell as a reader of print sees it. */
export function cellText(cell: TypedCell, language: Language, notApplicable: string): string {
  const { type, value, unit = '' } = cell;
  if (value === null) return notApplicable;
  switch (type) {
    case 'text':
    case 'code':
      return withUnit(String(value), unit);
    case 'wh':
      return withUnit(mwhText(value, language), unit === '' ? '' : 'MWh');
    case 'decimal':
    case 'mad':
      return withUnit(numberText(value, language), unit);
    case 'pct':
      return percentText(String(value), language);
    case 'instant':
      return instantText(String(value), language);
    case 'civil-date':
      return dateText(String(value), language);
  }
}
