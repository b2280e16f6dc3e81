import fc from 'fast-check';
import { contract, NO_OPENINGS, seriesOf, settled, wh } from '../../../../test/support/contract.js';
import { Decimal } from '../../units/money.js';
import { carryForward } from './carry-forward.js';
import { carryOf, openingsOf, parseOpenings } from './carry-over.js';

/** ACQ 1 200 MWh a year, so 100 a month, of which 90 must be taken. */
const elections = (carries: boolean) =>
  contract({
    volume: { ...contract().volume, acqMwh: '1200' },
    obligations: {
      takeOrPay: {
        period: 'MONTH',
        levelPct: '90',
        deductions: [],
        makeUp: 'PRICE_DIFFERENCE',
        expiryYears: 1,
        ...(carries ? { carryForward: true } : {}),
      },
    },
  });
const month = (mwh: number, carries = true, openings = NO_OPENINGS) =>
  settled({ elections: elections(carries), series: seriesOf(wh([mwh])), openings });

describe('energy carried forward', () => {
  it('is what is taken beyond the contract quantity, and lessens the next deficiency', () => {
    const first = month(130);
    expect(first.carry.forward).toEqual([{ contractYear: 1, mwh: '30' }]);
    const opened = openingsOf([{ contractYear: 1, isYear: false, carry: first.carry }], 1);
    const next = month(70, true, parseOpenings(opened));
    // 90 obliged, 30 carried, 70 taken: nothing lacks, and 10 are left.
    expect(next.settlement.lines.map(({ kind }) => kind)).toEqual(['ENERGY']);
    expect(next.carry.forward).toEqual([{ contractYear: 1, mwh: '10' }]);
    const account = next.settlement.obligations.find(
      ({ name }) => name === 'take-or-pay carry-forward',
    );
    expect(account).toEqual({
      name: 'take-or-pay carry-forward',
      unit: 'MWh',
      opening: '30',
      closing: '10',
      movements: [
        { what: 'lessens the obligation, of contract year 1', amount: '-20' },
        { what: 'taken beyond the contract quantity', amount: '0' },
      ],
    });
  });

  it('is nothing where the contract does not say so, nor between obligation and quantity', () => {
    expect(month(130, false).carry).not.toHaveProperty('forward');
    expect(month(95).carry.forward).toEqual([]);
    const line = month(70, false).settlement.lines.find(({ kind }) => kind === 'TAKE_OR_PAY');
    expect(line!.quantity).toBe('20');
  });

  it('is not earned with energy that makes up what was paid before', () => {
    const paid = { contractYear: 1, mwh: new Decimal(25), paidMadPerMwh: new Decimal(550) };
    const { carry } = month(130, true, { ...NO_OPENINGS, bank: [paid] });
    // Of the 40 beyond the obligation 25 are made up, and 15 are left.
    expect([carry.bank, carry.forward]).toEqual([[], [{ contractYear: 1, mwh: '15' }]]);
  });

  it('conserves energy, oldest first, and expires (property)', () => {
    const mwh = fc.integer({ min: 0, max: 500 });
    const vintages = fc.array(fc.record({ contractYear: fc.integer({ min: 1, max: 5 }), mwh }));
    fc.assert(
      fc.property(vintages, mwh, mwh, (bank, deficiency, beyond) => {
        const opening = bank.map((one) => ({ ...one, mwh: new Decimal(one.mwh) }));
        const result = carryForward({
          contractYear: 5,
          expiryYears: 2,
          bank: opening,
          deficiencyMwh: new Decimal(deficiency),
          beyondMwh: new Decimal(beyond),
        });
        const sum = (of: readonly { readonly mwh: Decimal }[]): number =>
          of.reduce((all, one) => all + one.mwh.toNumber(), 0);
        const out = sum(result.used) + sum(result.expired) + sum(result.bank);
        expect(out).toBe(sum(opening) + beyond);
        expect(result.usedMwh.toNumber()).toBeLessThanOrEqual(deficiency);
        expect(result.used.every(({ contractYear }) => contractYear >= 3)).toBe(true);
        const years = result.used.map(({ contractYear }) => contractYear);
        expect(years).toEqual(years.toSorted((a, b) => a - b));
      }),
    );
  });

  it('stays out of documents of contracts without it', () => {
    const year = { contractYear: 1, takenMwh: '0', productionMwh: '0', damagesMad: '0' };
    const plain = { ...year, excessSoldMwh: '0', deemedUsedMwh: '0' };
    expect(carryOf([plain], { bank: null, forward: null })).not.toHaveProperty('forward');
  });
});
