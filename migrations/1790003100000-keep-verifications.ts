import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What verifications found, and those on their way. A result is no fact of the ledger: it can be made
 * again from the log, and one that was written by hand is found out where the log has no such head.
 *
 * What must survive a bug in our code: one that is done says what it found, and of a kind only one is
 * on its way.
 *
 * The owner may list ledgers, which row-level security showed to nobody: so that a start can compare the
 * head of each with its last event.
 */
export class KeepVerifications1790003100000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE verification_job (
        ledger_id        uuid        NOT NULL,
        job_id           uuid        NOT NULL,
        state            text        NOT NULL,
        is_full          boolean     NOT NULL,
        has_files        boolean     NOT NULL,
        actor            text        NOT NULL,
        actor_principal  text        NOT NULL,
        requested_at     timestamptz NOT NULL,
        updated_at       timestamptz NOT NULL,
        attempt_count    integer     NOT NULL,
        event_count      bigint      NOT NULL,
        row_count        bigint      NOT NULL,
        verified_at      timestamptz,
        full_at          timestamptz,
        size             bigint,
        chain_hash       text,
        is_clean         boolean,
        program_version  text        NOT NULL,
        result           jsonb,
        problem          jsonb,
        CONSTRAINT verification_job_is_opened_once PRIMARY KEY (ledger_id, job_id),
        CONSTRAINT verification_job_state_is_known
          CHECK (state IN ('queued', 'running', 'done', 'failed')),
        CONSTRAINT verification_job_counts_attempts CHECK (attempt_count >= 0),
        CONSTRAINT done_verification_says_what_it_found CHECK (
          (state = 'done') = (verified_at IS NOT NULL) AND (state = 'done') = (result IS NOT NULL)
          AND (state = 'done') = (size IS NOT NULL) AND (state = 'done') = (chain_hash IS NOT NULL)
          AND (state = 'done') = (is_clean IS NOT NULL)),
        CONSTRAINT failed_verification_says_why
          CHECK ((state = 'failed') = (problem IS NOT NULL))
      );
      CREATE UNIQUE INDEX verification_of_a_kind_is_on_its_way_once
        ON verification_job (ledger_id, is_full, has_files) WHERE state IN ('queued', 'running');
      CREATE INDEX verification_job_by_end ON verification_job (ledger_id, verified_at);
      CALL protect_table('verification_job', append_only => false);
      GRANT UPDATE ON verification_job TO mizan_app;
      CREATE POLICY ledgers_are_listed_by_their_owner ON ledger FOR SELECT TO mizan_owner
        USING (true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP POLICY ledgers_are_listed_by_their_owner ON ledger;
      DROP TABLE verification_job;
    `);
  }
}
