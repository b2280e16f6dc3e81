import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { safeInteger } from '../../platform/database/rows/columns.js';

const KEY = 'ledger_event_has_one_place';
const PAYLOAD = "convert_from(payload, 'UTF8')::jsonb";

/** One sealed decision, with the exact bytes that were hashed. Rows are only ever added. */
@Entity({ name: 'ledger_event' })
@Index('ledger_event_by_type', ['ledgerId', 'type', 'seq'])
@Unique('ledger_event_is_recorded_once', ['ledgerId', 'eventId'])
@Unique('ledger_event_can_be_followed', ['ledgerId', 'seq', 'chainHash'])
@ForeignKey(
  () => LedgerEventEntity,
  ['ledgerId', 'prevSeq', 'prevHash'],
  ['ledgerId', 'seq', 'chainHash'],
  { name: 'event_links_to_previous' },
)
@Check(
  'event_follows_its_predecessor',
  'seq >= 0 AND prev_seq IS NOT DISTINCT FROM nullif(seq, 0) - 1',
)
@Check('first_event_follows_nothing', `seq > 0 OR prev_hash = decode(repeat('00', 32), 'hex')`)
@Check('leaf_hashes_its_payload', `leaf_hash = sha256('\\x00'::bytea || payload)`)
@Check(
  'chain_hashes_prev_and_leaf',
  `chain_hash = sha256('\\x02'::bytea || prev_hash || leaf_hash)`,
)
@Check(
  'columns_repeat_payload',
  `(
  ${PAYLOAD} ->> 'ledgerId' = ledger_id::text
  AND (${PAYLOAD} ->> 'seq')::bigint = seq
  AND ${PAYLOAD} ->> 'eventId' = event_id::text
  AND ${PAYLOAD} ->> 'type' = type
  AND (${PAYLOAD} ->> 'rowCount')::bigint = row_count
  AND ${PAYLOAD} ->> 'rowRoot' = encode(row_root, 'hex')) IS TRUE`,
)
@Check(
  'event_names_its_principal',
  `(${PAYLOAD} ->> 'actorPrincipal') IS NOT DISTINCT FROM actor_principal
  AND (schema_version >= 2) = (actor_principal IS NOT NULL)`,
)
export class LedgerEventEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ type: 'bigint', transformer: safeInteger, primaryKeyConstraintName: KEY })
  readonly seq!: number;

  @Column({ name: 'event_id', type: 'uuid' })
  readonly eventId!: string;

  @Column({ type: 'text' })
  readonly type!: string;

  @Column({ name: 'schema_version', type: 'smallint' })
  readonly schemaVersion!: number;

  @Column({ name: 'valid_from', type: 'timestamptz', nullable: true })
  readonly validFrom!: Date | null;

  @Column({ name: 'valid_to', type: 'timestamptz', nullable: true })
  readonly validTo!: Date | null;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;

  @Column({ type: 'text' })
  readonly actor!: string;

  /** Whose key it is; null for events of schema version 1, which seal the key alone. */
  @Column({ name: 'actor_principal', type: 'text', nullable: true })
  readonly actorPrincipal!: string | null;

  @Column({ name: 'actor_role', type: 'text' })
  readonly actorRole!: string;

  @Column({ name: 'source_ref', type: 'text', nullable: true })
  readonly sourceRef!: string | null;

  @Column({ type: 'uuid', array: true })
  readonly supersedes!: string[];

  @Column({ name: 'row_count', type: 'bigint', transformer: safeInteger })
  readonly rowCount!: number;

  @Column({ name: 'row_root', type: 'bytea' })
  readonly rowRoot!: Buffer;

  @Column({ type: 'bytea' })
  readonly payload!: Buffer;

  @Column({ name: 'leaf_hash', type: 'bytea' })
  readonly leafHash!: Buffer;

  @Column({ name: 'prev_seq', type: 'bigint', nullable: true, transformer: safeInteger })
  readonly prevSeq!: number | null;

  @Column({ name: 'prev_hash', type: 'bytea' })
  readonly prevHash!: Buffer;

  @Column({ name: 'chain_hash', type: 'bytea' })
  readonly chainHash!: Buffer;
}
