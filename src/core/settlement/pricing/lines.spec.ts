import fc from 'fast-check';
import { Decimal } from '../../units/money.js';
import { centimes, energyAtHourlyPrices, energyAtPrice, type LineFacts, sliceOf } from './lines.js';

const FACTS: LineFacts = {
  kind: 'ENERGY',
  label: 'x',
  party: 'CONTRACT',
  vatCode: null,
  formula: 'Q × K',
};

describe('amounts that are rounded every hour', () => {
  const bySmallSteps = fc.integer({ min: -4_000_000_000, max: 4_000_000_000 });
  /** Prices of few digits meet halves often; losses leave energy with many. */
  const price = fc.oneof(
    fc.constantFrom('0.5', '5', '550', '0.05', '-120', '553.7', '1250000', '0.000001'),
    bySmallSteps.map((n) => new Decimal(n).dividedBy(1e6).toFixed()),
  );
  const energy = fc.oneof(
    fc.integer({ min: 0, max: 500_000_000 }).map((wh) => new Decimal(wh)),
    fc.integer({ min: 1, max: 40_000 }).map((n) => new Decimal(n).times(10_000)),
    bySmallSteps.map((wh) => new Decimal(wh).times('0.965')),
  );

  it('are those of exact decimals, to the centime, hour by hour and in all (property)', () => {
    fc.assert(
      fc.property(fc.array(energy, { minLength: 1, maxLength: 50 }), price, (wh, text) => {
        const madPerMwh = new Decimal(text);
        const slice = sliceOf(wh);
        const line = energyAtPrice(FACTS, slice, madPerMwh, 'PER_INTERVAL');
        const exactly = slice.wh.map((one) => centimes(one.times(madPerMwh).times('0.000001')));
        expect(line.hourly!().mad.map((mad) => mad.toNumber())).toEqual(
          exactly.map((mad) => mad.toNumber() + 0),
        );
        const sum = exactly.reduce((total, mad) => total.plus(mad), new Decimal(0));
        expect(line.amountMad).toBe(sum.plus(0).toFixed(2));
      }),
      { numRuns: 500 },
    );
  });

  it('are 0 where a credit is less than half a centime, never −0', () => {
    // Near the half, far from it, and at a price of each hour.
    const slice = sliceOf([new Decimal(10)]);
    for (const line of [
      energyAtPrice(FACTS, slice, new Decimal('-499.9999'), 'PER_INTERVAL'),
      energyAtPrice(FACTS, slice, new Decimal('-1'), 'PER_INTERVAL'),
      energyAtHourlyPrices(FACTS, slice, [new Decimal('-1')], 'PER_INTERVAL'),
    ]) {
      expect(line.hourly!().mad.map((mad) => [mad.toNumber(), JSON.stringify(mad)])).toEqual([
        [0, '"0"'],
      ]);
      expect(line.amountMad).toBe('0.00');
    }
  });

  it('are the same whether a price is told once or for each hour (property)', () => {
    const rounding = fc.constantFrom('PER_INTERVAL' as const, 'PER_LINE' as const);
    fc.assert(
      fc.property(fc.array(energy, { maxLength: 50 }), price, rounding, (wh, text, amount) => {
        const madPerMwh = new Decimal(text);
        const hourly = wh.map(() => madPerMwh);
        const once = energyAtPrice(FACTS, sliceOf(wh), madPerMwh, amount);
        const each = energyAtHourlyPrices(FACTS, sliceOf(wh), hourly, amount);
        expect([once.price, each.price]).toEqual([madPerMwh.toFixed(), null]);
        expect({ ...each, price: once.price, hourly: null }).toEqual({ ...once, hourly: null });
        expect(each.hourly!().mad.map(String)).toEqual(once.hourly!().mad.map(String));
      }),
    );
  });

  it('keep a half away from zero, both ways', () => {
    // 10 Wh at 500 MAD/MWh are half a centime.
    const amount = (wh: number): string =>
      energyAtPrice(FACTS, sliceOf([new Decimal(wh)]), new Decimal(500), 'PER_INTERVAL').amountMad;
    expect([amount(10), amount(-10), amount(9), amount(30)]).toEqual([
      '0.01',
      '-0.01',
      '0.00',
      '0.02',
    ]);
  });
});
