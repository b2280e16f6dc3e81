import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { LegalTimeRule } from '../../../core/time/legal-time.js';

const KEY = 'legal_time_version_is_written_once';

/** What the clocks of a country show, for files that are written in its time. */
@Entity({ name: 'legal_time' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'legal_time_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'legal_time_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('legal_time_versions_start_at_one', 'version >= 1')
export class LegalTimeEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ type: 'jsonb' })
  readonly rules!: LegalTimeRule[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
