import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { IssuerKey } from '../../../core/certificates/signature.js';

const KEY = 'registry_version_is_written_once';

/** Another registry, from which certificates are transferred here: its keys, and whose is whose. */
@Entity({ name: 'registry' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'registry_is_a_record',
})
@ForeignKey('RecordEntity', ['ledgerId', 'issuerCode'], ['ledgerId', 'code'], {
  name: 'registry_holds_certificates_of_an_issuer',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'registry_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('registry_versions_start_at_one', 'version >= 1')
export class RegistryEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'issuer_code', type: 'text' })
  readonly issuerCode!: string;

  /** Whether files without a signature are taken; their certificates are marked. */
  @Column({ name: 'is_unsigned_allowed', type: 'boolean' })
  readonly isUnsignedAllowed!: boolean;

  @Column({ type: 'jsonb' })
  readonly keys!: readonly IssuerKey[];

  /** Which plant a device of the registry is. */
  @Column({ type: 'jsonb' })
  readonly devices!: readonly { readonly deviceId: string; readonly plantCode: string }[];

  /** Which organisation an account of the registry is of. */
  @Column({ type: 'jsonb' })
  readonly accounts!: readonly { readonly accountId: string; readonly organisationCode: string }[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
