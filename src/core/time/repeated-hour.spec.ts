import { formatInstant, HOUR_MS } from './interval.js';
import { type LabelRun, passesByOrder, repeatedHours } from './repeated-hour.js';
import { ianaLegalTime } from './tz-zones.js';

// Paris, 25 October 2026: 02:00 to 03:00 came twice; clocks were put back at 01:00Z.
const hour = repeatedHours(ianaLegalTime('Europe/Paris')!).find(
  ({ changeMs }) => formatInstant(changeMs) === '2026-10-25T01:00:00Z',
)!;
const wall = (clock: string): number => Date.parse(`2026-10-25T${clock}Z`);
const run = (labels: string, more: Partial<LabelRun> = {}): string => {
  const wallMs = labels.split(' ').map(wall);
  const around = { before: wall('01:00'), after: wall('04:00'), isEnd: false };
  return passesByOrder(hour, { wallMs, ...around, ...more })
    .map((ms) => (ms === null ? '?' : formatInstant(ms).slice(11, 16)))
    .join(' ');
};
const falling = { before: wall('04:00'), after: wall('01:00') };
const ends = { isEnd: true };

describe('the passes of a repeated hour', () => {
  it('are found where clocks are put back', () => {
    expect(hour.endWallMs - hour.startWallMs).toBe(HOUR_MS);
    expect(hour.startWallMs).toBe(wall('02:00'));
    const lordHowe = repeatedHours(ianaLegalTime('Australia/Lord_Howe')!).at(-1)!;
    expect(lordHowe.endWallMs - lordHowe.startWallMs).toBe(HOUR_MS / 2);
  });

  // prettier-ignore
  it.each([
    ['one after the other', '02:00 02:30 02:00 02:30', {}, '00:00 00:30 01:00 01:30'],
    ['side by side', '02:00 02:00 02:30 02:30', {}, '00:00 01:00 00:30 01:30'],
    ['of whole hours', '02:00 02:00', {}, '00:00 01:00'],
    ['with a gap in the first', '02:30 02:00 02:30', {}, '00:30 01:00 01:30'],
    ['with a gap in the second', '02:00 02:30 02:30', {}, '? 00:30 01:30'],
    ['with a gap in the second, a step back', '02:00 02:15 02:45 02:15', {}, '00:00 00:15 00:45 01:15'],
    ['only one of them', '02:00 02:30', {}, '? ?'],
    ['back twice', '02:00 02:30 02:00 02:30 02:00', {}, '? ? ? ? ?'],
    ['falling', '02:30 02:00 02:30 02:00', falling, '01:30 01:00 00:30 00:00'],
    ['falling, side by side', '02:30 02:30 02:00 02:00', falling, '01:30 00:30 01:00 00:00'],
    ['at the start of a file', '02:00 02:30 02:00 02:30', { before: null }, '00:00 00:30 01:00 01:30'],
    ['alone in a file', '02:00 02:00', { before: null, after: null }, '? ?'],
    ['alone, rising', '02:00 02:30 02:00 02:30', { before: null, after: null }, '00:00 00:30 01:00 01:30'],
    ['as ends by the clock', '02:30 02:00 02:30 03:00', ends, '00:30 01:00 01:30 02:00'],
    ['as ends by the offset of their start', '02:30 03:00 02:30 03:00', ends, '00:30 01:00 01:30 02:00'],
    ['as whole ends by the clock', '02:00 02:00 03:00', ends, '00:00 01:00 02:00'],
    ['as whole ends by the offset', '02:00 03:00 03:00', ends, '00:00 01:00 02:00'],
    ['as ends side by side by the clock', '02:00 02:00 02:30 02:30 03:00', ends, '00:00 01:00 00:30 01:30 02:00'],
    ['as ends side by side by the offset', '02:00 02:30 02:30 03:00 03:00', ends, '00:00 00:30 01:30 01:00 02:00'],
    ['as ends of one pass', '02:00 02:30 03:00', ends, '? ? ?'],
    ['as the end of the hour alone', '03:00', ends, '02:00'],
  ] as [string, string, Partial<LabelRun>, string][])('%s: %s', (_, labels, more, expected) => {
    expect(run(labels, more)).toBe(expected);
  });
});
