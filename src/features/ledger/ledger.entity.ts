import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../platform/database/rows/columns.js';

/** One log of facts and everything that follows from it. Its id is made from its name. */
@Entity({ name: 'ledger' })
@Check('ledger_name_is_plain', `name ~ '^[a-z][a-z0-9-]{0,39}$'`)
export class LedgerEntity {
  @PrimaryColumn({
    name: 'ledger_id',
    type: 'uuid',
    primaryKeyConstraintName: 'ledger_is_opened_once',
  })
  readonly ledgerId!: string;

  @Column({ type: 'text' })
  readonly name!: string;

  @Column({ name: 'opened_at', type: 'timestamptz' })
  readonly openedAt!: Date;
}

/** The end of a ledger's log: the only row that is updated, once per append. */
@Entity({ name: 'ledger_head' })
@ForeignKey(() => LedgerEntity, ['ledgerId'], ['ledgerId'], {
  name: 'ledger_head_belongs_to_a_ledger',
})
@Check('ledger_head_never_shrinks_below_zero', 'size >= 0')
@Check('ledger_head_hash_has_32_bytes', 'octet_length(chain_hash) = 32')
@Check('ledger_head_subtrees_are_hashes', 'octet_length(subtrees) % 32 = 0')
export class LedgerHeadEntity {
  @PrimaryColumn({
    name: 'ledger_id',
    type: 'uuid',
    primaryKeyConstraintName: 'ledger_has_one_head',
  })
  readonly ledgerId!: string;

  @Column({ type: 'bigint', transformer: safeInteger })
  readonly size!: number;

  @Column({ name: 'chain_hash', type: 'bytea' })
  readonly chainHash!: Buffer;

  @Column({ name: 'recorded_at', type: 'timestamptz', nullable: true })
  readonly recordedAt!: Date | null;

  /** Complete subtrees of the log's tree, 32 bytes each, the largest first (LEDGER 3). */
  @Column({ type: 'bytea' })
  readonly subtrees!: Buffer;
}
