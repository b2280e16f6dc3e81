import type { DateOrder } from './local-stamp.js';
import { stampRange, timeRange, writtenStamp, writtenTime } from './written-stamp.js';

const iso = (text: string, order: DateOrder = 'YMD'): string | null => {
  const stamp = writtenStamp(text, order);
  if (stamp === null) return null;
  const ms = stamp.kind === 'instant' ? stamp.instantMs : stamp.wallMs;
  return `${stamp.kind} ${new Date(ms).toISOString().slice(0, 19)}`;
};

describe('stamps as sources write them', () => {
  // prettier-ignore
  it.each<[string, DateOrder, string | null]>([
    ['2026-10-01 00:15', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['2026-10-01T07', 'YMD', 'wall 2026-10-01T07:00:00'],
    ['2026-10-01T07Z', 'YMD', 'instant 2026-10-01T07:00:00'],
    ['2026/10/01 24:00', 'YMD', 'wall 2026-10-02T00:00:00'],
    ['2026-10-01T00:15:00.0000000', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['2026-10-01T00:15:00.0000000Z', 'YMD', 'instant 2026-10-01T00:15:00'],
    ['2026-10-01T00:15:00+0100', 'YMD', 'instant 2026-09-30T23:15:00'],
    ['2026-10-01 00:15:00 +01:00', 'YMD', 'instant 2026-09-30T23:15:00'],
    ['2026-10-01 00:15+01', 'YMD', 'instant 2026-09-30T23:15:00'],
    ['2026-10-01 00:15-0500', 'YMD', 'instant 2026-10-01T05:15:00'],
    ['2026-10-01 00:15 UTC', 'YMD', 'instant 2026-10-01T00:15:00'],
    ['2026-10-01 00:15+19:00', 'YMD', null],
    ['2026-10-01 00:15 CEST', 'YMD', null],
    ['01/10/2026 00:15', 'DMY', 'wall 2026-10-01T00:15:00'],
    ['10/1/2026 00:15', 'MDY', 'wall 2026-10-01T00:15:00'],
    ['10/1/26 1:15 PM', 'MDY', 'wall 2026-10-01T13:15:00'],
    ['2026-10-01 00:15', 'DMY', 'wall 2026-10-01T00:15:00'],
    ['01/10/2026 00:15', 'YMD', null],
    ['01/10/26 00:15', 'YMD', null],
    ['31/02/2026 00:15', 'DMY', null],
    ['10/1/2026 12:00 AM', 'MDY', 'wall 2026-10-01T00:00:00'],
    ['10/1/2026 12:30PM', 'MDY', 'wall 2026-10-01T12:30:00'],
    ['10/1/2026 11:59:59 p.m.', 'MDY', 'wall 2026-10-01T23:59:59'],
    ['10/1/2026 1 PM', 'MDY', 'wall 2026-10-01T13:00:00'],
    ['10/1/2026 13:00 PM', 'MDY', null],
    ['10/1/2026 0:30 AM', 'MDY', null],
    ['01-Oct-2026 00:15', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['01-OCT-26 00:15', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['1 October 2026 00:15', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['Oct 1, 2026 12:15 AM', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['Oct 1, 2026, 12:15:00 AM', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['Thu, 1 Oct 2026 00:15:00 +0000', 'YMD', 'instant 2026-10-01T00:15:00'],
    ['2026-Oct-01 00:15', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['1 août 2026 00:15', 'YMD', 'wall 2026-08-01T00:15:00'],
    ['1 Okt 2026 00:15', 'YMD', null],
    ['202610010015', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['20261001001500', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['20261001 0015', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['20261001T001500', 'YMD', 'wall 2026-10-01T00:15:00'],
    ['1790812800', 'YMD', 'instant 2026-10-01T00:00:00'],
    ['1790812800.0', 'YMD', 'instant 2026-10-01T00:00:00'],
    ['1790812800000', 'YMD', 'instant 2026-10-01T00:00:00'],
    ['2026100100', 'YMD', null], ['46296', 'YMD', null], ['', 'YMD', null], ['Total', 'YMD', null],
    ['2026-10-01', 'YMD', 'day 2026-10-01T00:00:00'],
    ['01.10.2026', 'DMY', 'day 2026-10-01T00:00:00'],
    ['20261001', 'YMD', 'day 2026-10-01T00:00:00'],
  ])('%j in %s is %j', (text, order, expected) => {
    expect(iso(text, order)).toBe(expected);
  });

  // prettier-ignore
  it.each([
    ['2020-10-04 00:00:00 to 2020-10-04 01:00:00', ['2020-10-04 00:00:00', '2020-10-04 01:00:00']],
    ['2026-10-01 00:00 - 00:15', ['2026-10-01 00:00', '00:15']],
    ['2026-10-01T00:00Z/2026-10-01T01:00Z', ['2026-10-01T00:00Z', '2026-10-01T01:00Z']],
    ['01/10/2026 00:00', null],
    ['2026-10-01 00:00-01:00', null], // an offset
  ])('%j has ends %j', (text, expected) => {
    expect(stampRange(text)).toEqual(expected);
  });

  // prettier-ignore
  it.each([
    ['00:00-00:15', ['00:00', '00:15']], ['23:45 - 24:00', ['23:45', '24:00']],
    ['0:00–1:00', ['0:00', '1:00']], ['12:00 AM - 1:00 AM', ['12:00 AM', '1:00 AM']],
    ['0000-0030', ['0000', '0030']], ['00:15', null], ['7', null],
  ])('%j is a range of times %j', (text, expected) => {
    expect(timeRange(text)).toEqual(expected);
  });

  it('know no time of day that clocks do not show', () => {
    expect(['24:01', '25:00', '12:60', '1', 'noon', '2460'].map(writtenTime)).toEqual(
      Array.from({ length: 6 }, () => null),
    );
  });
});
