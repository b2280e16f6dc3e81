import type { EntityManager } from 'typeorm';
import { type Canonical, canonicalJson, sealedJson } from '../../../core/ledger/canonical.js';
import type { VersionColumns } from '../../../platform/records/record-columns.js';
import type { RecordKind } from '../../../platform/records/record-kind.js';
import type { Register, RowReader } from '../replay/replay.port.js';

/** As much of a kind as it takes to seal its versions. */
type SealedKind = Pick<RecordKind, 'kind' | 'entity' | 'addedLater'>;

/** Names the canonical form of a kind's rows, in the events that seal them. */
export const rowDomain = ({ kind }: Pick<RecordKind, 'kind'>): string => `mizan/row/${kind}/1`;

const NOT_SEALED = new Set(['ledgerId', 'eventId', 'recordedAt']);

/** What is known of a kind's versions: every column but the instant is in the sealed row. */
export function registerOf({ kind, entity }: SealedKind, tx: EntityManager): Register {
  const { tableName, columns } = tx.connection.getMetadata(entity);
  return {
    table: tableName,
    isDated: true,
    of: { types: ['record.versioned'], where: `b ->> 'kind' = '${kind}'` },
    sealed: columns
      .filter(({ propertyName }) => !NOT_SEALED.has(propertyName))
      .map(({ databaseName }) => databaseName),
  };
}

/** Rebuilds the row that an event sealed, from the table of its kind. */
export const rowsOf =
  (kind: SealedKind): RowReader =>
  async (tx, { ledgerId, eventId }) => {
    const rows = await tx
      .createQueryBuilder(kind.entity, 'r')
      .where('r.ledger_id = :ledgerId AND r.event_id = :eventId', { ledgerId, eventId })
      .getMany();
    return rows.map((row) => sealedRow(kind, row));
  };

/** The bytes of a version that its event seals. */
export function sealedRow(
  { kind, addedLater = {} }: Pick<RecordKind, 'kind' | 'addedLater'>,
  row: VersionColumns,
): string {
  const attributes = Object.entries(row)
    .filter(([name]) => !NOT_SEALED.has(name))
    .map(([name, value]): [string, Canonical] => [name, toCanonical(value)])
    .filter(([name, value]) => !isAsBefore(addedLater, name, value));
  return sealedJson(rowDomain({ kind }), Object.fromEntries(attributes));
}

/** Whether a column that came later says what versions from before are taken to say. */
const isAsBefore = (
  addedLater: Readonly<Record<string, Canonical>>,
  name: string,
  value: Canonical,
): boolean =>
  Object.hasOwn(addedLater, name) && canonicalJson(addedLater[name]!) === canonicalJson(value);

function toCanonical(value: unknown): Canonical {
  if (value instanceof Date) return value.toISOString();
  return (value ?? null) as Canonical;
}
