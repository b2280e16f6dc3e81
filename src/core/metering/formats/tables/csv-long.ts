import { type FieldRow, fieldText, fieldTexts } from '../../../tabular/delimited.js';
import { MINUTE_MS } from '../../../time/interval.js';
import { timeRange } from '../../../time/written-stamp.js';
import { type EnergyScale, NOT_A_VALUE, wattHoursFrom } from '../../../units/energy-bytes.js';
import type { EnergyRest } from '../../../units/energy-rest.js';
import { ENERGY_UNITS, type EnergyUnit } from '../../../units/energy.js';
import type { RowFault } from '../../intake/intake.js';
import { QUALITY } from '../../blocks/quality.js';
import { periodNumber, periodReader } from './civil-day.js';
import {
  gapFault,
  hasWidth,
  type Header,
  headerFault,
  isDrawn,
  marksOf,
  meterFinder,
  NO_METER,
  noMeterFault,
  qualityOf,
  type ReadingContext,
  scales,
  startOf,
  unknownMeter,
  unknownQuality,
  valueFault,
} from '../context.js';
import { registerReader } from '../register.js';
import { LATER, stampReader } from './stamp-reader.js';
import { type OpenTable, type ReadRow, type RowReader, tableReader } from './table-reader.js';
import { updateReader } from './updated-at.js';
import { wordNumbers } from './word-numbers.js';

interface Columns {
  readonly header: Header;
  readonly meter: number;
  readonly start: number;
  readonly end: number;
  readonly time: number;
  readonly value: number;
  readonly quality: number;
  readonly updatedAt: number;
  readonly unit: EnergyUnit;
}

/**
 * Reads CSV with one reading a row: `meter,start,wh,quality` or the columns that the profile names,
 * straight from its bytes.
 */
export function csvLongReader(context: ReadingContext): RowReader {
  return tableReader(context, (header) => {
    const columns = findColumns(header, context);
    return 'rule' in columns ? columns : rowReader(columns, context);
  });
}

function findColumns(header: Header, { profile, onlyMeter }: ReadingContext): Columns | RowFault {
  const { columns } = profile;
  const fix =
    'Use the header meter,start,wh,quality (or kwh, mwh, w, kw, mw for wh), or a profile that names the columns as the file does.';
  const units = ENERGY_UNITS.filter((unit) => header.at(unit) >= 0);
  const unit = profile.unit ?? (columns.value === null ? units[0] : undefined);
  const isHouse = columns.start === null && columns.date === null;
  const found = {
    meter: header.at(columns.meter ?? 'meter'),
    start: header.at(columns.start ?? columns.date ?? 'start'),
    // In a header of others, a column of this name is theirs: only the house's own is known.
    end: columns.end === null ? (isHouse ? header.at('end') : -1) : header.at(columns.end),
    time: columns.time === null ? -1 : header.at(columns.time),
    value: columns.value === null ? header.at(unit ?? '') : header.at(columns.value),
    quality: header.at(columns.quality ?? 'quality'),
    updatedAt: columns.updatedAt === null ? -1 : header.at(columns.updatedAt),
  };
  const repeated = header.repeated(Object.values(found));
  if (repeated !== null) return headerFault(header, `The header names ${repeated} twice.`, fix);
  const missing = [
    found.meter < 0 && onlyMeter < 0 ? (columns.meter ?? 'meter') : null,
    found.start < 0 ? (columns.start ?? columns.date ?? 'start') : null,
    columns.time !== null && found.time < 0 ? columns.time : null,
    columns.end !== null && found.end < 0 ? columns.end : null,
    found.quality < 0 && (profile.quality === null || columns.quality !== null)
      ? (columns.quality ?? 'quality')
      : null,
    columns.value !== null && found.value < 0 ? columns.value : null,
    columns.updatedAt !== null && found.updatedAt < 0 ? columns.updatedAt : null,
    columns.value === null && units.length !== 1 ? 'exactly one of wh, kwh, mwh, w, kw, mw' : null,
    columns.value !== null && unit === undefined ? 'a unit in the profile for its value' : null,
  ].filter((name) => name !== null);
  const lacksMeterOnly = missing.length === 1 && columns.meter === null && found.meter < 0;
  if (lacksMeterOnly && onlyMeter < 0) return noMeterFault(header);
  if (missing.length > 0 || unit === undefined) {
    return headerFault(header, `The header lacks ${missing.join(', ')}.`, fix);
  }
  return { header, ...found, unit };
}

/** Reads the meter, the stamp and the quality of rows: what stands around the value. */
function cellReaders(columns: Columns, context: ReadingContext) {
  const { profile, onlyMeter, meters, intake } = context;
  const { header } = columns;
  const meterOf = wordNumbers(meterFinder(context));
  const qualityIn = wordNumbers((word) => qualityOf(profile, word) ?? -1);
  const stamps = stampReader(context.zone, profile);
  const periods = periodReader(context.zone, profile);
  const standard = profile.quality === null ? -1 : QUALITY[profile.quality];
  let problem: RowFault | null = null;
  let until: string | null = null;
  const ofDateAndTime = (row: FieldRow, meter: number): number => {
    const [date, time] = [fieldText(row, columns.start), fieldText(row, columns.time)];
    const number = periodNumber(time);
    if (number !== null && profile.quantity === 'energy') {
      const start = periods.read(date, number, {
        meter,
        minutesAt: (atMs) => meters[intake.dated(meter, atMs)]!.intervalMinutes,
      });
      if (typeof start === 'number') {
        return endOf(start, meters[intake.dated(meter, start)]!.intervalMinutes);
      }
      problem = start;
      return Number.NaN;
    }
    const range = timeRange(time);
    const stampMs = stamps.readText(`${date} ${range?.[0] ?? time}`.trim(), meter);
    if (range !== null) until = range[1];
    return stampMs;
  };
  // A number is an interval, whatever stamps are said to name.
  const endOf = (startMs: number, minutes: number): number =>
    profile.label === 'end' ? startMs + minutes * MINUTE_MS : startMs;
  return {
    stamps,
    name: (field: number): string => header.names[field] ?? 'value',
    fault: (fault: RowFault, field: number, text: string): RowFault => ({
      ...fault,
      column: header.names[field] ?? 'value',
      value: text,
    }),
    meter: (row: FieldRow): number =>
      columns.meter < 0
        ? onlyMeter
        : meterOf(row.bytes, row.start[columns.meter]!, row.end[columns.meter]!),
    quality: (row: FieldRow): number =>
      columns.quality < 0
        ? standard
        : qualityIn(row.bytes, row.start[columns.quality]!, row.end[columns.quality]!),
    start: (row: FieldRow, meter: number): number => {
      [problem, until] = [null, null];
      if (columns.time >= 0) return ofDateAndTime(row, meter);
      const { start } = columns;
      const stampMs = stamps.read(row.bytes, row.start[start]!, row.end[start]!, meter);
      until = stamps.until();
      return stampMs;
    },
    /** The second stamp of the row; null where it has none. */
    end: (row: FieldRow): string | null => (columns.end >= 0 ? fieldText(row, columns.end) : until),
    startFault: (row: FieldRow): RowFault => {
      if (problem !== null) return problem;
      const [fault, start] = [stamps.fault(), fieldText(row, columns.start)];
      const text = columns.time < 0 ? start : `${start} ${fieldText(row, columns.time)}`;
      return { ...fault, column: header.names[columns.start] ?? 'start', value: text };
    },
  };
}

/** A reading that was read whole, but for its place. */
interface Reading {
  readonly meter: number;
  readonly wh: number;
  readonly rest: EnergyRest;
  readonly quality: number;
  readonly line: number;
  readonly updatedMs: number;
  readonly stampText: string;
  /** Stamp of the end; null where the row has none. */
  readonly endText: string | null;
}

function rowReader(columns: Columns, context: ReadingContext): OpenTable {
  const { profile, meters } = context;
  const cells = cellReaders(columns, context);
  const { name, stamps } = cells;
  const scaleOf = scales(columns.unit, profile.multiplier);
  const scaleOfMeter: EnergyScale[] = meters.map((meter) => scaleOf(meter.intervalMinutes));
  const marks = marksOf(profile);
  const width = columns.header.names.length;
  const { value } = columns;
  const { meter: m, start, end, time, quality: q, updatedAt } = columns;
  const lastRead = Math.max(m, start, end, time, value, q, updatedAt);
  const updateOf = updateReader(context, updatedAt, name(updatedAt));
  const place = placer(columns, context, { cells, scaleOfMeter });

  const isCounter = profile.quantity === 'register';
  // A counter has its readings in one place; what lies between them is placed by its start.
  const placeOf = (named: number, stampMs: number, row: FieldRow): number => {
    if (isCounter || !meters[named]!.intervalChanges) return named;
    const atMs = stampMs === LATER ? stamps.about() : stampMs;
    const isEnd = profile.label === 'end' && cells.end(row) === null;
    return context.intake.dated(named, isEnd ? atMs - 1 : atMs);
  };
  const scaleFor = (meter: number): EnergyScale =>
    (scaleOfMeter[meter] ??= scaleOf(meters[meter]!.intervalMinutes));
  const read: ReadRow = (row, later) => {
    if (row.count !== width && !hasWidth(row, width, lastRead)) return ragged(row, width);
    const named = cells.meter(row);
    if (named === NO_METER.leftOut) {
      context.leaveOut(fieldText(row, columns.meter), 'left out by the profile');
      return null;
    }
    if (named < 0) return unknownMeter(fieldText(row, columns.meter), name(columns.meter));
    const stampMs = cells.start(row, named);
    if (Number.isNaN(stampMs)) return cells.startFault(row);
    const meter = placeOf(named, stampMs, row);
    let quality = cells.quality(row);
    if (quality < 0) return unknownQuality(fieldText(row, columns.quality), name(columns.quality));
    const [from, to] = [row.start[value]!, row.end[value]!];
    const scale = scaleFor(meter);
    let wh = wattHoursFrom(row.bytes, from, to, scale, marks);
    const { rest } = scale;
    if (wh < 0 && isDrawn(wh, meters[meter]!)) [wh, quality] = [0, QUALITY.SUSPECT];
    if (quality === QUALITY.MISSING || (wh === NOT_A_VALUE.none && columns.quality < 0)) {
      if (wh !== NOT_A_VALUE.none) return gapFault(fieldText(row, value), name(value));
      [wh, quality] = [Number.NaN, QUALITY.MISSING];
    } else if (wh === NOT_A_VALUE.none) return gapFault('', name(value));
    else if (wh < 0) return valueFault(wh, fieldText(row, value), name(value));
    const endText = cells.end(row);
    const updatedMs = updateOf(row);
    if (typeof updatedMs !== 'number') return updatedMs;
    const { line } = row;
    if (stampMs === LATER) {
      const [verdict, stampText] = [later(), fieldText(row, start)];
      const reading = { meter, wh, rest, quality, line, updatedMs, stampText, endText };
      stamps.wait(named, (instantMs, fault) =>
        verdict(fault === null ? place(reading, instantMs) : cells.fault(fault, start, stampText)),
      );
      return null;
    }
    return place(
      { meter, wh, rest, quality, line, updatedMs, stampText: '', endText },
      stampMs,
      row,
    );
  };
  return { read, end: () => stamps.end() };
}

/** Puts a reading where its stamp says: an interval, or what a counter stood at. */
function placer(
  columns: Columns,
  context: ReadingContext,
  {
    cells,
    scaleOfMeter,
  }: {
    readonly cells: ReturnType<typeof cellReaders>;
    readonly scaleOfMeter: readonly EnergyScale[];
  },
) {
  const { profile, meters, intake } = context;
  const register =
    profile.quantity === 'register' ? registerReader(context, scaleOfMeter, columns.unit) : null;
  const endColumn =
    columns.end >= 0 ? columns.end : columns.time >= 0 ? columns.time : columns.start;
  return (reading: Reading, stampMs: number, row?: FieldRow): RowFault | null => {
    const { meter, wh, rest, quality, line, endText } = reading;
    intake.updated(reading.updatedMs);
    const minutes = meters[meter]!.intervalMinutes;
    if (endText !== null && !endsAfter(cells, endText, stampMs, minutes)) {
      return wrongLength(endText, cells.name(endColumn), minutes);
    }
    if (register !== null) return register(meter, { stampMs, wh, rest, quality, line });
    const startMs = endText === null ? startOf(profile, stampMs, minutes) : stampMs;
    const fault = intake.put(...([meter, startMs, wh, quality, line, rest] as const));
    if (fault === null) return null;
    const text = row === undefined ? reading.stampText : fieldText(row, columns.start);
    return cells.fault(fault, columns.start, text);
  };
}

/** Whether a stamp is the end of an interval; ends such as 00:59 or 00:59:59 belong to it too. */
function endsAfter(
  { stamps }: ReturnType<typeof cellReaders>,
  text: string,
  startMs: number,
  minutes: number,
): boolean {
  const endMs = startMs + minutes * MINUTE_MS;
  return [endMs, endMs - MINUTE_MS, endMs - 1000].some((atMs) => stamps.shows(text, atMs));
}

/** A row of another width than the header. */
export function ragged(row: FieldRow, width: number): RowFault {
  return {
    column: 'row',
    value: fieldTexts(row).join(','),
    rule: 'row.same_width',
    detail: `The row has ${row.count} fields, the header ${width}.`,
    fix: 'Quote fields that hold the delimiter; name trailers in the profile’s ignoreLines.',
  };
}

function wrongLength(value: string, column: string, minutes: number): RowFault {
  return {
    column,
    value,
    rule: 'interval.length',
    detail: `The meter has ${minutes}-minute intervals; this one has another length.`,
    fix: 'Send the meter’s own intervals, or revise the meter.',
  };
}
