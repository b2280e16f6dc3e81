import type { SupplierInvoice } from './supplier-invoice.js';

/** What decides whether a document counts. */
type Counting = Pick<SupplierInvoice, 'kind' | 'number' | 'corrects'>;

/**
 * The document that a corrected invoice (384) puts another in the place of; null for any other kind,
 * or where that one is not here.
 */
export function replacedBy<Of extends Counting>(document: Of, documents: readonly Of[]): Of | null {
  if (document.kind !== 'CORRECTED_INVOICE' || document.corrects === null) return null;
  return documents.find(({ number }) => number === document.corrects) ?? null;
}

/**
 * Documents that bill their period. A prepayment (386) does not: the invoice of the period takes off what
 * it asked (BT-113). Nor does one in whose place a corrected invoice (384) stands.
 */
export function countedOf<Of extends Counting>(documents: readonly Of[]): readonly Of[] {
  const replaced = new Set(documents.map((one) => replacedBy(one, documents)));
  return documents.filter((one) => one.kind !== 'PREPAYMENT_INVOICE' && !replaced.has(one));
}
