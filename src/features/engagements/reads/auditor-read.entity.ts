import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

const KEY = 'auditor_read_is_kept_once';

/** Longest path and query that are kept, bytes each: no request over HTTP has longer ones. */
export const KEPT_READ_BYTES = 8_192;

/** What an auditor read, and when: never what was answered. */
@Entity({ name: 'auditor_read' })
@Index('auditor_read_by_reader', ['ledgerId', 'principalId', 'readAt', 'readId'])
@Check('auditor_read_names_a_route', `route <> ''`)
@Check(
  'auditor_read_is_not_too_long',
  `octet_length(path) <= ${KEPT_READ_BYTES} AND octet_length(query) <= ${KEPT_READ_BYTES}`,
)
export class AuditorReadEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  /** Of the request. */
  @PrimaryColumn({ name: 'read_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly readId!: string;

  @Column({ name: 'key_id', type: 'text' })
  readonly keyId!: string;

  @Column({ name: 'principal_id', type: 'text' })
  readonly principalId!: string;

  @Column({ name: 'read_at', type: 'timestamptz' })
  readonly readAt!: Date;

  /** `GET /v1/statements/:statementId`, or a command. */
  @Column({ type: 'text' })
  readonly route!: string;

  @Column({ type: 'text' })
  readonly path!: string;

  @Column({ type: 'text', nullable: true })
  readonly query!: string | null;

  /** Of the answer; null at the terminal. */
  @Column({ type: 'integer', nullable: true })
  readonly status!: number | null;
}
