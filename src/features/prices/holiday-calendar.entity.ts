import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { HolidayCalendar } from '../../core/contracts/due-date.js';

const KEY = 'holiday_calendar_version_is_written_once';

/** Public holidays of a country; a lunar day moves with a later version. */
@Entity({ name: 'holiday_calendar' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'holiday_calendar_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'holiday_calendar_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('holiday_calendar_versions_start_at_one', 'version >= 1')
@Check('holiday_calendar_ends_after_it_starts', 'valid_to > valid_from')
@Check(
  'holiday_calendar_confidence_is_marked',
  `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`,
)
export class HolidayCalendarEntity implements HolidayCalendar {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  /** First civil day that it knows of. */
  @Column({ name: 'valid_from', type: 'date' })
  readonly validFrom!: string;

  /** Day after the last that it knows of. */
  @Column({ name: 'valid_to', type: 'date' })
  readonly validTo!: string;

  @Column({ type: 'jsonb' })
  readonly days!: HolidayCalendar['days'];

  @Column({ type: 'text' })
  readonly source!: string;

  @Column({ type: 'text' })
  readonly confidence!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
