import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'principal_is_known_once';
const NAME_KEY = 'principal_has_one_name';

/** What a principal is. */
export const PRINCIPAL_KINDS = ['person', 'machine'] as const;
/** One kind. */
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** A person or a machine that keys are of. Its name stands apart, where it can be erased. */
@Entity({ name: 'principal' })
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'principal_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('principal_is_a_person_or_a_machine', `kind IN ('person', 'machine')`)
@Check('principal_name_commitment_is_sha256', 'octet_length(name_commitment) = 32')
export class PrincipalEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'principal_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly principalId!: string;

  @Column({ type: 'text' })
  readonly kind!: PrincipalKind;

  /** SHA-256 over salt and name, as it was sealed; null where a name was never sealed. */
  @Column({ name: 'name_commitment', type: 'bytea', nullable: true })
  readonly nameCommitment!: Buffer | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;
}

/** A principal's name and the salt of its commitment. Both can be destroyed; every proof stays. */
@Entity({ name: 'principal_name' })
@Unique('principal_name_is_of_one_principal', ['ledgerId', 'foldedName'])
@ForeignKey('PrincipalEntity', ['ledgerId', 'principalId'], ['ledgerId', 'principalId'], {
  name: 'principal_name_is_of_a_principal',
})
@Check('principal_name_is_salted', 'octet_length(salt) = 32')
export class PrincipalNameEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: NAME_KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'principal_id', type: 'uuid', primaryKeyConstraintName: NAME_KEY })
  readonly principalId!: string;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'folded_name', type: 'text' })
  readonly foldedName!: string;

  @Column({ type: 'bytea' })
  readonly salt!: Buffer;
}
