import fc from 'fast-check';
import { compareIds } from '../text.js';
import { parseWattHours, sumWattHours } from './energy.js';
import { factorMgPerKwh, factorText, isFactorText, tonnes } from './emissions.js';
import { Decimal, energyAmountMad, toCentimes } from './money.js';
import { claimPct, enginePct } from './ratio.js';

describe('watt-hours', () => {
  // prettier-ignore
  it.each([
    ['40000000',  'wh',  60, 40_000_000],
    ['1.9',       'wh',  60, 1],
    ['53.328',    'kwh', 30, 53_328],
    ['0.0009',    'kwh', 60, 0],
    ['1.2345678', 'mwh', 60, 1_234_567],
    ['40000',     'kw',  15, 10_000_000],
    ['1',         'kw',  5,  83],
    ['0',         'wh',  60, 0],
  ] as const)('reads %s %s over %d min as %d Wh', (text, unit, minutes, wh) => {
    expect(parseWattHours(text, unit, minutes)).toBe(wh);
  });

  it.each(['', '-1', '1e3', '1,5', ' 1', '0x10', '1.', '.5', 'NaN', '9007199254740992'])(
    'refuses %j',
    (text) => expect(parseWattHours(text, 'wh', 60)).toBeNull(),
  );

  it('adds up exactly, or refuses', () => {
    expect(sumWattHours([2 ** 52, 2 ** 52 - 1])).toBe(2 ** 53 - 1);
    expect(() => sumWattHours([2 ** 53 - 1, 1])).toThrow('energy.total_unsafe');
    expect(() => sumWattHours([0.5])).toThrow('not a whole, safe number');
  });
});

describe('money, factors and shares', () => {
  it('prices a pay-as-produced month (SETTLEMENT E01)', () => {
    expect(toCentimes(energyAmountMad(new Decimal(201_000_000), new Decimal(550)))).toBe(
      '110550.00',
    );
  });

  it('rounds half away from zero, so a credit mirrors its charge', () => {
    expect([toCentimes(new Decimal('1.005')), toCentimes(new Decimal('-1.005'))]).toEqual([
      '1.01',
      '-1.01',
    ]);
    expect([toCentimes(new Decimal('-0.004')), toCentimes(new Decimal('-0'))]).toEqual([
      '0.00',
      '0.00',
    ]);
  });

  it('holds factors as whole mg/kWh and emissions to the kilogram', () => {
    expect(factorMgPerKwh('548.2')).toBe(548_200);
    expect(factorText(548_200)).toBe('548.2');
    expect([isFactorText('1.2345'), isFactorText('-1'), isFactorText('760')]).toEqual([
      false,
      false,
      true,
    ]);
    expect(tonnes(new Decimal('500000000'))).toBe('0.001');
    expect(tonnes(new Decimal('499999999'))).toBe('0.000');
  });

  it('cuts claims, rounds comparisons, and says nothing over nothing', () => {
    const [part, whole] = [new Decimal(99_996), new Decimal(100_000)];
    expect([claimPct(part, whole), enginePct(part, whole)]).toEqual(['99.99', '99.996000']);
    expect([claimPct(part, new Decimal(0)), enginePct(part, new Decimal(0))]).toEqual([null, null]);
  });
});

describe('ids', () => {
  it('sort by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareIds(a, b))).toBe(bytes);
      }),
    );
  });
});
