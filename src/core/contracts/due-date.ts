import { missing } from '../settlement/references/references.js';
import { DAY_MS } from '../time/interval.js';

/** Public holidays between two civil days, the second exclusive. */
export interface HolidayCalendar {
  readonly code: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly days: readonly { readonly day: string; readonly name: string }[];
}

const SUNDAY = 0;
const SATURDAY = 6;

/**
 * The day on which a document falls due: so many days after it was issued, or the next working day where
 * that is a holiday (dahir of obligations and contracts, art. 133) or a day on which banks do not pay.
 *
 * @param calendar  Holidays; null = none are known, and only weekends are passed over.
 * @throws DomainError `settlement.reference_missing` beyond what the calendar knows.
 */
export function dueOn(
  issuedOn: string,
  paymentDays: number,
  calendar: HolidayCalendar | null,
): string {
  const holidays = new Set(calendar?.days.map(({ day }) => day));
  let ms = Date.parse(`${issuedOn}T00:00:00Z`) + paymentDays * DAY_MS;
  for (;;) {
    const day = new Date(ms).toISOString().slice(0, 10);
    if (calendar !== null && (day < calendar.validFrom || day >= calendar.validTo)) {
      const { code, validFrom, validTo } = calendar;
      const fix = `Add a version of holiday-calendar ${code}: it knows ${validFrom} to ${validTo}.`;
      missing('holiday-calendar', code, day, fix);
    }
    const weekday = new Date(ms).getUTCDay();
    if (weekday !== SUNDAY && weekday !== SATURDAY && !holidays.has(day)) return day;
    ms += DAY_MS;
  }
}
