import { invoiceOf, ublOf } from '../../../../test/support/invoices.js';
import type { RowProblem } from '../../errors.js';
import { type XmlNode, xmlTree } from '../../tabular/xml.js';
import { arithmeticFaults } from '../checks/arithmetic.js';
import { readUbl } from './read-ubl.js';

/** Just enough of a parser for what the tests write. */
function parse(text: string): XmlNode {
  const tree = xmlTree();
  const tag = /<(\/?)([\w:]+)([^>]*?)(\/?)>|([^<]+)/g;
  let line = 1;
  for (const [all, closes, name, attributes, isEmpty, more] of text
    .replace(/<\?.*?\?>/, '')
    .matchAll(tag)) {
    if (more !== undefined) tree.text(more.replaceAll('&lt;', '<').replaceAll('&amp;', '&'));
    else if (closes === '/') tree.close(name!);
    else {
      const pairs = [...attributes!.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [
        key,
        value,
      ]);
      tree.open(name!, Object.fromEntries(pairs), line);
      if (isEmpty === '/') tree.close(name!);
    }
    line += all.split('\n').length - 1;
  }
  return tree.root()!;
}

function read(text: string) {
  const problems: RowProblem[] = [];
  const invoice = readUbl(parse(text), (problem) => problems.push(problem));
  return { invoice, problems };
}

const PPA = invoiceOf(
  [
    { name: 'Énergie & pertes', quantity: '20000000', priceMad: '0.55' },
    { itemCode: 'TSS', quantity: '1000', unit: 'MWH', priceMad: '2732', vatRatePct: '20' },
  ],
  {
    number: 'FAC-2026-000123',
    periodStart: '2026-10-01',
    periodEnd: '2026-10-31',
    dueDate: '2027-01-09',
  },
);

describe('a supplier’s UBL document', () => {
  it('is read whole, and its arithmetic holds (INVOICING 6: two rates)', () => {
    const { invoice, problems } = read(ublOf(PPA));
    expect(problems).toEqual([]);
    expect(invoice).toEqual(PPA);
    expect([PPA.totals.netMad, PPA.totals.vatMad]).toEqual(['13732000.00', '1646400.00']);
    expect(arithmeticFaults(invoice!, 0.02)).toEqual([]);
  });

  it('may be a credit note, which names what it corrects (E19)', () => {
    const credit = invoiceOf([{ quantity: '360000', priceMad: '0.55' }], {
      kind: 'CREDIT_NOTE',
      corrects: 'FAC-2026-000123',
    });
    expect(credit.totals).toMatchObject({
      netMad: '198000.00',
      vatMad: '19800.00',
      grossMad: '217800.00',
    });
    expect(read(ublOf(credit)).invoice).toEqual(credit);
  });

  it('is refused with the line, the path and the rule of each thing that is wrong', () => {
    const rules = (change: (text: string) => string): string[] =>
      read(change(ublOf(PPA))).problems.map(({ rule, column }) => `${rule} ${column}`);
    expect(rules((text) => text.replace('>MAD<', '>DHS<'))).toEqual([
      'BR-CL-04 DocumentCurrencyCode',
    ]);
    expect(rules((text) => text.replaceAll('"MAD"', '"EUR"').replace('>MAD<', '>EUR<'))).toEqual(
      [],
    );
    expect(rules((text) => text.replace('"KWH"', '"kWh"'))).toEqual([
      'BR-CL-23 InvoicedQuantity/@unitCode',
    ]);
    expect(rules((text) => text.replace('"KWH"', '"MWH"'))).toEqual([
      'PEPPOL-EN16931-R130 Price/BaseQuantity/@unitCode',
    ]);
    expect(read(ublOf(PPA).replace('"KWH"', '"kWh"')).problems[0]).toMatchObject({ value: 'kWh' });
    expect(rules((text) => text.replace('>380<', '>999<'))).toEqual(['BR-CL-01 InvoiceTypeCode']);
    expect(rules((text) => text.replace('>11000000.00<', '>11000000.001<'))).toEqual([
      'BR-DEC-19 TaxableAmount',
    ]);
    expect(rules((text) => text.replace('2026-10-31', '2026-10-32'))).toEqual([
      'day.iso InvoicePeriod/EndDate',
    ]);
    expect(rules((text) => text.replace(/<cbc:IssueDate>.*?<\/cbc:IssueDate>/, ''))).toEqual([
      'element.given IssueDate',
    ]);
    expect(
      rules((text) =>
        text.replaceAll('Invoice xmlns', 'Order xmlns').replace('</Invoice>', '</Order>'),
      ),
    ).toEqual(['ubl.root Order']);
    expect(read(ublOf(PPA).replace('>380<', '>999<')).problems[0]).toMatchObject({
      row: 7,
      value: '999',
    });
  });

  it('says one currency in every amount, but for the total of VAT in the tax currency (R051)', () => {
    const rules = (text: string): string[] =>
      read(text).problems.map(({ rule, column, value }) => `${rule} ${column} ${value}`);
    const first = ublOf(PPA).replace('currencyID="MAD"', 'currencyID="EUR"');
    expect(rules(first)).toEqual(['PEPPOL-EN16931-R051 TaxAmount/@currencyID 1646400.00']);
    const all = rules(ublOf(PPA).replaceAll('currencyID="MAD"', 'currencyID="EUR"'));
    expect(all).toHaveLength(13);
    const line = ublOf(PPA).replace(/(PriceAmount currencyID=)"MAD"/, '$1"USD"');
    expect(rules(line)).toEqual(['PEPPOL-EN16931-R051 PriceAmount/@currencyID 0.55']);
    const taxes =
      '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">150000.00</cbc:TaxAmount></cac:TaxTotal>';
    const stated = ublOf(PPA).replace('<cac:LegalMonetaryTotal>', `${taxes}$&`);
    expect(rules(stated)).toEqual(['PEPPOL-EN16931-R051 TaxAmount/@currencyID 150000.00']);
    const inTaxes = stated.replace(
      '</cbc:DocumentCurrencyCode>',
      '$&<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>',
    );
    expect(read(inTaxes)).toEqual({ invoice: PPA, problems: [] });
  });

  it('has two decimals of money, and a third is one too many though it is 0 (BR-DEC)', () => {
    const rules = (from: RegExp, to: string): string[] =>
      read(ublOf(PPA).replace(from, to)).problems.map(({ rule, column }) => `${rule} ${column}`);
    const lineNet = /(Line>[\s\S]*?LineExtensionAmount[^>]*>)11000000\.00/;
    expect(rules(lineNet, '$111000000.000')).toEqual(['BR-DEC-23 LineExtensionAmount']);
    expect(rules(lineNet, '$111000000')).toEqual([]);
    expect(rules(/(PayableAmount[^>]*>15378400\.00)/, '$10')).toEqual(['BR-DEC-18 PayableAmount']);
    expect(rules(/>0\.55</, '>0.550000<')).toEqual([]);
  });

  it('has allowances and charges inside its lines, and days of its lines (BG-26 to BG-28)', () => {
    const charge = (indicator: string, amount: string): string =>
      `<cac:AllowanceCharge><cbc:ChargeIndicator>${indicator}</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Rebate</cbc:AllowanceChargeReason><cbc:Amount currencyID="MAD">${amount}</cbc:Amount></cac:AllowanceCharge>`;
    const days =
      '<cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>';
    const text = ublOf(PPA).replace(
      '<cac:Item>',
      `${days}${charge('0', '30.00')}${charge('1', '10.00')}$&`,
    );
    const { invoice, problems } = read(text);
    expect(problems).toEqual([]);
    expect(invoice!.lines[0]).toEqual({
      ...PPA.lines[0],
      charges: [
        { isCharge: false, reason: 'Rebate', amountMad: '30.00' },
        { isCharge: true, reason: 'Rebate', amountMad: '10.00' },
      ],
      period: { start: '2026-10-01', end: '2026-10-31' },
    });
    expect(arithmeticFaults(invoice!, 0.02)).toEqual([
      {
        rule: 'PEPPOL-EN16931-R120',
        where: 'line 1',
        statedMad: '11000000.00',
        computedMad: '10999980.00',
      },
    ]);
    const wrong = read(ublOf(PPA).replace('<cac:Item>', `${charge('ja', '1.00')}$&`));
    expect(wrong.problems.map(({ rule, value }) => [rule, value])).toEqual([
      ['indicator.boolean', 'ja'],
    ]);
  });

  it.each([
    ['384', 'CORRECTED_INVOICE'],
    ['386', 'PREPAYMENT_INVOICE'],
    ['389', 'SELF_BILLED_INVOICE'],
  ])('of type %s is read as %s', (code, kind) => {
    const { invoice, problems } = read(ublOf(PPA).replace('>380<', `>${code}<`));
    expect([problems, invoice]).toEqual([[], { ...PPA, kind }]);
    expect(read(ublOf({ ...PPA, kind: kind as 'INVOICE' })).invoice).toEqual({ ...PPA, kind });
  });

  it('may use any unit and category of the official lists', () => {
    for (const unit of ['KVA', 'KWT', 'DAY', 'EA', 'XPP', 'KVR']) {
      const { invoice, problems } = read(ublOf(PPA).replaceAll('"KWH"', `"${unit}"`));
      expect([problems, invoice!.lines[0]!.unit]).toEqual([[], unit]);
    }
    for (const code of ['AE', 'B', 'K', 'G', 'L', 'M']) {
      const { invoice, problems } = read(ublOf(PPA).replaceAll('>S<', `>${code}<`));
      expect([problems, invoice!.lines[0]!.vatCategory]).toEqual([[], code]);
    }
    expect(read(ublOf(PPA).replaceAll('>S<', '>X<')).problems[0]!.rule).toBe('BR-CL-17');
  });

  it('outside VAT states a rate of 0 in its breakdown, or none (BR-O-05)', () => {
    const outside = invoiceOf([{ quantity: '1000', vatCategory: 'O', vatRatePct: null }]);
    expect(arithmeticFaults(outside, 0.02)).toEqual([]);
    const zero = { ...outside, vat: [{ ...outside.vat[0]!, vatRatePct: '0' }] };
    expect(arithmeticFaults(zero, 0.02)).toEqual([]);
    const taxed = { ...outside, vat: [{ ...outside.vat[0]!, vatRatePct: '20', vatMad: '110.00' }] };
    expect(arithmeticFaults(taxed, 0.02).map(({ rule }) => rule)).toEqual(['BR-CO-14', 'BR-CO-17']);
    // Only O has no rate: what is exempt states 0 on both sides.
    const exempt = invoiceOf([{ quantity: '1000', vatCategory: 'E', vatRatePct: null }]);
    const stated = { ...exempt, vat: [{ ...exempt.vat[0]!, vatRatePct: '0' }] };
    expect(arithmeticFaults(stated, 0.02)).not.toEqual([]);
  });

  it('shows every identity that does not hold, to 0.00', () => {
    const rules = (totals: Partial<typeof PPA.totals>, more: Partial<typeof PPA> = {}): string[] =>
      arithmeticFaults({ ...PPA, ...more, totals: { ...PPA.totals, ...totals } }, 0.02).map(
        ({ rule, where }) => `${rule} ${where}`,
      );
    expect(rules({ linesMad: '13732000.01' })).toEqual(['BR-CO-10 document', 'BR-CO-13 document']);
    expect(rules({ allowancesMad: '1.00' })).toEqual(['BR-CO-11 document', 'BR-CO-13 document']);
    expect(rules({ chargesMad: '1.00' })).toEqual(['BR-CO-12 document', 'BR-CO-13 document']);
    expect(rules({ grossMad: '15378400.01' })).toEqual(['BR-CO-15 document', 'BR-CO-16 document']);
    expect(rules({ prepaidMad: '100.00' })).toEqual(['BR-CO-16 document']);
    const [first, second] = PPA.vat;
    // The official rules let half a dirham of VAT pass.
    expect(rules({}, { vat: [{ ...first!, vatMad: '1100000.50' }, second!] })).toEqual([
      'BR-CO-14 document',
      'BR-CO-17 S 10',
    ]);
    expect(rules({}, { vat: [first!] })).toEqual(['BR-CO-14 document', 'BR-CO-18 S 20']);
    expect(rules({}, { vat: [] })).toEqual([]);
    const [line] = PPA.lines;
    expect(rules({}, { lines: [{ ...line!, priceMad: '0.56' }, PPA.lines[1]!] })).toEqual([
      'PEPPOL-EN16931-R120 line 1',
    ]);
    expect(rules({}, { lines: [{ ...line!, priceBase: '0' }, PPA.lines[1]!] })).toHaveLength(1);
  });
});
