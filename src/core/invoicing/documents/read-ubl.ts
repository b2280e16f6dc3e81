import type { RowProblem } from '../../errors.js';
import { type FieldRead, readDay, readDecimal, wrongField } from '../../tabular/fields.js';
import { nodeAt, nodesAt, type XmlNode } from '../../tabular/xml.js';
import { readCategory, readCurrency, readMoney, readText, readUnit } from './fields.js';
import {
  type DocumentCharge,
  INVOICE_KINDS,
  type InvoiceKind,
  type InvoiceLine,
  type InvoiceVat,
  type LineCharge,
  type SupplierInvoice,
} from './supplier-invoice.js';

/** Kinds of documents that each root may be. */
const ROOTS: Readonly<Record<string, readonly InvoiceKind[]>> = {
  Invoice: ['INVOICE', 'CORRECTED_INVOICE', 'PREPAYMENT_INVOICE', 'SELF_BILLED_INVOICE'],
  CreditNote: ['CREDIT_NOTE'],
};
const PRICE_DECIMALS = 12;
const exact = (text: string): FieldRead<string> => readDecimal(text, PRICE_DECIMALS);
/** Money, with the rule on its decimals. */
const moneyBy =
  (rule: string) =>
  (text: string): FieldRead<string> =>
    readMoney(text, rule);

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
  const kinds = ROOTS[root.name];
  if (kinds === undefined) {
    const detail = `The document is <${root.name}>, neither Invoice nor CreditNote.`;
    reader.refuse(root, root.name, { rule: 'ubl.root', detail, fix: 'Send UBL 2.1.' });
    return null;
  }
  const { name } = root;
  const kind = need(root, `${name}TypeCode`, (text) => kindOf(kinds, text));
  const currency = need(root, 'DocumentCurrencyCode', readCurrency);
  for (const stray of strayCurrencies(root, currency)) {
    reader.refuse(stray, `${stray.name}/@currencyID`, otherCurrency(stray));
  }
  const isInvoice = name === 'Invoice';
  const tax = nodesAt(root, 'TaxTotal').filter((node) => !isInTaxCurrency(node, root));
  const total = nodeAt(root, 'LegalMonetaryTotal') ?? root;
  const money = (path: string, rule: string): string => need(total, path, moneyBy(rule));
  const maybe = (path: string, rule: string): string => may(total, path, moneyBy(rule), '0.00');
  return {
    number: need(root, 'ID', readText),
    kind,
    issueDate: need(root, 'IssueDate', readDay),
    dueDate: may(root, isInvoice ? 'DueDate' : 'PaymentMeans/PaymentDueDate', readDay, null),
    currency,
    seller: sellerOf(root, reader),
    contractReference: may(root, 'ContractDocumentReference/ID', readText, ''),
    corrects: may(root, 'BillingReference/InvoiceDocumentReference/ID', readText, null),
    periodStart: may(root, 'InvoicePeriod/StartDate', readDay, null),
    periodEnd: may(root, 'InvoicePeriod/EndDate', readDay, null),
    lines: nodesAt(root, `${name}Line`).map((node) => lineOf(node, isInvoice, reader)),
    charges: nodesAt(root, 'AllowanceCharge').map((node) => chargeOf(node, reader)),
    vat: tax.flatMap((node) => nodesAt(node, 'TaxSubtotal')).map((node) => vatOf(node, reader)),
    totals: {
      linesMad: money('LineExtensionAmount', 'BR-DEC-09'),
      allowancesMad: maybe('AllowanceTotalAmount', 'BR-DEC-10'),
      chargesMad: maybe('ChargeTotalAmount', 'BR-DEC-11'),
      netMad: money('TaxExclusiveAmount', 'BR-DEC-12'),
      vatMad: tax.length === 0 ? '0.00' : need(tax[0]!, 'TaxAmount', moneyBy('BR-DEC-13')),
      grossMad: money('TaxInclusiveAmount', 'BR-DEC-14'),
      prepaidMad: maybe('PrepaidAmount', 'BR-DEC-16'),
      roundingMad: maybe('PayableRoundingAmount', 'BR-DEC-17'),
      payableMad: money('PayableAmount', 'BR-DEC-18'),
    },
  };
}

function kindOf(kinds: readonly InvoiceKind[], text: string): FieldRead<InvoiceKind> {
  const kind = kinds.find((one) => INVOICE_KINDS[one] === text);
  if (kind !== undefined) return { value: kind };
  const known = kinds.map((one) => `${INVOICE_KINDS[one]} (${one})`).join(', ');
  const detail = `Type "${text}" is none that is read here.`;
  return wrongField('BR-CL-01', detail, `Send ${known}.`);
}

/** The total of VAT in another currency for the tax authority (BT-111), which stands beside the own. */
function isInTaxCurrency(taxTotal: XmlNode, root: XmlNode): boolean {
  const stated = nodeAt(taxTotal, 'TaxAmount')?.attributes['currencyID'];
  const [own, taxes] = ['DocumentCurrencyCode', 'TaxCurrencyCode'].map(
    (path) => nodeAt(root, path)?.text,
  );
  return stated !== undefined && stated !== own && stated === taxes;
}

/** Amounts of another currency than the document's (R051); none where the document's was refused. */
function strayCurrencies(root: XmlNode, own: string | undefined): XmlNode[] {
  const below = (node: XmlNode): XmlNode[] =>
    node.children.flatMap((child) => {
      if (child.name === 'TaxTotal' && isInTaxCurrency(child, root)) return [];
      const stated = child.attributes['currencyID'];
      return [...(stated !== undefined && stated !== own ? [child] : []), ...below(child)];
    });
  return own === undefined ? [] : below(root);
}

function otherCurrency(node: XmlNode) {
  const stated = node.attributes['currencyID'];
  return {
    rule: 'PEPPOL-EN16931-R051',
    detail: `The amount says ${stated}, which is not the currency of the document.`,
    fix: 'Ask for a document whose amounts all say its one currency.',
  };
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

function lineOf(node: XmlNode, isInvoice: boolean, reader: Reader): InvoiceLine {
  const { need, may } = reader;
  const path = isInvoice ? 'InvoicedQuantity' : 'CreditedQuantity';
  const tax = nodeAt(node, 'Item/ClassifiedTaxCategory') ?? node;
  const seller = nodeAt(node, 'Item/SellersItemIdentification/ID');
  const charges = nodesAt(node, 'AllowanceCharge').map((each) => lineChargeOf(each, reader));
  const start = may(node, 'InvoicePeriod/StartDate', readDay, null);
  const end = may(node, 'InvoicePeriod/EndDate', readDay, null);
  return {
    id: need(node, 'ID', readText),
    itemCode: seller?.text ?? nodeAt(node, 'Item/StandardItemIdentification/ID')?.text ?? '',
    name: need(node, 'Item/Name', readText),
    quantity: need(node, path, exact),
    unit: unitOf(node, path, reader),
    priceMad: need(node, 'Price/PriceAmount', exact),
    priceBase: may(node, 'Price/BaseQuantity', exact, '1'),
    amountMad: need(node, 'LineExtensionAmount', moneyBy('BR-DEC-23')),
    vatCategory: need(tax, 'ID', readCategory),
    vatRatePct: may(tax, 'Percent', (text) => readDecimal(text, 4), null),
    ...(charges.length === 0 ? {} : { charges }),
    ...(start === null && end === null ? {} : { period: { start, end } }),
  };
}

/** The unit of a quantity, in which the price is too (R130). A refusal shows the code. */
function unitOf(line: XmlNode, path: string, { refuse }: Reader): string {
  const quantity = nodeAt(line, path);
  const base = nodeAt(line, 'Price/BaseQuantity');
  const unit = quantity?.attributes['unitCode'] ?? '';
  const read = readUnit(unit);
  const shown = (node: XmlNode, text: string): XmlNode => ({ ...node, text });
  if ('fault' in read) {
    refuse(shown(quantity ?? line, unit), `${path}/@unitCode`, read.fault);
    return unit;
  }
  const baseUnit = base?.attributes['unitCode'];
  if (base !== null && baseUnit !== undefined && baseUnit !== unit) {
    const detail = `The price is for ${baseUnit}, the quantity in ${unit}.`;
    refuse(shown(base, baseUnit), 'Price/BaseQuantity/@unitCode', {
      rule: 'PEPPOL-EN16931-R130',
      detail,
      fix: 'Both are in one unit.',
    });
  }
  return read.value;
}

/** What an allowance or charge is called, and whether it is added. */
function headOf(node: XmlNode, { need }: Reader): Pick<LineCharge, 'isCharge' | 'reason'> {
  const isStated = nodeAt(node, 'AllowanceChargeReason') !== null;
  return {
    isCharge: need(node, 'ChargeIndicator', readIndicator),
    reason: isStated ? need(node, 'AllowanceChargeReason', readText) : '',
  };
}

function lineChargeOf(node: XmlNode, reader: Reader): LineCharge {
  const head = headOf(node, reader);
  const rule = head.isCharge ? 'BR-DEC-27' : 'BR-DEC-24';
  return { ...head, amountMad: reader.need(node, 'Amount', moneyBy(rule)) };
}

function chargeOf(node: XmlNode, reader: Reader): DocumentCharge {
  const { need, may } = reader;
  const head = headOf(node, reader);
  return {
    ...head,
    amountMad: need(node, 'Amount', moneyBy(head.isCharge ? 'BR-DEC-05' : 'BR-DEC-01')),
    vatCategory: need(node, 'TaxCategory/ID', readCategory),
    vatRatePct: may(node, 'TaxCategory/Percent', (text) => readDecimal(text, 4), null),
  };
}

/** An xs:boolean: two words or two digits. */
function readIndicator(text: string): FieldRead<boolean> {
  if (text === 'true' || text === '1') return { value: true };
  if (text === 'false' || text === '0') return { value: false };
  return wrongField('indicator.boolean', `Not a yes or no: "${text}".`, 'Write true or false.');
}

function vatOf(node: XmlNode, { need, may }: Reader): InvoiceVat {
  return {
    vatCategory: need(node, 'TaxCategory/ID', readCategory),
    vatRatePct: may(node, 'TaxCategory/Percent', (text) => readDecimal(text, 4), null),
    baseMad: need(node, 'TaxableAmount', moneyBy('BR-DEC-19')),
    vatMad: need(node, 'TaxAmount', moneyBy('BR-DEC-20')),
  };
}
