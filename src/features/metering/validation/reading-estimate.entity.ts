import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { Estimate } from '../../../core/metering/vee/estimate.js';
import { safeIntegers } from '../../../platform/database/rows/columns.js';

const KEY = 'reading_estimate_is_made_once';

/** A stretch of readings that was estimated: how, how surely, and to what. */
@Entity({ name: 'reading_estimate' })
@Unique('reading_estimate_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('RecordEntity', ['ledgerId', 'meterCode'], ['ledgerId', 'code'], {
  name: 'reading_estimate_belongs_to_a_meter',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'reading_estimate_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'reading_estimate_method_is_known',
  `method IN ('check-meter', 'register-shape', 'catch-up', 'linear', 'like-days')`,
)
@Check('reading_estimate_confidence_is_known', `confidence IN ('high', 'medium', 'low')`)
@Check('reading_estimate_ends_after_it_starts', 'ends_at > starts_at')
export class ReadingEstimateEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'estimate_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly estimateId!: string;

  @Column({ name: 'meter_code', type: 'text' })
  readonly meterCode!: string;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  @Column({ type: 'text' })
  readonly method!: Estimate['method'];

  @Column({ type: 'text' })
  readonly confidence!: Estimate['confidence'];

  @Column({ type: 'bigint', array: true, transformer: safeIntegers })
  readonly wh!: number[];

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
