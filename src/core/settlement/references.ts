import { DomainError } from '../errors.js';
import { Decimal } from '../units/money.js';
import { compareIds } from '../text.js';
import type { DayWindow, RegulatedCharge, Season } from './elections.js';

/** Where a dated figure comes from; printed beside every amount that depends on it. */
export interface ReferenceRow {
  /** `CODE@version` of the record. */
  readonly id: string;
  readonly confidence: string;
}

/** A regulated tariff, excluding VAT. Days are civil, `to` exclusive, null = open. */
export interface TariffRow extends ReferenceRow {
  readonly kind: RegulatedCharge | 'EXCESS_PEAK' | 'EXCESS_OFF_PEAK';
  readonly madPerKwh: string;
  readonly from: string;
  readonly to: string | null;
}

/** A value of a price index for a month, as it was published on a day. */
export interface IndexRow extends ReferenceRow {
  readonly series: string;
  readonly month: string;
  readonly value: string;
  readonly publishedOn: string;
}

/** MAD for one unit of a currency on a day. */
export interface FxRow extends ReferenceRow {
  readonly currency: string;
  readonly day: string;
  readonly madPerUnit: string;
}

/** A VAT rate. Days are civil, `to` exclusive, null = open. */
export interface VatRow extends ReferenceRow {
  readonly code: string;
  readonly ratePct: string;
  readonly from: string;
  readonly to: string | null;
}

/** The hours of the grid that count as peak, in UTC. */
export interface PeakWindows extends ReferenceRow {
  readonly seasons: readonly Season<DayWindow & { readonly isPeak: boolean }>[];
}

/** Dated figures that a settlement may use. */
export interface References {
  readonly tariffs: readonly TariffRow[];
  readonly indices: readonly IndexRow[];
  readonly fx: readonly FxRow[];
  readonly vat: readonly VatRow[];
  readonly peakWindows: PeakWindows | null;
}

/** Refuses because a figure is not there: nothing is extrapolated or carried forward (MOROCCO). */
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

/** A tariff on a civil day; the later row of two supersedes. @throws DomainError `settlement.reference_missing` */
export function tariffOn(picker: Picker, kind: TariffRow['kind'], day: string): TariffRow {
  const row = picker.references.tariffs.findLast(
    (one) => one.kind === kind && one.from <= day && (one.to === null || day < one.to),
  );
  if (row !== undefined) return use(picker, row);
  return missing('tariff', kind, day, `Add a tariff row ${kind} that is valid on ${day}.`);
}

/** A VAT rate on a civil day. @throws DomainError `settlement.reference_missing` */
export function vatOn(picker: Picker, code: string, day: string): VatRow {
  const row = picker.references.vat.findLast(
    (one) => one.code === code && one.from <= day && (one.to === null || day < one.to),
  );
  if (row !== undefined) return use(picker, row);
  return missing('vat-rate', code, day, `Add a VAT rate ${code} that is valid on ${day}.`);
}

/**
 * An index for a month: the value that was published first, or under `RESTATE` the one published last
 * until the settlement.
 *
 * @param asOf  Civil day of the settlement: what was published later is not known.
 * @throws DomainError `settlement.reference_missing`
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
  if (row !== undefined) return use(picker, row);
  const fix = `Add the value of ${series} for ${month}, published by ${asOf}.`;
  return missing('price-index', series, month, fix);
}

/** A rate of exchange on a day. @throws DomainError `settlement.reference_missing` */
export function fxOn(picker: Picker, currency: string, day: string): FxRow {
  const row = picker.references.fx.findLast((one) => one.currency === currency && one.day === day);
  if (row !== undefined) return use(picker, row);
  return missing('fx-rate', currency, day, `Add the rate of ${currency} of ${day}.`);
}

/** The hours of the grid that count as peak. @throws DomainError `settlement.reference_missing` */
export function peakWindowsOf(picker: Picker): PeakWindows {
  const { peakWindows } = picker.references;
  if (peakWindows !== null) return use(picker, peakWindows);
  return missing('tariff-grid', 'peak', '', 'Name a tariff grid with its peak windows.');
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

/** MAD per MWh of a tariff. */
export function tariffMadPerMwh({ madPerKwh }: TariffRow): Decimal {
  return new Decimal(madPerKwh).times(1_000);
}
