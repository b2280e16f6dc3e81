import type {
  InvoiceLine,
  SupplierInvoice,
} from '../../src/core/invoicing/documents/supplier-invoice.js';
import { INVOICE_KINDS } from '../../src/core/invoicing/documents/supplier-invoice.js';
import { Decimal } from '../../src/core/units/money.js';

/** A line by what matters; the amount follows. */
export function lineOf(line: Partial<InvoiceLine>): InvoiceLine {
  const whole = {
    id: '1',
    itemCode: 'EN',
    name: 'Energy',
    quantity: '0',
    unit: 'KWH' as const,
    priceMad: '0.55',
    priceBase: '1',
    vatCategory: 'S' as const,
    vatRatePct: '10',
    ...line,
  };
  const amount = new Decimal(whole.quantity).times(whole.priceMad).dividedBy(whole.priceBase);
  return { amountMad: amount.toFixed(2, Decimal.ROUND_HALF_UP), ...whole };
}

/** A document whose totals follow from its lines. */
export function invoiceOf(
  lines: readonly Partial<InvoiceLine>[],
  more: Partial<SupplierInvoice> = {},
): SupplierInvoice {
  const all = lines.map((line, at) => lineOf({ id: String(at + 1), ...line }));
  const bases = new Map<string, Decimal>();
  for (const { vatCategory, vatRatePct, amountMad } of all) {
    const key = JSON.stringify([vatCategory, vatRatePct]);
    bases.set(key, (bases.get(key) ?? new Decimal(0)).plus(amountMad));
  }
  const vat = [...bases].map(([key, base]) => {
    const [vatCategory, vatRatePct] = JSON.parse(key);
    const vatMad = base
      .times(vatRatePct ?? 0)
      .dividedBy(100)
      .toFixed(2, Decimal.ROUND_HALF_UP);
    return { vatCategory, vatRatePct, baseMad: base.toFixed(2), vatMad };
  });
  const sum = (values: readonly string[]): string =>
    values.reduce((total, value) => total.plus(value), new Decimal(0)).toFixed(2);
  const net = sum(all.map(({ amountMad }) => amountMad));
  const vatMad = sum(vat.map((one) => one.vatMad));
  const grossMad = sum([net, vatMad]);
  return {
    number: 'FAC-1',
    kind: 'INVOICE',
    issueDate: '2026-11-10',
    dueDate: null,
    currency: 'MAD',
    seller: { name: 'TAQA Morocco', ids: ['001234567000089'] },
    contractReference: 'PPA-1',
    corrects: null,
    periodStart: null,
    periodEnd: null,
    lines: all,
    charges: [],
    vat,
    totals: {
      linesMad: net,
      allowancesMad: '0.00',
      chargesMad: '0.00',
      netMad: net,
      vatMad,
      grossMad,
      prepaidMad: '0.00',
      roundingMad: '0.00',
      payableMad: grossMad,
    },
    ...more,
  };
}

const element = (name: string, text: string, attributes = ''): string =>
  `<cbc:${name}${attributes}>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</cbc:${name}>`;
const money = (name: string, amount: string): string => element(name, amount, ' currencyID="MAD"');

const category = (name: string, code: string, ratePct: string | null): string =>
  `<cac:${name}>${element('ID', code)}${ratePct === null ? '' : element('Percent', ratePct)}<cac:TaxScheme>${element('ID', 'VAT')}</cac:TaxScheme></cac:${name}>`;

/** The document as UBL 2.1. */
export function ublOf(invoice: SupplierInvoice): string {
  return inDirhams(invoice).replaceAll('currencyID="MAD"', `currencyID="${invoice.currency}"`);
}

function inDirhams(invoice: SupplierInvoice): string {
  const { kind, totals } = invoice;
  const name = kind === 'CREDIT_NOTE' ? 'CreditNote' : 'Invoice';
  const quantityName = name === 'Invoice' ? 'InvoicedQuantity' : 'CreditedQuantity';
  const lines = invoice.lines.map(
    (line) => `
  <cac:${name}Line>${element('ID', line.id)}
    ${element(quantityName, line.quantity, ` unitCode="${line.unit}"`)}
    ${money('LineExtensionAmount', line.amountMad)}
    <cac:Item>${element('Name', line.name)}
      <cac:SellersItemIdentification>${element('ID', line.itemCode)}</cac:SellersItemIdentification>
      ${category('ClassifiedTaxCategory', line.vatCategory, line.vatRatePct)}
    </cac:Item>
    <cac:Price>${money('PriceAmount', line.priceMad)}${element('BaseQuantity', line.priceBase, ` unitCode="${line.unit}"`)}</cac:Price>
  </cac:${name}Line>`,
  );
  const subtotals = invoice.vat.map(
    (one) =>
      `<cac:TaxSubtotal>${money('TaxableAmount', one.baseMad)}${money('TaxAmount', one.vatMad)}${category('TaxCategory', one.vatCategory, one.vatRatePct)}</cac:TaxSubtotal>`,
  );
  const { periodStart, periodEnd } = invoice;
  return `<?xml version="1.0" encoding="UTF-8"?>
<${name} xmlns="urn:oasis:names:specification:ubl:schema:xsd:${name}-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  ${element('CustomizationID', 'urn:cen.eu:en16931:2017')}
  ${element('ID', invoice.number)}
  ${element('IssueDate', invoice.issueDate)}
  ${invoice.dueDate === null ? '' : element('DueDate', invoice.dueDate)}
  ${element(`${name}TypeCode`, INVOICE_KINDS[kind])}
  ${element('DocumentCurrencyCode', invoice.currency)}
  ${periodStart === null ? '' : `<cac:InvoicePeriod>${element('StartDate', periodStart)}${element('EndDate', periodEnd ?? '')}</cac:InvoicePeriod>`}
  ${invoice.corrects === null ? '' : `<cac:BillingReference><cac:InvoiceDocumentReference>${element('ID', invoice.corrects)}</cac:InvoiceDocumentReference></cac:BillingReference>`}
  <cac:ContractDocumentReference>${element('ID', invoice.contractReference)}</cac:ContractDocumentReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyLegalEntity>${element('RegistrationName', invoice.seller.name)}${element('CompanyID', invoice.seller.ids[0] ?? '')}</cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:TaxTotal>${money('TaxAmount', totals.vatMad)}${subtotals.join('')}</cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    ${money('LineExtensionAmount', totals.linesMad)}
    ${money('TaxExclusiveAmount', totals.netMad)}
    ${money('TaxInclusiveAmount', totals.grossMad)}
    ${money('PayableAmount', totals.payableMad)}
  </cac:LegalMonetaryTotal>${lines.join('')}
</${name}>
`;
}
