import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Public holidays, for due dates. */
export class KeepHolidays1790002000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE holiday_calendar (
        ledger_id    uuid        NOT NULL,
        code         text        NOT NULL,
        version      integer     NOT NULL,
        valid_from   date        NOT NULL,
        valid_to     date        NOT NULL,
        days         jsonb       NOT NULL,
        source       text        NOT NULL,
        confidence   text        NOT NULL,
        event_id     uuid        NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT holiday_calendar_version_is_written_once PRIMARY KEY (ledger_id, code, version),
        CONSTRAINT holiday_calendar_is_a_record FOREIGN KEY (ledger_id, code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT holiday_calendar_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT holiday_calendar_versions_start_at_one CHECK (version >= 1),
        CONSTRAINT holiday_calendar_ends_after_it_starts CHECK (valid_to > valid_from),
        CONSTRAINT holiday_calendar_confidence_is_marked
          CHECK (confidence IN ('V', 'P', 'S', 'M', 'M+', 'M-', 'S/M+'))
      );
      CALL protect_table('holiday_calendar', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE holiday_calendar');
  }
}
