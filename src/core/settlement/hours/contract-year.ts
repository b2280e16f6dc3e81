import type { Elections } from '../elections/elections.shape.js';
import type { SettlementHour } from './hours.js';

/** The first day of the month or contract year of an hour, and the day after its last. */
export function boundsOf(
  { contractYear: { basis, anchor }, codDate }: Pick<Elections, 'contractYear' | 'codDate'>,
  hour: Pick<SettlementHour, 'day' | 'contractYear'>,
  by: 'MONTH' | 'YEAR',
): { readonly from: string; readonly to: string } {
  if (by === 'MONTH') {
    const [year, month] = hour.day.split('-').map(Number) as [number, number];
    return { from: dayOf(Date.UTC(year, month - 1, 1)), to: dayOf(Date.UTC(year, month, 1)) };
  }
  const first = anchor ?? codDate;
  const [year, month, day] = first.split('-').map(Number) as [number, number, number];
  const at = year + hour.contractYear - 1;
  // The anniversary of 29 February is 1 March in other years, as a day after 28 February.
  const start = (count: number): string =>
    basis === 'CALENDAR' ? dayOf(Date.UTC(count, 0, 1)) : dayOf(Date.UTC(count, month - 1, day));
  return { from: start(at), to: start(at + 1) };
}

/** The civil day that begins at an instant of UTC. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
