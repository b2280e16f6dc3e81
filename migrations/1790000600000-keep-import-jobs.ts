import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Uploads on their way: what was sent, how far it is, what came of it. A job is not a fact of the
 * ledger: it changes as it goes, and the import that it ends in is sealed on its own.
 *
 * What must survive a bug in our code: a committed job names its import, and no other state does.
 */
export class KeepImportJobs1790000600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE import_job (
        ledger_id       uuid        NOT NULL,
        job_id          uuid        NOT NULL,
        state           text        NOT NULL,
        goal            text        NOT NULL,
        file_name       text        NOT NULL,
        file_sha256     text        NOT NULL,
        byte_count      bigint      NOT NULL,
        profile_code    text,
        meter_code      text,
        rejects_mode    text        NOT NULL,
        actor           text        NOT NULL,
        actor_role      text        NOT NULL,
        event_id        uuid        NOT NULL,
        import_id       uuid,
        bytes_read      bigint      NOT NULL,
        row_count       bigint      NOT NULL,
        preview         jsonb,
        preview_hash    text,
        problem         jsonb,
        rejects_sha256  text,
        is_cancelled    boolean     NOT NULL,
        created_at      timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL,
        CONSTRAINT import_job_is_opened_once PRIMARY KEY (ledger_id, job_id),
        CONSTRAINT import_job_state_is_known CHECK (state IN ('queued', 'reading', 'previewed',
          'committed', 'refused', 'cancelled', 'discarded', 'failed')),
        CONSTRAINT import_job_goal_is_known CHECK (goal IN ('preview', 'commit')),
        CONSTRAINT import_job_rejects_mode_is_known CHECK (rejects_mode IN ('refuse', 'set-aside')),
        CONSTRAINT committed_job_names_its_import
          CHECK ((state = 'committed') = (import_id IS NOT NULL)),
        CONSTRAINT refused_job_says_why CHECK (state <> 'refused' OR problem IS NOT NULL),
        CONSTRAINT import_job_hash_is_sha256 CHECK (file_sha256 ~ '^[0-9a-f]{64}$')
      );
      CALL protect_table('import_job', append_only => false);
      GRANT UPDATE ON import_job TO mizan_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE import_job');
  }
}
