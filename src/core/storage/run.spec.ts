import fc from 'fast-check';
import { factsOf } from '../../../test/support/bundles.js';
import { HOUR_MS } from '../time/interval.js';
import { STORAGE_METHODS } from './allocate.js';
import { readStorageRecord } from './record-row.js';
import {
  type ChargePart,
  type StorageRecord,
  type StorageTerms,
  storageTermsAt,
  traceDischarges,
} from './run.js';

const terms = (more: Partial<StorageTerms> = {}): StorageTerms => ({
  code: 'T',
  version: 1,
  issuerCode: 'I',
  method: 'fifo',
  efficiency: '0.89',
  efficiencyFrom: '2026-01-01T00:00:00Z',
  efficiencyTo: '2026-07-01T00:00:00Z',
  ...more,
});
const discharge = (hour: number, wh: number): StorageRecord => ({
  recordId: `D${hour}`,
  deviceCode: 'B',
  isCharging: false,
  wh,
  externalId: `d${hour}`,
  startMs: hour * HOUR_MS,
  endMs: (hour + 1) * HOUR_MS,
  validator: 'V',
  sourceLine: 1,
});
const part = (
  hour: number,
  leftWh: number,
  bundleId: string | null,
  device = 'PV',
): ChargePart => ({
  record: { recordId: `C${hour}`, startMs: hour * HOUR_MS, endMs: (hour + 1) * HOUR_MS },
  backing: bundleId === null ? null : { bundleId, rangeStart: 0, facts: factsOf(device) },
  leftWh,
});
const drawn = (run: ReturnType<typeof traceDischarges>) =>
  run.allocations.map(({ discharge: of, part: from, chargeWh, dischargeWh }) => [
    of.recordId,
    from.backing?.bundleId ?? from.record.recordId,
    chargeWh,
    dischargeWh,
  ]);

describe('tracing discharges of a device', () => {
  it('draws what is certified before the rest of a charge, and certifies only that', () => {
    const run = traceDischarges(
      [part(0, 40, null), part(0, 30, 'W', 'WIND'), part(0, 30, 'P', 'PV')],
      [discharge(1, 50), discharge(2, 100)],
      [terms(), terms()],
    );
    // 50 / 0.89 = 56.2 → 57; floor(30 × 0.89) = 26, floor(57 × 0.89) = 50.
    expect(drawn(run)).toEqual([
      ['D1', 'P', 30, 26],
      ['D1', 'W', 27, 24],
      ['D2', 'W', 3, 2],
      ['D2', 'C0', 40, 36],
    ]);
    expect(run).toMatchObject({ dischargeWh: 150, certifiedWh: 52, unbackedWh: 62, lossWh: 12 });
  });

  it('draws on no charge that ended after the discharge began', () => {
    const run = traceDischarges([part(1, 100, 'P')], [discharge(1, 10)], [terms()]);
    expect(run).toMatchObject({ allocations: [], unbackedWh: 10, certifiedWh: 0 });
  });

  it('uses the terms of each discharge, the latest version that holds at its start', () => {
    const versions = [
      terms(),
      terms({ version: 2, efficiency: '0.5', efficiencyFrom: '2026-03-01T00:00:00Z' }),
    ];
    const at = (instant: string) => storageTermsAt(versions, Date.parse(instant))?.version ?? null;
    expect(at('2026-02-28T23:59:59Z')).toBe(1);
    expect(at('2026-03-01T00:00:00Z')).toBe(2);
    expect(at('2026-07-01T00:00:00Z')).toBeNull();
    const run = traceDischarges(
      [part(0, 100, 'P')],
      [discharge(1, 10), discharge(2, 10)],
      [terms({ efficiency: '1' }), terms({ efficiency: '0.5' })],
    );
    expect(drawn(run)).toEqual([
      ['D1', 'P', 10, 10],
      ['D2', 'P', 20, 10],
    ]);
  });

  it('creates no energy, and traces in pieces as it does at once', () => {
    const charges = fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 1, maxLength: 8 });
    const wanted = fc.array(fc.nat(900), { minLength: 1, maxLength: 8 });
    const method = fc.constantFrom(...STORAGE_METHODS);
    const check = fc.property(charges, wanted, method, fc.nat(8), (pairs, amounts, how, cut) => {
      const parts = pairs.flatMap(([certified, rest], at) => [
        ...(certified === 0 ? [] : [part(2 * at, certified, `B${at}`)]),
        ...(rest === 0 ? [] : [part(2 * at, rest, null)]),
      ]);
      const list = amounts.map((wh, at) => discharge(2 * at + 1, wh));
      const under = list.map(() => terms({ method: how }));
      const whole = traceDischarges(parts, list, under);
      const first = traceDischarges(parts, list.slice(0, cut), under.slice(0, cut));
      const used = (one: ChargePart): number =>
        first.allocations.reduce(
          (sum, { part: from, chargeWh }) => sum + (from === one ? chargeWh : 0),
          0,
        );
      const left = parts.map((one) => ({ ...one, leftWh: one.leftWh - used(one) }));
      const second = traceDischarges(left, list.slice(cut), under.slice(cut));
      expect([...drawn(first), ...drawn(second)]).toEqual(drawn(whole));
      for (const one of parts) {
        const sum = whole.allocations
          .filter(({ part: from }) => from === one)
          .reduce((all, { chargeWh }) => all + chargeWh, 0);
        expect(sum).toBeLessThanOrEqual(one.leftWh);
      }
      expect(whole.certifiedWh + whole.unbackedWh).toBeLessThanOrEqual(whole.dischargeWh);
    });
    fc.assert(check, { numRuns: 200 });
  });
});

describe('a row of a file of storage records', () => {
  const device = { code: 'B', technology: 'battery_storage', capacityW: 1_000_000 };
  const row = {
    device: 'B',
    start: '2026-10-01T00:00:00Z',
    end: '2026-10-01T01:00:00Z',
    direction: 'charge',
    wh: '1000',
    external_id: 'x',
    validator: 'V',
  };

  it('is taken as it is', () => {
    expect(readStorageRecord(row, device)).toMatchObject({ isCharging: true, wh: 1_000 });
    expect(readStorageRecord({ ...row, wh: '0' }, device)).toMatchObject({ wh: 0 });
  });

  it.each([
    ['device.stores', {}, { technology: 'wind_turbine' }],
    ['direction.known', { direction: '-1000' }, {}],
    ['energy.whole', { wh: '-5' }, {}],
    ['storage.within_power', { wh: '1100001' }, {}],
    ['interval.inside_one_hour', { end: '2026-10-01T01:30:00Z' }, {}],
    ['id.visible_ascii', { validator: '' }, {}],
  ])('is refused: %s', (rule, change, other) => {
    expect(readStorageRecord({ ...row, ...change }, { ...device, ...other })).toMatchObject({
      rule,
    });
  });
});
