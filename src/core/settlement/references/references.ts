import { DomainError } from '../../errors.js';
import { Decimal } from '../../units/money.js';
import { compareIds } from '../../text.js';
import { DAY_MS } from '../../time/interval.js';
import type { DayWindow, Season } from '../../shapes/seasons.shape.js';
import { holdsOn, lastVersion } from './row-order.js';
import type {
  FxRow,
  IndexRow,
  PeakWindows,
  References,
  TariffRow,
  VatRow,
} from './references.shape.js';

/** Where a dated figure comes from; printed beside every amount that depends on it. */
export type ReferenceRow = Pick<TariffRow, 'id' | 'confidence'>;

/** Refuses because a figure is not there: nothing is extrapolated or carried forward (MOROCCO 8). */
export function missing(kind: string, key: string, at: string, fix: string): never {
  throw new DomainError('settlement.reference_missing', { kind, key, at, fix });
}

/** Picks the rows that a settlement used, so that they can be named and frozen. */
export interface Picker {
  readonly used: Map<string, ReferenceRow>;
  readonly references: References;
}

/** Starts to pick. */
export function pickerOf(references: References): Picker {
  return { references, used: new Map() };
}

function use<Row extends ReferenceRow>(picker: Picker, row: Row): Row {
  picker.used.set(row.id, { id: row.id, confidence: row.confidence });
  return row;
}

/**
 * A tariff on a day of the settlement calendar; the later version of a record supersedes.
 *
 * @throws DomainError `settlement.reference_missing`
 */
export function tariffOn(picker: Picker, kind: TariffRow['kind'], day: string): TariffRow {
  const row = lastVersion(
    picker.references.tariffs.filter((one) => one.kind === kind && holdsOn(one, day)),
  );
  if (row !== undefined) return use(picker, row);
  return missing('tariff', kind, day, `Add a tariff row ${kind} that is valid on ${day}.`);
}

/**
 * A VAT rate on a day of the settlement calendar; the later version of a record supersedes.
 *
 * @throws DomainError `settlement.reference_missing`
 */
export function vatOn(picker: Picker, code: string, day: string): VatRow {
  const row = lastVersion(
    picker.references.vat.filter((one) => one.code === code && holdsOn(one, day)),
  );
  if (row !== undefined) return use(picker, row);
  return missing('vat-rate', code, day, `Add a VAT rate ${code} that is valid on ${day}.`);
}

/**
 * An index for a month: the value that was published first, or under `RESTATE` the one published last
 * until the settlement.
 *
 * @param asOf  Civil day of the settlement: what was published later is not known.
 * @throws DomainError `settlement.reference_missing`; `settlement.reference_wrong` of a value of 0
 */
export function indexOf(
  picker: Picker,
  {
    series,
    month,
    isRestated,
    asOf,
  }: {
    readonly series: string;
    readonly month: string;
    readonly isRestated: boolean;
    readonly asOf: string;
  },
): IndexRow {
  const rows = picker.references.indices
    .filter((one) => one.series === series && one.month === month && one.publishedOn <= asOf)
    .toSorted((a, b) => compareIds(a.publishedOn, b.publishedOn) || compareIds(a.id, b.id));
  const row = isRestated ? rows.at(-1) : rows[0];
  if (row !== undefined) {
    return use(picker, positive(row, row.value, { kind: 'price-index', key: series, at: month }));
  }
  const fix = `Add the value of ${series} for ${month}, published by ${asOf}.`;
  return missing('price-index', series, month, fix);
}

/** Days that a rate of exchange holds on where none is published after it: weekends and holidays. */
const FX_DAYS = 7;

/**
 * A rate of exchange on a day. Where nothing was published on it, the last rate before it holds, at
 * most seven days back (SETTLEMENT, ruling 10).
 *
 * @throws DomainError `settlement.reference_missing`; `settlement.reference_wrong` of a rate of 0
 */
export function fxOn(picker: Picker, currency: string, day: string): FxRow {
  const first = new Date(Date.parse(`${day}T00:00:00Z`) - FX_DAYS * DAY_MS);
  const firstDay = first.toISOString().slice(0, 10);
  const row = picker.references.fx
    .filter((one) => one.currency === currency && firstDay <= one.day && one.day <= day)
    .toSorted((a, b) => compareIds(a.day, b.day))
    .at(-1);
  if (row !== undefined) {
    const at = { kind: 'fx-rate', key: currency, at: row.day };
    return use(picker, positive(row, row.madPerUnit, at));
  }
  return missing('fx-rate', currency, day, `Add the rate of ${currency} of ${day}.`);
}

/** A figure that something is divided or multiplied by: 0 is no index and no rate of exchange. */
function positive<Row extends ReferenceRow>(
  row: Row,
  value: string,
  of: { readonly kind: string; readonly key: string; readonly at: string },
): Row {
  if (new Decimal(value).greaterThan(0)) return row;
  const fix = `Correct ${row.id}: the figure is above 0.`;
  throw new DomainError('settlement.reference_wrong', { ...of, value, fix });
}

/** The hours of the grid that count as peak on a day. @throws DomainError `settlement.reference_missing` */
export function peakWindowsOf(picker: Picker, day: string): PeakWindows {
  const { peakWindows: only, grids } = picker.references;
  const peakWindows =
    only ?? lastVersion((grids ?? []).filter((grid) => holdsOn(grid, day))) ?? null;
  if (peakWindows !== null) return use(picker, peakWindows);
  return missing('tariff-grid', 'peak', day, 'Name a tariff grid with its peak windows.');
}

/**
 * Whether an hour is one of the grid's peak, by its UTC hour.
 *
 * @throws DomainError `settlement.reference_missing` where no window of the grid holds it
 */
export function isPeakAt({ seasons, id }: PeakWindows, day: string, utcHour: number): boolean {
  const window = windowAt(seasons, day, utcHour);
  if (window !== null) return window.isPeak;
  const fix = `Let the windows of ${id} tile the day, and its seasons the year.`;
  return missing('tariff-grid', id, `${day} hour ${utcHour} UTC`, fix);
}

/** The window of a season that an hour of a day falls in; null where none does. */
export function windowAt<Window extends DayWindow>(
  seasons: readonly Season<Window>[],
  day: string,
  hour: number,
): Window | null {
  const monthDay = day.slice(5);
  const season = seasons.find(({ fromDay, toDay }) =>
    fromDay <= toDay
      ? fromDay <= monthDay && monthDay <= toDay
      : fromDay <= monthDay || monthDay <= toDay,
  );
  const found = season?.windows.find(({ fromHour, toHour }) =>
    fromHour < toHour ? fromHour <= hour && hour < toHour : fromHour <= hour || hour < toHour,
  );
  return found ?? null;
}
