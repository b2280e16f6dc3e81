import { type FieldRead, readDecimal, wrongField as wrong } from '../tabular/fields.js';
import { Decimal } from '../units/money.js';
import {
  INVOICE_UNITS,
  type InvoiceUnit,
  VAT_CATEGORIES,
  type VatCategory,
} from './supplier-invoice.js';

/** An amount of money: two decimals at most (BR-DEC). */
export function readMoney(text: string): FieldRead<string> {
  const read = readDecimal(text, 2);
  return 'fault' in read ? read : { value: new Decimal(read.value).toFixed(2) };
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
