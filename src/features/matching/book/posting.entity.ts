import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { MOVES } from '../../../core/ledger/postings.js';
import { safeIntegers } from '../../../platform/database/rows/columns.js';

const KEY = 'posting_is_written_once';
const LEGAL_MOVES = Object.entries(MOVES)
  .map(([move, { book, debit, credit }]) => `('${move}', '${book}', '${debit}', '${credit}')`)
  .join(', ');

/**
 * Double entries of one move: for certificates of an hour, or for hours of a meter's UTC day.
 * Balances follow from them by a trigger.
 */
@Entity({ name: 'posting' })
@ForeignKey('LedgerEventEntity', ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'posting_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check(
  'posting_is_positive_and_safe',
  '(0 <= ALL (wh) AND 9007199254740991 >= ALL (wh) AND 0 < ANY (wh)) IS TRUE',
)
@Check(
  'posting_is_an_hour_or_a_day',
  `array_position(subjects, NULL) IS NULL AND (
  book = 'supply' AND starts_at = date_trunc('hour', starts_at, 'UTC')
    AND cardinality(subjects) = cardinality(wh) AND 0 < ALL (wh)
  OR book = 'demand' AND starts_at = date_trunc('day', starts_at, 'UTC')
    AND cardinality(subjects) = 1 AND cardinality(wh) = 24)`,
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

  /** Supply: the hour. Demand: the UTC day. */
  @Column({ name: 'starts_at', type: 'timestamptz' })
  readonly startsAt!: Date;

  /** Supply: certificate ids. Demand: one meter code. */
  @Column({ type: 'text', array: true })
  readonly subjects!: string[];

  /** Supply: Wh per certificate. Demand: Wh per UTC hour. */
  @Column({ type: 'bigint', array: true, transformer: safeIntegers })
  readonly wh!: number[];
}
