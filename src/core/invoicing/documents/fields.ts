import { type FieldRead, readDecimal, wrongField as wrong } from '../../tabular/fields.js';
import { Decimal } from '../../units/money.js';
import { CURRENCIES } from './currencies.js';
import { VAT_CATEGORIES, type VatCategory } from './supplier-invoice.js';
import { UNIT_CODES } from './unit-codes.js';

/** An amount of money: two decimals at most, and a third is one too many also where it is 0 (BR-DEC). */
export function readMoney(text: string, rule = 'decimal.places'): FieldRead<string> {
  if (/^-?\d+\.\d{3,}$/.test(text)) {
    return wrong(rule, 'More than 2 decimals.', 'Ask the supplier to write 2 decimals.');
  }
  const read = readDecimal(text, 2);
  return 'fault' in read ? read : { value: new Decimal(read.value).toFixed(2) };
}

/** A text that must be there. */
export function readText(text: string): FieldRead<string> {
  const isThere = text.length > 0 && text.length <= 300;
  const detail = 'Missing, or longer than 300 characters.';
  return isThere ? { value: text } : wrong('text.given', detail, 'Give it.');
}

/** The currency of a document (BR-CL-04): received documents keep their own (INVOICING 10). */
export function readCurrency(text: string): FieldRead<string> {
  if (CURRENCIES.has(text)) return { value: text };
  return wrong('BR-CL-04', `Currency "${text}" is not in ISO 4217.`, 'Use its code: MAD, EUR …');
}

/** The code of a unit (BR-CL-23): any of the official list. */
export function readUnit(text: string): FieldRead<string> {
  if (UNIT_CODES.has(text)) return { value: text };
  const detail = `Unit "${text}" is not in the list of UN/ECE Recommendation 20.`;
  return wrong('BR-CL-23', detail, 'Use its code: KWH, MWH, MON, C62 …');
}

/** A VAT category (BR-CL-17). */
export function readCategory(text: string): FieldRead<VatCategory> {
  if (Object.hasOwn(VAT_CATEGORIES, text)) return { value: text as VatCategory };
  const known = Object.keys(VAT_CATEGORIES).join(', ');
  return wrong('BR-CL-17', `VAT category "${text}" is not known.`, `Use ${known}.`);
}
