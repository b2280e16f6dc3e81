import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'certificate_action_is_recorded_once';

/** A request to act on bundles and what was answered, under the key that its sender gave it. */
@Entity({ name: 'certificate_action' })
@Unique('certificate_action_key_is_used_once', ['ledgerId', 'idempotencyKey'])
@ForeignKey('LedgerEventEntity', ['ledgerId', 'actionId'], ['ledgerId', 'eventId'], {
  name: 'certificate_action_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('certificate_action_key_is_visible', `idempotency_key ~ '^[\\x21-\\x7e]{1,255}$'`)
@Check('certificate_action_hash_is_sha256', `request_sha256 ~ '^[0-9a-f]{64}$'`)
export class CertificateActionEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  /** Id of its event. */
  @PrimaryColumn({ name: 'action_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly actionId!: string;

  @Column({ name: 'idempotency_key', type: 'text' })
  readonly idempotencyKey!: string;

  @Column({ name: 'request_sha256', type: 'text' })
  readonly requestSha256!: string;

  @Column({ type: 'text' })
  readonly action!: string;

  @Column({ name: 'acting_for', type: 'text' })
  readonly actingFor!: string;

  @Column({ type: 'jsonb' })
  readonly request!: object;

  @Column({ type: 'jsonb' })
  readonly response!: object;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
