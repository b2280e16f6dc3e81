import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { IndexValue } from '../../core/settlement/references/vintages.js';

const KEY = 'price_index_version_is_written_once';

/** A price index with its vintages. The code is what contracts name as the series. */
@Entity({ name: 'price_index' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'price_index_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'price_index_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('price_index_versions_start_at_one', 'version >= 1')
@Check('price_index_confidence_is_marked', `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`)
export class PriceIndexEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  /** Values by month, each as it was published on a day: none is ever replaced. */
  @Column({ type: 'jsonb' })
  readonly values!: readonly IndexValue[];

  @Column({ type: 'text' })
  readonly source!: string;

  @Column({ type: 'text' })
  readonly confidence!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
