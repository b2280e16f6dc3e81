import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { PeakWindows } from '../../core/settlement/references/references.js';

const KEY = 'tariff_grid_version_is_written_once';

/** The peak hours of a tariff grid, in UTC; its versions are its windows over time. */
@Entity({ name: 'tariff_grid' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'tariff_grid_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'tariff_grid_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('tariff_grid_versions_start_at_one', 'version >= 1')
@Check('tariff_grid_ends_after_it_starts', 'valid_to IS NULL OR valid_to > valid_from')
@Check('tariff_grid_confidence_is_marked', `confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+')`)
export class TariffGridEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  /** First civil day. */
  @Column({ name: 'valid_from', type: 'date' })
  readonly validFrom!: string;

  /** Day after the last; null = open. */
  @Column({ name: 'valid_to', type: 'date', nullable: true })
  readonly validTo!: string | null;

  @Column({ type: 'jsonb' })
  readonly seasons!: PeakWindows['seasons'];

  @Column({ type: 'text' })
  readonly source!: string;

  @Column({ type: 'text' })
  readonly confidence!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
