import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A rate of a day. */
export interface FxRate {
  readonly day: string;
  readonly madPerUnit: string;
}

const KEY = 'fx_series_version_is_written_once';

/** Reference rates of a currency, MAD for one unit. The code is the currency. */
@Entity({ name: 'fx_series' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'fx_series_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'fx_series_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('fx_series_versions_start_at_one', 'version >= 1')
@Check('fx_series_confidence_is_marked', `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`)
export class FxSeriesEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  /** Rates by day. */
  @Column({ type: 'jsonb' })
  readonly rates!: readonly FxRate[];

  @Column({ type: 'text' })
  readonly source!: string;

  @Column({ type: 'text' })
  readonly confidence!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
