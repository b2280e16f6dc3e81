import { DomainError, type RowProblem } from '../../../core/errors.js';
import type { KnownDays } from '../../../core/metering/intake/comparison.js';
import type { DayReadings } from '../../../core/metering/blocks/interval-block.js';
import type { KeptFile } from '../../../platform/files/file-store.js';

/**
 * Refuses days that are known in intervals of another length than their meter has now: the meter was
 * revised, and since when is not said.
 *
 * @throws DomainError `import.rows_rejected`
 */
export function requireLengths(
  days: readonly DayReadings[],
  known: KnownDays,
  { sha256: fileSha256 }: KeptFile,
): void {
  const errors = days.flatMap((day): RowProblem[] => {
    const latest = known.latest(day);
    if (latest === null || latest.intervalMinutes === day.intervalMinutes) return [];
    return [
      {
        row: day.sourceLine.find((line) => line > 0) ?? 1,
        column: 'start',
        value: day.utcDay,
        rule: 'interval.length_known',
        detail: `${day.utcDay} of meter ${day.meterCode} is known in ${latest.intervalMinutes}-minute intervals, and the meter has ${day.intervalMinutes}-minute ones then.`,
        fix: 'State in intervalChanges of the meter since when its intervals have another length.',
      },
    ];
  });
  if (errors.length === 0) return;
  throw new DomainError('import.rows_rejected', {
    errors: errors.slice(0, 100),
    errorsTotal: errors.length,
    fileSha256,
  });
}
