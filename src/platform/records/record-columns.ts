import type { ColumnType, ValueTransformer } from 'typeorm';
import type { z } from 'zod';
import { assert } from '../../core/errors.js';
import { safeInteger } from '../database/rows/columns.js';
import { bare, type Shape } from '../http/purposes.js';

/** Columns that every version has beside what it holds. */
export interface VersionColumns {
  readonly ledgerId: string;
  readonly code: string;
  readonly version: number;
  readonly eventId: string;
  readonly recordedAt: Date;
}

/** In a row as it was sent. */
export interface AsSent {
  readonly inRow: 'as sent';
}
/** Never null in a row: what a request leaves open is filled in. */
export interface FilledIn<Value> {
  readonly inRow: 'never null';
  readonly value: Value;
}

/** How PostgreSQL keeps an attribute. `Value` is what it is in a row. */
export interface RecordColumn<Value = unknown> {
  readonly type: ColumnType;
  readonly isArray?: true;
  readonly transformer?: ValueTransformer;
  /** Never null, though a request may leave it open. */
  readonly isFilledIn?: true;
  /** Of the type alone. */
  readonly value?: Value;
}

/** Columns that are not what the small table below says, by attribute; null = none of its own. */
export type RecordColumns = Readonly<Record<string, RecordColumn | null>>;

type InRow<Column, Sent> =
  Column extends RecordColumn<infer Value>
    ? Value extends AsSent
      ? Sent
      : Value extends FilledIn<infer Filled>
        ? Filled
        : Value | Extract<Sent, null>
    : never;

/** What a version holds beside its code and its seal, as its row has it. */
export type Kept<Attributes extends z.ZodObject, Columns> = {
  readonly [
    Name in keyof z.output<Attributes> | keyof Columns as Name extends keyof Columns
      ? Columns[Name] extends null
        ? never
        : Name
      : Name
  ]: Name extends keyof Columns
    ? InRow<
        Columns[Name],
        Name extends keyof z.output<Attributes> ? z.output<Attributes>[Name] : never
      >
    : Name extends keyof z.output<Attributes>
      ? z.output<Attributes>[Name]
      : never;
};

const TEXT: RecordColumn = { type: 'text' };
const TEXTS: RecordColumn = { type: 'text', isArray: true };
const JSONB: RecordColumn = { type: 'jsonb' };

/** What is kept of what, unless a kind says otherwise: the small table. */
const KEPT: Readonly<Record<string, RecordColumn>> = {
  string: TEXT,
  boolean: { type: 'boolean' },
  // Watts and watt-hours; a number of another range says its column.
  number: { type: 'bigint', transformer: safeInteger },
  object: JSONB,
  record: JSONB,
};

/** Decimal text, exact. */
export const numeric: RecordColumn<AsSent> = { type: 'numeric' };
/** A whole number below 32 768. */
export const smallint: RecordColumn<AsSent> = { type: 'smallint' };
/** A whole number below 2³¹. */
export const integer: RecordColumn<AsSent> = { type: 'integer' };
/** Whole numbers below 2³¹. */
export const integers = <Value extends readonly (number | null)[]>(): RecordColumn<Value> => ({
  type: 'integer',
  isArray: true,
});
/** Texts that no attribute is sent for. */
export const texts: RecordColumn<readonly string[]> = { type: 'text', isArray: true };
/** A UTC instant: text in a request, a `Date` in a row. */
export const instant: RecordColumn<Date> = { type: 'timestamptz' };
/** JSON that the house has a type of its own for. */
export const json = <Value>(): RecordColumn<Value> => ({ type: 'jsonb' });
/** What a request may leave open and a row never does. */
export const filledIn = <Value>(column: RecordColumn): RecordColumn<FilledIn<Value>> => ({
  type: column.type,
  ...(column.transformer === undefined ? {} : { transformer: column.transformer }),
  isFilledIn: true,
});
/** Watts and watt-hours. */
export const whole: RecordColumn<AsSent> = { type: 'bigint', transformer: safeInteger };
/** Yes or no. */
export const boolean: RecordColumn<AsSent> = { type: 'boolean' };

/** An attribute with its column, named as SQL names it. */
export interface NamedColumn extends RecordColumn {
  readonly attribute: string;
  /** `strike_price_mad_per_mwh` of `strikePriceMadPerMwh`. */
  readonly name: string;
  readonly isNullable: boolean;
}

/** The columns of a kind: its attributes in their order, then those that no attribute is sent for. */
export function columnsOf(attributes: z.ZodObject, columns: RecordColumns): readonly NamedColumn[] {
  const names = [...new Set([...Object.keys(attributes.shape), ...Object.keys(columns)])];
  return names.flatMap((attribute) => {
    const said = columns[attribute];
    if (said === null) return [];
    const sent = attributes.shape[attribute] as Shape | undefined;
    const column = said ?? keptOf(attribute, bare(sent)?.def);
    const isNullable = column.isFilledIn !== true && sent !== undefined && mayBeNull(sent);
    return [{ ...column, attribute, name: snakeCase(attribute), isNullable }];
  });
}

function keptOf(attribute: string, def: Shape['def']): RecordColumn {
  const { type = 'unknown', format, element, values = [] } = def ?? {};
  if (type === 'literal' && values.every((one) => typeof one === 'string')) return TEXT;
  if (type === 'array') return bare(element)?.def?.type === 'string' ? TEXTS : JSONB;
  if (type === 'string' && format === 'date') return { type: 'date' };
  const kept = KEPT[type];
  assert(kept !== undefined && format !== 'datetime', `columns: ${attribute} must say its own`);
  return kept;
}

function mayBeNull(shape: Shape): boolean {
  for (let one: Shape | undefined = shape; one !== undefined; one = one.def?.innerType) {
    if (one.def?.type === 'nullable') return true;
  }
  return false;
}

const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
