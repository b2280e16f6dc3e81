import { type FieldRow, fieldText } from '../../../tabular/delimited.js';
import { timeRange } from '../../../time/written-stamp.js';
import { type EnergyScale, NOT_A_VALUE, wattHoursFrom } from '../../../units/energy-bytes.js';
import type { EnergyRest } from '../../../units/energy-rest.js';
import type { ImportProfile } from '../../import-profile.js';
import type { RowFault } from '../../intake/intake.js';
import { QUALITY } from '../../blocks/quality.js';
import { periodNumber, periodReader } from './civil-day.js';
import {
  hasWidth,
  type Header,
  headerFault,
  isDrawn,
  marksOf,
  meterFinder,
  NO_METER,
  putAll,
  type ReadingContext,
  scales,
  startOf,
  unknownMeter,
  valueFault,
} from '../context.js';
import { ragged } from './csv-long.js';
import { LATER, type StampReader, stampReader } from './stamp-reader.js';
import { type OpenTable, type RowReader, tableReader } from './table-reader.js';
import { updateReader } from './updated-at.js';

interface Channel {
  readonly field: number;
  readonly meter: number;
  /** By length of interval: a meter may change it. */
  readonly scaleOf: (minutes: number) => EnergyScale;
}

/** Where a row says which interval it is. */
type Place =
  | { readonly kind: 'stamp'; readonly start: number }
  | { readonly kind: 'date and time'; readonly date: number; readonly time: number }
  /** Year, month, day and number of the interval in the day. */
  | { readonly kind: 'parts'; readonly parts: readonly [number, number, number, number] };

interface Columns {
  readonly header: Header;
  readonly place: Place;
  readonly updatedAt: number;
  readonly channels: readonly Channel[];
  /** Columns that are not read, and why. */
  readonly leftOut: readonly {
    readonly name: string;
    readonly field: number;
    readonly reason: string;
  }[];
}

/**
 * Reads CSV with a row an interval and a column a meter (METHOD 2.1): a stamp, or a date and a time or
 * number, or year, month, day and period 1..n. Numbers count intervals through the civil day.
 */
export function csvColumnsReader(context: ReadingContext): RowReader {
  return tableReader(context, (header) => {
    const columns = findColumns(header, context);
    return 'rule' in columns ? columns : rowReader(columns, context);
  });
}

function findPlace(header: Header, { columns }: ImportProfile): Place | null {
  if (columns.time !== null) {
    const date = header.at(columns.date ?? columns.start ?? 'date');
    const time = header.at(columns.time);
    return Math.min(date, time) < 0 ? null : { kind: 'date and time', date, time };
  }
  const start = header.at(columns.start ?? columns.date ?? 'start');
  const [year, month] = [header.at('year'), header.at('month')];
  const [day, period] = [header.at('day'), header.at('period')];
  if (Math.min(year, month, day, period) >= 0) {
    return { kind: 'parts', parts: [year, month, day, period] };
  }
  return start < 0 ? null : { kind: 'stamp', start };
}

function findColumns(header: Header, context: ReadingContext): Columns | RowFault {
  const { profile } = context;
  const find = meterFinder({ ...context, onlyMeter: -1 });
  const place = findPlace(header, profile);
  const fix =
    'Use start (or year, month, day, period; or name date and time in the profile) and one column a meter; state unit and quality in the profile.';
  if (place === null) return headerFault(header, 'The header lacks a start.', fix);
  if (profile.unit === null || profile.quality === null) {
    return headerFault(header, 'The profile states no unit or no quality for the columns.', fix);
  }
  const scaleOf = scales(profile.unit, profile.multiplier);
  const { updatedAt: updateName } = profile.columns;
  const updatedAt = updateName === null ? -1 : header.at(updateName);
  if (updateName !== null && updatedAt < 0) {
    return headerFault(header, `The header lacks ${updateName}.`, fix);
  }
  const time = new Set([...placeFields(place), ...(updatedAt < 0 ? [] : [updatedAt])]);
  const channels: Channel[] = [];
  const leftOut: { name: string; field: number; reason: string }[] = [];
  for (const [field, name] of header.names.entries()) {
    if (time.has(field)) continue;
    if (name === '') {
      leftOut.push({ name: `column ${field + 1}`, field, reason: 'has no name' });
      continue;
    }
    const meter = find(name);
    if (meter === NO_METER.leftOut) {
      leftOut.push({ name, field, reason: 'left out by the profile' });
    } else if (meter < 0) return unknownMeter(name, name);
    else channels.push({ field, meter, scaleOf });
  }
  const repeated = header.repeated([...time, ...channels.map(({ field }) => field)]);
  if (repeated !== null) return headerFault(header, `The header names ${repeated} twice.`, fix);
  if (channels.length === 0) return headerFault(header, 'The header names no meter.', fix);
  return { header, place, updatedAt, channels, leftOut };
}

function placeFields(place: Place): readonly number[] {
  if (place.kind === 'stamp') return [place.start];
  return place.kind === 'parts' ? place.parts : [place.date, place.time];
}

/** One row's values, before they have a place. */
interface Values {
  readonly wh: readonly number[];
  readonly rests: readonly EnergyRest[];
  readonly line: number;
  readonly updatedMs: number;
}

/** Start of a channel's interval, ms. */
type StartOf = (channel: Channel) => number | RowFault;

function rowReader(columns: Columns, context: ReadingContext): OpenTable {
  const { header, channels, leftOut, place, updatedAt } = columns;
  const updateOf = updateReader(context, updatedAt, header.names[updatedAt] ?? '');
  const { profile, meters } = context;
  const stamps = stampReader(context.zone, profile);
  const periods = periodReader(context.zone, profile);
  const width = header.names.length;
  const lastRead = Math.max(
    ...placeFields(place),
    updatedAt,
    ...channels.map(({ field }) => field),
  );
  const lengthOf = ({ meter }: Channel): number => meters[meter]!.intervalMinutes;
  const isDated = channels.some(({ meter }) => meters[meter]!.intervalChanges);
  /** The columns, each at the place that its meter has at an instant. */
  const columnsAt = (atMs: number): Columns =>
    isDated ? { ...columns, channels: channels.map((one) => datedAt(one, atMs)) } : columns;
  const datedAt = (one: Channel, atMs: number): Channel => ({
    ...one,
    meter: context.intake.dated(one.meter, atMs),
  });
  const early = profile.label === 'end' ? 1 : 0;
  /** By a stamp: all channels of a row begin, or end, together. */
  const byStamp =
    (stampMs: number): StartOf =>
    (channel) =>
      startOf(profile, stampMs, lengthOf(channel));
  return {
    read: (row, later) => {
      if (!hasWidth(row, width, lastRead)) return ragged(row, width);
      const [stamp, number] = stampOf(row, place);
      const stampMs = number === null ? readStamp(row, place, stamp, stamps) : 0;
      if (Number.isNaN(stampMs)) return { ...stamps.fault(), value: stamp };
      const placeMs =
        number === null ? (stampMs === LATER ? stamps.about() : stampMs) - early : null;
      const now = columnsAt(placeMs ?? periods.startOf(stamp) ?? 0);
      const read = readValues(row, now, context, lengthOf);
      if ('rule' in read) return read;
      const updatedMs = updateOf(row);
      if (typeof updatedMs !== 'number') return updatedMs;
      const values = { ...read, updatedMs };
      for (const { name, field, reason } of leftOut) {
        if (fieldText(row, field) !== '') context.leaveOut(name, reason);
      }
      if (stampMs === LATER) {
        const verdict = later();
        stamps.wait(0, (instantMs, fault) =>
          verdict(fault ?? putValues(values, byStamp(instantMs), now, context)),
        );
        return null;
      }
      const byNumber: StartOf = ({ meter }) =>
        periods.read(stamp, number!, {
          meter,
          minutesAt: (atMs) => meters[context.intake.dated(meter, atMs)]!.intervalMinutes,
        });
      return putValues(values, number === null ? byStamp(stampMs) : byNumber, now, context);
    },
    end: () => stamps.end(),
  };
}

/** Stamp of a row, or its date and the number of the interval in it. */
function stampOf(row: FieldRow, place: Place): readonly [text: string, number: number | null] {
  if (place.kind === 'stamp') return ['', null];
  if (place.kind === 'date and time') {
    const [date, time] = [fieldText(row, place.date), fieldText(row, place.time)];
    const number = periodNumber(time);
    return number === null
      ? [`${date} ${timeRange(time)?.[0] ?? time}`.trim(), null]
      : [date, number];
  }
  const [year, month, day, period] = place.parts.map((field) => fieldText(row, field));
  const date = `${year}-${month}-${day}`;
  const number = periodNumber(period!);
  return number === null ? [`${date} ${period}`, null] : [date, number];
}

function readStamp(row: FieldRow, place: Place, text: string, stamps: StampReader): number {
  if (place.kind !== 'stamp') return stamps.readText(text, 0);
  const { start } = place;
  return stamps.read(row.bytes, row.start[start]!, row.end[start]!, 0);
}

function readValues(
  row: FieldRow,
  { channels, header }: Columns,
  { profile, meters }: ReadingContext,
  lengthOf: (channel: Channel) => number,
): Omit<Values, 'updatedMs'> | RowFault {
  const marks = marksOf(profile);
  const wh: number[] = [];
  const rests: EnergyRest[] = [];
  for (const channel of channels) {
    const { field, meter } = channel;
    const scale = channel.scaleOf(lengthOf(channel));
    const read = wattHoursFrom(row.bytes, row.start[field]!, row.end[field]!, scale, marks);
    if (read < 0 && read !== NOT_A_VALUE.none && !isDrawn(read, meters[meter]!)) {
      return valueFault(read, fieldText(row, field), header.names[field]!);
    }
    wh.push(read);
    rests.push(scale.rest);
  }
  return { wh, rests, line: row.line };
}

/** Finds the place of every reading of a row, and puts all or none. */
function putValues(
  { wh, rests, line, updatedMs }: Values,
  startOfChannel: StartOf,
  { channels }: Columns,
  { profile, intake }: ReadingContext,
): RowFault | null {
  const starts: number[] = [];
  for (const channel of channels) {
    const startMs = startOfChannel(channel);
    if (typeof startMs !== 'number') return startMs;
    starts.push(startMs);
  }
  intake.updated(updatedMs);
  const readings = channels.map(({ meter }, at) => {
    const isGap = wh[at] === NOT_A_VALUE.none;
    const graded = wh[at]! < 0 ? QUALITY.SUSPECT : QUALITY[profile.quality!];
    const quality = isGap ? QUALITY.MISSING : graded;
    const value = isGap ? Number.NaN : Math.max(0, wh[at]!);
    return { meter, startMs: starts[at]!, wh: value, quality, rest: rests[at]! };
  });
  return putAll(intake, readings, line);
}
