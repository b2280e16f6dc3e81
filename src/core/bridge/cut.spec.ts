import fc from 'fast-check';
import { MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { type BridgeWh, cutMwh, MWH_WH } from './cut.js';
import { issuancePeriods } from './deadlines.js';

const bundle = (bundleId: string, hour: number, wh: number, rangeStart = 0): BridgeWh => ({
  bundleId,
  startMs: hour * 3_600_000,
  rangeStart,
  wh,
});
const sum = (parts: readonly BridgeWh[]): number => parts.reduce((all, { wh }) => all + wh, 0);

describe('cutting energy into MWh certificates', () => {
  it('cuts every million Wh in order of production, and carries the rest', () => {
    const { certificates, carry } = cutMwh(
      [bundle('B', 1, 900_000, 700_000), bundle('A', 0, 700_000), bundle('C', 1, 500_000, 5)],
      [],
    );
    expect(certificates).toEqual([
      [bundle('A', 0, 700_000), bundle('B', 1, 300_000, 700_000)],
      [bundle('B', 1, 600_000, 1_000_000), bundle('C', 1, 400_000, 5)],
    ]);
    expect(carry).toEqual([bundle('C', 1, 100_000, 400_005)]);
  });

  it('makes withdrawn energy good first, the oldest certificate first', () => {
    const deficits = [
      { mwhId: 'M1', wh: 300_000 },
      { mwhId: 'M2', wh: 300_000 },
    ];
    const cut = cutMwh([bundle('A', 0, 500_000)], deficits);
    expect(cut.replacements).toEqual([
      { mwhId: 'M1', part: bundle('A', 0, 300_000) },
      { mwhId: 'M2', part: bundle('A', 0, 200_000, 300_000) },
    ]);
    expect(cut).toMatchObject({
      certificates: [],
      carry: [],
      deficits: [{ mwhId: 'M2', wh: 100_000 }],
    });
  });

  it('keeps certificates × 10⁶ + carry = Σ energy, whatever comes when', () => {
    const amounts = fc.array(fc.nat(2_500_000), { maxLength: 12 });
    const check = fc.property(amounts, amounts, fc.nat(2_000_000), (first, second, lostWh) => {
      const list = (amount: readonly number[], from: number) =>
        amount.map((wh, at) => bundle(`B${from + at}`, from + at, wh));
      const one = cutMwh(list(first, 0), []);
      const lacking = Math.min(lostWh, one.certificates.length * MWH_WH, MWH_WH);
      const deficits = lacking === 0 ? [] : [{ mwhId: 'M', wh: lacking }];
      const two = cutMwh([...one.carry, ...list(second, 20)], deficits);
      for (const parts of [...one.certificates, ...two.certificates])
        expect(sum(parts)).toBe(MWH_WH);
      const count = one.certificates.length + two.certificates.length;
      const made = count * MWH_WH + sum(two.carry) + sum(two.replacements.map(({ part }) => part));
      expect(made).toBe([...first, ...second].reduce((all, wh) => all + wh, 0));
      expect(sum(two.carry)).toBeLessThan(MWH_WH);
    });
    fc.assert(check, { numRuns: 200 });
  });
});

describe('deadlines of issuance', () => {
  const IREC = [
    { firstMonth: 1, lastMonth: 6, yearsLater: 1, dueMonth: 5, dueDay: 31 },
    { firstMonth: 7, lastMonth: 12, yearsLater: 1, dueMonth: 9, dueDay: 30 },
  ];
  it('gives each half-year its day of the following year, within civil months', () => {
    const nowMs = Date.parse('2027-01-15T00:00:00Z');
    const periods = issuancePeriods(IREC, MOROCCO_LEGAL_TIME, { firstYear: 2026, nowMs });
    expect(
      periods.map(({ firstMonth, lastMonth, dueOn }) => [firstMonth, lastMonth, dueOn]),
    ).toEqual([
      ['2026-01', '2026-06', '2027-05-31'],
      ['2026-07', '2026-12', '2027-09-30'],
      ['2027-01', '2027-06', '2028-05-31'],
    ]);
    expect(new Date(periods[0]!.startMs).toISOString()).toBe('2025-12-31T23:00:00.000Z');
    expect(new Date(periods[1]!.endMs).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  });
});
