import type { RowProblem } from '../../errors.js';
import { type FieldRow, fieldText } from '../../tabular/delimited.js';
import { MINUTE_MS } from '../../time/interval.js';
import type { FileZone } from '../../time/local-stamp.js';
import { energyScale, type EnergyScale, NOT_A_VALUE } from '../../units/energy-bytes.js';
import type { EnergyRest } from '../../units/energy-rest.js';
import type { EnergyUnit } from '../../units/energy.js';
import type { NumberMarks } from '../../units/written-number.js';
import type { ImportProfile } from '../import-profile.js';
import type { Intake, IntakeMeter, LeftOutChannel, RowFault } from '../intake/intake.js';
import { parseQuality, QUALITY, QUALITY_NAMES } from '../blocks/quality.js';

/** What a reader of one format works with. */
export interface ReadingContext {
  readonly profile: ImportProfile;
  readonly zone: FileZone;
  readonly meters: readonly IntakeMeter[];
  readonly intake: Intake;
  /** Index of the meter of a file that names none; −1 without. */
  readonly onlyMeter: number;
  /** Takes a problem; `row` is the text to hand back for mending, where a row alone is wrong. */
  reject(problem: RowProblem, rowText: string | null): void;
  /** Adds to the count of a channel that is not read. */
  leaveOut(channel: string, reason: string): void;
  /** Told of the row that the columns are named in. */
  onHeader?(row: FieldRow): void;
}

/** What a name in a file stands for. */
export const NO_METER = { unknown: -1, leftOut: -2 } as const;

/**
 * Finds meters by the names of a source. Each channel of a meter is a place of its own: two that say
 * the same of an interval are two quantities, and never one said twice.
 *
 * @returns Index of the meter, or of one more place of it, by name and, where a file has channels
 *          under its names, by channel.
 */
export function meterFinder(context: ReadingContext): (name: string, channel?: string) => number {
  const { profile, meters, onlyMeter, intake } = context;
  const byCode = new Map(meters.map(({ code }, at) => [code, at]));
  const known = new Map<string, number>();
  const find = (name: string): number => {
    if (Object.hasOwn(profile.meters, name)) {
      const code = profile.meters[name]!;
      return code === null ? NO_METER.leftOut : (byCode.get(code) ?? NO_METER.unknown);
    }
    return byCode.get(name) ?? (onlyMeter >= 0 ? onlyMeter : NO_METER.unknown);
  };
  return (name, channel = name) => {
    let found = known.get(channel);
    if (found === undefined) {
      const meter = find(name);
      if (meter === NO_METER.unknown) return meter;
      known.set(channel, (found = meter < 0 ? meter : intake.place(meter, channel)));
    }
    return found;
  };
}

/** Names left out of a file, counted. */
export function leftOutList(): {
  add(channel: string, reason: string): void;
  list(): LeftOutChannel[];
} {
  const counts = new Map<string, LeftOutChannel>();
  return {
    add: (channel, reason) => {
      const rowCount = (counts.get(channel)?.rowCount ?? 0) + 1;
      if (counts.size < 1_000 || rowCount > 1) counts.set(channel, { channel, reason, rowCount });
    },
    list: () => [...counts.values()].toSorted((a, b) => (a.channel < b.channel ? -1 : 1)),
  };
}

/** There is no meter of a name. */
export function unknownMeter(name: string, column: string): RowFault {
  return {
    column,
    value: name,
    rule: 'meter.known',
    detail: 'There is no such meter.',
    fix: 'Create the meter, correct its code, or map the name to a meter in the profile.',
  };
}

/** Scales of a unit by the length of interval. */
export function scales(unit: EnergyUnit, multiplier: string): (minutes: number) => EnergyScale {
  const known = new Map<number, EnergyScale>();
  return (minutes) => {
    let found = known.get(minutes);
    if (found === undefined) known.set(minutes, (found = energyScale(unit, minutes, multiplier)));
    return found;
  };
}

/** How a source writes numbers. */
export function marksOf({ decimalMark, groupMark }: ImportProfile): NumberMarks {
  return { decimal: decimalMark, group: groupMark };
}

/** Quality of a word, by the profile's own list first; null when it is on neither. */
export function qualityOf(profile: ImportProfile, word: string): number | null {
  if (word === '' && profile.quality !== null) return QUALITY[profile.quality];
  if (Object.hasOwn(profile.qualities, word)) return QUALITY[profile.qualities[word]!];
  return parseQuality(word);
}

/** A word that is no quality. */
export function unknownQuality(word: string, column: string): RowFault {
  return {
    column,
    value: word,
    rule: 'quality.known',
    detail: 'Unknown quality.',
    fix: `Use one of ${QUALITY_NAMES.join(', ')}, or map the word in the profile.`,
  };
}

/** What is wrong with a value that is none; `result` is one of `NOT_A_VALUE`. */
export function valueFault(result: number, text: string, column: string): RowFault {
  const common = { column, value: text };
  if (result === NOT_A_VALUE.negative) {
    return {
      ...common,
      rule: 'load.not_negative',
      detail: 'Load cannot be negative.',
      fix: 'Check the polarity of the current transformers.',
    };
  }
  if (result === NOT_A_VALUE.tooBig) {
    return {
      ...common,
      rule: 'energy.safe',
      detail: 'More than 9007199254740991 Wh.',
      fix: 'Check the unit and the multiplier.',
    };
  }
  return {
    ...common,
    rule: 'energy.plain_decimal',
    detail: 'Not a number as the profile says that they are written.',
    fix: 'State decimalMark in the profile, and groupMark if digits are grouped by three.',
  };
}

/**
 * Whether a negative value stands for energy that a generation meter drew (METHOD 2.4, V7): it
 * generated nothing, its reading is zero and suspect, and the file keeps what it said.
 */
export function isDrawn(wh: number, meter: IntakeMeter): boolean {
  return wh === NOT_A_VALUE.negative && meter.direction === 'generation';
}

/** A marked gap with a value, or a value without the mark. */
export function gapFault(text: string, column: string): RowFault {
  return text === ''
    ? {
        column,
        value: text,
        rule: 'energy.plain_decimal',
        detail: 'There is no value.',
        fix: 'Write the value, or mark the interval MISSING.',
      }
    : {
        column,
        value: text,
        rule: 'gap.has_no_value',
        detail: 'A MISSING interval has no value.',
        fix: 'Leave the value empty, or state its quality.',
      };
}

/** The header of a file: its names as written, and where each is. */
export interface Header {
  readonly names: readonly string[];
  at(name: string): number;
  /** Of columns that are read: the first name that stands there twice; null without. */
  repeated(fields: readonly number[]): string | null;
}

/** Reads a header row; names are compared without regard to case. */
export function readHeader(row: FieldRow): Header {
  const names = Array.from({ length: row.count }, (_, field) => fieldText(row, field));
  const lower = names.map((name) => name.toLowerCase());
  return {
    names,
    at: (name) => lower.indexOf(name.toLowerCase()),
    repeated: (fields) => {
      const twice = fields.find(
        (field) => field >= 0 && lower.indexOf(lower[field]!) !== lower.lastIndexOf(lower[field]!),
      );
      return twice === undefined ? null : names[twice]!;
    },
  };
}

/**
 * Whether a row has the width of its header. Empty fields beyond it are dropped, and fields that it
 * lacks are taken as empty, if nothing is read from them.
 *
 * @param lastRead  Last field that is read.
 */
export function hasWidth(row: FieldRow, width: number, lastRead: number): boolean {
  if (row.count === width) return true;
  if (row.count < width) return row.count > lastRead;
  for (let field = width; field < row.count; field += 1) {
    if (fieldText(row, field) !== '') return false;
  }
  return true;
}

/** A header that a reader cannot use. */
export function headerFault(header: Header, detail: string, fix: string): RowFault {
  return { column: 'header', value: header.names.join(','), rule: 'header.known', detail, fix };
}

/** A header that says all but whose readings these are. */
export function noMeterFault(header: Header): RowFault {
  return headerFault(
    header,
    'No column says which meter the readings are of, and none was named.',
    'Name the meter of the file (`--meter CODE`, over HTTP `meter=CODE`), or the column of meters in the profile.',
  );
}

/** Start of an interval from its stamp, which may say its end. */
export function startOf(profile: ImportProfile, stampMs: number, minutes: number): number {
  return profile.label === 'end' ? stampMs - minutes * MINUTE_MS : stampMs;
}

/** Whether a line is one that the profile passes over. */
export function isIgnored(profile: ImportProfile, row: FieldRow): boolean {
  if (profile.ignoreLines.length === 0) return false;
  const first = fieldText(row, 0);
  return profile.ignoreLines.some((start) => first.startsWith(start));
}

/** A reading of a row of many. */
export interface PlacedReading {
  readonly meter: number;
  readonly startMs: number;
  readonly wh: number;
  readonly quality: number;
  readonly rest: EnergyRest;
}

/** Puts all readings of a row or, where one has no place, none: a row stands or falls whole. */
export function putAll(
  intake: Intake,
  readings: readonly PlacedReading[],
  line: number,
): RowFault | null {
  for (const { meter, startMs, ...reading } of readings) {
    const fault = intake.fault(meter, startMs, reading);
    if (fault !== null) return fault;
  }
  for (const { meter, startMs, wh, quality, rest } of readings) {
    const fault = intake.put(meter, startMs, wh, quality, line, rest);
    // Two readings of the row itself that want one place.
    if (fault !== null) return { ...fault, rule: 'row.one_place' };
  }
  return null;
}
