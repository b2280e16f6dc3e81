import {
  contract,
  type Given,
  net,
  NO_OPENINGS,
  NO_REFERENCES as NONE,
  refusal,
  seriesOf,
  settled,
  wh,
} from '../../../../test/support/contract.js';
import { Decimal } from '../../units/money.js';
import { lateFineMad, lateInterestMad } from '../interest.js';
import { withinCaps } from '../obligations/obligations.js';

const MAD = (value: Decimal | string): string => new Decimal(value).toFixed(2);

describe('what goes beside the energy', () => {
  it('prices March 2027 at no tariff: nothing is carried forward', () => {
    const tariffs = [
      { id: 'T', kind: 'TURT', madPerKwh: '0.0685', from: '2026-03-01', to: '2027-03-01' } as const,
    ].map((row) => ({ ...row, confidence: 'P' }));
    const given = (start: string): Given => ({
      start,
      elections: contract({
        adders: {
          regulatedCharges: [{ charge: 'TURT', basis: 'DELIVERED', payer: 'BUYER' }],
        },
      }),
      series: seriesOf(wh([1])),
      references: { ...NONE, tariffs },
    });
    expect(net(given('2027-02-28T12:00:00Z'))).toBe('618.50');
    expect(refusal(() => net(given('2027-03-01T12:00:00Z')))).toMatchObject({
      code: 'settlement.reference_missing',
      details: { kind: 'tariff', key: 'TURT', at: '2027-03-01' },
    });
  });

  it('takes VAT once per rate on the summed base, and leaves damages outside', () => {
    const { settlement } = settled({
      elections: contract({
        vat: { energy: 'RE', fees: 'STD', damages: null },
        // One day of 31.
        adders: { standingMadPerMonth: '3101.55', meteringMadPerMonth: '1.55' },
        volume: { product: 'AS_CONSUMED' },
        obligations: {
          coverageGuarantee: {
            metric: 'VOLUMETRIC',
            levelPct: '90',
            rateMadPerMwh: '10',
            period: 'MONTH',
            zeroLoadHour: 'COVERED',
          },
        },
      }),
      series: seriesOf(wh([1, 1]), { loadWh: wh([2, 2]) }),
      references: {
        ...NONE,
        vat: ['RE', 'STD'].map((code) => ({
          id: code,
          code,
          ratePct: code === 'RE' ? '10' : '20',
          from: '2026-01-01',
          to: null,
          confidence: code === 'RE' ? 'S/M+' : 'P',
        })),
      },
    });
    expect(settlement.totals).toEqual({
      netMad: '1184.10',
      vat: [
        { vatCode: null, ratePct: null, baseMad: '-16.00', vatMad: '0.00' },
        { vatCode: 'RE', ratePct: '10', baseMad: '1100.00', vatMad: '110.00' },
        { vatCode: 'STD', ratePct: '20', baseMad: '100.10', vatMad: '20.02' },
      ],
      vatMad: '130.02',
      grossMad: '1314.12',
    });
    expect(settlement.warnings).toEqual([expect.stringContaining('RE is marked S/M+')]);
  });

  it('pays deemed energy beyond the allowance, in order of time', () => {
    const { settlement } = settled({
      elections: contract({ obligations: { deemedGeneration: { freeAllowanceMwh: '3' } } }),
      openings: { ...NO_OPENINGS, deemedUsedMwh: new Decimal(1) },
      series: seriesOf(wh([1, 1, 4]), {
        potentialWh: wh([4, 4, 4]),
        states: ['CURTAILED', 'CURTAILED', 'RUNNING'],
      }),
    });
    const line = settlement.lines.find(({ kind }) => kind === 'DEEMED')!;
    expect([line.quantity, line.amountMad]).toEqual(['4', '2200.00']);
    const account = settlement.obligations.find(({ name }) => name.startsWith('deemed'))!;
    expect([account.opening, account.closing]).toEqual(['1', '3']);
  });

  it('settles imbalance outside the tolerance, against whoever bears it', () => {
    const elections = contract({
      volume: {
        product: 'PAY_AS_NOMINATED',
        imbalance: { bearer: 'SELLER', tolerancePct: '10', spreadMadPerMwh: '20' },
      },
    });
    const { settlement } = settled({
      elections,
      series: seriesOf(wh([12, 8, 10.5]), {
        nominatedWh: wh([10, 10, 10]),
        referenceMadPerMwh: ['400', '400', '400'],
      }),
    });
    expect(settlement.lines.map(({ quantity, amountMad }) => [quantity, amountMad])).toEqual([
      ['30', '16500.00'],
      ['1', '380.00'],
      ['-1', '-420.00'],
    ]);
  });

  it('caps damages by the year and in all, and counts the days of a delay', () => {
    const caps = { annualMad: '100', aggregateMad: '150' };
    const owed = withinCaps([new Decimal(60), new Decimal(60)], {
      ...caps,
      paidYearMad: new Decimal(10),
      paidTotalMad: new Decimal(20),
    });
    expect(owed.map(MAD)).toEqual(['60.00', '30.00']);
    const { settlement } = settled({
      start: '2026-10-30T00:00:00Z',
      elections: contract({
        codDate: '2026-11-02',
        stages: [{ from: '2026-11-02', mw: '40' }],
        obligations: {
          delayDamages: {
            scheduledCod: '2026-10-31',
            rateMadPerMwDay: '10',
            longStopDate: '2027-06-30',
          },
          damageCaps: { annualMad: '700', aggregateMad: null },
        },
      }),
      series: seriesOf(Array(48).fill(0)),
    });
    const line = settlement.lines.find(({ kind }) => kind === 'DELAY_DAMAGES')!;
    expect([line.quantity, line.amountMad]).toEqual(['40', '-400.00']);
  });

  it('charges interest on days that are late, and states the fine beside it', () => {
    const late = { dueOn: '2026-10-31', paidOn: '2026-12-05' };
    const of = { ...late, principalMad: '1000000', annualPct: '6' };
    expect(lateInterestMad({ ...of, dayCount: 'ACT_360' })).toBe('5833.33');
    expect(lateInterestMad({ ...of, dayCount: 'ACT_365' })).toBe('5753.42');
    expect(lateInterestMad({ ...of, paidOn: '2026-10-31', dayCount: 'ACT_360' })).toBe('0.00');
    expect(lateFineMad({ ...late, grossMad: '1000', policyRatePct: '2.25' })).toBe('31.00');
  });
});
