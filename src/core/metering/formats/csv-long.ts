import { type FieldRow, fieldText, fieldTexts } from '../../tabular/delimited.js';
import { MINUTE_MS } from '../../time/interval.js';
import { NOT_A_VALUE, wattHoursFrom } from '../../units/energy-bytes.js';
import { ENERGY_UNITS, type EnergyUnit } from '../../units/energy.js';
import type { RowFault } from '../intake.js';
import { QUALITY } from '../quality.js';
import {
  gapFault,
  type Header,
  headerFault,
  isDrawn,
  meterFinder,
  NO_METER,
  qualityOf,
  type ReadingContext,
  scales,
  startOf,
  unknownMeter,
  unknownQuality,
  valueFault,
} from './context.js';
import { registerReader } from './register.js';
import { stampReader } from './stamp-reader.js';
import { type ReadRow, type RowReader, tableReader } from './table-reader.js';
import { wordNumbers } from './word-numbers.js';

interface Columns {
  readonly header: Header;
  readonly meter: number;
  readonly start: number;
  readonly end: number;
  readonly time: number;
  readonly value: number;
  readonly quality: number;
  readonly unit: EnergyUnit;
}

/**
 * Reads CSV with one reading a row: `meter,start,wh,quality` or the columns that the profile names,
 * straight from its bytes.
 */
export function csvLongReader(context: ReadingContext): RowReader {
  return tableReader(context, 'one', (header) => {
    const columns = findColumns(header, context);
    return 'rule' in columns ? columns : rowReader(columns, context);
  });
}

function findColumns(header: Header, { profile, onlyMeter }: ReadingContext): Columns | RowFault {
  const { columns } = profile;
  const lower = header.names.map((name) => name.toLowerCase());
  const repeated = lower.find((name, at) => name !== '' && lower.indexOf(name) !== at);
  const fix =
    'Use the header meter,start,wh,quality (or kwh, mwh, w, kw, mw for wh), or a profile.';
  if (repeated !== undefined) {
    return headerFault(header, `The header names ${repeated} twice.`, fix);
  }
  const units = ENERGY_UNITS.filter((unit) => header.at(unit) >= 0);
  const unit = profile.unit ?? (columns.value === null ? units[0] : undefined);
  const found = {
    meter: header.at(columns.meter ?? 'meter'),
    start: header.at(columns.start ?? columns.date ?? 'start'),
    end: columns.end === null ? header.at('end') : header.at(columns.end),
    time: columns.time === null ? -1 : header.at(columns.time),
    value: columns.value === null ? header.at(unit ?? '') : header.at(columns.value),
    quality: header.at(columns.quality ?? 'quality'),
  };
  const missing = [
    found.meter < 0 && onlyMeter < 0 ? (columns.meter ?? 'meter') : null,
    found.start < 0 ? (columns.start ?? columns.date ?? 'start') : null,
    columns.time !== null && found.time < 0 ? columns.time : null,
    columns.end !== null && found.end < 0 ? columns.end : null,
    found.quality < 0 && profile.quality === null ? (columns.quality ?? 'quality') : null,
    columns.value !== null && found.value < 0 ? columns.value : null,
    columns.value === null && units.length !== 1 ? 'exactly one of wh, kwh, mwh, w, kw, mw' : null,
    columns.value !== null && unit === undefined ? 'a unit in the profile for its value' : null,
  ].filter((name) => name !== null);
  if (missing.length > 0 || unit === undefined) {
    return headerFault(header, `The header lacks ${missing.join(', ')}.`, fix);
  }
  return { header, ...found, unit };
}

/** Reads the meter, the stamp and the quality of rows: what stands around the value. */
function cellReaders(columns: Columns, context: ReadingContext) {
  const { profile, onlyMeter } = context;
  const { header } = columns;
  const meterOf = wordNumbers(meterFinder(context));
  const qualityIn = wordNumbers((word) => qualityOf(profile, word) ?? -1);
  const stamps = stampReader(context.zone, profile);
  const standard = profile.quality === null ? -1 : QUALITY[profile.quality];
  return {
    name: (field: number): string => header.names[field] ?? 'value',
    fault: (fault: RowFault, field: number, row: FieldRow): RowFault => ({
      ...fault,
      ...{ column: header.names[field] ?? 'value', value: fieldText(row, field) },
    }),
    meter: (row: FieldRow): number =>
      columns.meter < 0
        ? onlyMeter
        : meterOf(row.bytes, row.start[columns.meter]!, row.end[columns.meter]!),
    quality: (row: FieldRow): number =>
      columns.quality < 0
        ? standard
        : qualityIn(row.bytes, row.start[columns.quality]!, row.end[columns.quality]!),
    stamp: (row: FieldRow, field: number, meter: number): number => {
      if (columns.time < 0 || field !== columns.start) {
        return stamps.read(row.bytes, row.start[field]!, row.end[field]!, meter);
      }
      const bytes = Buffer.from(`${fieldText(row, field)} ${fieldText(row, columns.time)}`);
      return stamps.read(bytes, 0, bytes.length, meter);
    },
    stampFault: (): RowFault => stamps.fault(),
  };
}

function rowReader(columns: Columns, context: ReadingContext): ReadRow {
  const { profile, meters, intake } = context;
  const cells = cellReaders(columns, context);
  const { name } = cells;
  const scaleOf = scales(columns.unit, profile.multiplier);
  const scaleOfMeter = meters.map(({ intervalMinutes }) => scaleOf(intervalMinutes));
  const mark = profile.decimalMark.charCodeAt(0);
  const width = columns.header.names.length;
  const { value } = columns;
  const register =
    profile.quantity === 'register' ? registerReader(context, scaleOfMeter, columns.unit) : null;

  return (row) => {
    if (row.count !== width) return ragged(row, width);
    const meter = cells.meter(row);
    if (meter === NO_METER.leftOut) {
      context.leaveOut(fieldText(row, columns.meter), 'left out by the profile');
      return null;
    }
    if (meter < 0) return unknownMeter(fieldText(row, columns.meter), name(columns.meter));
    const stampMs = cells.stamp(row, columns.start, meter);
    if (Number.isNaN(stampMs)) return cells.fault(cells.stampFault(), columns.start, row);
    const minutes = meters[meter]!.intervalMinutes;
    let quality = cells.quality(row);
    if (quality < 0) return unknownQuality(fieldText(row, columns.quality), name(columns.quality));
    const [from, to] = [row.start[value]!, row.end[value]!];
    let wh = wattHoursFrom(row.bytes, from, to, scaleOfMeter[meter]!, mark);
    const { rest } = scaleOfMeter[meter]!;
    if (wh < 0 && isDrawn(wh, meters[meter]!)) [wh, quality] = [0, QUALITY.SUSPECT];
    if (quality === QUALITY.MISSING || (wh === NOT_A_VALUE.none && columns.quality < 0)) {
      if (wh !== NOT_A_VALUE.none) return gapFault(fieldText(row, value), name(value));
      [wh, quality] = [Number.NaN, QUALITY.MISSING];
    } else if (wh === NOT_A_VALUE.none) return gapFault('', name(value));
    else if (wh < 0) return valueFault(wh, fieldText(row, value), name(value));
    if (columns.end >= 0) {
      const endMs = cells.stamp(row, columns.end, meter);
      if (Number.isNaN(endMs)) return cells.fault(cells.stampFault(), columns.end, row);
      if (endMs - stampMs !== minutes * MINUTE_MS) {
        return wrongLength(fieldText(row, columns.end), name(columns.end), minutes);
      }
    }
    if (register !== null) return register(meter, { stampMs, wh, rest, quality, line: row.line });
    const fault = intake.put(
      ...([meter, startOf(profile, stampMs, minutes), wh, quality, row.line, rest] as const),
    );
    return fault === null ? null : cells.fault(fault, columns.start, row);
  };
}

/** A row of another width than the header. */
export function ragged(row: FieldRow, width: number): RowFault {
  return {
    ...{ column: 'row', value: fieldTexts(row).join(','), rule: 'row.same_width' },
    detail: `The row has ${row.count} fields, the header ${width}.`,
    fix: 'Quote fields that hold the delimiter; name trailers in the profile’s ignoreLines.',
  };
}

function wrongLength(value: string, column: string, minutes: number): RowFault {
  return {
    ...{ column, value, rule: 'interval.length' },
    detail: `The meter has ${minutes}-minute intervals; this one has another length.`,
    fix: 'Send the meter’s own intervals, or revise the meter.',
  };
}
