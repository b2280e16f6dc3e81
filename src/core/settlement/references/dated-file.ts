import type { RowFault } from '../../errors.js';
import { type FieldRead, readDay, readDecimal, wrongField } from '../../tabular/fields.js';

/** Kinds of dated figures that come as tables. */
export type DatedKind = 'tariff' | 'price-index' | 'fx-series' | 'holiday-calendar';

/** Columns of each kind. */
export const DATED_COLUMNS: Readonly<Record<DatedKind, readonly string[]>> = {
  tariff: ['valid_from', 'valid_to', 'mad_per_kwh'],
  'price-index': ['month', 'value', 'published_on'],
  'fx-series': ['day', 'mad_per_unit'],
  'holiday-calendar': ['day', 'name'],
};

/** A row as the record holds it. */
export type DatedRow = Readonly<Record<string, string | null>>;

const DECIMALS = 9;

/** Reads a row of a kind, or says what is wrong with it. */
export function readDatedRow(
  kind: DatedKind,
  fields: Readonly<Record<string, string>>,
): { readonly row: DatedRow } | { readonly fault: RowFault<string> } {
  const names: Readonly<Record<string, string>> = {
    valid_from: 'validFrom',
    valid_to: 'validTo',
    mad_per_kwh: 'madPerKwh',
    published_on: 'publishedOn',
    mad_per_unit: 'madPerUnit',
  };
  const row: Record<string, string | null> = {};
  for (const column of DATED_COLUMNS[kind]) {
    const text = fields[column] ?? '';
    const name = names[column] ?? column;
    const read = fieldOf(column, text);
    if ('fault' in read) return { fault: { column, ...read.fault } };
    row[name] = read.value;
  }
  const { validFrom = null, validTo = null } = row;
  if (validFrom === null || validTo === null || validFrom < validTo) return { row };
  const detail = 'It ends before it begins.';
  const fix = 'The last day is exclusive: the day after.';
  return { fault: { column: 'valid_to', rule: 'valid_to.after_valid_from', detail, fix } };
}

function fieldOf(column: string, text: string): FieldRead<string | null> {
  if (column === 'valid_to' && text === '') return { value: null };
  if (['valid_from', 'valid_to', 'published_on', 'day'].includes(column)) return readDay(text);
  if (column === 'month') {
    const read = readDay(`${text}-01`);
    return 'fault' in read
      ? { fault: { ...read.fault, rule: 'month.iso', fix: 'Write it as 2026-10.' } }
      : { value: text };
  }
  if (column === 'name') {
    if (text !== '') return { value: text };
    return wrongField('text.given', 'Missing.', 'Name the holiday.');
  }
  const read = readDecimal(text, DECIMALS);
  const isDivisor = column === 'value' || column === 'mad_per_unit';
  if (isDivisor && 'value' in read && /^[0.]+$/.test(read.value)) {
    return wrongField('decimal.above_zero', 'It is 0.', 'Send the figure that was published.');
  }
  if ('fault' in read || !read.value.startsWith('-')) return read;
  return wrongField('decimal.not_negative', 'Below zero.', 'Check the sign.');
}

/**
 * What the record is to hold with the rows added: a version for each new row of a tariff, otherwise one
 * version with the rows there were and the new ones. None where nothing is new; a row that comes twice in
 * the file counts once.
 *
 * @param before  Its versions, oldest first; none for a record that is not there.
 */
export function mergedFigures(
  kind: DatedKind,
  before: readonly Readonly<Record<string, unknown>>[],
  rows: readonly DatedRow[],
): { readonly documents: readonly Readonly<Record<string, unknown>>[]; readonly newCount: number } {
  if (kind === 'tariff') {
    const known = new Set(before.map((one) => keyOf(one, ['validFrom', 'validTo', 'madPerKwh'])));
    const fresh = newOf(rows, known, ['validFrom', 'validTo', 'madPerKwh']);
    return { documents: fresh, newCount: fresh.length };
  }
  const list = { 'price-index': 'values', 'fx-series': 'rates', 'holiday-calendar': 'days' }[kind];
  const last = before.at(-1);
  const old = (last?.[list] ?? []) as readonly DatedRow[];
  const columns = Object.keys(rows[0]!);
  const known = new Set(old.map((row) => keyOf(row, columns)));
  const fresh = newOf(rows, known, columns);
  if (fresh.length === 0) return { documents: [], newCount: 0 };
  const places = kind === 'price-index' ? columns : ['day'];
  // A vintage is never replaced; a rate or a holiday that is announced anew is.
  const moved = kind === 'price-index' ? new Set() : new Set(fresh.map(({ day }) => day));
  const all = [...old.filter(({ day }) => !moved.has(day)), ...fresh].toSorted((a, b) =>
    keyOf(a, places) < keyOf(b, places) ? -1 : 1,
  );
  return { documents: [{ ...restOf(kind, last, all), [list]: all }], newCount: fresh.length };
}

function newOf(
  rows: readonly DatedRow[],
  known: ReadonlySet<string>,
  columns: readonly string[],
): readonly DatedRow[] {
  const byKey = new Map(rows.map((row) => [keyOf(row, columns), row]));
  return [...byKey].filter(([key]) => !known.has(key)).map(([, row]) => row);
}

const keyOf = (row: Readonly<Record<string, unknown>>, columns: readonly string[]): string =>
  JSON.stringify(columns.map((column) => row[column] ?? null));

/** What a version says beside its rows: a calendar knows of the whole years of its days. */
function restOf(
  kind: DatedKind,
  last: Readonly<Record<string, unknown>> | undefined,
  rows: readonly DatedRow[],
): Readonly<Record<string, unknown>> {
  if (kind === 'price-index') return last === undefined ? {} : { name: last['name'] };
  if (kind !== 'holiday-calendar') return {};
  const years = rows.map(({ day }) => Number(day!.slice(0, 4)));
  const [first, end] = [Math.min(...years), Math.max(...years) + 1];
  return { validFrom: `${first}-01-01`, validTo: `${end}-01-01` };
}
