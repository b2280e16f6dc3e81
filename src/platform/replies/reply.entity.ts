import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

const KEY = 'reply_is_given_once';

/** Longest body that is kept, bytes. */
export const KEPT_BODY_BYTES = 4_194_304;

/** The answer to a write that came with an `Idempotency-Key`. */
@Entity({ name: 'reply' })
@Index('reply_by_age', ['ledgerId', 'recordedAt'])
@Check('reply_key_is_visible', `idempotency_key ~ '^[\\x21-\\x7e]{1,255}$'`)
@Check('reply_request_is_sha256', 'octet_length(request_sha256) = 32')
@Check('reply_is_of_a_success', 'status BETWEEN 200 AND 299')
@Check('reply_is_not_too_long', `octet_length(body) <= ${KEPT_BODY_BYTES}`)
export class ReplyEntity {
  @PrimaryColumn({ name: 'ledger_id', type: 'uuid', primaryKeyConstraintName: KEY })
  readonly ledgerId!: string;

  @PrimaryColumn({ name: 'idempotency_key', type: 'text', primaryKeyConstraintName: KEY })
  readonly idempotencyKey!: string;

  /** SHA-256 over who sent it, method, path and body. */
  @Column({ name: 'request_sha256', type: 'bytea' })
  readonly requestSha256!: Buffer;

  @Column({ type: 'integer' })
  readonly status!: number;

  @Column({ type: 'jsonb' })
  readonly headers!: Readonly<Record<string, string>>;

  /** Null where the answer is not kept: it held a secret or a name, or is too long. */
  @Column({ type: 'bytea', nullable: true })
  readonly body!: Buffer | null;

  @Column({ name: 'recorded_at', type: 'timestamptz' })
  readonly recordedAt!: Date;
}
