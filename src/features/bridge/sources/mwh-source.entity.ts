import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'mwh_source_is_taken_in_once';
const BALANCE_KEY = 'mwh_source_has_one_balance';

/** A MWh certificate of another system that was cancelled so that hourly ones can be made from it. */
@Entity({ name: 'mwh_source' })
@Unique('mwh_source_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@ForeignKey('RecordEntity', ['ledgerId', 'trackingSystemCode'], ['ledgerId', 'code'], {
  name: 'mwh_source_is_of_a_tracking_system',
})
@ForeignKey('RecordEntity', ['ledgerId', 'plantCode'], ['ledgerId', 'code'], {
  name: 'mwh_source_is_of_a_plant',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'mwh_source_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('mwh_source_is_whole', 'mwh BETWEEN 1 AND 1000000')
@Check('mwh_source_spans_its_production', 'ends_at > starts_at')
export class MwhSourceEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'tracking_system_code', type: 'text', primaryKeyConstraintName: KEY })
  readonly trackingSystemCode!: string;

  @PrimaryColumn({ name: 'mwh_certificate_id', type: 'text', primaryKeyConstraintName: KEY })
  readonly mwhCertificateId!: string;

  @Column({ name: 'plant_code', type: 'text' })
  readonly plantCode!: string;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  @Column({ type: 'integer' })
  readonly mwh!: number;

  @Column({ name: 'cancelled_on', type: 'date' })
  readonly cancelledOn!: string;

  /** What proves the cancellation: number of the system's statement. */
  @Column({ type: 'text' })
  readonly proof!: string;

  @Column({ name: 'source_line', type: 'integer' })
  readonly sourceLine!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;
}

/** What of a cancelled MWh certificate has become hourly ones. Triggers keep it. */
@Entity({ name: 'mwh_source_balance' })
@Check('mwh_source_is_converted_once', 'used_wh >= 0 AND used_wh <= wh')
export class MwhSourceBalanceEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: BALANCE_KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({
    name: 'tracking_system_code',
    type: 'text',
    primaryKeyConstraintName: BALANCE_KEY,
  })
  readonly trackingSystemCode!: string;

  @PrimaryColumn({
    name: 'mwh_certificate_id',
    type: 'text',
    primaryKeyConstraintName: BALANCE_KEY,
  })
  readonly mwhCertificateId!: string;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;

  @Column({ name: 'used_wh', type: 'bigint', transformer: safeInteger })
  readonly usedWh!: number;
}
