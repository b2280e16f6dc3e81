import type { ExceptionResponse } from '../../features/metering/validation/validation.schemas.js';
import { table } from '../shell/render.js';

/** Exceptions as a table; ids as they are told apart. */
export function exceptionTable(
  items: readonly ExceptionResponse[],
  short: ReadonlyMap<string, string>,
): string {
  const rows = items.map(
    ({ findingId, meterCode, rule, title, severity, from, to, measured, threshold, state }) => [
      meterCode,
      `${rule} ${title}`,
      severity,
      from,
      to,
      measured,
      threshold,
      state,
      short.get(findingId) ?? findingId,
    ],
  );
  return table(
    ['Meter', 'Rule', 'Severity', 'From', 'To', 'Measured', 'Allowed', 'State', 'Id'],
    rows,
  );
}
