import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Attestation packs as jobs. A pack is no fact of the ledger: it is made again from the event that sealed its
 * population and the checkpoint that it leads to.
 *
 * What must survive a bug in our code: one that is done says which file it wrote, and of a kind only one is on
 * its way.
 */
export class AttestMonths1790003590000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE attestation_job (
        ledger_id        uuid        NOT NULL,
        job_id           uuid        NOT NULL,
        state            text        NOT NULL,
        site_code        text        NOT NULL,
        month            text        NOT NULL,
        since            text        NOT NULL,
        actor            text        NOT NULL,
        actor_principal  text        NOT NULL,
        actor_role       text        NOT NULL,
        requested_at     timestamptz NOT NULL,
        updated_at       timestamptz NOT NULL,
        attempt_count    integer     NOT NULL,
        file_count       integer     NOT NULL,
        files_in_all     integer,
        attestation_id   uuid,
        sha256           text,
        byte_count       bigint,
        problem          jsonb,
        CONSTRAINT attestation_job_is_opened_once PRIMARY KEY (ledger_id, job_id),
        CONSTRAINT attestation_job_is_of_a_ledger FOREIGN KEY (ledger_id) REFERENCES ledger (ledger_id),
        CONSTRAINT attestation_job_state_is_known
          CHECK (state IN ('queued', 'running', 'done', 'failed')),
        CONSTRAINT attestation_job_counts_attempts CHECK (attempt_count >= 0),
        CONSTRAINT done_attestation_names_its_pack CHECK (
          (state = 'done') = (sha256 IS NOT NULL) AND (state = 'done') = (byte_count IS NOT NULL)
          AND (state <> 'done' OR attestation_id IS NOT NULL)),
        CONSTRAINT failed_attestation_says_why CHECK ((state = 'failed') = (problem IS NOT NULL))
      );
      CREATE UNIQUE INDEX attestation_of_a_kind_is_on_its_way_once
        ON attestation_job (ledger_id, site_code, month, since) WHERE state IN ('queued', 'running');
      CALL protect_table('attestation_job', append_only => false);
      GRANT UPDATE ON attestation_job TO mizan_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE attestation_job;');
  }
}
