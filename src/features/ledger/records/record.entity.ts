import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { LedgerEventEntity } from '../ledger-event.entity.js';

const KEY = 'record_code_is_used_once';

/** Identity of a thing with versions: a party, a meter, a contract. One code, one thing, for good. */
@Entity({ name: 'record' })
@ForeignKey(() => LedgerEventEntity, ['ledgerId', 'eventId'], ['ledgerId', 'eventId'], {
  name: 'record_has_an_event',
  deferrable: 'INITIALLY DEFERRED',
})
@Check('record_code_is_plain', `code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'`)
export class RecordEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: KEY })
  readonly code!: string;

  @Column({ type: 'text' })
  readonly kind!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;
}
