/** The energy book as it was before `PostInBlocks`: what its `down` leads back to. */

/** Postings and meter-hours, a row each. */
export const BEFORE = `
  CREATE TABLE posting (
    ledger_id       uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    row_index       integer     NOT NULL,
    move            text        NOT NULL,
    book            text        NOT NULL,
    debit           text        NOT NULL,
    credit          text        NOT NULL,
    hour            timestamptz NOT NULL,
    certificate_id  uuid,
    meter_code      text,
    wh              bigint      NOT NULL,
    CONSTRAINT posting_is_written_once PRIMARY KEY (ledger_id, event_id, row_index),
    CONSTRAINT posting_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT posting_spends_a_certificate FOREIGN KEY (ledger_id, certificate_id)
      REFERENCES certificate (ledger_id, certificate_id),
    CONSTRAINT posting_covers_a_meter FOREIGN KEY (ledger_id, meter_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT posting_is_positive_and_safe CHECK (wh BETWEEN 1 AND 9007199254740991),
    CONSTRAINT hour_is_whole CHECK (hour = date_trunc('hour', hour, 'UTC')),
    CONSTRAINT posting_has_one_subject CHECK (
      (book = 'supply' AND certificate_id IS NOT NULL AND meter_code IS NULL)
      OR (book = 'demand' AND meter_code IS NOT NULL AND certificate_id IS NULL)),
    CONSTRAINT posting_is_a_legal_move CHECK ((move, book, debit, credit) IN (
      ('issue',            'supply', 'available',   'issued'),
      ('match_supply',     'supply', 'matched',     'available'),
      ('unmatch_supply',   'supply', 'available',   'matched'),
      ('consume',          'demand', 'residual',    'consumption'),
      ('consume_reversal', 'demand', 'consumption', 'residual'),
      ('match_demand',     'demand', 'matched',     'residual'),
      ('unmatch_demand',   'demand', 'residual',    'matched')))
  );
  CREATE INDEX posting_by_hour ON posting (ledger_id, hour);

  CREATE TABLE demand_balance (
    ledger_id    uuid        NOT NULL,
    meter_code   text        NOT NULL,
    hour         timestamptz NOT NULL,
    consumption  bigint      NOT NULL DEFAULT 0,
    matched      bigint      NOT NULL DEFAULT 0,
    residual     bigint      NOT NULL DEFAULT 0,
    CONSTRAINT meter_hour_has_one_balance PRIMARY KEY (ledger_id, meter_code, hour),
    CONSTRAINT demand_balance_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT demand_is_conserved CHECK (consumption = matched + residual),
    CONSTRAINT no_demand_balance_is_negative CHECK (0 <= ALL (ARRAY[consumption, matched, residual]))
  );
  CREATE INDEX demand_balance_by_hour ON demand_balance (ledger_id, hour);
`;
