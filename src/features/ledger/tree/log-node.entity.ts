import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { safeInteger } from '../../../platform/database/rows/columns.js';
import { LedgerEntity } from '../ledger.entity.js';

const KEY = 'log_node_is_written_once';

/**
 * A complete node of a log's tree, above its leaves, which are the events' own (LEDGER 3). Once complete a
 * node never changes.
 */
@Entity({ name: 'log_node' })
@ForeignKey(() => LedgerEntity, ['ledgerId'], ['ledgerId'], {
  name: 'log_node_belongs_to_a_ledger',
})
@Check('log_node_is_above_the_leaves', 'level BETWEEN 1 AND 52')
@Check('log_node_has_a_place', 'node_index >= 0')
@Check('log_node_hash_has_32_bytes', 'octet_length(hash) = 32')
export class LogNodeEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: KEY })
  readonly level!: number;

  @PrimaryColumn({
    name: 'node_index',
    type: 'bigint',
    transformer: safeInteger,
    primaryKeyConstraintName: KEY,
  })
  readonly nodeIndex!: number;

  @Column({ type: 'bytea' })
  readonly hash!: Buffer;
}
