import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first and the last reading of each counter in a file: what a counter grew by between two files is
 * energy too. A reading is never changed: one that was sent again stands in a later event.
 *
 * What must survive a bug in our code: a reading has a place in its event and a meter, stands on a
 * number of Wh that is not negative, and comes from a line.
 */
export class JoinCounters1790003500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE counter_reading (
        ledger_id    uuid        NOT NULL,
        meter_code   text        NOT NULL,
        read_at      timestamptz NOT NULL,
        -- What the counter stands at, Wh, exactly.
        wh           numeric     NOT NULL,
        quality      smallint    NOT NULL,
        line         integer     NOT NULL,
        event_id     uuid        NOT NULL,
        row_index    integer     NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT counter_reading_is_taken_once
          PRIMARY KEY (ledger_id, event_id, meter_code, read_at),
        CONSTRAINT counter_reading_has_one_place_in_its_event
          UNIQUE (ledger_id, event_id, row_index),
        CONSTRAINT counter_reading_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT counter_reading_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT counter_reading_is_not_negative CHECK (wh >= 0),
        CONSTRAINT counter_reading_is_graded CHECK (quality BETWEEN 1 AND 8),
        CONSTRAINT counter_reading_has_a_line CHECK (line >= 1)
      );
      CREATE INDEX counter_reading_by_time ON counter_reading (ledger_id, meter_code, read_at);
      CALL protect_table('counter_reading', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE counter_reading;`);
  }
}
