import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../platform/database/rows/columns.js';

const KEY = 'attestation_job_is_opened_once';

/** Where the making of a pack stands. */
export type AttestationState = 'queued' | 'running' | 'done' | 'failed';

/** A pack that is being made, or was. No evidence: it is made again from its event and checkpoint. */
@Entity({ name: 'attestation_job' })
@ForeignKey('LedgerEntity', ['ledgerId'], ['ledgerId'], { name: 'attestation_job_is_of_a_ledger' })
@Index('attestation_of_a_kind_is_on_its_way_once', ['ledgerId', 'siteCode', 'month', 'since'], {
  unique: true,
  where: `state IN ('queued', 'running')`,
})
@Check('attestation_job_state_is_known', `state IN ('queued', 'running', 'done', 'failed')`)
@Check('attestation_job_counts_attempts', 'attempt_count >= 0')
@Check(
  'done_attestation_names_its_pack',
  `(state = 'done') = (sha256 IS NOT NULL) AND (state = 'done') = (byte_count IS NOT NULL)
   AND (state <> 'done' OR attestation_id IS NOT NULL)`,
)
@Check('failed_attestation_says_why', `(state = 'failed') = (problem IS NOT NULL)`)
export class AttestationJobEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'job_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly jobId!: string;

  @Column({ type: 'text' })
  readonly state!: AttestationState;

  @Column({ name: 'site_code', type: 'text' })
  readonly siteCode!: string;

  @Column({ type: 'text' })
  readonly month!: string;

  /** Sizes of the log that the pack is to go on from, in order, with commas between. */
  @Column({ type: 'text' })
  readonly since!: string;

  @Column({ type: 'text' })
  readonly actor!: string;

  @Column({ name: 'actor_principal', type: 'text' })
  readonly actorPrincipal!: string;

  @Column({ name: 'actor_role', type: 'text' })
  readonly actorRole!: string;

  @Column({ name: 'requested_at', type: 'timestamptz' })
  readonly requestedAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  readonly updatedAt!: Date;

  @Column({ name: 'attempt_count', type: 'integer' })
  readonly attemptCount!: number;

  /** Files that are in the pack so far. */
  @Column({ name: 'file_count', type: 'integer' })
  readonly fileCount!: number;

  /** Null until it is known. */
  @Column({ name: 'files_in_all', type: 'integer', nullable: true })
  readonly filesInAll!: number | null;

  @Column({ name: 'attestation_id', type: 'uuid', nullable: true })
  readonly attestationId!: string | null;

  /** Of the pack, lower-case hex. */
  @Column({ type: 'text', nullable: true })
  readonly sha256!: string | null;

  @Column({ name: 'byte_count', type: 'bigint', nullable: true, transformer: safeInteger })
  readonly byteCount!: number | null;

  /** Code and details of what ended it. */
  @Column({ type: 'jsonb', nullable: true })
  readonly problem!: {
    readonly code: string;
    readonly details: Readonly<Record<string, unknown>>;
  } | null;
}
