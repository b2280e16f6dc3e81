import { HOUSE_PROFILE, type ImportProfile, INTERVAL_FORMATS } from '../import-profile.js';
import { FORMAT_SETTINGS, type Setting, unreadSettings } from './settings.js';

/** For every setting: a value that says something. */
const STATED: Readonly<Record<Exclude<Setting, `columns.${string}`>, unknown>> = {
  encoding: 'windows-1252',
  rows: '$.data',
  delimiter: ';',
  decimalMark: ',',
  groupMark: ' ',
  zone: 'WET',
  dateOrder: 'DMY',
  label: 'end',
  repeatedHour: 'later',
  missingHour: 'offset-before',
  unit: 'kwh',
  quantity: 'register',
  registerDigits: 6,
  multiplier: '40',
  quality: 'ACTUAL',
  qualities: { ok: 'ACTUAL' },
  meters: { a: 'B' },
  channels: 'sum',
  ignoreLines: ['Total'],
};

function stating(setting: Setting): ImportProfile {
  if (!setting.startsWith('columns.')) {
    // Digits without a counter say nothing.
    const counter = setting === 'registerDigits' ? { quantity: 'register' as const } : {};
    const value = STATED[setting as keyof typeof STATED];
    return { ...HOUSE_PROFILE, ...counter, [setting]: value };
  }
  const columns = { ...HOUSE_PROFILE.columns, [setting.slice('columns.'.length)]: 'name' };
  return { ...HOUSE_PROFILE, columns };
}

const settings = Object.keys(FORMAT_SETTINGS['csv-long']) as Setting[];
const every = INTERVAL_FORMATS.flatMap((format) =>
  settings.map((setting): [typeof format, Setting] => [format, setting]),
);

describe('settings of a profile', () => {
  it('are all in the table, for every format', () => {
    const { columns, format: _, ...others } = HOUSE_PROFILE;
    const names = [...Object.keys(others), ...Object.keys(columns).map((one) => `columns.${one}`)];
    for (const format of INTERVAL_FORMATS) {
      expect(Object.keys(FORMAT_SETTINGS[format]).toSorted()).toEqual(names.toSorted());
    }
  });

  it.each(every)('are read or refused by name: %s, %s', (format, setting) => {
    const unread = unreadSettings(stating(setting), format).map((one) => one.setting);
    const isRead = FORMAT_SETTINGS[format][setting] === true;
    expect(unread.includes(setting)).toBe(!isRead);
  });

  it('may say what the format does anyway', () => {
    const profile = { ...HOUSE_PROFILE, zone: 'UTC' };
    expect(unreadSettings(profile, 'espi')).toEqual([]);
    const inOrder = { ...HOUSE_PROFILE, repeatedHour: 'in-order' } as const;
    expect(unreadSettings(inOrder, 'csv-wide')).toEqual([]);
  });

  it('do not stand in each other’s way', () => {
    const columns = { ...HOUSE_PROFILE.columns, start: 'From', date: 'Day' };
    expect(unreadSettings({ ...HOUSE_PROFILE, columns }, 'csv-long')).toEqual([
      { setting: 'columns.date', value: 'Day', instead: 'columns.start says it already' },
    ]);
    expect(unreadSettings({ ...HOUSE_PROFILE, registerDigits: 6 }, 'csv-long')).toMatchObject([
      { setting: 'registerDigits' },
    ]);
  });

  it('that are the house’s own are not stated', () => {
    for (const format of INTERVAL_FORMATS) {
      expect(unreadSettings({ ...HOUSE_PROFILE, format }, format)).toEqual([]);
    }
  });
});
