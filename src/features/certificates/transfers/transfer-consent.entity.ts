import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'transfer_consent_version_is_written_once';

/** From whom an organisation takes transfers of certificates. */
@Entity({ name: 'transfer_consent' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'transfer_consent_is_a_record',
})
@ForeignKey('RecordEntity', ['ledgerId', 'receiverCode'], ['ledgerId', 'code'], {
  name: 'transfer_consent_is_given_by_an_organisation',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'transfer_consent_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('transfer_consent_versions_start_at_one', 'version >= 1')
export class TransferConsentEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ name: 'receiver_code', type: 'text' })
  readonly receiverCode!: string;

  @Column({ name: 'accepts_from', type: 'text', array: true })
  readonly acceptsFrom!: string[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
