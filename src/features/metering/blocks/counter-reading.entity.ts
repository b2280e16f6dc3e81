import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

const KEY = 'counter_reading_is_taken_once';

/** Where a file's readings of a counter begin, or end: what they join on to other files by. */
@Entity({ name: 'counter_reading' })
@Index('counter_reading_by_time', ['ledgerId', 'meterCode', 'readAt'])
@Unique('counter_reading_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('RecordEntity', ['ledgerId', 'meterCode'], ['ledgerId', 'code'], {
  name: 'counter_reading_belongs_to_a_meter',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'counter_reading_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('counter_reading_is_not_negative', 'wh >= 0')
@Check('counter_reading_is_graded', 'quality BETWEEN 1 AND 8')
@Check('counter_reading_has_a_line', 'line >= 1')
export class CounterReadingEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'event_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly eventId!: string;

  @PrimaryColumn({ name: 'meter_code', type: 'text', primaryKeyConstraintName: KEY })
  readonly meterCode!: string;

  @PrimaryColumn({ name: 'read_at', type: 'timestamptz', primaryKeyConstraintName: KEY })
  readonly readAt!: Date;

  /** What the counter stands at, Wh, exact decimal text. */
  @Column({ type: 'numeric' })
  readonly wh!: string;

  @Column({ type: 'smallint' })
  readonly quality!: number;

  @Column({ type: 'integer' })
  readonly line!: number;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
