import { isWideHeader } from '../formats/tables/csv-wide.js';
import type { ImportProfile } from '../import-profile.js';
import type { GuessAnswers, GuessedProfile, OpenQuestion } from './answers.js';
import { jsonTable } from './json-table.js';
import { meterColumn, qualityColumn } from './name-columns.js';
import { ignoredStarts, type TableShape, tableShape } from './table-shape.js';
import { type TimeColumns, timeColumns } from './time-columns.js';
import { marksIn, unitColumn, type ValueColumn, valueColumns } from './value-columns.js';
import { wideGuess } from './wide-table.js';
import { zoneIn } from './zone-names.js';

/**
 * Finds how a file is written. What it does not say is asked, never assumed in silence.
 *
 * @param text  Of the file, or its beginning.
 * @returns     Null where it is no table of readings.
 */
export function guessProfile(text: string, answers: GuessAnswers): GuessedProfile | null {
  const plain = text.replace(/^\ufeff/, '').trimStart();
  if (plain.startsWith('<')) {
    return INTERVALS.test(plain) ? ofFormat('espi', plain, answers) : null;
  }
  if (/^(100,NEM1[23]|[2349]00,)/i.test(plain)) return ofFormat('nem12', plain, answers);
  if (plain.startsWith('{') || plain.startsWith('[')) return ofJson(plain, answers);
  const shape = tableShape(text);
  const wide = wideGuess(text, answers);
  if (wide !== null && (shape === null || isWideHeader(shape.names))) return wide;
  if (shape === null) return null;
  const times = timeColumns(shape);
  return times === null ? null : ofTable(shape, times, answers);
}

/** What Green Button keeps readings in: XML without any is of something else. */
const INTERVALS = /<(?:[\w.-]{1,40}:)?IntervalBlock[\s>]/;

/** A form that says all of itself but which meters its names are. */
function ofFormat(
  format: 'espi' | 'nem12',
  text: string,
  { zone, meters }: GuessAnswers,
): GuessedProfile | null {
  const settings = {
    format,
    ...(zone === undefined || format === 'espi' ? {} : { zone }),
    ...(meters === undefined ? {} : { meters }),
  };
  const channels =
    format === 'espi'
      ? [...text.matchAll(/UsagePoint\/([A-Za-z0-9._-]+)/g)].map(([, name]) => name!)
      : [...text.matchAll(ENERGY_CHANNEL)].map(([, nmi, suffix]) => `${nmi!}/${suffix!}`);
  const found = [...new Set(channels)];
  // NEM13, or NEM12 without a channel of energy.
  if (format === 'nem12' && found.length === 0) return null;
  const questions = found.length > 1 && meters === undefined ? [whichMeters(found)] : [];
  return { settings, intervalMinutes: null, questions, meters: found, otherColumns: [] };
}

/** A 200 record of NEM12 in a unit of energy: NMI and suffix. */
const ENERGY_CHANNEL = /^200,([^,\r\n]+),[^,]*,[^,]*,([^,]+),[^,]*,[^,]*,[km]?wh,/gim;

function ofJson(text: string, answers: GuessAnswers): GuessedProfile | null {
  const table = jsonTable(text);
  const shape = table === null ? null : tableShape(table.text);
  const times = shape === null ? null : timeColumns(shape);
  if (table === null || shape === null || times === null) return null;
  const guessed = ofTable(shape, times, answers);
  const { delimiter: _, ignoreLines: __, ...settings } = guessed.settings;
  return { ...guessed, settings: { ...settings, format: 'json', rows: table.path } };
}

function ofTable(shape: TableShape, times: TimeColumns, answers: GuessAnswers): GuessedProfile {
  const questions: OpenQuestion[] = [];
  const quality = qualityColumn(shape, times.fields);
  const taken = new Set([...times.fields, ...(quality === null ? [] : [quality.field])]);
  const units = unitColumn(shape, taken);
  if (units !== null) taken.add(units);
  const marks = marksIn(shape, taken);
  const isUnits = units === null ? new Set(times.fields) : new Set(times.fields);
  const values = valueColumns(
    shape,
    new Set([...isUnits, ...(quality === null ? [] : [quality.field])]),
    marks,
  );
  const value = values.find(({ name }) => name === answers.column) ?? values[0];
  const keys = shape.data.map(({ cells }) =>
    [...times.fields].map((field) => cells[field] ?? '').join('\u0000'),
  );
  const valueFields = new Set(values.map(({ field }) => field));
  const mapped = new Set(Object.keys(answers.meters ?? {}));
  const meter = meterColumn(shape, new Set([...taken, ...valueFields]), { keys, mapped });
  const settings = {
    format: 'csv-long' as const,
    delimiter: shape.delimiter,
    ...marksSettings(marks, answers, questions),
    ...zoneSettings(shape, times, answers, questions),
    ...timeSettings(times, answers, questions),
    ...unitSettings(value, answers, questions),
    ...(value?.isCounter === true ? { quantity: 'register' as const } : {}),
    ...qualitySettings(quality, answers, questions),
    columns: {
      meter: meter?.name ?? null,
      start: times.start,
      end: times.end,
      date: times.date,
      time: times.time,
      value: value?.name ?? null,
      quality: quality?.name ?? null,
      updatedAt: null,
    },
    ...(answers.meters === undefined ? {} : { meters: answers.meters }),
    ...(shape.others.length === 0 ? {} : { ignoreLines: ignoredStarts(shape) }),
  };
  const close = values.filter(
    (one) => one !== value && value !== undefined && one.score >= value.score - 3,
  );
  if (answers.column === undefined && close.length > 0) {
    questions.push(whichColumn(value!, close));
  }
  if (meter !== null && answers.meters === undefined) questions.push(whichMeters(meter.found));
  const minutes = times.minutes;
  if (minutes !== null && minutes >= 1440) questions.push(daysOnly(minutes));
  return {
    settings,
    questions,
    meters: meter?.found ?? [],
    intervalMinutes: minutes !== null && minutes < 1440 ? minutes : null,
    otherColumns: values.filter((one) => one !== value).map(({ name }) => name),
  };
}

function marksSettings(
  marks: ReturnType<typeof marksIn>,
  { decimalMark }: GuessAnswers,
  questions: OpenQuestion[],
): Partial<ImportProfile> {
  if (marks.isOpen && decimalMark === undefined) {
    questions.push({
      setting: 'decimalMark',
      option: '--decimal-mark',
      taken: marks.decimalMark,
      isNeeded: false,
      detail: 'Every comma stands before three digits: it may divide decimals or group thousands.',
    });
  }
  const decimal = decimalMark ?? marks.decimalMark;
  const groupMark = decimal === marks.decimalMark ? marks.groupMark : decimal === '.' ? ',' : null;
  return {
    ...(decimal === '.' ? {} : { decimalMark: decimal }),
    ...(groupMark === null ? {} : { groupMark }),
  };
}

function zoneSettings(
  shape: TableShape,
  times: TimeColumns,
  answers: GuessAnswers,
  questions: OpenQuestion[],
): Partial<ImportProfile> {
  if (times.hasOffset) return {};
  const header = [times.start, times.date, times.time].filter((name) => name !== null).join(' ');
  const stated = zoneIn([header, ...shape.preamble.map(({ text }) => text)]);
  const zone = answers.zone ?? stated;
  if (zone === null || zone === undefined) {
    questions.push({
      setting: 'zone',
      option: '--zone',
      taken: 'stated',
      isNeeded: true,
      detail:
        'Its times have no offset, and it does not say of which zone they are: an IANA name (Europe/Paris), MA, UTC or an offset (+01:00).',
    });
    return { repeatedHour: 'in-order' };
  }
  return zone.includes('/') || zone === 'MA' ? { zone, repeatedHour: 'in-order' } : { zone };
}

function timeSettings(
  times: TimeColumns,
  { dateOrder, label }: GuessAnswers,
  questions: OpenQuestion[],
): Partial<ImportProfile> {
  if (times.isOrderOpen && dateOrder === undefined) {
    questions.push({
      setting: 'dateOrder',
      option: '--date-order',
      taken: times.dateOrder,
      isNeeded: false,
      detail: 'No date of the file has a day above 12: day and month may be the other way round.',
    });
  }
  if (times.isLabelOpen && label === undefined) {
    questions.push({
      setting: 'label',
      option: '--label',
      taken: times.label,
      isNeeded: false,
      detail:
        'Neither the header nor the first and last time of a day says whether a time is the start or the end of its interval.',
    });
  }
  const order = dateOrder ?? times.dateOrder;
  const named = label ?? times.label;
  const isPlain = times.end === null && !times.isNumbered;
  return {
    ...(order === 'YMD' ? {} : { dateOrder: order }),
    ...(named === 'end' && isPlain ? { label: named } : {}),
  };
}

function unitSettings(
  value: ValueColumn | undefined,
  { unit }: GuessAnswers,
  questions: OpenQuestion[],
): Partial<ImportProfile> {
  const known = unit ?? value?.unit ?? null;
  if (known !== null) return { unit: known };
  questions.push({
    setting: 'unit',
    option: '--unit',
    taken: 'none',
    isNeeded: true,
    detail: `No unit stands in the header${value === undefined ? '' : `, beside ${value.name}`} or in a column: wh, kwh or mwh of each interval, w, kw or mw of its mean power.`,
  });
  return {};
}

function qualitySettings(
  quality: ReturnType<typeof qualityColumn>,
  answers: GuessAnswers,
  questions: OpenQuestion[],
): Partial<ImportProfile> {
  if (quality !== null && !quality.hasEmpty) return { qualities: quality.qualities };
  const taken = answers.quality ?? 'RAW';
  if (answers.quality === undefined) {
    questions.push({
      setting: 'quality',
      option: '--quality',
      taken,
      isNeeded: false,
      detail:
        'Readings without a quality are taken as RAW: they wait for validation. ACTUAL if the source has validated them.',
    });
  }
  return { quality: taken, ...(quality === null ? {} : { qualities: quality.qualities }) };
}

const whichColumn = (value: ValueColumn, others: readonly ValueColumn[]): OpenQuestion => ({
  setting: 'columns.value',
  option: '--column',
  taken: value.name,
  isNeeded: false,
  detail: `Other columns may be meant: ${others.map(({ name }) => name).join(', ')}.`,
});

const whichMeters = (found: readonly string[]): OpenQuestion => ({
  setting: 'meters',
  option: '--map',
  taken: 'none',
  isNeeded: true,
  detail: `The file is of ${found.length} names: ${found.slice(0, 10).join(', ')}. Say which meter each is: --map "${found[0]}=CODE", or =- to leave it out.`,
});

const daysOnly = (minutes: number): OpenQuestion => ({
  setting: 'intervalMinutes',
  option: '',
  taken: 'none',
  isNeeded: true,
  detail: `The rows are ${minutes / 1440} days apart: totals of days are not interval data. Ask the source for hours or less.`,
});
