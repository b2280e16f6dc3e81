import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How files are written, what stands in which row of them, and how meters hang together.
 *
 * What must survive a bug in our code: a block names the lines of its file in runs of three numbers;
 * the same bytes read in the same way are taken in once; a meter is no child of itself.
 */
export class ReadAnyMeterFile1790000500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(RECORDS);
    await db.query(METERS);
    await db.query(FILES);
    await db.query(PACK);
    await db.query(`
      ALTER TABLE interval_block DROP CONSTRAINT block_covers_one_day;
      ALTER TABLE interval_block ALTER COLUMN source_line TYPE integer[] USING pack_lines(source_line);
      ALTER TABLE interval_block RENAME COLUMN source_line TO lines;
      ALTER TABLE interval_block ADD CONSTRAINT block_covers_one_day CHECK (
        cardinality(wh) * interval_minutes = 1440 AND cardinality(quality) = cardinality(wh));
      ALTER TABLE interval_block ADD CONSTRAINT interval_block_lines_are_runs CHECK (
        cardinality(lines) % 3 = 0 AND cardinality(lines) <= 3 * cardinality(wh));
      DROP FUNCTION pack_lines;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(UNPACK);
    await db.query(`
      ALTER TABLE interval_block DROP CONSTRAINT interval_block_lines_are_runs;
      ALTER TABLE interval_block DROP CONSTRAINT block_covers_one_day;
      ALTER TABLE interval_block ALTER COLUMN lines TYPE integer[]
        USING unpack_lines(lines, cardinality(wh));
      ALTER TABLE interval_block RENAME COLUMN lines TO source_line;
      ALTER TABLE interval_block ADD CONSTRAINT block_covers_one_day CHECK (
        cardinality(wh) * interval_minutes = 1440
        AND cardinality(quality) = cardinality(wh) AND cardinality(source_line) = cardinality(wh));
      DROP FUNCTION unpack_lines;
      ALTER TABLE import_file
        DROP CONSTRAINT the_same_file_is_read_one_way_once,
        ADD CONSTRAINT the_same_file_is_taken_in_once UNIQUE (ledger_id, kind, file_sha256),
        DROP COLUMN format, DROP COLUMN read_as, DROP COLUMN rejected_count;
      ALTER TABLE meter DROP COLUMN direction, DROP COLUMN parent_code, DROP COLUMN is_booked,
        DROP COLUMN formula;
      ALTER TABLE contract DROP COLUMN late_data;
      DROP TABLE legal_time, import_profile;
    `);
  }
}

const RECORDS = `
  CREATE TABLE import_profile (
    ledger_id    uuid        NOT NULL,
    code         text        NOT NULL,
    version      integer     NOT NULL,
    name         text        NOT NULL,
    settings     jsonb       NOT NULL,
    event_id     uuid        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT import_profile_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT import_profile_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT import_profile_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT import_profile_versions_start_at_one CHECK (version >= 1)
  );
  CALL protect_table('import_profile', append_only => true);

  CREATE TABLE legal_time (
    ledger_id    uuid        NOT NULL,
    code         text        NOT NULL,
    version      integer     NOT NULL,
    name         text        NOT NULL,
    rules        jsonb       NOT NULL,
    event_id     uuid        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT legal_time_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT legal_time_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT legal_time_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT legal_time_versions_start_at_one CHECK (version >= 1)
  );
  CALL protect_table('legal_time', append_only => true);
`;

const METERS = `
  ALTER TABLE meter
    ADD COLUMN direction text NOT NULL DEFAULT 'consumption',
    ADD COLUMN parent_code text,
    ADD COLUMN is_booked boolean NOT NULL DEFAULT true,
    ADD COLUMN formula jsonb,
    ADD CONSTRAINT meter_direction_is_known CHECK (direction IN ('consumption', 'generation')),
    ADD CONSTRAINT meter_hangs_below_a_meter FOREIGN KEY (ledger_id, parent_code)
      REFERENCES record (ledger_id, code),
    ADD CONSTRAINT meter_is_not_its_own_parent CHECK (parent_code <> code),
    ADD CONSTRAINT virtual_meter_is_not_booked CHECK (formula IS NULL OR NOT is_booked);
  -- What came before is what the defaults say; from now on every row says it.
  ALTER TABLE meter ALTER COLUMN direction DROP DEFAULT, ALTER COLUMN is_booked DROP DEFAULT;
`;

const FILES = `
  ALTER TABLE contract ADD COLUMN late_data jsonb;
  ALTER TABLE import_file
    ADD COLUMN format text,
    ADD COLUMN read_as text NOT NULL DEFAULT '',
    ADD COLUMN rejected_count bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT import_file_rejects_no_negative_count CHECK (rejected_count >= 0),
    DROP CONSTRAINT the_same_file_is_taken_in_once,
    ADD CONSTRAINT the_same_file_is_read_one_way_once
      UNIQUE (ledger_id, kind, file_sha256, read_as);
  ALTER TABLE import_file ALTER COLUMN read_as DROP DEFAULT, ALTER COLUMN rejected_count DROP DEFAULT;
`;

/** One line per interval becomes runs of (position, line, step); as many steps of one as it takes. */
const PACK = `
  CREATE FUNCTION pack_lines(lines integer[]) RETURNS integer[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(v ORDER BY at, place), '{}') FROM (
      SELECT at, line, lag(line) OVER (ORDER BY at) AS previous
      FROM (SELECT at - 1 AS at, coalesce(line, 0) AS line
            FROM unnest(lines) WITH ORDINALITY AS l (line, at)) numbered) steps
    CROSS JOIN LATERAL (VALUES (0, at::integer), (1, line), (2, sign(line)::integer)) AS run (place, v)
    WHERE previous IS NULL OR line <> previous + sign(previous) OR sign(line) <> sign(previous)
  $$;
`;

const UNPACK = `
  CREATE FUNCTION unpack_lines(runs integer[], n integer) RETURNS integer[] LANGUAGE sql IMMUTABLE
  AS $$
    SELECT array_agg((
      SELECT CASE WHEN runs[r + 1] = 0 THEN NULL
                  ELSE runs[r + 1] + runs[r + 2] * (at - runs[r]) END
      FROM generate_series(1, cardinality(runs) - 2, 3) AS r
      WHERE runs[r] <= at ORDER BY r DESC LIMIT 1) ORDER BY at)
    FROM generate_series(0, n - 1) AS at
  $$;
`;
