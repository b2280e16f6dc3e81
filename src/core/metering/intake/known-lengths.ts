import { DomainError, type RowProblem } from '../../errors.js';
import type { KnownDays } from './comparison.js';
import type { DayReadings } from '../blocks/interval-block.js';

/**
 * Refuses days that are known in intervals of another length than their meter has now: the meter was
 * revised, and since when is not said.
 *
 * @param file  Its hash, which the refusal names.
 * @throws DomainError `import.rows_rejected`
 */
export function requireLengths(
  days: readonly DayReadings[],
  known: KnownDays,
  file: { readonly sha256: string },
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
    fileSha256: file.sha256,
  });
}
