import type { DayReadings } from '../blocks/interval-block.js';
import { requireLengths } from './known-lengths.js';

const day = (utcDay: string, intervalMinutes: number): DayReadings =>
  ({ meterCode: 'M-1', utcDay, intervalMinutes, sourceLine: [0, 7] }) as unknown as DayReadings;
const known = (intervalMinutes: number | null) => ({
  latest: () => (intervalMinutes === null ? null : ({ intervalMinutes } as never)),
  isDecided: () => false,
});
const FILE = { sha256: 'ab' };

describe('days that are known', () => {
  it('pass in intervals of the same length, and where nothing is known', () => {
    const days = [day('2026-10-01', 15), day('2026-10-02', 15)];
    expect(() => requireLengths(days, known(15), FILE)).not.toThrow();
    expect(() => requireLengths(days, known(null), FILE)).not.toThrow();
  });

  it('are refused in intervals of another length, each by its line', () => {
    const refused = (): void => requireLengths([day('2026-10-01', 15)], known(60), FILE);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'import.rows_rejected',
        details: expect.objectContaining({
          errorsTotal: 1,
          fileSha256: 'ab',
          errors: [expect.objectContaining({ row: 7, rule: 'interval.length_known' })],
        }),
      }),
    );
  });
});
