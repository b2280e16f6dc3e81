import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeIntegers } from '../../../platform/database/rows/columns.js';

const KEY = 'match_pairs_are_written_once';

/** Which certificate covered which meter in an hour, under policies that post pairs. */
@Entity({ name: 'match_pairs' })
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'match_pairs_have_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('match_pairs_are_of_an_hour', `hour = date_trunc('hour', hour, 'UTC')`)
@Check(
  'match_pairs_have_two_ends',
  `(CASE WHEN demand_at IS NULL THEN supply_at IS NULL
    AND cardinality(wh) = cardinality(meters) * cardinality(certificates)
    AND 0 <= ALL (wh) AND 0 < ANY (wh)
  ELSE cardinality(demand_at) = cardinality(wh) AND cardinality(supply_at) = cardinality(wh)
    AND 0 < ALL (wh) END) IS TRUE`,
)
export class MatchPairsEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'event_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly eventId!: string;

  @PrimaryColumn({ name: 'row_index', type: 'integer', primaryKeyConstraintName: KEY })
  readonly rowIndex!: number;

  @Column({ type: 'timestamptz' })
  readonly hour!: Date;

  @Column({ type: 'text', array: true })
  readonly meters!: string[];

  @Column({ type: 'text', array: true })
  readonly certificates!: string[];

  /** Positions in `meters`, one per pair; null where the hour is kept whole. */
  @Column({ name: 'demand_at', type: 'integer', array: true, nullable: true })
  readonly demandAt!: number[] | null;

  /** Positions in `certificates`, one per pair; null where the hour is kept whole. */
  @Column({ name: 'supply_at', type: 'integer', array: true, nullable: true })
  readonly supplyAt!: number[] | null;

  /** One per pair, above zero; or of every meter × certificate, meter by meter, zero or more. */
  @Column({ type: 'bigint', array: true, transformer: safeIntegers })
  readonly wh!: number[];

  /** Under `maximal`, the minimum cut that proves the hour; null otherwise. */
  @Column({ name: 'reached_demand', type: 'integer', array: true, nullable: true })
  readonly reachedDemand!: number[] | null;

  @Column({ name: 'exhausted_supply', type: 'integer', array: true, nullable: true })
  readonly exhaustedSupply!: number[] | null;
}
