import { changedMonths, type PinnedMonth } from './month-changes.js';

const pinned = (month: string, runId: string, loadWh: number): PinnedMonth => ({
  siteCode: 'SITE',
  month,
  runId,
  figures: { loadWh, matchedWh: 1 },
});

describe('the months that a later version states otherwise', () => {
  it('are those of another run or other figures, with what differs', () => {
    const before = [
      pinned('2026-01', 'a', 5),
      pinned('2026-02', 'b', 5),
      pinned('2026-03', 'c', 5),
    ];
    const after = [pinned('2026-01', 'a', 5), pinned('2026-02', 'x', 6), pinned('2026-04', 'd', 7)];
    expect(changedMonths(before, after)).toEqual([
      { siteCode: 'SITE', month: '2026-02', runBefore: 'b', runAfter: 'x', figures: ['loadWh'] },
      {
        siteCode: 'SITE',
        month: '2026-03',
        runBefore: 'c',
        runAfter: null,
        figures: ['loadWh', 'matchedWh'],
      },
      {
        siteCode: 'SITE',
        month: '2026-04',
        runBefore: null,
        runAfter: 'd',
        figures: ['loadWh', 'matchedWh'],
      },
    ]);
    expect(changedMonths(before, before)).toEqual([]);
  });

  it('are also months of the same run whose factors changed', () => {
    const [was] = [pinned('2026-01', 'a', 5)];
    const is = { ...was!, figures: { loadWh: 5, matchedWh: 1, locationBasedT: '3' } };
    expect(changedMonths([was!], [is])).toMatchObject([
      { runBefore: 'a', runAfter: 'a', figures: ['locationBasedT'] },
    ]);
  });
});
