import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { RunType } from '../../../core/settlement/hours/hours.js';

const KEY = 'settlement_run_is_settled_once';

/** A settlement of a period as the exact bytes that were recorded. A correction is a later version. */
@Entity({ name: 'settlement_run' })
@Unique('settlement_version_is_used_once', ['ledgerId', 'contractCode', 'period', 'version'])
@ForeignKey(
  'contract',
  ['ledgerId', 'contractCode', 'contractVersion'],
  ['ledgerId', 'code', 'version'],
  {
    name: 'settlement_run_is_of_a_contract',
  },
)
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'settlement_run_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'settlement_run_kind_is_known',
  `run IN ('PROVISIONAL', 'FINAL', 'TRUE_UP', 'RECONCILIATION')`,
)
@Check(
  'settlement_period_is_a_month_or_a_year',
  `period ~ CASE run WHEN 'RECONCILIATION' THEN '^Y-?[0-9]+$' ELSE '^[0-9]{4}-[0-9]{2}$' END`,
)
@Check('settlement_run_hash_is_of_its_bytes', 'sha256 = sha256(document)')
@Check('later_settlements_name_the_earlier', '(version = 1) = (corrects IS NULL)')
export class SettlementRunEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'run_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly runId!: string;

  @Column({ name: 'contract_code', type: 'text' })
  readonly contractCode!: string;

  @Column({ name: 'contract_version', type: 'integer' })
  readonly contractVersion!: number;

  @Column({ type: 'text' })
  readonly run!: RunType;

  /** A civil month, or `Y` and the contract year. */
  @Column({ type: 'text' })
  readonly period!: string;

  @Column({ type: 'integer' })
  readonly version!: number;

  /** The run before of the same period. */
  @Column({ type: 'uuid', nullable: true })
  readonly corrects!: string | null;

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
