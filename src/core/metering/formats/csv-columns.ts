import { type FieldRow, fieldText } from '../../tabular/delimited.js';
import { MINUTE_MS } from '../../time/interval.js';
import { parseWallTime } from '../../time/local-stamp.js';
import { NOT_A_VALUE, wattHoursFrom } from '../../units/energy-bytes.js';
import type { EnergyScale } from '../../units/energy-bytes.js';
import type { EnergyRest } from '../../units/energy-rest.js';
import type { RowFault } from '../intake.js';
import { QUALITY } from '../quality.js';
import {
  type Header,
  headerFault,
  isDrawn,
  meterFinder,
  NO_METER,
  type ReadingContext,
  scales,
  startOf,
  unknownMeter,
  valueFault,
} from './context.js';
import { ragged } from './csv-long.js';
import { stampReader } from './stamp-reader.js';
import { type RowReader, tableReader } from './table-reader.js';

interface Channel {
  readonly field: number;
  readonly meter: number;
  readonly scale: EnergyScale;
}

interface Columns {
  readonly header: Header;
  readonly start: number;
  /** Year, month, day and number of the interval in the day, for files without a stamp. */
  readonly parts: readonly [number, number, number, number] | null;
  readonly channels: readonly Channel[];
}

/**
 * Reads CSV with a row an interval and a column a meter (METHOD 2.1): a stamp, or year, month, day
 * and period 1..n. Period k is the interval that ends after k of them.
 */
export function csvColumnsReader(context: ReadingContext): RowReader {
  const stamps = stampReader(context.zone, context.profile);
  return tableReader(context, 'many', (header) => {
    const columns = findColumns(header, context);
    return 'rule' in columns ? columns : (row) => readRow(row, columns, { ...context, stamps });
  });
}

function findColumns(header: Header, context: ReadingContext): Columns | RowFault {
  const { profile, meters } = context;
  const find = meterFinder({ ...context, onlyMeter: -1 });
  const start = header.at(profile.columns.start ?? 'start');
  const [year, month] = [header.at('year'), header.at('month')];
  const [day, period] = [header.at('day'), header.at('period')];
  const hasParts = Math.min(year, month, day, period) >= 0;
  const fix =
    'Use start (or year, month, day, period) and one column a meter; state unit and quality in the profile.';
  if (start < 0 && !hasParts) return headerFault(header, 'The header lacks a start.', fix);
  if (profile.unit === null || profile.quality === null) {
    return headerFault(header, 'The profile states no unit or no quality for the columns.', fix);
  }
  const scaleOf = scales(profile.unit, profile.multiplier);
  const time = new Set(hasParts ? [year, month, day, period] : [start]);
  const channels: Channel[] = [];
  for (const [field, name] of header.names.entries()) {
    if (time.has(field)) continue;
    const meter = find(name);
    if (meter === NO_METER.leftOut) context.leaveOut(name, 'left out by the profile');
    else if (meter < 0) return unknownMeter(name, name);
    else channels.push({ field, meter, scale: scaleOf(meters[meter]!.intervalMinutes) });
  }
  if (channels.length === 0) return headerFault(header, 'The header names no meter.', fix);
  return { header, start, parts: hasParts ? [year, month, day, period] : null, channels };
}

function readRow(
  row: FieldRow,
  columns: Columns,
  context: ReadingContext & { readonly stamps: ReturnType<typeof stampReader> },
): RowFault | null {
  const { profile, intake, meters, stamps } = context;
  const { header, channels } = columns;
  if (row.count !== header.names.length) return ragged(row, header.names.length);
  const mark = profile.decimalMark.charCodeAt(0);
  const values: number[] = [];
  const rests: EnergyRest[] = [];
  for (const { field, scale, meter } of channels) {
    const wh = wattHoursFrom(row.bytes, row.start[field]!, row.end[field]!, scale, mark);
    if (wh < 0 && wh !== NOT_A_VALUE.none && !isDrawn(wh, meters[meter]!)) {
      return valueFault(wh, fieldText(row, field), header.names[field]!);
    }
    values.push(wh);
    rests.push(scale.rest);
  }
  // All of a row or nothing of it: first read, then put.
  const starts: number[] = [];
  for (const { meter } of channels) {
    const minutes = meters[meter]!.intervalMinutes;
    const startMs = intervalStart(row, columns, { minutes, meter, stamps, profile });
    if (Number.isNaN(startMs)) return { ...stamps.fault(), value: fieldText(row, columns.start) };
    starts.push(startMs);
  }
  for (const [at, { meter }] of channels.entries()) {
    const isGap = values[at] === NOT_A_VALUE.none;
    const graded = values[at]! < 0 ? QUALITY.SUSPECT : QUALITY[profile.quality!];
    const quality = isGap ? QUALITY.MISSING : graded;
    const value = isGap ? Number.NaN : Math.max(0, values[at]!);
    const fault = intake.put(meter, starts[at]!, value, quality, row.line, rests[at]);
    if (fault !== null) return fault;
  }
  return null;
}

function intervalStart(
  row: FieldRow,
  { start, parts }: Columns,
  how: {
    readonly minutes: number;
    readonly meter: number;
    readonly stamps: ReturnType<typeof stampReader>;
    readonly profile: ReadingContext['profile'];
  },
): number {
  const { minutes, meter, stamps, profile } = how;
  if (parts === null) {
    const stampMs = stamps.read(row.bytes, row.start[start]!, row.end[start]!, meter);
    return startOf(profile, stampMs, minutes);
  }
  const [year, month, day, period] = parts.map((field) => fieldText(row, field));
  const text = `${year}-${month}-${day} ${period}`;
  const wallMs = parseWallTime(`${year}-${month}-${day}`);
  const number = /^\d{1,3}$/.test(period!) ? Number(period) : 0;
  if (wallMs === null || number < 1 || (number - 1) * minutes >= 24 * 60) {
    return stamps.read(Buffer.from(text), 0, Buffer.byteLength(text), meter);
  }
  return stamps.resolve(wallMs + (number - 1) * minutes * MINUTE_MS, meter, text);
}
