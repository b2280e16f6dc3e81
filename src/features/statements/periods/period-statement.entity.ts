import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'period_statement_is_issued_once';

/**
 * A carbon statement of a period of one site, or of all sites of an organisation, as the exact bytes
 * that were issued. It rests on several matching runs, which its document names.
 */
@Entity({ name: 'period_statement' })
@Unique('period_statement_version_is_used_once', [
  'ledgerId',
  'siteCode',
  'entityCode',
  'period',
  'version',
])
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'period_statement_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'siteCode'], ['ledgerId', 'code'], {
  name: 'period_statement_is_for_a_site',
})
@ForeignKey('RecordEntity', ['ledgerId', 'entityCode'], ['ledgerId', 'code'], {
  name: 'period_statement_is_for_an_organisation',
})
@Check('period_statement_is_of_a_site_or_of_all', '(site_code IS NULL) <> (entity_code IS NULL)')
@Check(
  'period_statement_names_a_period',
  `period ~ '^([0-9]{4}(-(0[1-9]|1[0-2])|-Q[1-4])?|FY[0-9]{4})$'`,
)
@Check('period_statement_hash_is_of_its_bytes', 'sha256 = sha256(document)')
@Check('later_period_statements_name_the_earlier', '(version = 1) = (supersedes IS NULL)')
export class PeriodStatementEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'statement_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly statementId!: string;

  /** Null: of all sites of `entityCode`. */
  @Column({ name: 'site_code', type: 'text', nullable: true })
  readonly siteCode!: string | null;

  /** Of all sites of this organisation; null: of one site. */
  @Column({ name: 'entity_code', type: 'text', nullable: true })
  readonly entityCode!: string | null;

  /** `2026-10`, `2026-Q4`, `2026`, `FY2026`. */
  @Column({ type: 'text' })
  readonly period!: string;

  @Column({ type: 'integer' })
  readonly version!: number;

  @Column({ type: 'uuid', nullable: true })
  readonly supersedes!: string | null;

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
