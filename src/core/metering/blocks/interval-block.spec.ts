import { sealedJson } from '../../ledger/canonical.js';
import {
  blockRow,
  type DayReadings,
  hoursOfBlock,
  type IntervalBlock,
  type RevisedDay,
  reviseDay,
} from './interval-block.js';
import { unpackLines } from './source-lines.js';
import { QUALITY, QUALITY_NAMES, parseQuality, qualityShare } from './quality.js';

const hourly = (wh: (number | null)[], firstLine = 2): DayReadings => {
  const values = Array.from({ length: 24 }, (_, at) => wh[at] ?? Number.NaN);
  return {
    meterCode: 'M1',
    utcDay: '2026-10-01',
    intervalMinutes: 60,
    wh: Float64Array.from(values),
    quality: Uint8Array.from(values, (value) =>
      Number.isNaN(value) ? QUALITY.MISSING : QUALITY.ACTUAL,
    ),
    sourceLine: Int32Array.from(values, (_, at) => (at < wh.length ? at + firstLine : 0)),
  };
};

/** A block as the record gives it back. */
const stored = (block: RevisedDay): IntervalBlock => ({
  ...block,
  wh: Array.from(block.wh, (wh) => (Number.isNaN(wh) ? null : wh)),
  quality: [...block.quality],
});

describe('revising a day', () => {
  const first = reviseDay(null, hourly([10, 20, null]));

  it('makes revision 1 of what came, and leaves the rest missing', () => {
    expect(first.block).toMatchObject({ revision: 1 });
    expect(Array.from(first.block!.wh.slice(0, 4))).toEqual([10, 20, Number.NaN, Number.NaN]);
    expect([first.newCount, first.identicalCount, first.changedCount]).toEqual([2, 1, 0]);
  });

  it('makes nothing of the same again', () => {
    expect(reviseDay(stored(first.block!), hourly([10, 20]))).toEqual({
      block: null,
      newCount: 0,
      identicalCount: 2,
      changedCount: 0,
      held: [],
      outdated: [],
    });
  });

  it('keeps what a correction does not mention, and says which lines it took', () => {
    const second = reviseDay(stored(first.block!), hourly([10, 25, 30], 7));
    expect(second.block).toMatchObject({ revision: 2 });
    expect(Array.from(second.block!.wh.slice(0, 4))).toEqual([10, 25, 30, Number.NaN]);
    const lines = unpackLines(second.block!.lines, 24);
    expect(lines.slice(0, 4)).toEqual([null, 8, 9, null]);
    expect([second.newCount, second.identicalCount, second.changedCount]).toEqual([1, 1, 1]);
  });
});

describe('the row of a block', () => {
  it('is canonical, with every line of its file', () => {
    const wh = [0, 9, 10, 2_147_483_647, 9_007_199_254_740_991, null];
    const { block } = reviseDay(null, hourly(wh, 100));
    const { meterCode, utcDay, revision, intervalMinutes, quality } = stored(block!);
    const sourceLine = unpackLines(block!.lines, 24);
    const row = { meterCode, utcDay, revision, intervalMinutes, quality, sourceLine };
    const sealed = sealedJson('mizan/row/interval-block/1', { ...row, wh: stored(block!).wh });
    expect(blockRow(block!)).toBe(sealed);
    expect(blockRow(stored(block!))).toBe(sealed);
    expect(sourceLine.slice(0, 7)).toEqual([100, 101, 102, 103, 104, null, null]);
  });
});

describe('hours of a block', () => {
  const quarters: IntervalBlock = {
    meterCode: 'M1',
    utcDay: '2026-10-01',
    intervalMinutes: 15,
    wh: [1, 2, 3, 4, 5, null, 7, 8, ...Array<number>(88).fill(0)],
    quality: [8, 8, 4, 8, 8, 0, 8, 8, ...Array<number>(88).fill(8)],
    lines: [],
    updates: [],
    revision: 1,
  };

  it('sums the parts, at the worst quality, and leaves an incomplete hour open', () => {
    const hours = hoursOfBlock(quarters);
    expect(hours).toHaveLength(24);
    expect(hours[0]).toMatchObject({ wh: 10, quality: QUALITY.EST_LINEAR, presentCount: 4 });
    expect(hours[1]).toMatchObject({ wh: null, quality: QUALITY.MISSING, presentCount: 3 });
    expect(hours[2]).toMatchObject({ wh: 0, quality: QUALITY.ACTUAL });
    expect(hours[2]!.hourMs).toBe(Date.parse('2026-10-01T02:00:00Z'));
  });
});

describe('quality', () => {
  it('reads every name in either case, and no other', () => {
    expect(QUALITY_NAMES.map((name) => parseQuality(name.toLowerCase()))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect([parseQuality(''), parseQuality('constructor'), parseQuality('A')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('puts every code under a heading', () => {
    expect([8, 7, 6, 5, 3, 0].map(qualityShare)).toEqual([
      'measured',
      'calculated',
      'measured',
      'estimated',
      'unvalidated',
      'missing',
    ]);
  });
});
