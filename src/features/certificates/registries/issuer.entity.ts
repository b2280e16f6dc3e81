import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { IssuerKey } from '../../../core/certificates/signature.js';

const KEY = 'issuer_version_is_written_once';

/** Who certifies generation: what it is, what its certificates say, which keys sign its files. */
@Entity({ name: 'issuer' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'issuer_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'issuer_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('issuer_versions_start_at_one', 'version >= 1')
@Check('issuer_configuration_is_known', 'registry_configuration IN (1, 2, 3)')
@Check('issuer_certificates_expire', 'expiry_years BETWEEN 1 AND 30')
export class IssuerEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  /** The issuing body's fields of EnergyTag's model, under its names. */
  @Column({ type: 'jsonb' })
  readonly metadata!: Readonly<Record<string, string>>;

  @Column({ name: 'registry_configuration', type: 'smallint' })
  readonly registryConfiguration!: 1 | 2 | 3;

  @Column({ name: 'expiry_years', type: 'smallint' })
  readonly expiryYears!: number;

  /** Whether files without a signature are taken; their certificates are marked. */
  @Column({ name: 'is_unsigned_allowed', type: 'boolean' })
  readonly isUnsignedAllowed!: boolean;

  @Column({ type: 'jsonb' })
  readonly keys!: readonly IssuerKey[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
