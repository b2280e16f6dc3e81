import { HOUR_MS } from '../time/interval.js';
import { undecidedLoad } from './undecided-load.js';

const at = (instant: string): number => Date.parse(instant);
const hour = (instant: string, wh: number, meterCode = 'A') => ({
  meterCode,
  hourMs: at(instant),
  wh,
});
// Morocco is at UTC since 20 September 2026, and was an hour ahead before.
const SUSPECT = [{ meterCode: 'A', hourMs: at('2026-10-06T12:00:00Z') }];
const power = (): number => 9_000_000;
const valueWith = (...relied: Parameters<typeof undecidedLoad>[1]): number =>
  undecidedLoad(SUSPECT, relied, power)[0]!.wh;

describe('undecided load', () => {
  it.each([
    [
      'the highest hour before',
      [hour('2026-10-01T00:00:00Z', 7), hour('2026-10-02T00:00:00Z', 5)],
      7,
    ],
    [
      'not what comes on its own day',
      [hour('2026-10-06T03:00:00Z', 50), hour('2026-10-05T00:00:00Z', 5)],
      5,
    ],
    ['not what comes after', [hour('2026-10-07T03:00:00Z', 50)], 9_000_000],
    ['not another meter', [hour('2026-10-01T00:00:00Z', 50, 'B')], 9_000_000],
    ['zero, where it measured nothing else', [hour('2026-10-01T00:00:00Z', 0)], 0],
    ['its rated power for an hour, where nothing is known', [], 9_000_000],
  ])('counts at %s', (_, relied, wh) => expect(valueWith(...relied)).toBe(wh));

  it('looks back over 35 civil days, in legal time', () => {
    // 1 September began at 23:00Z, an hour ahead of UTC; 6 October begins at midnight.
    const first = at('2026-08-31T23:00:00Z');
    const relied = (hourMs: number) => ({ meterCode: 'A', hourMs, wh: 3 });
    expect(valueWith(relied(first))).toBe(3);
    expect(valueWith(relied(first - HOUR_MS))).toBe(9_000_000);
    const last = at('2026-10-05T23:00:00Z');
    expect(valueWith(relied(last))).toBe(3);
    expect(valueWith(relied(last + HOUR_MS))).toBe(9_000_000);
  });

  it('is one value for the hours of a day, each meter by its own', () => {
    const hours = [...SUSPECT, { meterCode: 'B', hourMs: SUSPECT[0]!.hourMs }];
    const relied = [hour('2026-10-01T00:00:00Z', 7), hour('2026-10-01T00:00:00Z', 8, 'B')];
    expect(undecidedLoad(hours, relied, power).map(({ wh }) => wh)).toEqual([7, 8]);
  });
});
