import { HOUR_MS } from '../time/interval.js';
import { flagsOf } from './plausibility.js';

describe('plausibility of a certificate', () => {
  const device = {
    technology: 'solar_pv',
    capacityW: 1_000_000,
    commissionedOn: '2026-01-01',
    place: { latitudeDeg: 33.5, longitudeDeg: -7.5 },
  };
  const at = (start: string, wh: number) => ({
    startMs: Date.parse(start),
    endMs: Date.parse(start) + HOUR_MS,
    wh,
  });

  // prettier-ignore
  it.each<[string, string, number, object, string[]]>([
    ['nothing at noon',           '2026-10-01T12:00:00Z', 900_000,   {}, []],
    ['what the capacity gives',   '2026-10-01T12:00:00Z', 1_000_000, {}, []],
    ['more than the capacity',    '2026-10-01T12:00:00Z', 1_000_001, {}, ['above-capacity']],
    ['energy before the plant',   '2025-12-30T12:00:00Z', 5,         {}, ['before-commissioning']],
    ['the sun at night',          '2026-10-01T01:00:00Z', 6_000,     {}, ['night-solar']],
    ['not the dark of a meter',   '2026-10-01T01:00:00Z', 5_000,     {}, []],
    ['not dusk',                  '2026-10-01T18:00:00Z', 6_000,     {}, []],
    ['not wind at night',         '2026-10-01T01:00:00Z', 6_000,     { technology: 'wind_turbine' }, []],
    ['no sun of nowhere',         '2026-10-01T01:00:00Z', 6_000,     { place: null }, []],
  ])('flags %s', (_, start, wh, more, flags) => {
    expect(flagsOf(at(start, wh), { ...device, ...more })).toEqual(flags);
  });
});
