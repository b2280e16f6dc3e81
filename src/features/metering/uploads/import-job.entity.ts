import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { IntervalPreview, JobProblem } from '../intake/interval-preview.schemas.js';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'import_job_is_opened_once';

/** Where an upload stands. */
export type JobState =
  | 'queued'
  | 'reading'
  | 'previewed'
  | 'committed'
  | 'refused'
  | 'cancelled'
  | 'discarded'
  | 'failed';

/** An upload on its way: what was sent, how far it is, what came of it. */
@Entity({ name: 'import_job' })
@Index('import_job_by_actor', ['ledgerId', 'actor', 'state'])
@Check('import_job_counts_attempts', 'attempt_count >= 0')
@Check(
  'import_job_state_is_known',
  `state IN ('queued', 'reading', 'previewed', 'committed', 'refused', 'cancelled', 'discarded', 'failed')`,
)
@Check('import_job_goal_is_known', `goal IN ('preview', 'commit')`)
@Check('import_job_rejects_mode_is_known', `rejects_mode IN ('refuse', 'set-aside')`)
@Check('committed_job_names_its_import', `(state = 'committed') = (import_id IS NOT NULL)`)
@Check('refused_job_says_why', `state <> 'refused' OR problem IS NOT NULL`)
@Check('import_job_hash_is_sha256', `file_sha256 ~ '^[0-9a-f]{64}$'`)
export class ImportJobEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'job_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly jobId!: string;

  @Column({ type: 'text' })
  readonly state!: JobState;

  @Column({ type: 'text' })
  readonly goal!: 'preview' | 'commit';

  @Column({ name: 'file_name', type: 'text' })
  readonly fileName!: string;

  @Column({ name: 'file_sha256', type: 'text' })
  readonly fileSha256!: string;

  @Column({ name: 'byte_count', type: 'bigint', transformer: safeInteger })
  readonly byteCount!: number;

  @Column({ name: 'profile_code', type: 'text', nullable: true })
  readonly profileCode!: string | null;

  /** Meter of a file that names none. */
  @Column({ name: 'meter_code', type: 'text', nullable: true })
  readonly meterCode!: string | null;

  @Column({ name: 'rejects_mode', type: 'text' })
  readonly rejectsMode!: 'refuse' | 'set-aside';

  @Column({ type: 'text' })
  readonly actor!: string;

  @Column({ name: 'actor_principal', type: 'text' })
  readonly actorPrincipal!: string;

  @Column({ name: 'actor_role', type: 'text' })
  readonly actorRole!: string;

  /** Id of the event that the import will have: drawn once, so that a repeated attempt is the same. */
  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'import_id', type: 'uuid', nullable: true })
  readonly importId!: string | null;

  @Column({ name: 'bytes_read', type: 'bigint', transformer: safeInteger })
  readonly bytesRead!: number;

  @Column({ name: 'row_count', type: 'bigint', transformer: safeInteger })
  readonly rowCount!: number;

  @Column({ type: 'jsonb', nullable: true })
  readonly preview!: IntervalPreview | null;

  @Column({ name: 'preview_hash', type: 'text', nullable: true })
  readonly previewHash!: string | null;

  /** Code and details of the refusal. */
  @Column({ type: 'jsonb', nullable: true })
  readonly problem!: JobProblem | null;

  /** Name of the kept CSV of rejected rows. */
  @Column({ name: 'rejects_sha256', type: 'text', nullable: true })
  readonly rejectsSha256!: string | null;

  @Column({ name: 'is_cancelled', type: 'boolean' })
  readonly isCancelled!: boolean;

  /** Attempts begun so far: each counts before it begins. */
  @Column({ name: 'attempt_count', type: 'integer', default: 0 })
  readonly attemptCount!: number;

  /** Until when, by the database's clock, someone is known to be at it; null = nobody. */
  @Column({ name: 'worked_until', type: 'timestamptz', nullable: true })
  readonly workedUntil!: Date | null;

  /** Commit only without rejects and changed values. */
  @Column({ name: 'is_clean_only', type: 'boolean', default: false })
  readonly isCleanOnly!: boolean;

  @Column({ name: 'created_at', type: 'timestamptz' })
  readonly createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  readonly updatedAt!: Date;
}
