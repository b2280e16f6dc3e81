import { contract, NO_REFERENCES, seriesOf, wh } from '../../../test/support/contract.js';
import { MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { openingsOf } from './accounts/carry-over.js';
import { coverageDifference } from './coverage-difference.js';

const START_MS = Date.parse('2026-10-05T00:00:00Z');

describe('the coverage of a settlement beside that of a statement', () => {
  it('parts losses of both from what another party has', () => {
    const elections = contract({
      deliveryPoint: 'SITE_METER',
      adders: { lossFactor: '0.02' },
      volume: { product: 'AS_CONSUMED' },
    });
    const input = {
      run: 'PROVISIONAL' as const,
      startMs: START_MS,
      endMs: START_MS + 7_200_000,
      asOf: '2026-11-10',
      elections,
      margin: { before: [], after: [] },
      series: seriesOf(wh([10, 10]), { loadWh: wh([10, 5]) }),
      references: NO_REFERENCES,
      openings: openingsOf([], 1),
    };
    // Matching takes 5 % off each plant, and 1 MWh of the first hour is another's.
    const hour = (at: number, loadMwh: number, matchedMwh: number) => ({
      hourMs: START_MS + at * 3_600_000,
      storageWh: 0,
      contractedWh: 10_000_000,
      lostWh: 500_000,
      loadWh: loadMwh * 1_000_000,
      matchedWh: matchedMwh * 1_000_000,
    });
    const found = coverageDifference(input, [hour(0, 10, 8.5), hour(1, 5, 5)], MOROCCO_LEGAL_TIME);
    expect(found.reasons.map(({ reason, mwh }) => [reason, mwh])).toEqual([
      ['OTHER_PARTY', '1'],
      ['LOSSES', '0.3'],
    ]);
    expect(found).toMatchObject({ differenceMwh: '1.3', statement: { excessMwh: '5.5' } });
    expect(found.settlement).toMatchObject({ matchedMwh: '14.8', excessMwh: '4.8' });
  });
});
