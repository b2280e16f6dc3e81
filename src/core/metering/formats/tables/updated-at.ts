import { type FieldRow, fieldText } from '../../../tabular/delimited.js';
import { MINUTE_MS } from '../../../time/interval.js';
import { type FileZone, localStamp } from '../../../time/local-stamp.js';
import { writtenDate, writtenStamp } from '../../../time/written-stamp.js';
import type { RowFault } from '../../intake/intake.js';
import type { ReadingContext } from '../context.js';

/** When the source updated what a row says, ms; 0 where it does not say; or why that is not clear. */
export type ReadUpdate = (row: FieldRow) => number | RowFault;

/**
 * Reads the column of the time of update, if the profile names one: a later version of a row replaces an
 * earlier one, never the other way round.
 *
 * @param field  Of the column; −1 without.
 */
export function updateReader(
  { zone, profile }: ReadingContext,
  field: number,
  name: string,
): ReadUpdate {
  if (field < 0) return () => 0;
  return (row) => {
    const text = fieldText(row, field);
    if (text === '') return 0;
    return updateTime(text, zone, profile.dateOrder) ?? noTime(text, name, zone);
  };
}

/** Instant of a time of update, ms; of an hour that clocks showed twice, the first; null for none. */
export function updateTime(
  text: string,
  zone: FileZone,
  order: Parameters<typeof writtenStamp>[1],
): number | null {
  const stamp = writtenStamp(text, order);
  if (stamp?.kind === 'instant') return stamp.instantMs > 0 ? stamp.instantMs : null;
  const wallMs = stamp?.kind === 'wall' ? stamp.wallMs : writtenDate(text, order);
  if (wallMs === null || zone.kind === 'stated') return null;
  if (zone.kind === 'fixed') return wallMs - zone.offsetMinutes * MINUTE_MS;
  const local = localStamp(zone.rules, wallMs);
  if (local.kind === 'once') return local.instantMs;
  if (local.kind === 'twice') return local.earlierMs;
  return local.kind === 'never' ? local.offsetBeforeMs : null;
}

const noTime = (value: string, column: string, zone: FileZone): RowFault => ({
  column,
  value,
  rule: 'updated_at.instant',
  detail:
    zone.kind === 'stated'
      ? 'Not an instant with an explicit offset: it tells which version of the row is the newer one.'
      : 'Not a date and time: it tells which version of the row is the newer one.',
  fix: 'Write it as 2026-10-01T00:00:00Z, or state zone and dateOrder in the profile.',
});
