import {
  HOUSE_PROFILE,
  type ImportProfile,
  type IntervalFormat,
  type ProfileColumns,
} from '../import-profile.js';

/** A setting of a profile; those of columns by their own names. */
export type Setting = Exclude<keyof ImportProfile, 'columns' | 'format'> | ColumnSetting;
/** A column that a profile may name. */
export type ColumnSetting = `columns.${keyof ProfileColumns}`;

/**
 * Whether a format reads a setting: yes; no, and what says it instead; or only values that say what the
 * format does anyway.
 */
export type Reads = true | { readonly instead: string; readonly values?: readonly unknown[] };

const READ = true as const;
const not = (instead: string, ...values: readonly unknown[]): Reads => ({ instead, values });

const FILE_SAYS = 'the file says it itself';
const NO_COLUMNS = 'its fields have fixed places';
const NO_SUCH = 'it has no such column';
const NO_COUNTER = 'its values are the energy of intervals';
const BY_PLACE = 'it has a place for each pass of the hour';

const columnsOf = (
  read: readonly (keyof ProfileColumns)[],
  instead: string,
): Record<ColumnSetting, Reads> => {
  const of = (name: keyof ProfileColumns): Reads => (read.includes(name) ? READ : not(instead));
  return {
    'columns.meter': of('meter'),
    'columns.start': of('start'),
    'columns.end': of('end'),
    'columns.date': of('date'),
    'columns.time': of('time'),
    'columns.value': of('value'),
    'columns.quality': of('quality'),
    'columns.updatedAt': of('updatedAt'),
  };
};

const NO_JSON = not('it is no JSON');

const OF_TABLES = {
  encoding: READ,
  rows: NO_JSON,
  delimiter: READ,
  decimalMark: READ,
  groupMark: READ,
  zone: READ,
  dateOrder: READ,
  label: READ,
  unit: READ,
  multiplier: READ,
  quality: READ,
  meters: READ,
  channels: READ,
  ignoreLines: READ,
};

const ENERGY_ONLY = {
  quantity: not(NO_COUNTER),
  registerDigits: not(NO_COUNTER),
};

const UTC = 'its stamps are seconds since 1970, UTC';
const WHOLE_DAYS = 'its days have one value after the other';

/** Which format reads which setting: what is stated and not read is refused, never passed over. */
export const FORMAT_SETTINGS: Readonly<Record<IntervalFormat, Readonly<Record<Setting, Reads>>>> = {
  'csv-long': {
    ...OF_TABLES,
    repeatedHour: READ,
    missingHour: READ,
    quantity: READ,
    registerDigits: READ,
    qualities: READ,
    ...columnsOf(
      ['meter', 'start', 'end', 'date', 'time', 'value', 'quality', 'updatedAt'],
      NO_SUCH,
    ),
  },
  'csv-wide': {
    ...OF_TABLES,
    ...ENERGY_ONLY,
    qualities: READ,
    repeatedHour: not(BY_PLACE, 'in-order'),
    missingHour: not(BY_PLACE),
    ...columnsOf(['meter', 'start', 'date', 'quality', 'updatedAt'], NO_SUCH),
  },
  'csv-columns': {
    ...OF_TABLES,
    ...ENERGY_ONLY,
    repeatedHour: READ,
    missingHour: READ,
    qualities: not('it has no column of qualities'),
    ...columnsOf(['start', 'date', 'time', 'updatedAt'], NO_SUCH),
  },
  espi: {
    encoding: READ,
    rows: NO_JSON,
    ...ENERGY_ONLY,
    multiplier: READ,
    quality: READ,
    meters: READ,
    channels: READ,
    delimiter: not('it is XML'),
    decimalMark: not('its numbers are whole', '.'),
    groupMark: not('its numbers are whole'),
    zone: not(UTC, 'UTC'),
    dateOrder: not(UTC),
    label: not(UTC),
    repeatedHour: not(UTC),
    missingHour: not(UTC),
    unit: not(FILE_SAYS),
    qualities: not(FILE_SAYS),
    ignoreLines: not('it is XML'),
    ...columnsOf([], NO_COLUMNS),
  },
  nem12: {
    encoding: READ,
    rows: NO_JSON,
    ...ENERGY_ONLY,
    multiplier: READ,
    meters: READ,
    channels: READ,
    ignoreLines: READ,
    decimalMark: READ,
    groupMark: READ,
    zone: READ,
    delimiter: not('its fields are divided by commas', ','),
    quality: not(FILE_SAYS),
    dateOrder: not('its dates are written YYYYMMDD'),
    label: not(WHOLE_DAYS),
    repeatedHour: not(WHOLE_DAYS),
    missingHour: not(WHOLE_DAYS),
    unit: not(FILE_SAYS),
    qualities: not(FILE_SAYS),
    ...columnsOf([], NO_COLUMNS),
  },
  json: {
    ...OF_TABLES,
    rows: READ,
    repeatedHour: READ,
    missingHour: READ,
    quantity: READ,
    registerDigits: READ,
    qualities: READ,
    delimiter: not('it is JSON'),
    ignoreLines: not('it is JSON'),
    ...columnsOf(
      ['meter', 'start', 'end', 'date', 'time', 'value', 'quality', 'updatedAt'],
      NO_SUCH,
    ),
  },
};

/** A setting that a profile states and a file cannot be read by. */
export interface UnreadSetting {
  readonly setting: Setting;
  readonly value: unknown;
  readonly instead: string;
}

/** What a profile states; what stands as in the house's own is not stated. */
function stated(profile: ImportProfile): [setting: Setting, value: unknown][] {
  const { columns, format: _, ...settings } = profile;
  const { columns: houseColumns, format: __, ...house } = HOUSE_PROFILE;
  const others = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(house[name as keyof typeof house]),
  );
  const named = Object.entries(columns).filter(
    ([name, value]) => value !== houseColumns[name as keyof ProfileColumns],
  );
  return [
    ...others.map(([name, value]): [Setting, unknown] => [name as Setting, value]),
    ...named.map(([name, value]): [Setting, unknown] => [`columns.${name}` as Setting, value]),
  ];
}

/** The settings of a profile that a format does not read, and those that stand in each other's way. */
export function unreadSettings(profile: ImportProfile, format: IntervalFormat): UnreadSetting[] {
  const reads = FORMAT_SETTINGS[format];
  const unread = stated(profile).flatMap(([setting, value]): UnreadSetting[] => {
    const read = reads[setting];
    if (read === true || read.values?.includes(value) === true) return [];
    return [{ setting, value, instead: read.instead }];
  });
  const { start, date } = profile.columns;
  if (start !== null && date !== null) {
    const instead = `columns.${format === 'csv-long' || profile.columns.time === null ? 'start' : 'date'} says it already`;
    const setting = instead.startsWith('columns.start') ? 'columns.date' : 'columns.start';
    if (!unread.some((one) => one.setting === setting)) {
      unread.push({ setting, value: setting === 'columns.date' ? date : start, instead });
    }
  }
  if (profile.registerDigits !== null && profile.quantity !== 'register') {
    const instead = 'quantity is energy, not register';
    if (!unread.some(({ setting }) => setting === 'registerDigits')) {
      unread.push({ setting: 'registerDigits', value: profile.registerDigits, instead });
    }
  }
  return unread;
}
