import type { RowProblem } from '../errors.js';
import { type FieldRead, readDay, readDecimal } from '../tabular/fields.js';
import { nodeAt, nodesAt, type XmlNode } from '../tabular/xml.js';
import { readCategory, readCurrency, readMoney, readText, readUnit } from './fields.js';
import {
  type DocumentCharge,
  INVOICE_KINDS,
  type InvoiceKind,
  type InvoiceLine,
  type InvoiceVat,
  type SupplierInvoice,
} from './supplier-invoice.js';

const ROOTS: Readonly<Record<string, InvoiceKind>> = {
  Invoice: 'INVOICE',
  CreditNote: 'CREDIT_NOTE',
};
const PRICE_DECIMALS = 12;

/** Reads fields of a document and keeps what is wrong with them. */
interface Reader {
  /** A field that must be there. */
  readonly need: <Value>(
    node: XmlNode,
    path: string,
    read: (text: string) => FieldRead<Value>,
  ) => Value;
  /** A field that may be missing. */
  readonly may: <Value, Other>(
    node: XmlNode,
    path: string,
    read: (text: string) => FieldRead<Value>,
    other: Other,
  ) => Value | Other;
  readonly refuse: (
    node: XmlNode,
    path: string,
    fault: Omit<RowProblem, 'row' | 'column' | 'value'>,
  ) => void;
}

function readerTo(reject: (problem: RowProblem) => void): Reader {
  const refuse: Reader['refuse'] = (node, path, fault) =>
    reject({ row: node.line, column: path, value: node.text, ...fault });
  const taken = <Value>(node: XmlNode, path: string, read: FieldRead<Value>): Value => {
    if ('value' in read) return read.value;
    refuse(node, path, read.fault);
    // Nothing is made of a document with a problem; what stands here is never looked at.
    return undefined as Value;
  };
  return {
    refuse,
    need: (node, path, read) => {
      const found = nodeAt(node, path);
      if (found !== null) return taken(found, path, read(found.text));
      const detail = `<${node.name}> has no ${path}.`;
      return taken(node, path, {
        fault: { rule: 'element.given', detail, fix: 'Ask the supplier for a whole document.' },
      });
    },
    may: (node, path, read, other) => {
      const found = nodeAt(node, path);
      return found === null ? other : taken(found, path, read(found.text));
    },
  };
}

/**
 * Reads a UBL 2.1 Invoice or CreditNote (EN 16931; INVOICING 6 and 7).
 *
 * @param reject  Takes what is wrong: the line of the element, its path, the rule. What is returned
 *                counts for nothing where it was called.
 */
export function readUbl(
  root: XmlNode,
  reject: (problem: RowProblem) => void,
): SupplierInvoice | null {
  const reader = readerTo(reject);
  const { need, may } = reader;
  const kind = ROOTS[root.name];
  if (kind === undefined) {
    const detail = `The document is <${root.name}>, neither Invoice nor CreditNote.`;
    reader.refuse(root, root.name, { rule: 'ubl.root', detail, fix: 'Send UBL 2.1.' });
    return null;
  }
  const name = kind === 'INVOICE' ? 'Invoice' : 'CreditNote';
  need(root, `${name}TypeCode`, (text) => typeCode(kind, text));
  const tax = nodesAt(root, 'TaxTotal').filter((node) => currencyOf(node) === 'MAD');
  const total = nodeAt(root, 'LegalMonetaryTotal') ?? root;
  const money = (path: string): string => need(total, path, readMoney);
  const maybe = (path: string): string => may(total, path, readMoney, '0.00');
  const grossMad = money('TaxInclusiveAmount');
  return {
    ...{ number: need(root, 'ID', readText), kind, issueDate: need(root, 'IssueDate', readDay) },
    dueDate: may(
      root,
      kind === 'INVOICE' ? 'DueDate' : 'PaymentMeans/PaymentDueDate',
      readDay,
      null,
    ),
    currency: need(root, 'DocumentCurrencyCode', readCurrency),
    seller: sellerOf(root, reader),
    contractReference: may(root, 'ContractDocumentReference/ID', readText, ''),
    corrects: may(root, 'BillingReference/InvoiceDocumentReference/ID', readText, null),
    periodStart: may(root, 'InvoicePeriod/StartDate', readDay, null),
    periodEnd: may(root, 'InvoicePeriod/EndDate', readDay, null),
    lines: nodesAt(root, `${name}Line`).map((node) => lineOf(node, kind, reader)),
    charges: nodesAt(root, 'AllowanceCharge').map((node) => chargeOf(node, reader)),
    vat: tax.flatMap((node) => nodesAt(node, 'TaxSubtotal')).map((node) => vatOf(node, reader)),
    totals: {
      linesMad: money('LineExtensionAmount'),
      allowancesMad: maybe('AllowanceTotalAmount'),
      chargesMad: maybe('ChargeTotalAmount'),
      netMad: money('TaxExclusiveAmount'),
      vatMad: tax.length === 0 ? '0.00' : need(tax[0]!, 'TaxAmount', readMoney),
      grossMad,
      prepaidMad: maybe('PrepaidAmount'),
      roundingMad: maybe('PayableRoundingAmount'),
      payableMad: money('PayableAmount'),
    },
  };
}

const currencyOf = (node: XmlNode): string =>
  nodeAt(node, 'TaxAmount')?.attributes['currencyID'] ?? 'MAD';

function typeCode(kind: InvoiceKind, text: string): FieldRead<string> {
  const code = INVOICE_KINDS[kind];
  if (text === code) return { value: text };
  const detail = `Type ${text} is not the ${code} of this document.`;
  return { fault: { rule: 'BR-CL-01', detail, fix: `Send type ${code}.` } };
}

function sellerOf(root: XmlNode, { need }: Reader): SupplierInvoice['seller'] {
  const party = nodeAt(root, 'AccountingSupplierParty/Party') ?? root;
  const ids = ['PartyIdentification/ID', 'PartyLegalEntity/CompanyID', 'PartyTaxScheme/CompanyID']
    .flatMap((path) => nodesAt(party, path))
    .map(({ text }) => text);
  return {
    name: need(party, 'PartyLegalEntity/RegistrationName', readText),
    ids: [...new Set(ids)].toSorted(),
  };
}

function lineOf(node: XmlNode, kind: InvoiceKind, reader: Reader): InvoiceLine {
  const { need, may } = reader;
  const path = kind === 'INVOICE' ? 'InvoicedQuantity' : 'CreditedQuantity';
  const quantity = nodeAt(node, path);
  const base = nodeAt(node, 'Price/BaseQuantity');
  const unit = quantity?.attributes['unitCode'] ?? '';
  const unitRead = readUnit(unit);
  if ('fault' in unitRead) reader.refuse(quantity ?? node, `${path}/@unitCode`, unitRead.fault);
  const baseUnit = base?.attributes['unitCode'];
  if (base !== null && baseUnit !== undefined && baseUnit !== unit) {
    const detail = `The price is for ${baseUnit}, the quantity in ${unit}.`;
    reader.refuse(base, 'Price/BaseQuantity', {
      ...{ rule: 'PEPPOL-EN16931-R130', detail, fix: 'Both are in one unit.' },
    });
  }
  const tax = nodeAt(node, 'Item/ClassifiedTaxCategory') ?? node;
  const seller = nodeAt(node, 'Item/SellersItemIdentification/ID');
  for (const each of nodesAt(node, 'AllowanceCharge')) {
    const detail = 'The line has an allowance or charge of its own.';
    const fix = 'Ask for it as a line, or on the whole document.';
    reader.refuse(each, 'AllowanceCharge', { rule: 'line.no_allowance', detail, fix });
  }
  return {
    id: need(node, 'ID', readText),
    itemCode: seller?.text ?? nodeAt(node, 'Item/StandardItemIdentification/ID')?.text ?? '',
    name: need(node, 'Item/Name', readText),
    quantity: need(node, path, (text) => readDecimal(text, PRICE_DECIMALS)),
    unit: 'value' in unitRead ? unitRead.value : 'C62',
    priceMad: need(node, 'Price/PriceAmount', (text) => readDecimal(text, PRICE_DECIMALS)),
    priceBase: may(node, 'Price/BaseQuantity', (text) => readDecimal(text, PRICE_DECIMALS), '1'),
    amountMad: need(node, 'LineExtensionAmount', readMoney),
    vatCategory: need(tax, 'ID', readCategory),
    vatRatePct: may(tax, 'Percent', (text) => readDecimal(text, 4), null),
  };
}

function chargeOf(node: XmlNode, { need, may }: Reader): DocumentCharge {
  const indicator = need(node, 'ChargeIndicator', readText);
  const isStated = nodeAt(node, 'AllowanceChargeReason') !== null;
  return {
    isCharge: indicator === 'true',
    reason: isStated ? need(node, 'AllowanceChargeReason', readText) : '',
    amountMad: need(node, 'Amount', readMoney),
    vatCategory: need(node, 'TaxCategory/ID', readCategory),
    vatRatePct: may(node, 'TaxCategory/Percent', (text) => readDecimal(text, 4), null),
  };
}

function vatOf(node: XmlNode, { need, may }: Reader): InvoiceVat {
  return {
    vatCategory: need(node, 'TaxCategory/ID', readCategory),
    vatRatePct: may(node, 'TaxCategory/Percent', (text) => readDecimal(text, 4), null),
    baseMad: need(node, 'TaxableAmount', readMoney),
    vatMad: need(node, 'TaxAmount', readMoney),
  };
}
