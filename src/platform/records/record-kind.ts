import type { z } from 'zod';
import { assert } from '../../core/errors.js';
import type { Canonical } from '../../core/ledger/canonical.js';
import type { Role } from '../auth/roles.js';
import type { LedgerTx } from '../database/ledger-tx.js';
import {
  columnsOf,
  type Kept,
  type NamedColumn,
  type RecordColumns,
  type VersionColumns,
} from './record-columns.js';
import { type EntityOf, entityOf, type RecordTable } from './record-entity.js';

/** One code that an attribute holds. */
export interface Reference {
  readonly field: string;
  readonly code: string;
  readonly kind: string;
}

/** A rule that asks another part of the house, found when the application stands. */
export interface Admission<Attributes> {
  /** Who is asked: a class that some module provides. */
  readonly of: abstract new (...rest: never[]) => object;
  /** Refuses a version for what others know, by throwing. */
  admit(port: object, tx: LedgerTx, attributes: Attributes): Promise<void>;
}

/** A rule that asks `of`, whichever module provides it. */
export const asks = <Port extends object, Attributes>(
  of: abstract new (...rest: never[]) => Port,
  admit: (port: Port, tx: LedgerTx, attributes: Attributes) => Promise<void>,
): Admission<Attributes> => ({
  of,
  admit: (port, tx, attributes) => admit(port as Port, tx, attributes),
});

/** What a kind says of itself but what it holds: how it is called, who writes it, which rules it has. */
interface Named {
  /** For example `plant`; stored, and part of the sealed domain. */
  readonly kind: string;
  /** Where it is served: `v1/plants`. */
  readonly path: string;
  /** Group of routes in the API's description. */
  readonly tag: string;
  /** In sentences: `plant`. */
  readonly noun: string;
  /** Name of the schemas in the API's description: `Plant`; the terminal calls it `plant`. */
  readonly id: string;
  /** Roles that may create and revise; the terminal acts as the first. */
  readonly write: readonly [Role, ...Role[]];
  /** Where an answer says by what and when a version was sealed: before what it holds, unless told. */
  readonly seal?: 'first' | 'last';
  /** What an answer says more closely than a request must; absent = the same. */
  readonly answer?: z.ZodRawShape;
  /**
   * Columns that came later, and what they say of versions from before. They are sealed only where
   * they say something else, so that earlier versions keep their bytes.
   */
  readonly addedLater?: Readonly<Record<string, Canonical>>;
}

/** Rules of a kind. Each refuses by throwing. */
interface Rules<Sent, Columns extends object> {
  /** Refuses what does not agree with itself, before anything is read. */
  agree?(sent: Sent): void;
  /** Refuses what may not be a first version, before anything is read. */
  begin?(code: string, sent: Sent): void;
  /**
   * What a version holds, of what was sent; the same unless told.
   *
   * @param latest  Reads the latest version of every record of the kind.
   */
  complete?(
    sent: Sent,
    latest: () => Promise<readonly (VersionColumns & Columns)[]>,
  ): Columns | Promise<Columns>;
  /** Refuses a version that may not follow the one before. */
  follow?(before: VersionColumns & Columns, columns: Columns): void;
  /** Refuses a version for what other kinds of records say. */
  readonly admission?: Admission<Columns>;
  /** Refuses a version that does not go with the records of the kind that there are. */
  refuse?(code: string, columns: Columns, others: readonly (VersionColumns & Columns)[]): void;
  /** Whether a new record goes with any others: then they are not looked at. */
  isApart?(columns: Columns): boolean;
  /** How a version is answered, where it is not its seal and its attributes in their order. */
  toResponse?(row: VersionColumns & Columns): Record<string, unknown>;
}

/** A kind of record, written once. */
export interface RecordKindSpec<Attributes extends z.ZodObject, Columns extends RecordColumns>
  extends Named, Rules<z.output<Attributes>, Kept<Attributes, Columns>> {
  /** Strict schema of what a version holds. */
  readonly attributes: Attributes;
  /** Columns that the attributes' shapes do not say. @see columnsOf */
  readonly columns?: Columns;
  readonly table?: RecordTable<Extract<keyof z.output<Attributes>, string>>;
  /** Attributes that hold codes which must exist, each with the kind it must be. */
  readonly references?: { readonly [Name in keyof z.output<Attributes>]?: string };
  /** Codes inside attributes, after those. */
  referencesWithin?(columns: Kept<Attributes, Columns>): readonly Reference[];
}

/** A kind of record, ready for those who serve, keep and check it. */
export interface RecordKind<
  Attributes extends z.ZodObject = z.ZodObject,
  Columns extends object = object,
>
  extends Named, Rules<z.output<Attributes>, Columns> {
  readonly attributes: Attributes;
  readonly entity: EntityOf<VersionColumns & Columns>;
  complete(
    sent: z.output<Attributes>,
    latest: () => Promise<readonly (VersionColumns & Columns)[]>,
  ): Columns | Promise<Columns>;
  /** Codes that must exist, in the order in which they are looked for. */
  references(columns: Columns): readonly Reference[];
  toResponse(row: VersionColumns & Columns): Record<string, unknown>;
}

/** A version of a kind, as its table has it. */
export type RowOf<Kind> =
  Kind extends RecordKind<z.ZodObject, infer Columns> ? VersionColumns & Columns : never;

/**
 * Makes a kind of what is written of it once: its table, its answers, its references. Routes, the
 * terminal's kind, registers and seals are made of the result.
 */
export function recordKind<
  Attributes extends z.ZodObject,
  const Columns extends RecordColumns = Record<never, never>,
>(spec: RecordKindSpec<Attributes, Columns>): RecordKind<Attributes, Kept<Attributes, Columns>> {
  type Row = VersionColumns & Kept<Attributes, Columns>;
  const { columns: said = {}, table = {}, references = {}, ...rest } = spec;
  const { kind, attributes } = spec;
  const columns = columnsOf(attributes, said);
  const isMade = 'complete' in spec || areSent(attributes, columns);
  assert(isMade, `records: ${kind} says how its columns are made of what is sent`);
  const names = Object.keys(attributes.shape);
  return {
    complete: asSent(columns),
    toResponse: (row) => (spec.seal === 'last' ? sealLast(row, names) : sealFirst(row, names)),
    ...rest,
    entity: entityOf<Row>({ kind, columns, table }),
    references: (held) => [
      ...Object.entries(references).flatMap(([field, named]) =>
        codesIn(held[field as keyof typeof held]).map((code) => ({
          field,
          code,
          kind: named as string,
        })),
      ),
      ...(spec.referencesWithin?.(held) ?? []),
    ],
  };
}

/** Whether a version holds what is sent, attribute by attribute. */
const areSent = (attributes: z.ZodObject, columns: readonly NamedColumn[]): boolean =>
  columns.length === Object.keys(attributes.shape).length &&
  columns.every(
    ({ attribute, isFilledIn }) => isFilledIn !== true && attribute in attributes.shape,
  );

/** A version holds what was sent; text that is kept as an instant becomes one. */
function asSent<Columns>(columns: readonly NamedColumn[]): (sent: object) => Columns {
  const instants = columns.filter(({ type }) => type === 'timestamptz');
  return (sent) => {
    const held = sent as Readonly<Record<string, string | null>>;
    const dates = instants.map(({ attribute }): [string, Date | null] => {
      const text = held[attribute]!;
      return [attribute, text === null ? null : new Date(text)];
    });
    return { ...sent, ...Object.fromEntries(dates) } as Columns;
  };
}

/** The codes of an attribute: none of null, each of a list. */
function codesIn(held: unknown): readonly string[] {
  if (held === null) return [];
  return Array.isArray(held) ? (held as string[]) : [held as string];
}

/** A version as it is answered: its seal, then what it holds. */
export function sealFirst(row: VersionColumns, names: readonly string[]): Record<string, unknown> {
  const { code, version, recordedAt, eventId } = row;
  const seal = { code, version, recordedAt: recordedAt.toISOString(), eventId };
  return { ...seal, ...answered(row, names) };
}

/** A version as it is answered: what it holds, then its seal. */
export function sealLast(row: VersionColumns, names: readonly string[]): Record<string, unknown> {
  const { code, version, recordedAt, eventId } = row;
  const seal = { eventId, recordedAt: recordedAt.toISOString() };
  return { code, version, ...answered(row, names), ...seal };
}

function answered(row: object, names: readonly string[]): Record<string, unknown> {
  const held = row as Readonly<Record<string, unknown>>;
  const answers = names.map((name): [string, unknown] => {
    const value = held[name];
    return [name, value instanceof Date ? value.toISOString() : value];
  });
  return Object.fromEntries(answers);
}
