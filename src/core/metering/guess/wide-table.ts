import type { DateOrder } from '../../time/local-stamp.js';
import { timeRange, writtenDate, writtenTime } from '../../time/written-stamp.js';
import type { EnergyUnit } from '../../units/energy.js';
import { isWideHeader } from '../formats/tables/csv-wide.js';
import { periodNumber } from '../formats/tables/civil-day.js';
import type { GuessAnswers, GuessedProfile, OpenQuestion } from './answers.js';
import { cellsOf, isNumber, type ShapeRow, type TableShape } from './table-shape.js';
import { marksIn, unitIn } from './value-columns.js';
import { zoneIn } from './zone-names.js';

const ORDERS: readonly DateOrder[] = ['YMD', 'DMY', 'MDY'];

/** Finds how a table with a day a row is written; null where a text is none. */
export function wideGuess(text: string, answers: GuessAnswers): GuessedProfile | null {
  const shape = wideShape(text);
  if (shape === null) return null;
  const isValue = (name: string): boolean => periodNumber(name) !== null || isClock(name);
  const values = shape.names.flatMap((name, field) => (isValue(name) ? [field] : []));
  const others = shape.names.flatMap((_, field) => (values.includes(field) ? [] : [field]));
  const dateField = others.find((field) =>
    ORDERS.some((order) =>
      shape.data.every((row) => writtenDate(row.cells[field] ?? '', order) !== null),
    ),
  );
  if (dateField === undefined) return null;
  const dates = shape.data.map((row) => row.cells[dateField]!);
  const orders = ORDERS.filter((order) => dates.every((one) => writtenDate(one, order) !== null));
  const questions: OpenQuestion[] = [];
  const marks = marksIn(shape, new Set(others));
  const [zone, unit] = [wideZone(shape, answers, questions), wideUnit(shape, answers, questions)];
  const quality = answers.quality ?? 'RAW';
  if (answers.quality === undefined) {
    questions.push({
      setting: 'quality',
      option: '--quality',
      taken: 'RAW',
      isNeeded: false,
      detail: 'Readings without a quality are taken as RAW: they wait for validation.',
    });
  }
  const first = shape.names[values[0]!]!;
  const clock = isClock(first) && timeRange(first) === null;
  const isEnd = clock && writtenTime(first) !== 0;
  const label = answers.label ?? (isEnd ? 'end' : 'start');
  const dateOrder = answers.dateOrder ?? orders[0]!;
  const usual =
    values.length >= 280
      ? 5
      : values.length >= 140
        ? 10
        : values.length >= 92
          ? 15
          : values.length >= 46
            ? 30
            : 60;
  return {
    settings: {
      format: 'csv-wide',
      delimiter: shape.delimiter,
      quality,
      ...(marks.decimalMark === '.' ? {} : { decimalMark: marks.decimalMark }),
      ...(marks.groupMark === null ? {} : { groupMark: marks.groupMark }),
      ...(zone === null ? {} : { zone }),
      ...(dateOrder === 'YMD' ? {} : { dateOrder }),
      ...(label === 'end' && clock ? { label } : {}),
      ...(unit === null ? {} : { unit }),
      columns: {
        meter: null,
        start: null,
        end: null,
        date: shape.names[dateField]!,
        time: null,
        value: null,
        quality: null,
        updatedAt: null,
      },
      ...(answers.meters === undefined ? {} : { meters: answers.meters }),
    },
    intervalMinutes: usual,
    questions,
    meters: [],
    otherColumns: [],
  };
}

function wideZone(
  shape: TableShape,
  answers: GuessAnswers,
  questions: OpenQuestion[],
): string | null {
  const zone = answers.zone ?? zoneIn([...shape.names, ...shape.preamble.map((row) => row.text)]);
  if (zone === null) {
    questions.push({
      setting: 'zone',
      option: '--zone',
      taken: 'stated',
      isNeeded: true,
      detail: 'A day needs a zone to begin, and the file does not say of which its days are.',
    });
  }
  return zone;
}

function wideUnit(
  shape: TableShape,
  { unit }: GuessAnswers,
  questions: OpenQuestion[],
): EnergyUnit | null {
  const column = shape.names.findIndex((name) => name.toLowerCase() === 'unit');
  const said = column < 0 ? '' : (shape.data[0]?.cells[column] ?? '');
  const texts = [...shape.names, said, ...shape.preamble.map((row) => row.text)];
  const found = unit ?? texts.map(unitIn).find((one) => one !== null) ?? null;
  if (found === null && column < 0) {
    questions.push({
      setting: 'unit',
      option: '--unit',
      taken: 'none',
      isNeeded: true,
      detail: 'No unit stands in the header or above it.',
    });
  }
  return found;
}

const isClock = (name: string): boolean =>
  writtenTime(timeRange(name)?.[0] ?? name) !== null && /:/.test(name);

function wideShape(text: string): TableShape | null {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  for (const delimiter of [';', ',', '\t', '|'] as const) {
    const rows = lines
      .map((line, at): ShapeRow => ({ line: at + 1, text: line, cells: cellsOf(line, delimiter) }))
      .filter((row) => row.text.trim() !== '');
    const header = rows.findIndex(({ cells }) => isWideHeader(cells));
    if (header < 0) continue;
    const after = rows.slice(header + 1);
    const isData = ({ cells }: ShapeRow): boolean => cells.filter(isNumber).length >= 20;
    return {
      delimiter,
      preamble: rows.slice(0, header),
      names: rows[header]!.cells,
      data: after.filter(isData),
      others: after.filter((row) => !isData(row)),
    };
  }
  return null;
}
