/** Kinds of documents, with their UNTDID 1001 code. */
export const INVOICE_KINDS = { INVOICE: '380', CREDIT_NOTE: '381' } as const;
/** One kind. */
export type InvoiceKind = keyof typeof INVOICE_KINDS;

/** VAT categories of EN 16931 that a Moroccan document uses (INVOICING 7). */
export const VAT_CATEGORIES = ['S', 'Z', 'E', 'O'] as const;
/** One category: rated, zero, exempt, outside VAT. */
export type VatCategory = (typeof VAT_CATEGORIES)[number];

/** Units of a billed quantity (UN/ECE Recommendation 20) and what they are in a settlement. */
export const INVOICE_UNITS = {
  KWH: { unit: 'MWh', factor: '0.001' },
  MWH: { unit: 'MWh', factor: '1' },
  GWH: { unit: 'MWh', factor: '1000' },
  MON: { unit: 'month', factor: '1' },
  C62: { unit: 'piece', factor: '1' },
} as const;
/** One unit. */
export type InvoiceUnit = keyof typeof INVOICE_UNITS;

/** A line as the supplier wrote it. Amounts and quantities are positive on a credit note too. */
export interface InvoiceLine {
  readonly id: string;
  /** The supplier's code of what is billed (BT-155); empty where there is none. */
  readonly itemCode: string;
  readonly name: string;
  readonly quantity: string;
  readonly unit: InvoiceUnit;
  /** MAD for `priceBase` units (BT-146, BT-149). */
  readonly priceMad: string;
  readonly priceBase: string;
  readonly amountMad: string;
  readonly vatCategory: VatCategory;
  /** Per cent; null outside VAT. */
  readonly vatRatePct: string | null;
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

/** The sign of a document's amounts, which are positive on a credit note too. */
export const signOf = ({ kind }: Pick<SupplierInvoice, 'kind'>): 1 | -1 =>
  kind === 'CREDIT_NOTE' ? -1 : 1;

/** A supplier's document, read and not yet believed. Days are civil; money is MAD, decimal text. */
export interface SupplierInvoice {
  readonly number: string;
  readonly kind: InvoiceKind;
  readonly issueDate: string;
  readonly dueDate: string | null;
  readonly currency: 'MAD';
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
