import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../../platform/database/rows/columns.js';

/** What a file holds. */
export const IMPORT_KINDS = [
  ...(['intervals', 'certificates', 'storage-records', 'mwh-cancellations', 'bundles'] as const),
] as const;
/** One kind. */
export type ImportKind = (typeof IMPORT_KINDS)[number];

const KEY = 'import_file_is_committed_once';

/** A file that was taken in: its hash, and how many of its rows were new, identical or changed. */
@Entity({ name: 'import_file' })
@Unique('the_same_file_is_read_one_way_once', ['ledgerId', 'kind', 'fileSha256', 'readAs'])
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'import_file_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'import_file_kind_is_known',
  `kind IN (${IMPORT_KINDS.map((kind) => `'${kind}'`).join(', ')})`,
)
@Check('import_file_hash_is_sha256', `file_sha256 ~ '^[0-9a-f]{64}$'`)
@Check('import_file_rejects_no_negative_count', 'rejected_count >= 0')
@Check('import_file_counts_every_row', 'row_count = new_count + identical_count + changed_count')
export class ImportFileEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'import_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly importId!: string;

  @Column({ type: 'text' })
  readonly kind!: ImportKind;

  @Column({ name: 'file_name', type: 'text' })
  readonly fileName!: string;

  @Column({ name: 'file_sha256', type: 'text' })
  readonly fileSha256!: string;

  @Column({ name: 'byte_count', type: 'bigint', transformer: safeInteger })
  readonly byteCount!: number;

  @Column({ name: 'row_count', type: 'bigint', transformer: safeInteger })
  readonly rowCount!: number;

  @Column({ name: 'new_count', type: 'bigint', transformer: safeInteger })
  readonly newCount!: number;

  @Column({ name: 'identical_count', type: 'bigint', transformer: safeInteger })
  readonly identicalCount!: number;

  @Column({ name: 'changed_count', type: 'bigint', transformer: safeInteger })
  readonly changedCount!: number;

  /** Σ Wh of the file: the control total. */
  @Column({ name: 'total_wh', type: 'bigint', transformer: safeInteger })
  readonly totalWh!: number;

  /** Form that the file was read in; null for kinds with one form. */
  @Column({ type: 'text', nullable: true })
  readonly format!: string | null;

  /** Profile, its version and the meter that the upload named; empty for the house's own form. */
  @Column({ name: 'read_as', type: 'text' })
  readonly readAs!: string;

  /** Rows that were set aside, to be mended and sent again. */
  @Column({ name: 'rejected_count', type: 'bigint', transformer: safeInteger })
  readonly rejectedCount!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}

/** Where a row of the ledger came from. */
export interface FileLine {
  readonly importId: string;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly line: number;
}
