import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { Role } from '../../platform/auth/roles.js';

const KEY = 'api_key_is_issued_once';

/** A machine key: its prefix and the hash of its secret. The secret itself is shown once, never kept. */
@Entity({ name: 'api_key' })
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'api_key_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'api_key_role_is_known',
  `role IN ('operator', 'energy-manager', 'finance', 'auditor', 'admin')`,
)
@Check('api_key_secret_is_hashed', 'octet_length(secret_sha256) = 32')
export class ApiKeyEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'key_id', type: 'text', primaryKeyConstraintName: KEY })
  readonly keyId!: string;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ type: 'text' })
  readonly role!: Role;

  @Column({ name: 'secret_sha256', type: 'bytea' })
  readonly secretSha256!: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz' })
  readonly createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  readonly expiresAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  readonly revokedAt!: Date | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;
}
