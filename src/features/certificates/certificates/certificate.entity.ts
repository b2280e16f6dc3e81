import {
  Check,
  Column,
  Entity,
  Exclusion,
  ForeignKey,
  Index,
  PrimaryColumn,
  Unique,
} from 'typeorm';
import type { IssuanceFacts } from '../../../core/certificates/bundle.js';
import type { CertificateFlag } from '../../../core/certificates/plausibility.js';
import {
  CERTIFICATE_STATUSES,
  type CertificateOrigin,
  type CertificateStatus,
} from '../../../core/certificates/certificate.js';
import { safeInteger } from '../../../platform/database/rows/columns.js';

/** A generation certificate: Wh of one plant in at most one hour, as its issuer certified it. */
@Entity({ name: 'certificate' })
@Unique('certificate_has_one_place_in_its_event', ['ledgerId', 'eventId', 'rowIndex'])
@Unique('issuer_uses_an_id_once', ['ledgerId', 'issuer', 'externalId'])
@Index('certificate_by_start', ['ledgerId', 'plantCode', 'startsAt'])
@Index('certificate_by_serial', ['ledgerId', 'plantCode', 'rangeStart'])
@ForeignKey('RecordEntity', ['ledgerId', 'plantCode'], ['ledgerId', 'code'], {
  name: 'certificate_belongs_to_a_plant',
})
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'certificate_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('certificate_energy_is_whole_and_safe', 'wh > 0 AND wh <= 9007199254740991')
@Check(
  'certificate_lies_in_one_hour',
  `ends_at > starts_at AND ends_at <= date_trunc('hour', starts_at, 'UTC') + interval '1 hour'`,
)
@Check(
  'certificate_status_is_known',
  `status IN (${CERTIFICATE_STATUSES.map((status) => `'${status}'`).join(', ')})`,
)
@Check('certificate_range_starts_at_zero', 'range_start >= 0')
@Exclusion(
  'serials_never_overlap',
  'USING gist (ledger_id WITH =, plant_code WITH =, int8range(range_start, range_start + wh) WITH &&)',
)
export class CertificateEntity {
  @PrimaryColumn({
    name: 'ledger_id',
    type: 'uuid',
    primaryKeyConstraintName: 'certificate_is_issued_once',
  })
  readonly ledgerId!: string;

  @PrimaryColumn({
    name: 'certificate_id',
    type: 'uuid',
    primaryKeyConstraintName: 'certificate_is_issued_once',
  })
  readonly certificateId!: string;

  @Column({ name: 'plant_code', type: 'text' })
  readonly plantCode!: string;

  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  @Column({ name: 'ends_at', type: 'timestamptz' })
  readonly endsAt!: Date;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;

  @Column({ name: 'external_id', type: 'text' })
  readonly externalId!: string;

  @Column({ type: 'text' })
  readonly issuer!: string;

  @Column({ type: 'text' })
  readonly status!: CertificateStatus;

  /** First id of its range on the device; the range is as long as its Wh. */
  @Column({ name: 'range_start', type: 'bigint', transformer: safeInteger })
  readonly rangeStart!: number;

  /** The owner at issuance. */
  @Column({ name: 'owner_code', type: 'text' })
  readonly ownerCode!: string;

  @Column({ type: 'jsonb' })
  readonly facts!: IssuanceFacts;

  /** Key of the issuer that signed its file; null = not signed. */
  @Column({ name: 'signed_by', type: 'text', nullable: true })
  readonly signedBy!: string | null;

  /** What looked wrong when it came. */
  @Column({ type: 'text', array: true })
  readonly flags!: CertificateFlag[];

  /** Where it came from, if not from its issuer's own file. */
  @Column({ type: 'jsonb', nullable: true })
  readonly origin!: CertificateOrigin | null;

  @Column({ name: 'source_line', type: 'integer' })
  readonly sourceLine!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ name: 'row_index', type: 'integer' })
  readonly rowIndex!: number;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
