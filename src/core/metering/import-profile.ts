import type { EnergyUnit } from '../units/energy.js';
import type { DateOrder, MissingHour, RepeatedHour } from '../time/local-stamp.js';
import type { ChannelRule } from './intake/intake-channels.js';
import type { QualityName } from './blocks/quality.js';

/** Forms of interval files that are read. */
export const INTERVAL_FORMATS = [
  'csv-long',
  'csv-wide',
  'csv-columns',
  'espi',
  'nem12',
  'json',
] as const;
/** One of `INTERVAL_FORMATS`. */
export type IntervalFormat = (typeof INTERVAL_FORMATS)[number];

/**
 * How the files of one source are written (METHOD 2.1). What a file does not say itself stands here;
 * nothing is guessed.
 */
export interface ImportProfile {
  /** Null: told from the file's first bytes, and named in the answer. */
  readonly format: IntervalFormat | null;
  /** Null: the text says it (UTF-8, UTF-16 with its mark) or is windows-1252. */
  readonly encoding: 'utf-8' | 'windows-1252' | null;
  /** Of JSON: where its array of readings stands, `$.data.intervals`; null: it is no JSON. */
  readonly rows: string | null;
  /** Null: the one of comma, semicolon, tab and bar that the header is divided by. */
  readonly delimiter: ',' | ';' | '\t' | '|' | null;
  readonly decimalMark: '.' | ',';
  /** Between groups of three digits; null: none, but for points beside a decimal comma. */
  readonly groupMark: '.' | ',' | ' ' | "'" | null;
  /** `stated` (stamps carry their offset), `UTC`, an offset such as `+10:00`, or a legal time. */
  readonly zone: string;
  readonly dateOrder: DateOrder;
  /** Whether a stamp says when its interval starts or when it ends. */
  readonly label: 'start' | 'end';
  readonly repeatedHour: RepeatedHour;
  readonly missingHour: MissingHour;
  /** Unit of the values; null: the name of the column says it. Watts are means over the interval. */
  readonly unit: EnergyUnit | null;
  /** `energy` of each interval, or `register`: readings of a counter, whose differences count. */
  readonly quantity: 'energy' | 'register';
  /** Digits after which the counter starts again at zero; null: it never does. */
  readonly registerDigits: number | null;
  /** What a reading is multiplied by, above all the ratio of the transformers; decimal text. */
  readonly multiplier: string;
  /** Names of columns in this source's header; null: the house's own names. */
  readonly columns: ProfileColumns;
  /** Quality of readings that state none. */
  readonly quality: QualityName | null;
  /** Words of this source for qualities. */
  readonly qualities: Readonly<Record<string, QualityName>>;
  /** Names of this source for meters; null leaves a channel out, and says so. */
  readonly meters: Readonly<Record<string, string | null>>;
  /** What several names of the source are that are read to one meter. */
  readonly channels: ChannelRule;
  /** Lines that begin with one of these are no readings: trailers, remarks. */
  readonly ignoreLines: readonly string[];
}

/** Header names by what they hold. */
export interface ProfileColumns {
  readonly meter: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly date: string | null;
  readonly time: string | null;
  readonly value: string | null;
  readonly quality: string | null;
  /** When the source last updated the row. */
  readonly updatedAt: string | null;
}

/** A file in the house's own form needs no profile. */
export const HOUSE_PROFILE: ImportProfile = {
  format: null,
  encoding: null,
  rows: null,
  delimiter: null,
  decimalMark: '.',
  groupMark: null,
  zone: 'stated',
  dateOrder: 'YMD',
  label: 'start',
  repeatedHour: 'refuse',
  missingHour: 'refuse',
  unit: null,
  quantity: 'energy',
  registerDigits: null,
  multiplier: '1',
  columns: {
    meter: null,
    start: null,
    end: null,
    date: null,
    time: null,
    value: null,
    quality: null,
    updatedAt: null,
  },
  quality: null,
  qualities: {},
  meters: {},
  channels: 'refuse',
  ignoreLines: [],
};
