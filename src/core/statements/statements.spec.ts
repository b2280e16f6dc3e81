import fc from 'fast-check';
import { Decimal } from '../units/money.js';
import { billMonth } from './billing.js';
import { blockSources } from './document.js';
import { carbonFigures, type CarbonInputs } from './carbon.js';

const TERMS = { strikePriceMadPerMwh: '550', vatCode: 'VAT', vatRatePct: '10', sources: [] };
const plant = (plantCode: string, generationWh: number, lossFactor = '0') => ({
  plantCode,
  generationWh,
  lossFactor,
  sources: [],
});

describe('billing', () => {
  it('prices a pay-as-produced month (SETTLEMENT E01: 201 MWh at 550)', () => {
    const { lines, totalNetMad, totalGrossMad } = billMonth([plant('P', 201_000_000)], TERMS);
    expect([lines[0]!.netMad, totalNetMad, totalGrossMad]).toEqual([
      '110550.00',
      '110550.00',
      '121605.00',
    ]);
  });

  it('prices exact delivered energy: losses are not rounded before', () => {
    const [line] = billMonth([plant('P', 1_000_001, '0.035')], TERMS).lines;
    expect([line!.deliveredWh, line!.netMad]).toEqual(['965000.965', '530.75']);
  });

  it('adds lines up to totals to the centime, whatever the amounts', () => {
    const plants = fc.array(fc.nat({ max: 10 ** 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(plants, fc.integer({ min: 0, max: 99_999_999 }), (energies, price) => {
        const strikePriceMadPerMwh = new Decimal(price).dividedBy(10_000).toFixed();
        const { lines, totalNetMad, totalVatMad, totalGrossMad } = billMonth(
          energies.map((wh, at) => plant(`P${at}`, wh, '0.012345')),
          { ...TERMS, strikePriceMadPerMwh },
        );
        const sum = (key: 'netMad' | 'vatMad' | 'grossMad') =>
          lines.reduce((total, line) => total.plus(line[key]), new Decimal(0)).toFixed(2);
        expect([sum('netMad'), sum('vatMad'), sum('grossMad')]).toEqual([
          totalNetMad,
          totalVatMad,
          totalGrossMad,
        ]);
        expect(new Decimal(totalNetMad).plus(totalVatMad).toFixed(2)).toBe(totalGrossMad);
      }),
    );
  });
});

describe('carbon figures', () => {
  const ref = { kind: 'factor', id: 'F@1' } as const;
  const hour = (change: object) => ({
    hourMs: 0,
    loadWh: 40_000_000,
    estimatedLoadWh: 0,
    generationWh: 0,
    matchedWh: 0,
    gridFactorMgPerKwh: 600_000,
    gridCfePpm: 200_000,
    residualMixMgPerKwh: null,
    fossilMgPerKwh: 760_000,
    ...change,
  });
  const figures = (change: Partial<CarbonInputs>) =>
    new Map(
      carbonFigures({
        hours: [
          hour({ generationWh: 12_000_000, matchedWh: 12_000_000 }),
          hour({ gridCfePpm: null }),
        ],
        plants: [
          {
            plantCode: 'P',
            generationWh: 12_000_000,
            matchedWh: 12_000_000,
            directFactorMgPerKwh: 0,
          },
        ],
        areInstrumentsApplied: true,
        sources: {
          run: ref,
          blocks: [ref],
          certificates: [ref],
          plants: [ref],
          contracts: [ref],
          gridFactors: [ref],
          residualMix: [],
          fossilFactors: [ref],
        },
        ...change,
      }).map((figure) => [figure.id, figure.value]),
    );

  it('are the four of Scope 2, and both CFE under different names', () => {
    const found = figures({});
    expect(found.get('contractedCfePct')).toBe('15.00');
    expect(found.get('cfeScorePct')).toBe('22.000000');
    expect(found.get('gridCfeUnknownWh')).toBe(40_000_000);
    expect(found.get('locationBasedT')).toBe('48.000');
    expect(found.get('marketBased2015T')).toBe('40.800');
    expect(found.get('marketHourlyT')).toBe('40.800');
    expect(found.get('marketHourlyFossilT')).toBe('51.680');
  });

  it('use a residual mix where one is published, and the instruments’ own factor', () => {
    const hours = [
      hour({ generationWh: 50_000_000, matchedWh: 40_000_000, residualMixMgPerKwh: 700_000 }),
    ];
    const plants = [
      {
        plantCode: 'P',
        generationWh: 50_000_000,
        matchedWh: 40_000_000,
        directFactorMgPerKwh: 10_000,
      },
    ];
    const more = [...hours, hour({ residualMixMgPerKwh: 700_000 })];
    expect(figures({ hours: more, plants }).get('marketHourlyT')).toBe('28.400');
    // Surplus of the first hour that nobody cancelled counts nowhere.
    expect(figures({ hours: more, plants }).get('marketBased2015T')).toBe('28.400');
    expect(figures({ hours, plants }).get('marketBased2015T')).toBe('0.400');
  });

  it('are recomputed without estimates', () => {
    const hours = [
      hour({ generationWh: 20_000_000, matchedWh: 20_000_000, estimatedLoadWh: 30_000_000 }),
    ];
    const plants = [
      { plantCode: 'P', generationWh: 20_000_000, matchedWh: 20_000_000, directFactorMgPerKwh: 0 },
    ];
    const found = figures({ hours, plants });
    expect([found.get('contractedCfePct'), found.get('contractedCfeWithoutEstimatesPct')]).toEqual([
      '50.00',
      '100.00',
    ]);
  });

  it('refuse a ledger that matched something else than the hours allow', () => {
    expect(() => figures({ hours: [hour({ generationWh: 9, matchedWh: 8 })] })).toThrow(
      'Invariant broken',
    );
  });
});

describe('sources of blocks', () => {
  it('are spans of days at one revision, by meter and day', () => {
    const day = (meterCode: string, utcDay: string, revision = 1) => ({
      meterCode,
      utcDay,
      revision,
    });
    const blocks = [
      day('B', '2026-10-31'),
      day('B', '2026-11-01'),
      day('A', '2026-10-03', 2),
      day('A', '2026-10-01'),
      day('A', '2026-10-02'),
      day('A', '2026-10-04'),
      day('A', '2026-10-06'),
    ];
    expect(blockSources(blocks).map(({ id }) => id)).toEqual([
      'A/2026-10-01..2026-10-02/1',
      'A/2026-10-03/2',
      'A/2026-10-04/1',
      'A/2026-10-06/1',
      'B/2026-10-31..2026-11-01/1',
    ]);
  });
});
