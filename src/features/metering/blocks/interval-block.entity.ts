import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { safeIntegers } from '../../../platform/database/rows/columns.js';

const KEY = 'interval_block_revision_is_written_once';

/**
 * One UTC day of one meter, as it was known at one moment. Rows are only ever added: the highest
 * revision holds, the lower ones say what used to.
 */
@Entity({ name: 'interval_block' })
@Unique('interval_block_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('RecordEntity', ['ledgerId', 'meterCode'], ['ledgerId', 'code'], {
  name: 'interval_block_belongs_to_a_meter',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'interval_block_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('interval_block_revisions_start_at_one', 'revision >= 1')
@Check(
  'block_covers_one_day',
  'cardinality(wh) * interval_minutes = 1440 AND cardinality(quality) = cardinality(wh)',
)
@Check(
  'interval_block_lines_are_runs',
  'cardinality(lines) % 3 = 0 AND cardinality(lines) <= 3 * cardinality(wh)',
)
@Check(
  'interval_block_updates_are_runs',
  'cardinality(updates) % 2 = 0 AND cardinality(updates) <= 2 * cardinality(wh)',
)
@Check(
  'interval_block_energy_is_whole_and_safe',
  '(0 <= ALL (wh) AND 9007199254740991 >= ALL (wh)) IS NOT FALSE',
)
@Check(
  'interval_block_grades_every_interval',
  'quality <@ ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8]::smallint[]',
)
@Check(
  'interval_block_gaps_are_marked',
  `cardinality(array_positions(wh, NULL)) = cardinality(array_positions(quality, 0::smallint))
  AND array_positions(wh, NULL) <@ array_positions(quality, 0::smallint)`,
)
export class IntervalBlockEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'meter_code', type: 'text', primaryKeyConstraintName: KEY })
  readonly meterCode!: string;

  @PrimaryColumn({ name: 'utc_day', type: 'date', primaryKeyConstraintName: KEY })
  readonly utcDay!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly revision!: number;

  @Column({ name: 'interval_minutes', type: 'smallint' })
  readonly intervalMinutes!: number;

  /** Wh per interval, in order; null where missing. */
  @Column({ type: 'bigint', array: true, transformer: safeIntegers })
  readonly wh!: (number | null)[];

  /** QUALITY codes, one per interval. */
  @Column({ type: 'smallint', array: true })
  readonly quality!: number[];

  /** Lines of this revision's file, as runs; line 0 where the value was inherited. */
  @Column({ type: 'integer', array: true })
  readonly lines!: number[];

  /** When the source updated what it says of the intervals, as runs of position and ms since 1970. */
  @Column({ type: 'bigint', array: true, default: '{}', transformer: safeIntegers })
  readonly updates!: number[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
