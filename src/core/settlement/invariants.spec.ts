import fc from 'fast-check';
import { contract, inputOf, net, seriesOf, settled } from '../../../test/support/contract.js';
import { Decimal } from '../units/money.js';
import { settlementDelta } from './delta.js';
import { settle } from './settle.js';

describe('invariants', () => {
  const hours = fc.array(
    fc.record({
      generation: fc.nat(60_000_000),
      load: fc.nat(50_000_000),
      reference: fc.integer({ min: -200, max: 1_500 }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  type Hours = readonly { generation: number; load: number; reference: number }[];
  const seriesIn = (list: Hours) =>
    seriesOf(
      list.map(({ generation }) => generation),
      {
        loadWh: list.map(({ load }) => load),
        referenceMadPerMwh: list.map(({ reference }) => String(reference)),
      },
    );
  const consumed = contract({
    volume: {
      product: 'AS_CONSUMED',
      excess: { rule: 'BUYER_TAKES', priceMadPerMwh: '100', capPct: null },
    },
    adders: { lossFactor: '0.035' },
  });
  const cfd = (strike: string) => contract({ deliveryForm: 'VIRTUAL', price: { base: strike } });

  it('account for every Wh, and never give more coverage by energy than by volume', () => {
    const check = fc.property(hours, (list) => {
      const { settlement } = settled({ elections: consumed, series: seriesIn(list) });
      const of = (name: string): Decimal => new Decimal(settlement.quantities[name]!);
      expect(of('matchedMwh').plus(of('excessMwh')).equals(of('deliveredMwh'))).toBe(true);
      expect(of('matchedMwh').plus(of('residualMwh')).equals(of('loadMwh'))).toBe(true);
      const { energyWeightedPct: energy, volumetricPct: volume } = settlement.coverage!;
      if (energy !== null) expect(new Decimal(energy).lessThanOrEqualTo(volume!)).toBe(true);
    });
    fc.assert(check, { numRuns: 100 });
  });

  it('permuting hours leaves energy totals, and cutting a period leaves hourly amounts', () => {
    const check = fc.property(hours, fc.nat(30), (list, cut) => {
      const at = cut % list.length;
      const all = settled({ elections: cfd('550'), series: seriesIn(list) });
      const turned = settled({ elections: cfd('550'), series: seriesIn(list.toReversed()) });
      expect(turned.settlement.quantities).toEqual(all.settlement.quantities);
      expect(turned.settlement.totals).toEqual(all.settlement.totals);
      if (at === 0) return;
      const start = new Date(Date.parse('2026-10-05T00:00:00Z') + at * 3_600_000).toISOString();
      const parts = [
        settled({ elections: cfd('550'), series: seriesIn(list.slice(0, at)) }),
        settled({ elections: cfd('550'), series: seriesIn(list.slice(at)), start }),
      ];
      expect(parts.flatMap(({ hourlyMad }) => hourlyMad()[0])).toEqual(all.hourlyMad()[0]);
    });
    fc.assert(check, { numRuns: 60 });
  });

  it('shifting strike and reference by one constant leaves a difference unchanged', () => {
    const check = fc.property(hours, fc.integer({ min: 0, max: 400 }), (list, shift) => {
      const moved = list.map((one) => ({ ...one, reference: one.reference + shift }));
      const base = net({ elections: cfd('550'), series: seriesIn(list) });
      expect(net({ elections: cfd(String(550 + shift)), series: seriesIn(moved) })).toBe(base);
    });
    fc.assert(check, { numRuns: 60 });
  });

  it('a collared amount lies between floor and cap, and a credit mirrors its charge', () => {
    const check = fc.property(hours, (list) => {
      const elections = contract({
        price: {
          base: null,
          market: { kind: 'COLLAR', alpha: '0.95', floorMadPerMwh: '100', capMadPerMwh: '600' },
        },
      });
      const { settlement } = settled({ elections, series: seriesIn(list) });
      const mwh = new Decimal(settlement.quantities['pricedMwh']!);
      const amount = new Decimal(settlement.totals.netMad);
      expect(amount.greaterThanOrEqualTo(mwh.times(100).minus('0.005'))).toBe(true);
      expect(amount.lessThanOrEqualTo(mwh.times(600).plus('0.005'))).toBe(true);
    });
    fc.assert(check, { numRuns: 60 });
  });

  it('provisional and true-ups are the final settlement, to 0.00', () => {
    const check = fc.property(hours, hours, hours, (first, second, third) => {
      const size = Math.min(first.length, second.length, third.length);
      const versions = [first, second, third].map(
        (list) =>
          settled({ elections: consumed, series: seriesIn(list.slice(0, size)) }).settlement,
      );
      const deltas = versions.map((one, at) => settlementDelta(versions[at - 1] ?? null, one));
      const sum = deltas.reduce((all, { totals }) => all.plus(totals.grossMad), new Decimal(0));
      expect(sum.toFixed(2)).toBe(versions.at(-1)!.totals.grossMad);
      for (const { lines, totals } of deltas) {
        const parts = lines.reduce((all, line) => all.plus(line.amountMad), new Decimal(0));
        expect(parts.toFixed(2)).toBe(totals.netMad);
      }
    });
    fc.assert(check, { numRuns: 60 });
  });

  it('the same inputs give the same bytes, and every line says where it comes from', () => {
    const check = fc.property(hours, (list) => {
      const input = inputOf({ elections: consumed, series: seriesIn(list) });
      expect(JSON.stringify(settle(input))).toBe(JSON.stringify(settle(input)));
      for (const line of settle(input).settlement.lines) {
        expect(line.formula).not.toBe('');
      }
    });
    fc.assert(check, { numRuns: 20 });
  });
});
