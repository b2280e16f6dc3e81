import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Verification } from '../ledger/replay/verification.document.js';
import { safeInteger } from '../../platform/database/rows/columns.js';

const KEY = 'verification_job_is_opened_once';

/** Where a verification stands. */
export type VerificationState = 'queued' | 'running' | 'done' | 'failed';

/** An earlier verification that a later one rests on. */
export interface RestsOn {
  readonly jobId: string;
  /** RFC 3339. */
  readonly verifiedAt: string;
  readonly size: number;
  readonly chainHash: string;
}

/** What a verification found, and how it was reached. */
export interface VerificationResult extends Verification {
  readonly restsOn: RestsOn | null;
  /** In sentences, for a person. */
  readonly how: string;
}

/** A verification on its way, or what came of it. No evidence: it can be made again from the log. */
@Entity({ name: 'verification_job' })
@Index('verification_of_a_kind_is_on_its_way_once', ['ledgerId', 'isFull', 'hasFiles'], {
  unique: true,
  where: `state IN ('queued', 'running')`,
})
@Index('verification_job_by_place', ['ledgerId', 'place'])
@Check('verification_job_state_is_known', `state IN ('queued', 'running', 'done', 'failed')`)
@Check('verification_job_counts_attempts', 'attempt_count >= 0')
@Check(
  'done_verification_says_what_it_found',
  `(state = 'done') = (verified_at IS NOT NULL) AND (state = 'done') = (result IS NOT NULL)
   AND (state = 'done') = (size IS NOT NULL) AND (state = 'done') = (chain_hash IS NOT NULL)
   AND (state = 'done') = (is_clean IS NOT NULL)`,
)
@Check('done_verification_has_a_place', `(state = 'done') = (place IS NOT NULL)`)
@Check('failed_verification_says_why', `(state = 'failed') = (problem IS NOT NULL)`)
export class VerificationJobEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'job_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly jobId!: string;

  @Column({ type: 'text' })
  readonly state!: VerificationState;

  /** Whether everything was asked for, from the first event on. */
  @Column({ name: 'is_full', type: 'boolean' })
  readonly isFull!: boolean;

  @Column({ name: 'has_files', type: 'boolean' })
  readonly hasFiles!: boolean;

  @Column({ type: 'text' })
  readonly actor!: string;

  @Column({ name: 'actor_principal', type: 'text' })
  readonly actorPrincipal!: string;

  @Column({ name: 'requested_at', type: 'timestamptz' })
  readonly requestedAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  readonly updatedAt!: Date;

  @Column({ name: 'attempt_count', type: 'integer' })
  readonly attemptCount!: number;

  /** Events and rows hashed so far. */
  @Column({ name: 'event_count', type: 'bigint', transformer: safeInteger })
  readonly eventCount!: number;

  @Column({ name: 'row_count', type: 'bigint', transformer: safeInteger })
  readonly rowCount!: number;

  /** Instant of the snapshot that was verified. */
  @Column({ name: 'verified_at', type: 'timestamptz', nullable: true })
  readonly verifiedAt!: Date | null;

  /** When everything was last hashed from the first event on, and found whole; null = never. */
  @Column({ name: 'full_at', type: 'timestamptz', nullable: true })
  readonly fullAt!: Date | null;

  /** Events of the log that was verified. */
  @Column({ type: 'bigint', nullable: true, transformer: safeInteger })
  readonly size!: number | null;

  /** Head that was reached, lower-case hex. */
  @Column({ name: 'chain_hash', type: 'text', nullable: true })
  readonly chainHash!: string | null;

  /** Whether nothing was found wrong. */
  @Column({ name: 'is_clean', type: 'boolean', nullable: true })
  readonly isClean!: boolean | null;

  /**
   * Place among those that ended, by no clock: one that found nothing counts from where it began, one
   * that found something from where it ended. So what was found is never behind what did not see it.
   */
  @Column({ type: 'bigint', nullable: true, transformer: safeInteger })
  readonly place!: number | null;

  @Column({ name: 'program_version', type: 'text' })
  readonly programVersion!: string;

  @Column({ type: 'jsonb', nullable: true })
  readonly result!: VerificationResult | null;

  /** Code and details of what ended it. */
  @Column({ type: 'jsonb', nullable: true })
  readonly problem!: {
    readonly code: string;
    readonly details: Readonly<Record<string, unknown>>;
  } | null;
}
