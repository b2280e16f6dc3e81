import { Check, Column, Entity, Exclusion, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';

const KEY = 'mwh_part_is_written_once';

/** Energy of one bundle inside one MWh certificate. */
@Entity({ name: 'mwh_part' })
@Index('mwh_part_by_certificate', ['ledgerId', 'mwhId'])
@Index('mwh_part_by_bundle', ['ledgerId', 'bundleId'])
@ForeignKey('MwhCertificateEntity', ['ledgerId', 'mwhId'], ['ledgerId', 'mwhId'], {
  name: 'mwh_part_is_of_a_certificate',
})
@ForeignKey('BridgeEntryEntity', ['ledgerId', 'bundleId'], ['ledgerId', 'bundleId'], {
  name: 'mwh_part_came_over_the_bridge',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'mwh_part_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('mwh_part_is_positive', 'wh > 0 AND wh <= 1000000 AND range_start >= 0')
@Exclusion(
  'a_wh_is_in_one_mwh_certificate',
  'USING gist (ledger_id WITH =, plant_code WITH =, int8range(range_start, range_start + wh) WITH &&)',
)
export class MwhPartEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'event_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly eventId!: string;

  @PrimaryColumn({ name: 'row_index', type: 'integer', primaryKeyConstraintName: KEY })
  readonly rowIndex!: number;

  @Column({ name: 'mwh_id', type: 'uuid' })
  readonly mwhId!: string;

  @Column({ name: 'plant_code', type: 'text' })
  readonly plantCode!: string;

  @Column({ name: 'bundle_id', type: 'uuid' })
  readonly bundleId!: string;

  /** First id on the device; the range is as long as its Wh. */
  @Column({ name: 'range_start', type: 'bigint', transformer: safeInteger })
  readonly rangeStart!: number;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;
}
