import type { EntityMetadata, EntityTarget } from 'typeorm';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { VersionColumns } from '../../../platform/records/record-columns.js';

/** Which versions to load. */
export interface WhichVersions {
  readonly code?: string;
  /** Only what the log held before this place; null or absent = all. */
  readonly beforeSeq?: number | null;
  /** In the order of the log, whatever their codes. */
  readonly isAsWritten?: boolean;
}

type Column = EntityMetadata['columns'][number];

/** What is asked of one kind's table, made once. */
interface Asked {
  readonly columns: readonly Column[];
  /** `SELECT` is put before it, with what is to be distinct. */
  readonly from: string;
}

/** Instants of two events may be one, and ids are drawn by a clock: the place in the log decides. */
const PLACE = `(SELECT e.seq FROM ledger_event e
  WHERE e.ledger_id = r.ledger_id AND e.event_id = r.event_id), `;

const askedOf = new WeakMap<EntityMetadata, Asked>();

/**
 * Versions of records by code, then version; of each code the latest alone where that is wanted. Nearly
 * every request reads some, so that the statement and what becomes of its rows are written by hand.
 */
export async function selectVersions<Row extends VersionColumns>(
  tx: LedgerTx,
  entity: EntityTarget<Row>,
  which: WhichVersions & { readonly ledgerId: string; readonly isLatest: boolean },
): Promise<Row[]> {
  const metadata = tx.connection.getMetadata(entity);
  const { columns, from } = asked(metadata);
  const { ledgerId, code, beforeSeq, isLatest, isAsWritten = false } = which;
  const values: unknown[] = [ledgerId];
  const conditions = ['r.ledger_id = $1'];
  if (code !== undefined) conditions.push(`r.code = $${values.push(code)}`);
  if (beforeSeq !== undefined && beforeSeq !== null) {
    conditions.push(
      `EXISTS (SELECT FROM ledger_event e WHERE e.ledger_id = r.ledger_id
        AND e.event_id = r.event_id AND e.seq < $${values.push(beforeSeq)})`,
    );
  }
  const rows = await tx.query<Readonly<Record<string, unknown>>[]>(
    `SELECT ${isLatest ? 'DISTINCT ON (r.code) ' : ''}${from} WHERE ${conditions.join(' AND ')}
     ORDER BY ${isAsWritten ? PLACE : ''}r.code, r.version${isLatest ? ' DESC' : ''}`,
    values,
  );
  const { driver } = tx.connection;
  return rows.map((row) => {
    const version = metadata.create(tx.queryRunner) as Record<string, unknown>;
    for (const column of columns) {
      const value: unknown = driver.prepareHydratedValue(row[column.propertyName], column);
      version[column.propertyName] = value;
    }
    return version as unknown as Row;
  });
}

function asked(metadata: EntityMetadata): Asked {
  const known = askedOf.get(metadata);
  if (known !== undefined) return known;
  const { columns } = metadata;
  const names = columns.map((one) => `r."${one.databaseName}" AS "${one.propertyName}"`);
  const made = { columns, from: `${names.join(', ')} FROM "${metadata.tableName}" r` };
  askedOf.set(metadata, made);
  return made;
}
