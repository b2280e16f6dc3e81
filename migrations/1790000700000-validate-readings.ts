import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Validation, estimation and editing of readings: thresholds by date, what the rules found, what was
 * estimated and how, what people decided.
 *
 * What must survive a bug in our code: a finding, an estimate and a decision are written once, each
 * in its place in its event; a decision has a reason and a finding.
 */
export class ValidateReadings1790000700000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(FINDINGS);
    await db.query(DECISIONS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE reading_estimate, vee_decision, vee_finding, vee_rule_set');
  }
}

const FINDINGS = `
      CREATE TABLE vee_rule_set (
        ledger_id         uuid        NOT NULL,
        code              text        NOT NULL,
        version           integer     NOT NULL,
        name              text        NOT NULL,
        meter_codes       text[]      NOT NULL,
        valid_from        date        NOT NULL,
        rules             jsonb       NOT NULL,
        holidays          text[]      NOT NULL,
        check_meter_code  text,
        event_id          uuid        NOT NULL,
        recorded_at       timestamptz NOT NULL,
        CONSTRAINT vee_rule_set_version_is_written_once PRIMARY KEY (ledger_id, code, version),
        CONSTRAINT vee_rule_set_is_a_record FOREIGN KEY (ledger_id, code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT vee_rule_set_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT vee_rule_set_checks_with_a_meter FOREIGN KEY (ledger_id, check_meter_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT vee_rule_set_versions_start_at_one CHECK (version >= 1)
      );
      CALL protect_table('vee_rule_set', append_only => true);

      CREATE TABLE vee_finding (
        ledger_id    uuid        NOT NULL,
        finding_id   uuid        NOT NULL,
        meter_code   text        NOT NULL,
        rule         text        NOT NULL,
        severity     text        NOT NULL,
        starts_at    timestamptz NOT NULL,
        ends_at      timestamptz NOT NULL,
        measured     text        NOT NULL,
        threshold    text        NOT NULL,
        event_id     uuid        NOT NULL,
        row_index    integer     NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT vee_finding_is_found_once PRIMARY KEY (ledger_id, finding_id),
        CONSTRAINT vee_finding_is_listed_once UNIQUE (ledger_id, meter_code, rule, starts_at, ends_at),
        CONSTRAINT vee_finding_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
        CONSTRAINT vee_finding_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT vee_finding_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT vee_finding_severity_is_known
          CHECK (severity IN ('suspect', 'gap', 'warn', 'escalate')),
        CONSTRAINT vee_finding_ends_after_it_starts CHECK (ends_at > starts_at)
      );
      CALL protect_table('vee_finding', append_only => true);

`;

const DECISIONS = `
      CREATE TABLE vee_decision (
        ledger_id    uuid        NOT NULL,
        decision_id  uuid        NOT NULL,
        finding_id   uuid        NOT NULL,
        action       text        NOT NULL,
        reason       text        NOT NULL,
        actor        text        NOT NULL,
        event_id     uuid        NOT NULL,
        row_index    integer     NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT vee_decision_is_made_once PRIMARY KEY (ledger_id, decision_id),
        CONSTRAINT vee_decision_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
        CONSTRAINT vee_decision_is_about_a_finding FOREIGN KEY (ledger_id, finding_id)
          REFERENCES vee_finding (ledger_id, finding_id),
        CONSTRAINT vee_decision_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT vee_decision_action_is_known CHECK (action IN ('accept', 'override', 're-read')),
        CONSTRAINT vee_decision_has_a_reason CHECK (length(btrim(reason)) >= 3)
      );
      CALL protect_table('vee_decision', append_only => true);

      CREATE TABLE reading_estimate (
        ledger_id    uuid        NOT NULL,
        estimate_id  uuid        NOT NULL,
        meter_code   text        NOT NULL,
        starts_at    timestamptz NOT NULL,
        ends_at      timestamptz NOT NULL,
        method       text        NOT NULL,
        confidence   text        NOT NULL,
        wh           bigint[]    NOT NULL,
        event_id     uuid        NOT NULL,
        row_index    integer     NOT NULL,
        recorded_at  timestamptz NOT NULL,
        CONSTRAINT reading_estimate_is_made_once PRIMARY KEY (ledger_id, estimate_id),
        CONSTRAINT reading_estimate_has_one_place_in_its_event UNIQUE (ledger_id, event_id, row_index),
        CONSTRAINT reading_estimate_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
          REFERENCES record (ledger_id, code),
        CONSTRAINT reading_estimate_has_an_event FOREIGN KEY (ledger_id, event_id)
          REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT reading_estimate_method_is_known
          CHECK (method IN ('check-meter', 'register-shape', 'linear', 'like-days')),
        CONSTRAINT reading_estimate_confidence_is_known
          CHECK (confidence IN ('high', 'medium', 'low')),
        CONSTRAINT reading_estimate_ends_after_it_starts CHECK (ends_at > starts_at)
      );
      CALL protect_table('reading_estimate', append_only => true);
`;
