import { DomainError } from '../errors.js';
import { type PlacedMeter, requirePlace, virtualDefaults } from './hierarchy.js';

const meter = (code: string, change: Partial<PlacedMeter> = {}): PlacedMeter => ({
  code,
  siteCode: 'SITE',
  intervalMinutes: 15,
  direction: 'consumption',
  parentCode: null,
  isBooked: true,
  formula: null,
  ...change,
});

const virtual = (intervalMinutes: number, ...codes: readonly string[]): PlacedMeter =>
  meter('SUM', {
    intervalMinutes,
    isBooked: false,
    formula: codes.map((meterCode) => ({ meterCode, sign: 1 })),
  });

const QUARTERS = meter('Q');
const HOURS = meter('H', { intervalMinutes: 60 });
const TENS = meter('T', { intervalMinutes: 10 });
const ALL = [QUARTERS, HOURS, TENS];

function refusal(attempt: () => void): DomainError<'meter.hierarchy_invalid'>['details'] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DomainError) return error.details as never;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a virtual meter', () => {
  it.each([
    [60, ['Q', 'H']],
    [15, ['Q']],
    [30, ['Q', 'T']],
    [60, ['Q', 'T']],
  ])('combines meters of other intervals at %i minutes: %j', (minutes, codes) => {
    expect(() => requirePlace(virtual(minutes, ...codes), ALL)).not.toThrow();
  });

  it.each([
    [15, ['Q', 'H'], 'Give it intervals of 60 minutes'],
    [15, ['Q', 'T'], 'Give it intervals of 30 minutes'],
    [5, ['Q'], 'Give it intervals of 15 minutes'],
  ])('is not finer than its meters, nor crosses them: %i minutes of %j', (minutes, codes, fix) => {
    expect(refusal(() => requirePlace(virtual(minutes, ...codes), ALL)).fix).toContain(fix);
  });

  it('holds whole intervals at any time, where lengths change', () => {
    const until = { from: '2026-06-01T00:00:00Z', intervalMinutes: 60 };
    const longer = meter('L', { intervalChanges: [until] });
    const all = [...ALL, longer];
    expect(refusal(() => requirePlace(virtual(15, 'L'), all)).fix).toContain('60 minutes');
    const both = { ...virtual(15, 'L'), intervalChanges: [until] };
    expect(() => requirePlace(both, all)).not.toThrow();
    expect(() => requirePlace(virtual(60, 'L', 'Q'), all)).not.toThrow();
  });

  it('has meters of its own site', () => {
    const elsewhere = meter('E', { siteCode: 'OTHER' });
    const { detail } = refusal(() => requirePlace(virtual(15, 'Q', 'E'), [...ALL, elsewhere]));
    expect(detail).toContain('E stands on another site');
  });

  it('is by itself as coarse as its coarsest meter, and as strong as those that it adds', () => {
    const rated = (one: PlacedMeter, ratedPowerW: number) => ({ ...one, ratedPowerW });
    const all = [rated(QUARTERS, 100), rated(HOURS, 10), rated(TENS, 1)];
    const of = (...terms: readonly (readonly [string, 1 | -1])[]) =>
      virtualDefaults(
        terms.map(([meterCode, sign]) => ({ meterCode, sign })),
        all,
      );
    expect(of(['Q', 1], ['H', 1])).toEqual({ intervalMinutes: 60, ratedPowerW: 110 });
    expect(of(['Q', 1])).toEqual({ intervalMinutes: 15, ratedPowerW: 100 });
    // Neither of 10 and 15 minutes holds whole intervals of the other: half an hour does of both.
    expect(of(['Q', 1], ['T', -1])).toEqual({ intervalMinutes: 30, ratedPowerW: 100 });
    expect(of(['H', -1])).toEqual({ intervalMinutes: 60, ratedPowerW: 1 });
  });
});
