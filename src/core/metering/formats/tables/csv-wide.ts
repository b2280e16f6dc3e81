import { type FieldRow, fieldText } from '../../../tabular/delimited.js';
import { DAY_MS, MINUTE_MS } from '../../../time/interval.js';
import { localStamp } from '../../../time/local-stamp.js';
import { timeRange, writtenDate, writtenStamp, writtenTime } from '../../../time/written-stamp.js';
import { NOT_A_VALUE, wattHoursFrom } from '../../../units/energy-bytes.js';
import type { EnergyRest } from '../../../units/energy-rest.js';
import { ENERGY_UNITS, type EnergyUnit } from '../../../units/energy.js';
import type { ImportProfile } from '../../import-profile.js';
import type { RowFault } from '../../intake/intake.js';
import { QUALITY } from '../../blocks/quality.js';
import { type CivilDay, civilDayIn, noDay, periodNumber, twoLengths } from './civil-day.js';
import {
  hasWidth,
  type Header,
  headerFault,
  isDrawn,
  marksOf,
  meterFinder,
  NO_METER,
  noMeterFault,
  putAll,
  qualityOf,
  type ReadingContext,
  scales,
  unknownMeter,
  unknownQuality,
  valueFault,
} from '../context.js';
import { ragged } from './csv-long.js';
import { type OpenTable, type ReadRow, type RowReader, tableReader } from './table-reader.js';
import { updateReader } from './updated-at.js';

interface Columns {
  readonly header: Header;
  readonly meter: number;
  readonly date: number;
  readonly quality: number;
  readonly unit: number;
  readonly updatedAt: number;
  /** Fields of the values, in order. */
  readonly values: readonly number[];
  /** Minutes of the local day by value, and whether it is the label's second time; null for numbers. */
  readonly clock: readonly ClockLabel[] | null;
}

interface ClockLabel {
  readonly minuteOfDay: number;
  readonly isSecond: boolean;
  /** Whether it names both ends: the first is then its start. */
  readonly isRange: boolean;
}

/** Minutes after midnight of a column named by the clock, `00:15` or `00:15-00:30`; null for others. */
function clockOf(name: string): number | null {
  const range = timeRange(name);
  const ms = writtenTime(range?.[0] ?? name);
  if (ms === null || (range !== null && writtenTime(range[1]) === null)) return null;
  return Number.isInteger(ms / MINUTE_MS) ? ms / MINUTE_MS : null;
}

const isValueName = (name: string): boolean =>
  clockOf(name) !== null || periodNumber(name) !== null;

/** Whether a header looks like a day a row: 20 or more values beside a date. */
export function isWideHeader(names: readonly string[]): boolean {
  return names.filter(isValueName).length >= 20;
}

/**
 * Reads CSV with a civil day a row (METHOD 2.1, 1.7). Columns numbered 1, 2, 3 … hold the day's
 * intervals in the order in which they passed: 23-hour days have fewer, 25-hour days more, and the
 * cells beyond stay empty. Columns named by the clock (`00:15`) hold what clocks showed: cells of
 * skipped times stay empty, and a second column of the same name holds the hour's second time.
 */
export function csvWideReader(context: ReadingContext): RowReader {
  return tableReader(context, (header) => {
    const columns = findColumns(header, context);
    return 'rule' in columns ? columns : dayReader(columns, context);
  });
}

function findColumns(header: Header, { profile, onlyMeter }: ReadingContext): Columns | RowFault {
  const { columns } = profile;
  const fix =
    'Use the header meter,date,unit,quality,1,2,3… or meter,date,unit,quality,00:00,00:15…';
  const named = {
    meter: header.at(columns.meter ?? 'meter'),
    date: header.at(columns.date ?? columns.start ?? 'date'),
    quality: header.at(columns.quality ?? 'quality'),
    unit: header.at('unit'),
    updatedAt: columns.updatedAt === null ? -1 : header.at(columns.updatedAt),
  };
  const others = new Set(Object.values(named));
  const values = header.names.flatMap((name, field) =>
    !others.has(field) && isValueName(name) ? [field] : [],
  );
  const missing = [
    named.meter < 0 && onlyMeter < 0 ? (columns.meter ?? 'meter') : null,
    named.date < 0 ? (columns.date ?? 'date') : null,
    named.quality < 0 && profile.quality === null ? 'quality' : null,
    named.unit < 0 && profile.unit === null ? 'unit' : null,
    columns.updatedAt !== null && named.updatedAt < 0 ? columns.updatedAt : null,
    values.length < 20 ? 'its values, 24 to 300 of them' : null,
  ].filter((name) => name !== null);
  if (missing.length === 1 && columns.meter === null && named.meter < 0 && onlyMeter < 0) {
    return noMeterFault(header);
  }
  if (missing.length > 0) {
    return headerFault(header, `The header lacks ${missing.join(', ')}.`, fix);
  }
  const repeated = header.repeated(Object.values(named));
  if (repeated !== null) return headerFault(header, `The header names ${repeated} twice.`, fix);
  const labels = values.map((field) => header.names[field]!);
  const isClock = clockOf(labels[0]!) !== null;
  const firstNumber = periodNumber(labels[0]!) === 0 ? 0 : 1;
  const isCounted = labels.every((label, at) => periodNumber(label) === at + firstNumber);
  if (isClock ? !labels.every((label) => clockOf(label) !== null) : !isCounted) {
    return headerFault(
      header,
      'The values are not numbered 1, 2, 3 … nor all named by the clock.',
      fix,
    );
  }
  return { header, ...named, values, clock: isClock ? clockLabels(labels) : null };
}

function clockLabels(labels: readonly string[]): ClockLabel[] {
  const seen = new Set<number>();
  return labels.map((label) => {
    const minuteOfDay = clockOf(label)!;
    const isSecond = seen.has(minuteOfDay);
    seen.add(minuteOfDay);
    return { minuteOfDay, isSecond, isRange: timeRange(label) !== null };
  });
}

/** A date, or a stamp of its midnight. */
function dateOf(text: string, order: ImportProfile['dateOrder']): number | null {
  const date = writtenDate(text, order);
  if (date !== null) return date;
  const stamp = writtenStamp(text, order);
  return stamp?.kind === 'wall' && stamp.wallMs % DAY_MS === 0 ? stamp.wallMs : null;
}

function dayReader(columns: Columns, context: ReadingContext): OpenTable {
  const { profile, meters, onlyMeter } = context;
  const { header } = columns;
  const find = meterFinder(context);
  const standard = profile.quality === null ? -1 : QUALITY[profile.quality];
  const width = header.names.length;
  const { updatedAt } = columns;
  const lastRead = Math.max(columns.meter, columns.date, columns.quality, columns.unit, updatedAt);
  const updateOf = updateReader(context, updatedAt, header.names[updatedAt] ?? '');
  const read: ReadRow = (row) => {
    if (!hasWidth(row, width, lastRead)) return ragged(row, width);
    const meterName = fieldText(row, columns.meter);
    const meter = columns.meter < 0 ? onlyMeter : find(meterName);
    if (meter === NO_METER.leftOut) {
      context.leaveOut(meterName, 'left out by the profile');
      return null;
    }
    if (meter < 0) return unknownMeter(meterName, header.names[columns.meter]!);
    const unit = unitOf(fieldText(row, columns.unit), profile.unit);
    if (unit === null) return unknownUnit(fieldText(row, columns.unit));
    const dateText = fieldText(row, columns.date);
    const wallMs = dateOf(dateText, profile.dateOrder);
    const day = wallMs === null ? null : civilDayIn(context.zone, wallMs);
    if (day === null) return noDay(dateText, header.names[columns.date]!, context.zone.kind);
    const word = fieldText(row, columns.quality);
    const quality = columns.quality < 0 ? standard : qualityOf(profile, word);
    if (quality === null) return unknownQuality(word, header.names[columns.quality]!);
    const updatedMs = updateOf(row);
    if (typeof updatedMs !== 'number') return updatedMs;
    context.intake.updated(updatedMs);
    const place = context.intake.dated(meter, day.startMs);
    const endMs = day.startMs + day.minutes * MINUTE_MS;
    if (context.intake.dated(meter, endMs - 1) !== place) {
      return twoLengths(dateText, header.names[columns.date]!);
    }
    const { intervalMinutes } = meters[place]!;
    return putDay(
      row,
      { columns, context },
      { meter: place, day, wallMs: wallMs!, unit, quality, intervalMinutes },
    );
  };
  return { read };
}

interface WideDay {
  readonly meter: number;
  readonly day: CivilDay;
  readonly wallMs: number;
  readonly unit: EnergyUnit;
  readonly quality: number;
  readonly intervalMinutes: number;
}

function putDay(
  row: FieldRow,
  { columns, context }: { columns: Columns; context: ReadingContext },
  wide: WideDay,
): RowFault | null {
  const { profile, intake } = context;
  const { meter, intervalMinutes } = wide;
  const scale = scales(wide.unit, profile.multiplier)(intervalMinutes);
  const marks = marksOf(profile);
  const places =
    columns.clock === null ? counted(columns, wide) : byClock(columns.clock, wide, context);
  if ('rule' in places) return places;
  // All of a day or nothing of it: first read, then put.
  const values: number[] = [];
  const rests: EnergyRest[] = [];
  for (const [at, field] of columns.values.entries()) {
    // Fields that the row lacks are empty, but not where the day has an interval.
    if (field >= row.count && places[at] !== null) return ragged(row, columns.header.names.length);
    const [from, to] = field < row.count ? [row.start[field]!, row.end[field]!] : [0, 0];
    const wh = wattHoursFrom(row.bytes, from, to, scale, marks);
    const text = (): string => fieldText(row, field);
    const name = columns.header.names[field]!;
    if (places[at] === null && wh !== NOT_A_VALUE.none) return beyondDay(text(), name, wide);
    const isFault = wh < 0 && wh !== NOT_A_VALUE.none && !isDrawn(wh, context.meters[meter]!);
    if (isFault) return valueFault(wh, text(), name);
    values.push(wh);
    rests.push(scale.rest);
  }
  const readings = values.flatMap((wh, at) => {
    const startMs = places[at];
    if (startMs === null || startMs === undefined) return [];
    const isGap = wh === NOT_A_VALUE.none;
    const graded = wh < 0 ? QUALITY.SUSPECT : wide.quality;
    const quality = isGap ? QUALITY.MISSING : graded;
    const value = isGap ? Number.NaN : Math.max(0, wh);
    return [{ meter, startMs, wh: value, quality, rest: rests[at]! }];
  });
  return putAll(intake, readings, row.line);
}

/** Starts of numbered columns; null beyond the day. */
function counted(columns: Columns, wide: WideDay): (number | null)[] | RowFault {
  const { day, intervalMinutes } = wide;
  const count = day.minutes / intervalMinutes;
  const most = columns.values.length;
  const usual = DAY_MS / MINUTE_MS / intervalMinutes;
  if (most < Math.min(count, usual)) return wrongCount(most, wide);
  if (most < count) return wrongCount(most, wide);
  return columns.values.map((_, at) =>
    at < count ? day.startMs + at * intervalMinutes * MINUTE_MS : null,
  );
}

/** Starts of columns named by the clock; null where clocks did not show the time on this day. */
function byClock(
  labels: readonly ClockLabel[],
  wide: WideDay,
  { profile, zone }: ReadingContext,
): (number | null)[] | RowFault {
  const { wallMs, intervalMinutes, day } = wide;
  const starts: (number | null)[] = labels.map(({ minuteOfDay, isSecond, isRange }) => {
    const shift = profile.label === 'end' && !isRange ? intervalMinutes : 0;
    const atMs =
      wallMs + (minuteOfDay - shift + (minuteOfDay === 0 && shift > 0 ? 1440 : 0)) * MINUTE_MS;
    if (zone.kind === 'fixed') return isSecond ? null : atMs - zone.offsetMinutes * MINUTE_MS;
    if (zone.kind !== 'legal') return null;
    const stamp = localStamp(zone.rules, atMs);
    if (stamp.kind === 'once') return isSecond ? null : stamp.instantMs;
    if (stamp.kind === 'twice') return isSecond ? stamp.laterMs : stamp.earlierMs;
    return null;
  });
  const found = new Set(starts.filter((start) => start !== null)).size;
  return found === day.minutes / intervalMinutes ? starts : wrongCount(found, wide);
}

function unitOf(text: string, declared: EnergyUnit | null): EnergyUnit | null {
  if (text === '') return declared;
  const lower = text.toLowerCase() as EnergyUnit;
  return ENERGY_UNITS.includes(lower) && (declared ?? lower) === lower ? lower : null;
}

const unknownUnit = (value: string): RowFault => ({
  column: 'unit',
  value,
  rule: 'unit.known',
  detail: 'Not the unit of the profile, or none that is known.',
  fix: `Use one of ${ENERGY_UNITS.join(', ')}.`,
});

const beyondDay = (value: string, column: string, { day }: WideDay): RowFault => ({
  column,
  value,
  rule: 'day.has_the_interval',
  detail: `This day has ${day.minutes / 60} hours; the cell lies outside of it.`,
  fix: 'Leave the cells of times that the day did not have empty.',
});

const wrongCount = (count: number, { day, intervalMinutes }: WideDay): RowFault => ({
  column: 'row',
  value: String(count),
  rule: 'day.interval_count',
  detail: `The day has ${day.minutes / intervalMinutes} intervals of ${intervalMinutes} minutes; the columns hold ${count}.`,
  fix: 'Add the columns of the longest day (25 hours), or import that day as one reading a row.',
});
