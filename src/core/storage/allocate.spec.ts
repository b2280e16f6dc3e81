import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { floorOfShare, isShareText, shareOf } from '../math/exact-share.js';
import { HOUR_MS } from '../time/interval.js';
import {
  allocateStorage,
  STORAGE_METHODS,
  type StorageFlow,
  type StorageMethod,
  type StorageTrace,
} from './allocate.js';

const flowsOf = (signed: readonly number[]): StorageFlow[] =>
  signed.map((wh, hour) => ({
    id: String(hour),
    direction: wh < 0 ? 'discharge' : 'charge',
    startMs: hour * HOUR_MS,
    endMs: (hour + 1) * HOUR_MS,
    wh: Math.abs(wh),
  }));
const run = (
  signed: readonly number[],
  efficiency: string,
  method: StorageMethod = 'fifo',
): StorageTrace => allocateStorage(flowsOf(signed), shareOf(efficiency), method);
const rowsOf = ({ allocations }: StorageTrace): (string | number)[][] =>
  allocations.map((one) => [one.chargeId, one.dischargeId, one.chargeWh, one.dischargeWh]);

describe('allocateStorage', () => {
  it('gives the first cycle of the reference registry, in whole Wh', () => {
    const vector = JSON.parse(
      readFileSync('fixtures/vectors/storage_fifo_first_cycle.json', 'utf8'),
    );
    const signed = Array.from({ length: 21 }, () => 0);
    for (const { hour, wh } of vector.flows) signed[hour] = Math.trunc(wh);
    const trace = run(signed, vector.efficiency);
    expect(rowsOf(trace).map((row) => row.map(Number))).toEqual(vector.integer_rule_derived.rows);
    expect(
      Object.fromEntries(trace.unbacked.map(({ dischargeId, wh }) => [dischargeId, wh])),
    ).toEqual(vector.integer_rule_derived.uncovered_discharge_wh);
    trace.allocations.forEach(({ dischargeId, dischargeWh }, at) => {
      const share = dischargeWh / Math.abs(signed[Number(dischargeId)]!);
      expect(share.toFixed(6)).toBe(vector.expected_allocations[at].share_of_discharge.toFixed(6));
    });
  });

  // prettier-ignore
  it.each([
    ['fifo',             [100, 200, -90],       '0.9', [['0', '2', 100, 90]]],
    ['lifo',             [100, 200, -90],       '0.9', [['1', '2', 100, 90]]],
    ['weighted-average', [100, 200, -90],       '0.9', [['0', '2', 33, 29], ['1', '2', 67, 61]]],
    ['fifo',             [-5, 10, -5, 10],      '1',   [['1', '2', 5, 5]]],
    ['fifo',             [1, 1, 1, -2],         '0.5', [['0', '3', 1, 0], ['1', '3', 1, 1], ['2', '3', 1, 0]]],
    ['lifo',             [10, -5, 10, -15],     '1',   [['0', '1', 5, 5], ['2', '3', 10, 10], ['0', '3', 5, 5]]],
  ] as const)('%s draws %j at %s as %j', (method, signed, efficiency, rows) => {
    expect(rowsOf(run(signed, efficiency, method))).toEqual(rows);
  });

  it('says what nothing stands behind, and what is left', () => {
    const trace = run([100, -100, 50], '0.5');
    expect(trace.unbacked).toEqual([{ dischargeId: '1', wh: 50 }]);
    expect(trace.stored).toEqual([{ chargeId: '2', wh: 50 }]);
  });

  it('refuses flows that overlap', () => {
    const [first] = flowsOf([1]);
    expect(() => allocateStorage([first!, first!], shareOf('1'), 'fifo')).toThrow('in order');
  });

  it.each(STORAGE_METHODS)(
    '%s creates nothing, and credits all that charge suffices for',
    (method) => {
      const efficiencies = fc
        .integer({ min: 1, max: 1_000_000 })
        .map((ppm) => (ppm / 1e6).toFixed(6));
      const signed = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { maxLength: 30 });
      fc.assert(
        fc.property(signed, efficiencies, (flows, efficiency) => {
          const share = shareOf(efficiency);
          const trace = run(flows, efficiency, method);
          flows.forEach((wh, at) => {
            const of = (
              end: 'chargeId' | 'dischargeId',
              amount: 'chargeWh' | 'dischargeWh',
            ): number =>
              trace.allocations
                .filter((one) => one[end] === String(at))
                .reduce((sum, one) => sum + one[amount], 0);
            if (wh > 0) expect(of('chargeId', 'chargeWh')).toBeLessThanOrEqual(wh);
            if (wh >= 0) return;
            const credited = of('dischargeId', 'dischargeWh');
            const drawn = of('dischargeId', 'chargeWh');
            const free =
              trace.unbacked.find(({ dischargeId }) => dischargeId === String(at))?.wh ?? 0;
            expect(credited + free).toBe(-wh);
            expect(credited).toBe(floorOfShare(drawn, share));
            // Nothing is unbacked while charge from before is left.
            const left = trace.stored.filter(({ chargeId }) => Number(chargeId) < at);
            if (free > 0) expect(left).toEqual([]);
          });
        }),
      );
    },
  );
});

describe('shares', () => {
  // prettier-ignore
  it.each([[100, '0.29', 29], [100, '0.57', 57], [9_007_199_254_740_991, '0.999999', 9_007_190_247_541_736], [3, '0.5', 1]])(
    'of %d, %s is %d', (units, share, part) => expect(floorOfShare(units, shareOf(share))).toBe(part),
  );

  it.each(['0.29', '1', '1.000', '0.000001', '.5'])('takes %s', (text) =>
    expect(isShareText(text)).toBe(true),
  );
  it.each(['0', '0.0', '1.5', '1.0001', '-0.5', '1e-3', '', '.', '5 %'])('refuses %j', (text) =>
    expect(isShareText(text)).toBe(false),
  );
});
