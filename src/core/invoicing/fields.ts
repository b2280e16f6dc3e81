import type { RowFault } from '../errors.js';
import { Decimal } from '../units/money.js';
import {
  INVOICE_UNITS,
  type InvoiceUnit,
  VAT_CATEGORIES,
  type VatCategory,
} from './supplier-invoice.js';

type Fault = Omit<RowFault<string>, 'column'>;

/** A field that was read, or what is wrong with it. */
export type FieldRead<Value> = { readonly value: Value } | { readonly fault: Fault };

const wrong = (rule: string, detail: string, fix: string): { readonly fault: Fault } => ({
  fault: { rule, detail, fix },
});

/** An exact decimal with a sign and a point; at most as many decimals as allowed. */
export function readDecimal(text: string, decimals: number): FieldRead<string> {
  const match = /^-?\d{1,15}(?:\.(\d+))?$/.exec(text);
  if (match === null) {
    return wrong('decimal.plain', 'Not a plain decimal number.', 'Write it as 1234.56.');
  }
  if ((match[1] ?? '').replace(/0+$/, '').length > decimals) {
    const detail = `More than ${decimals} decimals.`;
    return wrong('decimal.places', detail, 'Ask the supplier to round it as the rule says.');
  }
  return { value: new Decimal(text).toFixed() };
}

/** An amount of money: two decimals at most (BR-DEC). */
export function readMoney(text: string): FieldRead<string> {
  const read = readDecimal(text, 2);
  return 'fault' in read ? read : { value: new Decimal(read.value).toFixed(2) };
}

/** A civil day. */
export function readDay(text: string): FieldRead<string> {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const ms = isDay ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
  return isReal ? { value: text } : wrong('day.iso', 'Not a day.', 'Write it as 2026-10-31.');
}

/** A text that must be there. */
export function readText(text: string): FieldRead<string> {
  const isThere = text.length > 0 && text.length <= 300;
  const detail = 'Missing, or longer than 300 characters.';
  return isThere ? { value: text } : wrong('text.given', detail, 'Give it.');
}

/** The one currency of our documents (INVOICING 10). */
export function readCurrency(text: string): FieldRead<'MAD'> {
  const fix = 'Ask for the invoice in MAD; a foreign price is invoiced in MAD too.';
  return text === 'MAD' ? { value: text } : wrong('currency.mad', `Not MAD: "${text}".`, fix);
}

/** A unit of a billed quantity (BR-CL-23). */
export function readUnit(text: string): FieldRead<InvoiceUnit> {
  const known = Object.keys(INVOICE_UNITS);
  if (known.includes(text)) return { value: text as InvoiceUnit };
  return wrong('BR-CL-23', `Unit "${text}" is not known here.`, `Use ${known.join(', ')}.`);
}

/** A VAT category (BR-CL-17). */
export function readCategory(text: string): FieldRead<VatCategory> {
  const known: readonly string[] = VAT_CATEGORIES;
  if (known.includes(text)) return { value: text as VatCategory };
  return wrong('BR-CL-17', `VAT category "${text}" is not known here.`, `Use ${known.join(', ')}.`);
}
