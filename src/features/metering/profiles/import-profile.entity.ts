import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { ImportProfile } from '../../../core/metering/import-profile.js';

const KEY = 'import_profile_version_is_written_once';

/** How the files of one source are written. */
@Entity({ name: 'import_profile' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'import_profile_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'import_profile_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('import_profile_versions_start_at_one', 'version >= 1')
export class ImportProfileEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ type: 'jsonb' })
  readonly settings!: ImportProfile;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
