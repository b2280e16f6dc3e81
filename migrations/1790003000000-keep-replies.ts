import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers of writes that came with an `Idempotency-Key`, as bytes, so that the same request again gets
 * the same answer.
 *
 * What must survive a bug in our code: a key has one answer in a ledger, and that is never another.
 * An answer may be forgotten, not changed: the role that serves inserts and deletes.
 */
export class KeepReplies1790003000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE reply (
        ledger_id        uuid         NOT NULL,
        idempotency_key  text         NOT NULL,
        -- SHA-256 over who sent it, method, path and body.
        request_sha256   bytea        NOT NULL,
        status           integer      NOT NULL,
        headers          jsonb        NOT NULL,
        -- NULL where the answer is not kept: it held a secret or a name, or is too long.
        body             bytea,
        recorded_at      timestamptz  NOT NULL,
        CONSTRAINT reply_is_given_once PRIMARY KEY (ledger_id, idempotency_key),
        CONSTRAINT reply_key_is_visible CHECK (idempotency_key ~ '^[\\x21-\\x7e]{1,255}$'),
        CONSTRAINT reply_request_is_sha256 CHECK (octet_length(request_sha256) = 32),
        CONSTRAINT reply_is_of_a_success CHECK (status BETWEEN 200 AND 299),
        CONSTRAINT reply_is_not_too_long CHECK (octet_length(body) <= 4194304)
      );
      CREATE INDEX reply_by_age ON reply (ledger_id, recorded_at);
      CALL protect_table('reply', append_only => false);
      GRANT DELETE ON reply TO mizan_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE reply;`);
  }
}
