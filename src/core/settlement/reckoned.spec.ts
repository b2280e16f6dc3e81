import {
  contract,
  net,
  NO_OPENINGS,
  seriesOf,
  settled,
  wh,
} from '../../../test/support/contract.js';
import { Decimal } from '../units/money.js';

/** Values that a reckoner of its own, written from the rules in words, found to differ on random contracts. */
describe('reckoned a second time', () => {
  it('availability by energy has both its energies at the plant, before losses', () => {
    const availability = (lossFactor: string, deliveryPoint: 'SITE_METER' | 'PLANT_BUSBAR') =>
      net({
        run: 'RECONCILIATION',
        elections: contract({
          ...{ deliveryPoint, adders: { lossFactor } },
          obligations: {
            availabilityGuarantee: { basis: 'ENERGY', levelPct: '90', rateMadPerPoint: '100' },
          },
        }),
        series: seriesOf(wh([40, 20]), {
          ...{ potentialWh: wh([40, 40]), states: ['RUNNING', 'OUT'] },
        }),
      });
    // 60 of 80 MWh: 75 %, whatever is lost on the way.
    expect(availability('0', 'SITE_METER')).toBe('-1500.00');
    expect(availability('0.2', 'SITE_METER')).toBe('-1500.00');
    expect(availability('0.2', 'PLANT_BUSBAR')).toBe('-1500.00');
  });

  it('nominations at tiers have their imbalance', () => {
    const { settlement } = settled({
      elections: contract({
        volume: {
          ...{ product: 'PAY_AS_NOMINATED' },
          imbalance: { bearer: 'SELLER', tolerancePct: '10', spreadMadPerMwh: '50' },
        },
        price: {
          base: null,
          tiers: {
            ...{ kind: 'PROGRESSIVE', per: 'MONTH' },
            bands: [
              { upToMwh: '15', price: '500' },
              { upToMwh: null, price: '400' },
            ],
          },
        },
      }),
      series: seriesOf(wh([15, 5]), {
        ...{ nominatedWh: wh([10, 10]), referenceMadPerMwh: ['600', '600'] },
      }),
    });
    expect(settlement.lines.map(({ kind, amountMad }) => [kind, amountMad])).toEqual([
      ['ENERGY', '7500.00'],
      ['ENERGY', '2000.00'],
      // 4 beyond the band at 600 − 50, 4 short of it at 600 + 50.
      ['IMBALANCE', '2200.00'],
      ['IMBALANCE', '-2600.00'],
    ]);
  });

  it('an account counts thirds exactly', () => {
    const { settlement } = settled({
      elections: contract({
        share: { basis: 'MW_SHARE', value: '1', ofMw: '3' },
        obligations: { deemedGeneration: { freeAllowanceMwh: '12.5' } },
      }),
      series: seriesOf([1_000_000, 1], {
        ...{ potentialWh: [3_232_393, 1], states: ['CURTAILED', 'RUNNING'] },
      }),
      openings: { ...NO_OPENINGS, deemedUsedMwh: new Decimal(11) },
    });
    const account = settlement.obligations.find(({ name }) => name.startsWith('deemed'))!;
    expect(account.movements[0]!.amount).toBe('0.744131');
    expect(account.closing).toBe('11.744131');
  });
});
