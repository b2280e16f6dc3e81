import fc from 'fast-check';
import { Decimal } from '../../units/money.js';
import { takeOrPay } from './obligations.js';

const MAD = (value: Decimal | string): string => new Decimal(value).toFixed(2);

describe('a make-up bank', () => {
  const year = (more: Partial<Parameters<typeof takeOrPay>[0]>) =>
    takeOrPay({
      contractYear: 3,
      levelMwh: new Decimal(90),
      bank: [],
      deductionsMwh: new Decimal(0),
      takenMwh: new Decimal(90),
      makeUp: 'PRICE_DIFFERENCE',
      priceMadPerMwh: new Decimal(550),
      expiryYears: 2,
      ...more,
    });
  const vintage = (contractYear: number, mwh: number, paid: number) => ({
    contractYear,
    mwh: new Decimal(mwh),
    paidMadPerMwh: new Decimal(paid),
  });

  it('is drawn oldest first, for the difference in price, and lapses', () => {
    const bank = [vintage(2, 5, 560), vintage(1, 4, 500), vintage(0, 7, 400)];
    const result = year({ takenMwh: new Decimal(96), bank });
    expect(result.expired).toEqual([vintage(0, 7, 400)]);
    expect(result.used.map(({ vintage: of, mwh }) => [of.contractYear, mwh.toNumber()])).toEqual([
      [1, 4],
      [2, 2],
    ]);
    expect(MAD(result.makeUpChargeMad)).toBe('200.00');
    expect(result.bank).toEqual([vintage(2, 3, 560)]);
  });

  it('is never overdrawn, nor below zero', () => {
    const amount = fc.nat(200);
    const check = fc.property(amount, fc.array(amount, { maxLength: 4 }), (taken, bank) => {
      const opening = bank.map((mwh, at) => vintage(at, mwh, 500));
      const result = year({ takenMwh: new Decimal(taken), bank: opening });
      const sum = (list: readonly { readonly mwh: Decimal }[]): number =>
        list.reduce((all, { mwh }) => all + mwh.toNumber(), 0);
      const used = sum(result.used);
      expect(used).toBeLessThanOrEqual(Math.max(0, taken - 90));
      const deficiency = result.deficiencyMwh.toNumber();
      expect(sum(result.bank)).toBe(sum(opening) - sum(result.expired) - used + deficiency);
    });
    fc.assert(check, { numRuns: 200 });
  });
});
