import { DomainError } from '../../errors.js';
import { compareIds } from '../../text.js';

/** A row, by its id. */
interface Row {
  readonly id: string;
}

/** A row that holds over days, `to` exclusive, null = open. */
export interface DatedRow extends Row {
  readonly from: string;
  readonly to: string | null;
}

/** Whether a row holds on a day. */
export function holdsOn({ from, to }: DatedRow, day: string): boolean {
  return from <= day && (to === null || day < to);
}

/** The record and version that an id names, as `CODE@version`; null of any other id. */
function versionOf(id: string): { readonly code: string; readonly version: number } | null {
  const [, code, version] = /^(.*)@(\d+)$/s.exec(id) ?? [];
  return code === undefined ? null : { code, version: Number(version) };
}

/** Of rows that hold on one day, the latest version of their record, whatever their order. */
export function lastVersion<Kind extends Row>(rows: readonly Kind[]): Kind | undefined {
  const order = ({ id }: Kind): number => versionOf(id)?.version ?? 0;
  return rows.toSorted((a, b) => order(a) - order(b)).at(-1);
}

/** Dated figures, as far as their places need them. */
interface Rows {
  readonly tariffs: readonly (DatedRow & { readonly kind: string })[];
  readonly vat: readonly (DatedRow & { readonly code: string })[];
  readonly fx: readonly (Row & { readonly currency: string; readonly day: string })[];
  readonly indices: readonly (Row & {
    readonly series: string;
    readonly month: string;
    readonly publishedOn: string;
  })[];
}

/**
 * Requires that no two rows of one series hold on one day: the order of rows would decide an amount.
 * A correction is a later version of the same record, or a vintage published on another day.
 *
 * @throws DomainError `settlement.reference_overlaps` naming the first pair by series and day
 */
export function requireOneRowADay({ tariffs, vat, indices, fx }: Rows): void {
  for (const [key, rows] of Map.groupBy(tariffs, ({ kind }) => kind)) overlap('tariff', key, rows);
  for (const [key, rows] of Map.groupBy(vat, ({ code }) => code)) overlap('vat-rate', key, rows);
  twice('fx-rate', fx, ({ currency, day }) => ({ key: currency, at: day }));
  twice('price-index', indices, ({ series, month, publishedOn }) => ({
    key: series,
    at: `${month}, published on ${publishedOn}`,
  }));
}

/** In order of days, a row overlaps an earlier one where it begins before the furthest end so far. */
function overlap(kind: string, key: string, rows: readonly DatedRow[]): void {
  const sorted = rows.toSorted((a, b) => compareIds(a.from, b.from) || compareIds(a.id, b.id));
  let open: DatedRow[] = [];
  for (const row of sorted) {
    open = open.filter(({ to }) => to === null || row.from < to);
    const other = open.find((one) => !isCorrection(one.id, row.id));
    if (other !== undefined) refuse(kind, key, row.from, [other.id, row.id]);
    open.push(row);
  }
}

function isCorrection(a: string, b: string): boolean {
  const [one, other] = [versionOf(a), versionOf(b)];
  if (one === null || other === null) return false;
  return one.code === other.code && one.version !== other.version;
}

function twice<Kind extends Row>(
  kind: string,
  rows: readonly Kind[],
  placeOf: (row: Kind) => { readonly key: string; readonly at: string },
): void {
  const seen = new Map<string, Kind>();
  for (const row of rows) {
    const { key, at } = placeOf(row);
    const name = JSON.stringify([key, at]);
    const other = seen.get(name);
    if (other !== undefined) refuse(kind, key, at, [other.id, row.id]);
    seen.set(name, row);
  }
}

function refuse(kind: string, key: string, at: string, rows: readonly string[]): never {
  const fix = 'Keep one of them; a correction is a new version of the record, or a new vintage.';
  throw new DomainError('settlement.reference_overlaps', { kind, key, at, rows, fix });
}
