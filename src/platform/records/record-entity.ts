import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { NamedColumn, VersionColumns } from './record-columns.js';

/** A table of versions; `name_version_is_written_once` and its like are made of the kind's name. */
export interface RecordTable<Attribute extends string = string> {
  /** CHECKs by their names, as the migration has them, beside the one that versions start at one. */
  readonly checks?: Readonly<Record<string, string>>;
  /** Foreign keys to `record` by their names: the attribute that holds the code. */
  readonly foreignKeys?: Readonly<Record<string, Attribute>>;
  /** Whether its name is a plural: `invoice_terms_are_a_record`. */
  readonly isPlural?: true;
}

/** What a table of versions is made of. */
interface Described {
  readonly kind: string;
  readonly columns: readonly NamedColumn[];
  readonly table: RecordTable;
}

/** A class whose instances are rows of a table. */
export type EntityOf<Row> = new () => Row;

/**
 * The table of a kind as TypeORM sees it, with every constraint by the name that the migration gave
 * it: what is not declared, a drift report would drop. Its name is the kind's: `vat_rate`. It says by
 * calls what a class says by decorators; a schema without a class cannot refer to one.
 */
export function entityOf<Row extends VersionColumns>({
  kind,
  columns,
  table: { checks = {}, foreignKeys = {}, isPlural },
}: Described): EntityOf<Row> {
  const table = kind.replaceAll('-', '_');
  const [is, has] = isPlural === true ? ['are', 'have'] : ['is', 'has'];
  const Version = class {};
  declareColumns(Version.prototype, columns, `${table}_version_is_written_once`);
  toRecord('code', `${table}_${is}_a_record`)(Version);
  ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
    name: `${table}_${has}_an_event`,
    deferrable: 'INITIALLY DEFERRED',
  })(Version);
  for (const [name, attribute] of Object.entries(foreignKeys)) toRecord(attribute, name)(Version);
  Check(`${table}_versions_start_at_one`, 'version >= 1')(Version);
  for (const [name, sql] of Object.entries(checks)) Check(name, sql)(Version);
  Object.defineProperty(Version, 'name', { value: table });
  Entity({ name: table })(Version);
  return Version as unknown as EntityOf<Row>;
}

const toRecord = (attribute: string, name: string): ClassDecorator =>
  ForeignKey('RecordEntity', ['ledgerId', attribute], ['ledgerId', 'code'], { name });

/** The columns of a version: its key, what it holds, its seal. */
function declareColumns(row: object, columns: readonly NamedColumn[], key: string): void {
  const inKey = { primaryKeyConstraintName: key };
  PrimaryColumn({ name: 'ledger_id', type: 'uuid', ...inKey })(row, 'ledgerId');
  PrimaryColumn({ type: 'text', ...inKey })(row, 'code');
  PrimaryColumn({ type: 'integer', ...inKey })(row, 'version');
  for (const { attribute, name, type, isArray = false, isNullable, transformer } of columns) {
    const options = { name, type, array: isArray, nullable: isNullable };
    Column({ ...options, ...(transformer === undefined ? {} : { transformer }) })(row, attribute);
  }
  Column({ name: 'event_id', type: 'uuid' })(row, 'eventId');
  Column({ name: 'recorded_at', type: 'timestamptz' })(row, 'recordedAt');
}
