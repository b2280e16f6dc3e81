import {
  billed,
  check,
  ELECTIONS,
  OURS,
  REFERENCES,
  runOf,
} from '../../../../test/support/invoice-check.js';
import { invoiceOf } from '../../../../test/support/invoices.js';
import type { RunResult } from '../../settlement/document.js';
import type { InvoiceLine, SupplierInvoice } from '../documents/supplier-invoice.js';

describe('an invoice beside our settlement', () => {
  it('is accepted where every figure agrees, in kWh as in MWh', () => {
    expect(OURS.settlement.totals.netMad).not.toBe('0.00');
    const inMwh = check(invoiceOf(billed(OURS)));
    expect([inMwh.verdict, inMwh.totals.variance.grossMad]).toEqual(['ACCEPT', '0.00']);
    const inKwh = billed(OURS).map((line): Partial<InvoiceLine> => ({
      ...line,
      unit: 'KWH',
      quantity: String(Number(line.quantity) * 1_000),
      priceBase: '1000',
    }));
    const check2 = check(invoiceOf(inKwh));
    expect([check2.verdict, check2.disputedMad]).toEqual(['ACCEPT', '0.00']);
  });

  it('gives each mistake its class, and proves it by settling with the mistake', () => {
    const { adders, price, rounding } = ELECTIONS;
    const index = price.index!;
    const stale = { ...REFERENCES.tariffs[0]!, madPerKwh: '0.0650' };
    const cases: readonly (readonly [string, RegExp, RunResult])[] = [
      [
        'INDEX',
        /month before/,
        runOf({ ...ELECTIONS, price: { ...price, index: { ...index, lagMonths: 4 } } }),
      ],
      ['INDEX', /not applied/, runOf({ ...ELECTIONS, price: { ...price, index: null } })],
      [
        'ROUNDING',
        /every hour/,
        runOf({ ...ELECTIONS, rounding: { ...rounding, amount: 'PER_INTERVAL' } }),
      ],
      ['ROUNDING', /to 4 decimals/, runOf({ ...ELECTIONS, rounding: { ...rounding, priceDp: 4 } })],
      ['LOSSES', /losses/, runOf({ ...ELECTIONS, adders: { ...adders, lossFactor: '0' } })],
      [
        'TARIFF_VALIDITY',
        /TSS@0/,
        runOf(ELECTIONS, { references: { ...REFERENCES, tariffs: [stale] } }),
      ],
    ];
    for (const [expected, says, theirs] of cases) {
      const found = check(invoiceOf(billed(theirs)));
      const wrong = found.lines.filter(({ varianceMad }) => varianceMad !== '0.00');
      expect(wrong.length).toBeGreaterThan(0);
      for (const line of wrong) {
        expect([expected, line.classes, line.says.join()]).toEqual([
          expected,
          [expected],
          expect.stringMatching(says),
        ]);
      }
    }
  });

  it('names what no mistake explains by what is off, and its effects sum to the variance', () => {
    const [energy, tss] = billed(OURS) as [Partial<InvoiceLine>, Partial<InvoiceLine>];
    const dearer = { ...energy, quantity: '1200', priceMad: '561.5', amountMad: '673800.00' };
    const { lines, verdict, disputedMad } = check(invoiceOf([dearer, tss]));
    const line = lines.find(({ kind }) => kind === 'ENERGY')!;
    expect(line.classes).toEqual(['QUANTITY', 'PRICE']);
    const sum = [line.quantityEffectMad, line.priceEffectMad, line.restMad].map(Number);
    expect(sum.reduce((a, b) => a + b).toFixed(2)).toBe(line.varianceMad);
    expect(verdict).toBe('DISPUTE');
    expect(disputedMad).toBe((Number(line.varianceMad) * 1.1).toFixed(2));
  });

  it('takes a quantity in whole kWh for rounding, and lets it pass within tolerance', () => {
    const [energy, tss] = billed(OURS) as [Partial<InvoiceLine>, Partial<InvoiceLine>];
    const wholeKwh = { ...energy, quantity: '1130498', unit: 'KWH', priceMad: '0.5606' } as const;
    const { verdict, lines } = check(
      invoiceOf([{ ...wholeKwh, amountMad: (1_130_498 * 0.5606).toFixed(2) }, tss]),
    );
    expect([verdict, lines[0]!.classes]).toEqual(['ACCEPT_WITH_NOTE', ['ROUNDING']]);
  });

  it('tells a wrong product from a rounded one, and a wrong unit from a wrong quantity', () => {
    const [energy, tss] = billed(OURS) as [Partial<InvoiceLine>, Partial<InvoiceLine>];
    const classes = (line: Partial<InvoiceLine>): readonly string[] =>
      check(invoiceOf([line, tss])).lines[0]!.classes;
    const amount = (more: number): string => (Number(energy.amountMad) + more).toFixed(2);
    expect(classes({ ...energy, amountMad: amount(0.02) })).toEqual(['ROUNDING']);
    expect(classes({ ...energy, amountMad: amount(1_000) })).toEqual(['ARITHMETIC']);
    expect(classes({ ...energy, unit: 'MON', amountMad: amount(5) })).toEqual(['QUANTITY']);
  });

  it('sees missing and extra lines, wrong wrong sums and unknown items', () => {
    const [energy, tss] = billed(OURS) as [Partial<InvoiceLine>, Partial<InvoiceLine>];
    const classes = (invoice: SupplierInvoice): string[] =>
      check(invoice).lines.flatMap((line) => line.classes);
    expect(classes(invoiceOf([energy]))).toEqual(['MISSING_LINE']);
    expect(check(invoiceOf([energy])).verdict).toBe('ACCEPT_WITH_NOTE');
    const fee = {
      itemCode: 'ADMIN',
      name: 'Handling',
      quantity: '1',
      unit: 'C62',
      priceMad: '900',
    } as const;
    expect(classes(invoiceOf([energy, tss, fee]))).toEqual(['EXTRA_LINE']);
    const rated = check(invoiceOf([{ ...energy, vatRatePct: '20' }, tss]));
    expect([rated.verdict, rated.lines[0]!.classes]).toEqual(['DISPUTE', ['VAT']]);
    const right = invoiceOf([energy, tss]);
    const wrong = { ...right, totals: { ...right.totals, netMad: '1.00' } };
    expect(check(wrong).arithmetic.map(({ rule }) => rule)).toEqual(['BR-CO-13', 'BR-CO-15']);
    expect(check(wrong).verdict).toBe('DISPUTE');
  });

  it('takes a quantity that is off by whole hours at a bound for stale zone data', () => {
    const [energy, tss] = billed(OURS) as [Partial<InvoiceLine>, Partial<InvoiceLine>];
    const early = Number(energy.quantity) + 18.5 - 27.9;
    const amountMad = (early * Number(energy.priceMad)).toFixed(2);
    const [line] = check(
      invoiceOf([{ ...energy, quantity: early.toFixed(3), amountMad }, tss]),
    ).lines;
    expect(line!.classes).toEqual(['PERIOD']);
    expect(line!.says[0]).toBe('The whole period is an hour early: probably stale zone data.');
    const dearer = { ...energy, quantity: early.toFixed(3), priceMad: '570' };
    const dear = { ...dearer, amountMad: (early * 570).toFixed(2) };
    expect(check(invoiceOf([dear, tss])).lines[0]!.classes).toEqual(['PERIOD', 'PRICE']);
  });

  it('counts a provisional invoice and its correction together, and a cancelled one not at all', () => {
    const [energy, tss] = billed(OURS) as [Partial<InvoiceLine>, Partial<InvoiceLine>];
    const more = String(Number(energy.quantity) + 360);
    const amountMad = (Number(more) * Number(energy.priceMad)).toFixed(2);
    const provisional = invoiceOf([{ ...energy, quantity: more, amountMad }, tss], {
      number: 'P-1',
    });
    const credit = invoiceOf(
      [{ ...energy, quantity: '360', amountMad: (360 * Number(energy.priceMad)).toFixed(2) }],
      { number: 'C-1', kind: 'CREDIT_NOTE', corrects: 'P-1' },
    );
    const corrected = check(credit, { earlier: [provisional] });
    expect([corrected.verdict, corrected.cancelled]).toEqual(['ACCEPT', []]);
    expect(check(provisional).verdict).toBe('DISPUTE');

    const whole = { ...provisional, number: 'C-2', kind: 'CREDIT_NOTE', corrects: 'P-1' } as const;
    const again = invoiceOf([energy, tss], { number: 'P-2' });
    const rebilled = check(again, { earlier: [provisional, whole] });
    expect([rebilled.verdict, rebilled.cancelled]).toEqual(['ACCEPT', [['P-1', 'C-2']]]);
  });

  it('disputes the whole of what is billed twice', () => {
    const first = invoiceOf(billed(OURS), { number: 'A' });
    const second = invoiceOf(billed(OURS), { number: 'B' });
    const { faults, verdict, disputedMad, undisputedMad } = check(second, { earlier: [first] });
    expect(faults).toEqual([{ class: 'DUPLICATE', says: 'It bills again what A bills.' }]);
    expect([verdict, disputedMad, undisputedMad]).toEqual([
      'DISPUTE',
      second.totals.grossMad,
      '0.00',
    ]);
  });

  it('lets a corrected invoice stand in the place of the one that it names (384)', () => {
    const [energy, tss] = billed(OURS) as [Partial<InvoiceLine>, Partial<InvoiceLine>];
    const wrong = invoiceOf([{ ...energy, amountMad: '1.00' }, tss], { number: 'W' });
    const right = invoiceOf([energy, tss], {
      number: 'R',
      kind: 'CORRECTED_INVOICE',
      corrects: 'W',
    });
    expect(check(right, { earlier: [wrong] })).toMatchObject({
      verdict: 'ACCEPT',
      documents: ['R'],
      faults: [],
    });
    // The same bill as a second invoice is billed twice.
    const twice = { ...right, kind: 'INVOICE', corrects: null } as const;
    expect(check(twice, { earlier: [wrong] }).verdict).toBe('DISPUTE');
    expect(check({ ...right, corrects: 'X' }, { earlier: [wrong] }).faults).toContainEqual({
      class: 'PERIOD',
      says: 'It corrects X, which is not here.',
    });
  });

  it('compares a prepayment with nothing, and leaves it out of what is billed (386)', () => {
    const prepayment = invoiceOf(billed(OURS), { number: 'P', kind: 'PREPAYMENT_INVOICE' });
    const found = check(prepayment);
    expect([found.verdict, found.disputedMad, found.totals.ours.grossMad]).toEqual([
      'DISPUTE',
      prepayment.totals.grossMad,
      '0.00',
    ]);
    expect(found.faults.map((one) => one.class)).toEqual(['KIND']);
    expect(found.lines.flatMap(({ classes }) => classes)).toEqual(['EXTRA_LINE', 'EXTRA_LINE']);
    const final = invoiceOf(billed(OURS), { number: 'F' });
    const { prepaidMad: _none, payableMad: _all, ...totals } = final.totals;
    const less = { ...totals, prepaidMad: totals.grossMad, payableMad: '0.00' };
    expect(check({ ...final, totals: less }, { earlier: [prepayment] })).toMatchObject({
      verdict: 'ACCEPT',
      documents: ['F'],
      arithmetic: [],
    });
  });

  it('says what a document is, by kind, unit and category, without a wrong figure', () => {
    const says = (invoice: SupplierInvoice): string[] =>
      check(invoice).faults.map((one) => `${one.class} ${one.says}`);
    const right = invoiceOf(billed(OURS));
    expect(says({ ...right, kind: 'SELF_BILLED_INVOICE' })).toEqual([
      'KIND Type 389 is made by the buyer in the seller’s name; this one came from the seller.',
    ]);
    const [energy, tss] = right.lines as [InvoiceLine, InvoiceLine];
    const inKva = check({ ...right, lines: [{ ...energy, unit: 'KVA' }, tss] });
    expect([inKva.verdict, inKva.faults]).toEqual([
      'ACCEPT_WITH_NOTE',
      [{ class: 'UNIT', says: "Line 1 is in KVA, which is no unit of the contract's settlement." }],
    ]);
    const reverse = right.lines.map((line) => ({ ...line, vatCategory: 'AE' as const }));
    expect(says({ ...right, lines: reverse })).toEqual([
      'VAT VAT category AE is reverse charge: the buyer owes the VAT.',
    ]);
  });

  it('says where days end before they start, or a line leaves the days of its document', () => {
    const [energy, tss] = invoiceOf(billed(OURS)).lines as [InvoiceLine, InvoiceLine];
    const says = (more: Partial<SupplierInvoice>, period?: InvoiceLine['period']): string[] =>
      check({
        ...invoiceOf([]),
        ...invoiceOf([{ ...energy, ...(period === undefined ? {} : { period }) }, tss]),
        ...more,
      }).faults.map((one) => one.says.split(':')[0]!);
    const days = { periodStart: '2026-10-01', periodEnd: '2026-10-02' };
    expect(says(days)).toEqual([]);
    expect(says({ periodStart: '2026-10-02', periodEnd: '2026-10-01' })).toEqual(['BR-29']);
    expect(says(days, { start: '2026-10-02', end: '2026-10-01' })).toEqual(['BR-30']);
    expect(says(days, { start: '2026-09-30', end: '2026-10-03' })).toEqual([
      'PEPPOL-EN16931-R110',
      'PEPPOL-EN16931-R111',
    ]);
  });

  it('takes a charge inside a line for a line of no kind', () => {
    const [energy, tss] = invoiceOf(billed(OURS)).lines as [InvoiceLine, InvoiceLine];
    const amountMad = (Number(energy.amountMad) + 50).toFixed(2);
    const charges = [{ isCharge: true, reason: 'Handling', amountMad: '50.00' }];
    const found = check(invoiceOf([{ ...energy, amountMad, charges }, tss]));
    expect(found.arithmetic).toEqual([]);
    expect(found.lines.filter(({ classes }) => classes.length > 0)).toMatchObject([
      { label: 'Handling', classes: ['EXTRA_LINE'], varianceMad: '50.00' },
    ]);
  });
});
