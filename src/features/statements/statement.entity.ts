import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'statement_is_issued_once';

/** A statement as the exact bytes that were issued. A correction is a later version. */
@Entity({ name: 'statement' })
@Unique('statement_version_is_used_once', [
  'ledgerId',
  'kind',
  'siteCode',
  'month',
  'tenantCode',
  'version',
])
@ForeignKey('RecordEntity', ['ledgerId', 'tenantCode'], ['ledgerId', 'code'], {
  name: 'statement_is_for_a_tenant',
})
@Check('statement_of_a_tenant_names_it', `(kind = 'tenant') = (tenant_code IS NOT NULL)`)
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'statement_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'siteCode'], ['ledgerId', 'code'], {
  name: 'statement_is_for_a_site',
})
@ForeignKey('MatchingRunEntity', ['ledgerId', 'runId'], ['ledgerId', 'runId'], {
  name: 'statement_rests_on_a_run',
})
@Check('statement_kind_is_known', `kind IN ('carbon', 'billing', 'tenant')`)
@Check('statement_hash_is_of_its_bytes', 'sha256 = sha256(document)')
@Check('later_statements_name_the_earlier', '(version = 1) = (supersedes IS NULL)')
export class StatementEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'statement_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly statementId!: string;

  @Column({ type: 'text' })
  readonly kind!: 'carbon' | 'billing' | 'tenant';

  @Column({ name: 'site_code', type: 'text' })
  readonly siteCode!: string;

  @Column({ type: 'text' })
  readonly month!: string;

  /** Of a tenant's statement, the tenant. */
  @Column({ name: 'tenant_code', type: 'text', nullable: true })
  readonly tenantCode!: string | null;

  @Column({ type: 'integer' })
  readonly version!: number;

  @Column({ type: 'uuid', nullable: true })
  readonly supersedes!: string | null;

  @Column({ name: 'run_id', type: 'uuid' })
  readonly runId!: string;

  /** RFC 8785 bytes of the document. */
  @Column({ type: 'bytea' })
  readonly document!: Buffer;

  @Column({ type: 'bytea' })
  readonly sha256!: Buffer;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
