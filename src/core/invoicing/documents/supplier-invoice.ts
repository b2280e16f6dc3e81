import { Decimal } from '../../units/money.js';

/** Kinds of documents, with their UNTDID 1001 code. */
export const INVOICE_KINDS = {
  INVOICE: '380',
  CREDIT_NOTE: '381',
  CORRECTED_INVOICE: '384',
  PREPAYMENT_INVOICE: '386',
  SELF_BILLED_INVOICE: '389',
} as const;
/** One kind. */
export type InvoiceKind = keyof typeof INVOICE_KINDS;
/** All kinds. */
export const KINDS_OF_DOCUMENT = Object.keys(INVOICE_KINDS) as readonly InvoiceKind[];

/** VAT categories of EN 16931 (BR-CL-17), as a person calls them. */
export const VAT_CATEGORIES = {
  S: 'standard rate',
  Z: 'zero rated',
  E: 'exempt',
  O: 'outside VAT',
  AE: 'reverse charge: the buyer owes the VAT',
  B: 'split payment: the buyer pays the VAT to the state',
  K: 'supply inside the European Union',
  G: 'export outside the European Union',
  L: 'IGIC of the Canary Islands',
  M: 'IPSI of Ceuta and Melilla',
} as const;
/** One category. */
export type VatCategory = keyof typeof VAT_CATEGORIES;

/** Units of a billed quantity that answer to a settlement's (UN/ECE Recommendation 20). */
export const INVOICE_UNITS: Readonly<
  Record<string, { readonly unit: string; readonly factor: string }>
> = {
  WHR: { unit: 'MWh', factor: '0.000001' },
  KWH: { unit: 'MWh', factor: '0.001' },
  MWH: { unit: 'MWh', factor: '1' },
  GWH: { unit: 'MWh', factor: '1000' },
  MON: { unit: 'month', factor: '1' },
  C62: { unit: 'piece', factor: '1' },
  EA: { unit: 'piece', factor: '1' },
  H87: { unit: 'piece', factor: '1' },
};

/** A line as the supplier wrote it. Amounts and quantities are positive on a credit note too. */
export interface InvoiceLine {
  readonly id: string;
  /** The supplier's code of what is billed (BT-155); empty where there is none. */
  readonly itemCode: string;
  readonly name: string;
  readonly quantity: string;
  /** A code of `UNIT_CODES`; what is not in `INVOICE_UNITS` answers to no unit of a settlement. */
  readonly unit: string;
  /** MAD for `priceBase` units (BT-146, BT-149). */
  readonly priceMad: string;
  readonly priceBase: string;
  /** With the line's own charges, less its own allowances (BT-131). */
  readonly amountMad: string;
  readonly vatCategory: VatCategory;
  /** Per cent; null outside VAT. */
  readonly vatRatePct: string | null;
  /** Allowances and charges inside the line (BG-27, BG-28); left out where there are none. */
  readonly charges?: readonly LineCharge[];
  /** First and last civil day of the line (BG-26); left out where it states none. */
  readonly period?: { readonly start: string | null; readonly end: string | null };
}

/** An allowance or a charge inside a line: of the VAT of the line. */
export interface LineCharge {
  readonly isCharge: boolean;
  readonly reason: string;
  readonly amountMad: string;
}

/** An allowance or a charge on the whole document (BG-20, BG-21). */
export interface DocumentCharge {
  readonly isCharge: boolean;
  readonly reason: string;
  readonly amountMad: string;
  readonly vatCategory: VatCategory;
  readonly vatRatePct: string | null;
}

/** VAT of one category and rate (BG-23). */
export interface InvoiceVat {
  readonly vatCategory: VatCategory;
  readonly vatRatePct: string | null;
  readonly baseMad: string;
  readonly vatMad: string;
}

/** The VAT that something is of: category and rate. Category O has no rate, whatever it states (BR-O-05). */
export function vatKey(of: {
  readonly vatCategory: string;
  readonly vatRatePct: string | null;
}): string {
  const hasRate = of.vatRatePct !== null && of.vatCategory !== 'O';
  return hasRate ? `${of.vatCategory} ${new Decimal(of.vatRatePct).toFixed()}` : of.vatCategory;
}

/** The sign of a document's amounts, which are positive on a credit note too. */
export const signOf = ({ kind }: Pick<SupplierInvoice, 'kind'>): 1 | -1 =>
  kind === 'CREDIT_NOTE' ? -1 : 1;

/**
 * A supplier's document, read and not yet believed. Days are civil; money is decimal text in the
 * document's own currency, which the names of its fields, made for dirhams, do not say.
 */
export interface SupplierInvoice {
  readonly number: string;
  readonly kind: InvoiceKind;
  readonly issueDate: string;
  readonly dueDate: string | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly seller: { readonly name: string; readonly ids: readonly string[] };
  /** The supplier's reference of the contract (BT-12); empty where there is none. */
  readonly contractReference: string;
  /** Number of the document that it corrects (BG-3). */
  readonly corrects: string | null;
  /** First and last civil day (BG-14). */
  readonly periodStart: string | null;
  readonly periodEnd: string | null;
  readonly lines: readonly InvoiceLine[];
  readonly charges: readonly DocumentCharge[];
  /** Empty where the format states none. */
  readonly vat: readonly InvoiceVat[];
  readonly totals: {
    readonly linesMad: string;
    readonly allowancesMad: string;
    readonly chargesMad: string;
    readonly netMad: string;
    readonly vatMad: string;
    readonly grossMad: string;
    readonly prepaidMad: string;
    readonly roundingMad: string;
    readonly payableMad: string;
  };
}
