import { type FieldRow, fieldText } from '../../tabular/delimited.js';
import { DAY_MS, MINUTE_MS } from '../../time/interval.js';
import { parseWallTime } from '../../time/local-stamp.js';
import { type EnergyScale, NOT_A_VALUE, wattHoursFrom } from '../../units/energy-bytes.js';
import type { EnergyRest } from '../../units/energy-rest.js';
import { ENERGY_UNITS, type EnergyUnit } from '../../units/energy.js';
import type { RowFault } from '../intake/intake.js';
import { QUALITY } from '../blocks/quality.js';

import {
  marksOf,
  meterFinder,
  NO_METER,
  type ReadingContext,
  scales,
  valueFault,
} from './context.js';
import {
  afterEnd,
  cutShort,
  noHeader,
  notAsMeter,
  noUpdateTime,
  orphan,
  summerTime,
  unknownFlag,
  unknownRecord,
} from './nem12-faults.js';
import type { RowReader } from './tables/table-reader.js';

/** Offset of the market's time, which knows no summer time (METHOD 2.1). */
export const NEM12_OFFSET_MINUTES = 600;

/** Place of UpdateDateTime in a 300 record, less its values: after quality, reason and description. */
const UPDATED_AFTER_VALUES = 5;

interface Channel {
  readonly name: string;
  readonly meter: number;
  readonly minutes: number;
  /** Null for a channel that is not energy, or is left out. */
  readonly scale: EnergyScale | null;
  /** Why it is not read. */
  readonly reason: string;
}

interface Day {
  readonly line: number;
  /** Its place in the intake; −1 for a channel that is not read. */
  readonly meter: number;
  readonly startMs: number;
  readonly values: readonly number[];
  readonly rests: readonly EnergyRest[];
  /** Quality of each interval; −1 until a 400 record grades it. */
  readonly quality: Int8Array;
  /** When its values or qualities were updated, ms; 0 where the record does not say. */
  readonly updatedMs: number;
}

/**
 * Reads NEM12 (METHOD 2.1): 100 header, 200 a channel, 300 a day of it, 400 its qualities, 500 market
 * messages, 900 end. A file that breaks the form is wrong as a whole.
 */
export function nem12Reader(context: ReadingContext): RowReader {
  const find = meterFinder(context);
  let stage: 'start' | 'open' | 'ended' = 'start';
  let isBroken = false;
  let channel: Channel | null = null;
  let day: Day | null = null;
  const refuse = (line: number, fault: RowFault): void => {
    isBroken = true;
    context.reject({ row: line, ...fault }, null);
  };
  const flush = (): void => {
    if (day === null || channel === null) return;
    const fault = putDay(day, channel, context);
    if (fault !== null) refuse(day.line, fault);
    day = null;
  };
  const take = (row: FieldRow, kind: string): RowFault | null => {
    if (stage === 'start') {
      stage = 'open';
      if (context.zone.kind === 'legal') return summerTime(context.zone.code);
      const isHeader = kind === '100' && fieldText(row, 1).toUpperCase() === 'NEM12';
      return isHeader ? null : noHeader(row, kind);
    }
    if (stage === 'ended') return afterEnd(kind);
    if (kind === '200' || kind === '300' || kind === '900') flush();
    if (kind === '900') {
      stage = 'ended';
      return null;
    }
    if (kind === '200') {
      const opened = openChannel(row, context, find);
      channel = 'rule' in opened ? null : opened;
      return 'rule' in opened ? opened : null;
    }
    if (kind === '500') return null;
    if (kind !== '300' && kind !== '400') return unknownRecord(kind);
    if (channel === null) return orphan(kind, '200');
    if (kind === '400') return day === null ? orphan(kind, '300') : grade(row, day);
    const read = readDay(row, channel, context);
    if ('rule' in read) return read;
    day = read;
    return null;
  };
  return {
    row: (row) => {
      if (isBroken) return;
      const fault = take(row, fieldText(row, 0));
      if (fault !== null) refuse(row.line, fault);
    },
    end: () => {
      if (isBroken) return;
      flush();
      if (stage !== 'ended' && !isBroken) refuse(1, cutShort(stage));
    },
  };
}

function openChannel(
  row: FieldRow,
  context: ReadingContext,
  find: (name: string, channel?: string) => number,
): Channel | RowFault {
  const [nmi, suffix] = [fieldText(row, 1), fieldText(row, 4)];
  const name = `${nmi}/${suffix}`;
  const unit = fieldText(row, 7).toLowerCase();
  const minutes = Number(fieldText(row, 8));
  if (![5, 10, 15, 30, 60].includes(minutes)) {
    return {
      column: 'IntervalLength',
      value: fieldText(row, 8),
      rule: 'nem12.interval_length',
      detail: 'Not 5, 10, 15, 30 or 60 minutes.',
      fix: 'Ask the sender for the file again.',
    };
  }
  const left = (reason: string): Channel => ({ name, meter: -1, minutes, scale: null, reason });
  if (!ENERGY_UNITS.includes(unit as EnergyUnit)) {
    return left(`not energy: its unit is ${fieldText(row, 7) || 'not stated'}`);
  }
  if (/^[QKqk]/.test(suffix)) return left(`not energy: ${suffix} is reactive`);
  const direct = find(name);
  const meter = direct === NO_METER.unknown ? find(nmi, name) : direct;
  if (meter === NO_METER.leftOut) return left('left out by the profile');
  if (meter < 0) {
    return {
      column: 'NMI',
      value: name,
      rule: 'meter.known',
      detail: 'There is no meter for this channel.',
      fix: `Map ${name} to a meter in the profile, or to null to leave it out.`,
    };
  }
  const { intervalMinutes, intervalChanges, direction } = context.meters[meter]!;
  const flow = suffix.toUpperCase().startsWith('B') ? 'generation' : 'consumption';
  // Where the length changed on a date, each day is compared.
  if ((intervalMinutes !== minutes && !intervalChanges) || direction !== flow) {
    return notAsMeter({ name, minutes, flow }, context.meters[meter]!);
  }
  const scale = scales(unit as EnergyUnit, context.profile.multiplier)(minutes);
  return { name, meter, minutes, scale, reason: '' };
}

function readDay(
  row: FieldRow,
  channel: Channel,
  { profile, zone, intake, meters }: ReadingContext,
): Day | RowFault {
  const dateText = fieldText(row, 1);
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(dateText) ?? [];
  const wallMs = year === undefined ? null : parseWallTime(`${year}-${month}-${date}`);
  if (wallMs === null) {
    return {
      column: 'IntervalDate',
      value: dateText,
      rule: 'nem12.date',
      detail: 'Not a date.',
      fix: 'Dates are written YYYYMMDD.',
    };
  }
  const count = (24 * 60) / channel.minutes;
  const flag = fieldText(row, 2 + count);
  // Five fields follow the values; the last ones may be left away.
  if (row.count < 3 + count || row.count > 7 + count || !/^[A-Z]/i.test(flag)) {
    return {
      column: 'values',
      value: String(row.count - 2),
      rule: 'nem12.value_count',
      detail: `A day of ${channel.minutes}-minute intervals has ${count} values and then its quality.`,
      fix: 'Ask the sender for the file again: the day does not fit its interval length.',
    };
  }
  const values: number[] = [];
  const rests: EnergyRest[] = [];
  if (channel.scale !== null) {
    for (let at = 0; at < count; at += 1) {
      const [from, to] = [row.start[2 + at]!, row.end[2 + at]!];
      const wh = wattHoursFrom(row.bytes, from, to, channel.scale, marksOf(profile));
      if (wh < 0 && wh !== NOT_A_VALUE.none) {
        return valueFault(wh, fieldText(row, 2 + at), `value ${at + 1}`);
      }
      values.push(wh);
      rests.push(channel.scale.rest);
    }
  }
  const graded = flag.toUpperCase() === 'V' ? -1 : qualityOfFlag(flag);
  if (graded === null) return unknownFlag(flag);
  const offset = zone.kind === 'fixed' ? zone.offsetMinutes : NEM12_OFFSET_MINUTES;
  const startMs = wallMs - offset * MINUTE_MS;
  const meter = channel.scale === null ? -1 : intake.dated(channel.meter, startMs);
  if (meter >= 0) {
    const last = intake.dated(channel.meter, startMs + DAY_MS - 1);
    const flow = meters[meter]!.direction;
    const other = [meter, last].find((at) => meters[at]!.intervalMinutes !== channel.minutes);
    if (other !== undefined) return notAsMeter({ ...channel, flow }, meters[other]!);
  }
  const updateText = fieldText(row, UPDATED_AFTER_VALUES + count);
  const updatedWallMs = updateText === '' ? offset * MINUTE_MS : compactStamp(updateText);
  if (updatedWallMs === null) return noUpdateTime(updateText);
  return {
    line: row.line,
    meter,
    startMs,
    updatedMs: updatedWallMs - offset * MINUTE_MS,
    values,
    rests,
    quality: new Int8Array(count).fill(graded),
  };
}

function grade(row: FieldRow, day: Day): RowFault | null {
  const [first, last] = [Number(fieldText(row, 1)), Number(fieldText(row, 2))];
  const code = qualityOfFlag(fieldText(row, 3));
  if (code === null) return unknownFlag(fieldText(row, 3));
  const isRange = Number.isInteger(first) && Number.isInteger(last) && first >= 1 && first <= last;
  if (!isRange || last > day.quality.length) {
    return {
      column: 'range',
      value: `${fieldText(row, 1)}-${fieldText(row, 2)}`,
      rule: 'nem12.range',
      detail: `Not a range of the day’s ${day.quality.length} intervals.`,
      fix: 'Ask the sender for the file again.',
    };
  }
  day.quality.fill(code, first - 1, last);
  return null;
}

function putDay(day: Day, channel: Channel, context: ReadingContext): RowFault | null {
  if (channel.scale === null) {
    for (let at = 0; at < day.quality.length; at += 1) {
      context.leaveOut(channel.name, channel.reason);
    }
    return null;
  }
  if (day.quality.includes(-1)) {
    return {
      column: 'QualityMethod',
      value: 'V',
      rule: 'nem12.all_graded',
      detail: 'The day’s quality varies, and its 400 records do not grade every interval.',
      fix: 'Ask the sender for the file again.',
    };
  }
  context.intake.updated(day.updatedMs);
  for (const [at, wh] of day.values.entries()) {
    const isGap = wh === NOT_A_VALUE.none || day.quality[at] === QUALITY.MISSING;
    const startMs = day.startMs + at * channel.minutes * MINUTE_MS;
    const quality = isGap ? QUALITY.MISSING : day.quality[at]!;
    const value = isGap ? Number.NaN : wh;
    const fault = context.intake.put(
      day.meter,
      startMs,
      value,
      quality,
      day.line,
      isGap ? 0 : day.rests[at],
    );
    if (fault !== null) return fault;
  }
  return null;
}

/** `YYYYMMDDhhmmss` as if it were UTC, ms; null for anything else. */
function compactStamp(text: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  return year === undefined
    ? null
    : parseWallTime(`${year}-${month}-${day} ${hour}:${minute}:${second}`);
}

/** Quality of a flag and its method (METHOD 2.3): `A`, `S14`, `F17`, `E`, `N`; null for no flag. */
function qualityOfFlag(text: string): number | null {
  const [, flag, method] = /^([AEFNS])(\d{2})?$/.exec(text.toUpperCase()) ?? [];
  if (flag === 'A') return QUALITY.ACTUAL;
  if (flag === 'E') return QUALITY.FORECAST;
  if (flag === 'N') return QUALITY.MISSING;
  if (flag === undefined) return null;
  if (method === '14' || method === '15') return QUALITY.EST_HIST;
  if (method === '17') return QUALITY.EST_LINEAR;
  return method === '12' ? QUALITY.DERIVED : QUALITY.EDITED;
}
