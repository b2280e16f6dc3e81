import fc from 'fast-check';
import type { MonthHour } from '../matching/match-hour.js';
import { matchPool } from '../matching/policies/pro-rata.js';
import { HOUR_MS } from '../time/interval.js';
import { shareToTenants, type TenantMeters } from './tenants.js';

/** An hour of meters and one plant of 12 g a kWh. */
function hourOf(
  at: number,
  loads: Readonly<Record<string, number>>,
  generationWh: number,
): MonthHour {
  const codes = Object.keys(loads);
  const matched = matchPool(Float64Array.from(Object.values(loads)), Float64Array.of(generationWh));
  const demand = codes.map((meterCode, row) => ({
    meterCode,
    wh: loads[meterCode]!,
    isEstimated: false,
    matchedWh: matched.demandWh[row]!,
  }));
  const certificate = {
    certificateId: 'C',
    plantCode: 'P',
    startMs: at * HOUR_MS,
    endMs: (at + 1) * HOUR_MS,
    wh: generationWh,
    externalId: 'C',
    issuer: 'I',
    status: 'Active' as const,
    sourceLine: 1,
  };
  const standing = {
    spendableWh: generationWh,
    heldWh: 0,
    cancelledWh: 0,
    withdrawnWh: 0,
    expiredWh: 0,
    cancelledForStorageWh: 0,
  };
  const matchedWh = matched.supplyWh[0]!;
  return {
    hourMs: at * HOUR_MS,
    demand,
    generationWh,
    matchedWh,
    maximumWh: matchedWh,
    supply: [
      {
        certificate,
        standing,
        contractedWh: generationWh,
        eligibleWh: generationWh,
        barred: [],
        matchedWh,
      },
    ],
    loadWh: demand.reduce((sum, { wh }) => sum + wh, 0),
    pairs: null,
    cut: null,
  };
}

const factorsOf = (hours: number) => ({
  gridMgPerKwh: Array.from({ length: hours }, () => 600_000),
  plantMgPerKwh: new Map([['P', 12_000]]),
});
const tenant = (
  code: string,
  meterCodes: readonly string[],
  gpuHours: string | null = null,
): TenantMeters => ({ code, meterCodes, gpuHours });

describe('shares of tenants', () => {
  it('count own meters whole and common ones by use in the hour', () => {
    const hours = [
      // A uses 3 MWh, B 1 MWh; 2 MWh are common; 4.5 MWh cover three quarters of each meter.
      hourOf(0, { A1: 3_000_000, B1: 1_000_000, COOL: 2_000_000 }, 4_500_000),
      // Nobody computes; the cooling is shared alike, and nothing covers it.
      hourOf(1, { A1: 0, B1: 0, COOL: 1_000_001 }, 0),
    ];
    const tenants = [tenant('B', ['B1'], '1000'), tenant('A', ['A1'])];
    const shares = shareToTenants(hours, tenants, factorsOf(2));
    expect(shares.tenants).toMatchObject([
      {
        tenantCode: 'A',
        ownWh: 3_000_000,
        commonWh: 2_000_001,
        matchedWh: 3_375_000,
        perGpuHour: null,
      },
      {
        tenantCode: 'B',
        ownWh: 1_000_000,
        commonWh: 1_000_000,
        matchedWh: 1_125_000,
        coverageClaimPct: '56.25',
      },
    ]);
    // B: 2 MWh × 600 g; residual 0.875 MWh × 600 g + 1.125 MWh × 12 g = 538.5 kg.
    expect(shares.tenants[1]!.perGpuHour).toEqual({
      gpuHours: '1000',
      kwh: '2.000000',
      matchedKwh: '1.125000',
      locationBasedG: '1200.000000',
      marketHourlyG: '538.500000',
    });
    expect(shares).toMatchObject({
      loadWh: 7_000_001,
      matchedWh: 4_500_000,
      locationBasedKg: 4_200,
      marketHourlyKg: 1_554,
    });
  });

  it('sum to the site, in Wh and in kilograms, whoever has which meter', () => {
    const load = fc.integer({ min: 0, max: 5_000_000 });
    const hour = fc.tuple(load, load, load, load, fc.integer({ min: 0, max: 20_000_000 }));
    const owners = fc.tuple(
      fc.nat({ max: 3 }),
      fc.nat({ max: 3 }),
      fc.nat({ max: 3 }),
      fc.nat({ max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(hour, { minLength: 1, maxLength: 6 }), owners, (rows, owner) => {
        const meters = ['M1', 'M2', 'M3', 'M4'];
        const hours = rows.map(([a, b, c, d, generation], at) =>
          hourOf(at, { M1: a, M2: b, M3: c, M4: d }, generation),
        );
        // Owner 3 is nobody: the meter is common.
        const tenants = ['X', 'Y', 'Z'].map((code, at) =>
          tenant(
            code,
            meters.filter((_, meter) => owner[meter] === at),
          ),
        );
        const shares = shareToTenants(hours, tenants, factorsOf(rows.length));
        const sum = (of: 'loadWh' | 'matchedWh' | 'locationBasedKg' | 'marketHourlyKg'): number =>
          shares.tenants.reduce((all, one) => all + one[of], 0);
        for (const name of ['loadWh', 'matchedWh', 'locationBasedKg', 'marketHourlyKg'] as const)
          expect([name, sum(name)]).toEqual([name, shares[name]]);
        for (const one of shares.tenants) expect(one.matchedWh).toBeLessThanOrEqual(one.loadWh);
      }),
    );
  });
});
