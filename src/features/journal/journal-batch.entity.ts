import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'journal_batch_is_exported_once';

/** Entries of a month as they were handed to the books: the exact bytes. */
@Entity({ name: 'journal_batch' })
@Unique('journal_batch_number_is_used_once', ['ledgerId', 'sequence'])
@Unique('journal_batch_is_reversed_once', ['ledgerId', 'reverses'])
@ForeignKey('JournalBatchEntity', ['ledgerId', 'reverses'], ['ledgerId', 'batchId'], {
  name: 'journal_batch_reverses_a_batch',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'journal_batch_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('journal_batch_numbers_start_at_one', 'sequence >= 1')
@Check('journal_batch_month_is_civil', `month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`)
@Check('journal_batch_balances', 'debit_mad = credit_mad')
@Check('journal_batch_hash_is_of_its_bytes', 'sha256 = sha256(document)')
export class JournalBatchEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'batch_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly batchId!: string;

  @Column({ type: 'integer' })
  readonly sequence!: number;

  @Column({ type: 'text' })
  readonly month!: string;

  /** The batch whose entries this one takes back. */
  @Column({ type: 'uuid', nullable: true })
  readonly reverses!: string | null;

  @Column({ name: 'debit_mad', type: 'numeric' })
  readonly debitMad!: string;

  @Column({ name: 'credit_mad', type: 'numeric' })
  readonly creditMad!: string;

  /** Canonical JSON. */
  @Column({ type: 'bytea' })
  readonly document!: Buffer;

  @Column({ type: 'bytea' })
  readonly sha256!: Buffer;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
