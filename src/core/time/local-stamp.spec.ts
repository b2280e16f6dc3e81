import { MOROCCO_LEGAL_TIME } from './legal-time.js';
import { localStamp, parseOffset, parseWallTime } from './local-stamp.js';

const at = (text: string) => localStamp(MOROCCO_LEGAL_TIME, Date.parse(`${text}:00Z`));
const ms = (text: string): number => Date.parse(`${text}:00Z`);

describe('local times of Morocco in 2026', () => {
  it.each([
    ['2026-02-15T02:00', '2026-02-15T01:00', '2026-02-15T02:00'],
    ['2026-02-15T02:45', '2026-02-15T01:45', '2026-02-15T02:45'],
    ['2026-09-20T01:00', '2026-09-20T00:00', '2026-09-20T01:00'],
    ['2026-09-20T01:45', '2026-09-20T00:45', '2026-09-20T01:45'],
  ])('%s was shown twice', (wall, earlier, later) => {
    expect(at(wall)).toEqual({ kind: 'twice', earlierMs: ms(earlier), laterMs: ms(later) });
  });

  it.each([
    ['2026-03-22T02:00', '2026-03-22T02:00'],
    ['2026-03-22T02:59', '2026-03-22T02:59'],
  ])('%s was never shown', (wall, offsetBefore) => {
    const changeMs = ms('2026-03-22T02:00');
    expect(at(wall)).toEqual({ kind: 'never', offsetBeforeMs: ms(offsetBefore), changeMs });
  });

  it.each([
    ['2026-02-15T01:59', '2026-02-15T00:59'],
    ['2026-02-15T03:00', '2026-02-15T03:00'],
    ['2026-03-22T01:59', '2026-03-22T01:59'],
    ['2026-03-22T03:00', '2026-03-22T02:00'],
    ['2026-09-20T00:59', '2026-09-19T23:59'],
    ['2026-09-20T02:00', '2026-09-20T02:00'],
    ['2027-02-07T02:30', '2027-02-07T02:30'],
  ])('%s was shown once', (wall, instant) => {
    expect(at(wall)).toEqual({ kind: 'once', instantMs: ms(instant) });
  });

  it('are not known before the table begins', () => {
    expect(at('2020-01-01T00:00')).toMatchObject({ kind: 'uncovered' });
  });
});

describe('written dates', () => {
  it.each([
    ['2026-02-15 02:00', 'YMD', '2026-02-15T02:00'],
    ['15/02/2026 02:00:00', 'DMY', '2026-02-15T02:00'],
    ['2/15/2026 2:00', 'MDY', '2026-02-15T02:00'],
    ['2026-02-15', 'YMD', '2026-02-15T00:00'],
    ['2026-02-15 24:00', 'YMD', '2026-02-16T00:00'],
  ] as const)('%s as %s', (text, order, expected) => {
    expect(parseWallTime(text, order)).toBe(ms(expected));
  });

  it.each(['2026-02-30', '31/02/2026', '2026-02-15 25:00', 'yesterday', '2026-2', '24:00'])(
    '%s is none',
    (text) => {
      expect(parseWallTime(text)).toBeNull();
    },
  );

  it('offsets are minutes', () => {
    expect(['UTC', '+10:00', '-04:30', '+19:00', 'MA'].map(parseOffset)).toEqual([
      0,
      600,
      -270,
      null,
      null,
    ]);
  });
});
