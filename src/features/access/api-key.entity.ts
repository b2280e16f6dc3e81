import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { KeyBasis } from '../../core/access/key.js';
import type { Role } from '../../platform/auth/roles.js';

const KEY = 'api_key_is_issued_once';

/**
 * A principal's key: its prefix and the hash of its secret. The secret itself is shown once, never
 * kept. What the row says, the events `key.issued`, `key.confirmed` and `key.revoked` have sealed.
 */
@Entity({ name: 'api_key' })
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'api_key_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'confirmEventId'], ['ledgerId', 'eventId'], {
  name: 'api_key_confirmation_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('PrincipalEntity', ['ledgerId', 'principalId'], ['ledgerId', 'principalId'], {
  name: 'api_key_is_of_a_principal',
})
@Check(
  'api_key_role_is_known',
  `role IN ('operator', 'energy-manager', 'finance', 'auditor', 'admin')`,
)
@Check('api_key_secret_is_hashed', 'octet_length(secret_sha256) = 32')
@Check('api_key_basis_is_known', `basis IN ('earlier', 'bootstrap', 'read-only', 'second-person')`)
@Check('only_a_reading_key_needs_no_second_person', `basis <> 'read-only' OR role = 'auditor'`)
@Check(
  'only_an_admin_key_starts_a_ledger',
  `basis <> 'bootstrap' OR (role = 'admin' AND issued_by = 'terminal')`,
)
@Check(
  'api_key_confirmation_is_whole',
  `(confirmed_by IS NULL) = (confirmed_at IS NULL)
  AND (confirmed_by IS NULL) = (confirm_event_id IS NULL)`,
)
@Check('api_key_is_confirmed_where_it_must', `confirmed_by IS NULL OR basis = 'second-person'`)
@Check('api_key_is_confirmed_by_another', 'confirmed_by::text <> issued_by')
export class ApiKeyEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'key_id', type: 'text', primaryKeyConstraintName: KEY })
  readonly keyId!: string;

  @Column({ name: 'principal_id', type: 'uuid' })
  readonly principalId!: string;

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

  /** Why it works, or what it waits for. */
  @Column({ type: 'text' })
  readonly basis!: KeyBasis;

  /** Principal who issued it: an id, or `terminal`. */
  @Column({ name: 'issued_by', type: 'text' })
  readonly issuedBy!: string;

  /** Principal who confirmed it; null while it waits, and where nobody had to. */
  @Column({ name: 'confirmed_by', type: 'uuid', nullable: true })
  readonly confirmedBy!: string | null;

  @Column({ name: 'confirmed_at', type: 'timestamptz', nullable: true })
  readonly confirmedAt!: Date | null;

  @Column({ name: 'confirm_event_id', type: 'uuid', nullable: true })
  readonly confirmEventId!: string | null;
}
