import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../platform/database/rows/columns.js';
const KEY = 'plant_version_is_written_once';

/** A plant that generates: what it is, how big, since when, what is lost on the way. */
@Entity({ name: 'plant' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'plant_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'plant_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'organisationCode'], ['ledgerId', 'code'], {
  name: 'plant_belongs_to_an_organisation',
})
@Check('plant_versions_start_at_one', 'version >= 1')
@Check(
  'plant_technology_is_known',
  `technology IN ('solar_pv', 'wind_turbine', 'hydro', 'battery_storage', 'other_storage', 'chp', 'other')`,
)
@Check('plant_capacity_is_positive', 'capacity_w > 0 AND capacity_w <= 9007199254740991')
@Check(
  'plant_loss_factor_is_a_share',
  'loss_factor >= 0 AND loss_factor < 1 AND scale(loss_factor) <= 6',
)
@Check('plant_direct_factor_is_not_negative', 'direct_factor_g_per_kwh >= 0')
@Check(
  'plant_stands_on_earth',
  'latitude_deg BETWEEN -90 AND 90 AND longitude_deg BETWEEN -180 AND 180',
)
@Check('plant_place_has_two_coordinates', '(latitude_deg IS NULL) = (longitude_deg IS NULL)')
export class PlantEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'organisation_code', type: 'text' })
  readonly organisationCode!: string;

  @Column({ type: 'text' })
  readonly technology!: string;

  @Column({ type: 'text' })
  readonly boundary!: string;

  @Column({ name: 'capacity_w', type: 'bigint', transformer: safeInteger })
  readonly capacityW!: number;

  @Column({ name: 'commissioned_on', type: 'date' })
  readonly commissionedOn!: string;

  @Column({ name: 'loss_factor', type: 'numeric' })
  readonly lossFactor!: string;

  @Column({ name: 'direct_factor_g_per_kwh', type: 'numeric' })
  readonly directFactorGPerKwh!: string;

  /** Where it stands, degrees, north and east positive; null = not said. */
  @Column({ name: 'latitude_deg', type: 'numeric', nullable: true })
  readonly latitudeDeg!: string | null;

  @Column({ name: 'longitude_deg', type: 'numeric', nullable: true })
  readonly longitudeDeg!: string | null;

  /** Meter of what it generates; null = none is known. */
  @Column({ name: 'generation_meter_code', type: 'text', nullable: true })
  readonly generationMeterCode!: string | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
