import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Files taken in, interval blocks and certificates.
 *
 * What must survive a bug in our code: a file is taken in once; a block is one whole UTC day of
 * whole watt-hours whose gaps are marked; a revision is written once; one plant has one live
 * certificate for an instant, of at most one hour, inside one UTC hour.
 */
export class TakeInEnergy1790000200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE certificate, interval_block, import_file');
  }
}

const TABLES = `
  CREATE TABLE import_file (
    ledger_id        uuid        NOT NULL,
    import_id        uuid        NOT NULL,
    kind             text        NOT NULL,
    file_name        text        NOT NULL,
    file_sha256      text        NOT NULL,
    byte_count       bigint      NOT NULL,
    row_count        bigint      NOT NULL,
    new_count        bigint      NOT NULL,
    identical_count  bigint      NOT NULL,
    changed_count    bigint      NOT NULL,
    total_wh         bigint      NOT NULL,
    event_id         uuid        NOT NULL,
    recorded_at      timestamptz NOT NULL,
    CONSTRAINT import_file_is_committed_once PRIMARY KEY (ledger_id, import_id),
    CONSTRAINT the_same_file_is_taken_in_once UNIQUE (ledger_id, kind, file_sha256),
    CONSTRAINT import_file_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT import_file_kind_is_known CHECK (kind IN ('intervals', 'certificates')),
    CONSTRAINT import_file_hash_is_sha256 CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT import_file_counts_every_row
      CHECK (row_count = new_count + identical_count + changed_count)
  );
  CALL protect_table('import_file', append_only => true);

  CREATE TABLE interval_block (
    ledger_id         uuid        NOT NULL,
    meter_code        text        NOT NULL,
    utc_day           date        NOT NULL,
    revision          integer     NOT NULL,
    interval_minutes  smallint    NOT NULL,
    wh                bigint[]    NOT NULL,
    quality           smallint[]  NOT NULL,
    source_line       integer[]   NOT NULL,
    event_id          uuid        NOT NULL,
    row_index         integer     NOT NULL,
    recorded_at       timestamptz NOT NULL,
    CONSTRAINT interval_block_revision_is_written_once
      PRIMARY KEY (ledger_id, meter_code, utc_day, revision),
    CONSTRAINT interval_block_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
    CONSTRAINT interval_block_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT interval_block_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT interval_block_revisions_start_at_one CHECK (revision >= 1),
    CONSTRAINT block_covers_one_day CHECK (
      cardinality(wh) * interval_minutes = 1440
      AND cardinality(quality) = cardinality(wh) AND cardinality(source_line) = cardinality(wh)),
    CONSTRAINT interval_block_energy_is_whole_and_safe CHECK (
      (0 <= ALL (wh) AND 9007199254740991 >= ALL (wh)) IS NOT FALSE),
    CONSTRAINT interval_block_grades_every_interval CHECK (
      quality <@ ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8]::smallint[]),
    CONSTRAINT interval_block_gaps_are_marked CHECK (
      cardinality(array_positions(wh, NULL)) = cardinality(array_positions(quality, 0::smallint))
      AND array_positions(wh, NULL) <@ array_positions(quality, 0::smallint))
  );
  CALL protect_table('interval_block', append_only => true);

  CREATE TABLE certificate (
    ledger_id       uuid        NOT NULL,
    certificate_id  uuid        NOT NULL,
    plant_code      text        NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    wh              bigint      NOT NULL,
    external_id     text        NOT NULL,
    issuer          text        NOT NULL,
    status          text        NOT NULL,
    source_line     integer     NOT NULL,
    event_id        uuid        NOT NULL,
    row_index       integer     NOT NULL,
    recorded_at     timestamptz NOT NULL,
    CONSTRAINT certificate_is_issued_once PRIMARY KEY (ledger_id, certificate_id),
    CONSTRAINT certificate_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
    CONSTRAINT issuer_uses_an_id_once UNIQUE (ledger_id, issuer, external_id),
    CONSTRAINT certificate_belongs_to_a_plant FOREIGN KEY (ledger_id, plant_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT certificate_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT certificate_energy_is_whole_and_safe CHECK (wh > 0 AND wh <= 9007199254740991),
    CONSTRAINT certificate_lies_in_one_hour CHECK (
      ends_at > starts_at AND ends_at <= date_trunc('hour', starts_at, 'UTC') + interval '1 hour'),
    CONSTRAINT certificate_status_is_known CHECK (status IN
      ('Active', 'Reserved', 'Locked', 'Cancelled', 'Claimed', 'Withdrawn', 'Expired')),
    CONSTRAINT one_live_certificate_per_plant_and_instant EXCLUDE USING gist (
      ledger_id WITH =, plant_code WITH =, tstzrange(starts_at, ends_at) WITH &&)
      WHERE (status <> 'Withdrawn')
  );
  CALL protect_table('certificate', append_only => true);
`;
