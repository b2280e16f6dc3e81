import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { MOVES } from '../../core/ledger/postings.js';
import { safeInteger } from '../../platform/database/columns.js';

const KEY = 'posting_is_written_once';
const LEGAL_MOVES = Object.entries(MOVES)
  .map(([move, { book, debit, credit }]) => `('${move}', '${book}', '${debit}', '${credit}')`)
  .join(', ');

/** One double entry of the energy book. Balances follow from it by a trigger. */
@Entity({ name: 'posting' })
@Index('posting_by_hour', ['ledgerId', 'hour'])
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'posting_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@ForeignKey('CertificateEntity', ['ledgerId', 'certificateId'], ['ledgerId', 'certificateId'], {
  name: 'posting_spends_a_certificate',
})
@ForeignKey('RecordEntity', ['ledgerId', 'meterCode'], ['ledgerId', 'code'], {
  name: 'posting_covers_a_meter',
})
@Check('posting_is_positive_and_safe', 'wh BETWEEN 1 AND 9007199254740991')
@Check('hour_is_whole', `hour = date_trunc('hour', hour, 'UTC')`)
@Check(
  'posting_has_one_subject',
  `(book = 'supply' AND certificate_id IS NOT NULL AND meter_code IS NULL)
  OR (book = 'demand' AND meter_code IS NOT NULL AND certificate_id IS NULL)`,
)
@Check('posting_is_a_legal_move', `(move, book, debit, credit) IN (${LEGAL_MOVES})`)
export class PostingEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'event_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly eventId!: string;

  @PrimaryColumn({ name: 'row_index', type: 'integer', primaryKeyConstraintName: KEY })
  readonly rowIndex!: number;

  @Column({ type: 'text' })
  readonly move!: string;

  @Column({ type: 'text' })
  readonly book!: string;

  @Column({ type: 'text' })
  readonly debit!: string;

  @Column({ type: 'text' })
  readonly credit!: string;

  @Column({ type: 'timestamptz' })
  readonly hour!: Date;

  @Column({ name: 'certificate_id', type: 'uuid', nullable: true })
  readonly certificateId!: string | null;

  @Column({ name: 'meter_code', type: 'text', nullable: true })
  readonly meterCode!: string | null;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly wh!: number;
}
