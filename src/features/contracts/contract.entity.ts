import type { CoverageGuarantee } from '../../core/contracts/coverage-guarantee.js';
import type { MatchingTerms } from '../../core/contracts/matching-terms.js';
import type { LateDataTerms } from '../../core/contracts/late-data.js';
import type { Elections, VolumeProduct } from '../../core/settlement/elections/elections.js';
import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

const KEY = 'contract_version_is_written_once';

/** A version of a power purchase agreement: one strike price, physical and as produced, or elections. */
@Entity({ name: 'contract' })
@ForeignKey('RecordEntity', ['ledgerId', 'code'], ['ledgerId', 'code'], {
  name: 'contract_is_a_record',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'contract_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('RecordEntity', ['ledgerId', 'sellerCode'], ['ledgerId', 'code'], {
  name: 'contract_has_a_seller',
})
@ForeignKey('RecordEntity', ['ledgerId', 'buyerCode'], ['ledgerId', 'code'], {
  name: 'contract_has_a_buyer',
})
@ForeignKey('RecordEntity', ['ledgerId', 'siteCode'], ['ledgerId', 'code'], {
  name: 'contract_delivers_to_a_site',
})
@Check('contract_versions_start_at_one', 'version >= 1')
@Check('contract_names_its_plants', 'cardinality(plant_codes) > 0')
@Check(
  'contract_form_is_built',
  `elections IS NOT NULL OR delivery_form = 'PHYSICAL' AND volume_product = 'PAY_AS_PRODUCED'`,
)
@Check('contract_price_is_not_negative', 'strike_price_mad_per_mwh >= 0')
@Check('contract_is_in_dirhams', `currency = 'MAD'`)
export class ContractEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: KEY })
  readonly version!: number;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'seller_code', type: 'text' })
  readonly sellerCode!: string;

  @Column({ name: 'buyer_code', type: 'text' })
  readonly buyerCode!: string;

  @Column({ name: 'site_code', type: 'text' })
  readonly siteCode!: string;

  @Column({ name: 'plant_codes', type: 'text', array: true })
  readonly plantCodes!: string[];

  @Column({ name: 'delivery_form', type: 'text' })
  readonly deliveryForm!: Elections['deliveryForm'];

  @Column({ name: 'volume_product', type: 'text' })
  readonly volumeProduct!: VolumeProduct;

  @Column({ name: 'effective_from', type: 'date' })
  readonly effectiveFrom!: string;

  @Column({ name: 'strike_price_mad_per_mwh', type: 'numeric' })
  readonly strikePriceMadPerMwh!: string;

  @Column({ name: 'vat_code', type: 'text' })
  readonly vatCode!: string;

  @Column({ type: 'text' })
  readonly currency!: 'MAD';

  @Column({ type: 'text', nullable: true })
  readonly clause!: string | null;

  /** Windows for data that comes late; null = months stay open until they are closed. */
  @Column({ name: 'late_data', type: 'jsonb', nullable: true })
  readonly lateData!: LateDataTerms | null;

  /** How its energy is matched; null = every contracted plant's mix for every meter. */
  @Column({ type: 'jsonb', nullable: true })
  readonly matching!: MatchingTerms | null;

  /** Coverage that the seller guarantees; null = none. */
  @Column({ name: 'coverage_guarantee', type: 'jsonb', nullable: true })
  readonly coverageGuarantee!: CoverageGuarantee | null;

  /** What it is settled by; null = strike price × energy, on the billing statement. */
  @Column({ type: 'jsonb', nullable: true })
  readonly elections!: Elections | null;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
