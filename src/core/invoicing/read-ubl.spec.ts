import { invoiceOf, ublOf } from '../../../test/support/invoices.js';
import type { RowProblem } from '../errors.js';
import { type XmlNode, xmlTree } from '../tabular/xml.js';
import { arithmeticFaults } from './arithmetic.js';
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
      ...{ kind: 'CREDIT_NOTE', corrects: 'FAC-2026-000123' },
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
      'currency.mad DocumentCurrencyCode',
    ]);
    expect(rules((text) => text.replace('"KWH"', '"kWh"'))).toEqual([
      ...['BR-CL-23 InvoicedQuantity/@unitCode', 'PEPPOL-EN16931-R130 Price/BaseQuantity'],
    ]);
    expect(rules((text) => text.replace('>380<', '>999<'))).toEqual(['BR-CL-01 InvoiceTypeCode']);
    expect(rules((text) => text.replace('>11000000.00<', '>11000000.001<'))).toEqual([
      'decimal.places TaxableAmount',
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
      ...['BR-CO-14 document', 'BR-CO-17 S 10'],
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
