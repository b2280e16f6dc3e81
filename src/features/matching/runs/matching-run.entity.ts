import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { AcceptedSuspect } from '../../../core/matching/suspect.js';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'matching_run_is_recorded_once';

/** One run over a month of a site: what it used, what it found. Its id is that of its event. */
@Entity({ name: 'matching_run' })
@ForeignKey('LedgerEventEntity', ['ledgerId', 'runId'], ['ledgerId', 'eventId'], {
  name: 'matching_run_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'siteCode'], ['ledgerId', 'code'], {
  name: 'matching_run_is_for_a_site',
})
@ForeignKey('RecordEntity', ['ledgerId', 'contractCode'], ['ledgerId', 'code'], {
  name: 'matching_run_uses_a_contract',
})
@Check('matching_run_month_is_civil', `month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`)
@Check(
  'matching_run_matches_what_there_is',
  'matched_wh >= 0 AND matched_wh <= demand_wh AND matched_wh <= supply_wh',
)
@Check(
  'matching_run_accepts_something',
  `jsonb_typeof(accepted_suspect) = 'array' AND accepted_suspect <> '[]'`,
)
export class MatchingRunEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'run_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly runId!: string;

  @Column({ name: 'site_code', type: 'text' })
  readonly siteCode!: string;

  @Column({ name: 'contract_code', type: 'text' })
  readonly contractCode!: string;

  @Column({ name: 'contract_version', type: 'integer' })
  readonly contractVersion!: number;

  @Column({ type: 'text' })
  readonly month!: string;

  @Column({ type: 'text' })
  readonly policy!: string;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  @Column({ name: 'input_sha256', type: 'text' })
  readonly inputSha256!: string;

  @Column({ name: 'result_root', type: 'text' })
  readonly resultRoot!: string;

  @Column({ name: 'demand_wh', type: 'bigint', transformer: safeInteger })
  readonly demandWh!: number;

  @Column({ name: 'supply_wh', type: 'bigint', transformer: safeInteger })
  readonly supplyWh!: number;

  @Column({ name: 'matched_wh', type: 'bigint', transformer: safeInteger })
  readonly matchedWh!: number;

  /** The most that any policy could match; null for runs of before it was kept. */
  @Column({ name: 'maximum_wh', type: 'bigint', transformer: safeInteger, nullable: true })
  readonly maximumWh!: number | null;

  /** Version of the matcher; null for runs of before it was kept. */
  @Column({ name: 'code_version', type: 'text', nullable: true })
  readonly codeVersion!: string | null;

  @Column({ name: 'touched_hours', type: 'integer' })
  readonly touchedHours!: number;

  @Column({ type: 'uuid', nullable: true })
  readonly supersedes!: string | null;

  /** SUSPECT hours that the run takes as measured, and why; null where it takes none. */
  @Column({ name: 'accepted_suspect', type: 'jsonb', nullable: true })
  readonly acceptedSuspect!: readonly AcceptedSuspect[] | null;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
