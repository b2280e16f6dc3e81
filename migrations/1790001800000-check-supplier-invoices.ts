import type { MigrationInterface, QueryRunner } from 'typeorm';

const INVOICE_TERMS = `
  CREATE TABLE invoice_terms (
    ledger_id      uuid        NOT NULL,
    code           text        NOT NULL,
    version        integer     NOT NULL,
    contract_code  text        NOT NULL,
    items          jsonb       NOT NULL,
    line_mad       numeric     NOT NULL,
    line_pct       numeric     NOT NULL,
    document_mad   numeric     NOT NULL,
    document_pct   numeric     NOT NULL,
    event_id       uuid        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    CONSTRAINT invoice_terms_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT invoice_terms_are_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT invoice_terms_are_of_a_contract FOREIGN KEY (ledger_id, contract_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT invoice_terms_have_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT invoice_terms_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT invoice_tolerances_are_not_negative CHECK (
      line_mad >= 0 AND line_pct >= 0 AND document_mad >= 0 AND document_pct >= 0
    )
  );
  CALL protect_table('invoice_terms', append_only => true);
`;

const SUPPLIER_INVOICE = `
  CREATE TABLE supplier_invoice (
    ledger_id      uuid        NOT NULL,
    invoice_id     uuid        NOT NULL,
    seller_code    text        NOT NULL,
    number         text        NOT NULL,
    kind           text        NOT NULL,
    contract_code  text        NOT NULL,
    period         text        NOT NULL,
    issue_date     date        NOT NULL,
    file_name      text        NOT NULL,
    file_sha256    text        NOT NULL,
    document       bytea       NOT NULL,
    sha256         bytea       NOT NULL,
    event_id       uuid        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    CONSTRAINT supplier_invoice_is_received_once PRIMARY KEY (ledger_id, invoice_id),
    CONSTRAINT supplier_invoice_number_is_used_once UNIQUE (ledger_id, seller_code, number),
    CONSTRAINT supplier_invoice_is_of_a_seller FOREIGN KEY (ledger_id, seller_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT supplier_invoice_is_of_a_contract FOREIGN KEY (ledger_id, contract_code)
      REFERENCES record (ledger_id, code),
    CONSTRAINT supplier_invoice_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT supplier_invoice_kind_is_known CHECK (kind IN ('INVOICE', 'CREDIT_NOTE')),
    CONSTRAINT supplier_invoice_period_is_a_month_or_a_year
      CHECK (period ~ '^([0-9]{4}-[0-9]{2}|Y-?[0-9]+)$'),
    CONSTRAINT supplier_invoice_hash_is_of_its_bytes CHECK (sha256 = sha256(document))
  );
  CALL protect_table('supplier_invoice', append_only => true);
`;

const SUPPLIER_INVOICE_STEP = `
  CREATE TABLE supplier_invoice_step (
    ledger_id       uuid        NOT NULL,
    invoice_id      uuid        NOT NULL,
    step            integer     NOT NULL,
    state           text        NOT NULL,
    outcome         text,
    disputed_mad    numeric,
    upheld_mad      numeric,
    note            text        NOT NULL,
    run_id          uuid        NOT NULL,
    check_document  bytea       NOT NULL,
    check_sha256    bytea       NOT NULL,
    event_id        uuid        NOT NULL,
    recorded_at     timestamptz NOT NULL,
    CONSTRAINT supplier_invoice_step_is_taken_once PRIMARY KEY (ledger_id, invoice_id, step),
    CONSTRAINT supplier_invoice_step_is_of_an_invoice FOREIGN KEY (ledger_id, invoice_id)
      REFERENCES supplier_invoice (ledger_id, invoice_id),
    CONSTRAINT supplier_invoice_step_names_a_run FOREIGN KEY (ledger_id, run_id)
      REFERENCES settlement_run (ledger_id, run_id),
    CONSTRAINT supplier_invoice_step_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT supplier_invoice_steps_start_at_one CHECK (step >= 1),
    CONSTRAINT supplier_invoice_state_is_known CHECK (
      state IN ('ACCEPTED', 'OPEN', 'UNDER_REVIEW', 'EXPERT', 'RESOLVED', 'LAPSED')
    ),
    CONSTRAINT first_step_accepts_or_opens CHECK ((step = 1) = (state IN ('ACCEPTED', 'OPEN'))),
    CONSTRAINT open_dispute_says_its_amount
      CHECK ((state = 'OPEN') = (disputed_mad IS NOT NULL)),
    CONSTRAINT disputed_is_above_zero CHECK (disputed_mad > 0),
    CONSTRAINT resolved_dispute_says_its_outcome
      CHECK ((state = 'RESOLVED') = (outcome IS NOT NULL)),
    CONSTRAINT outcome_is_known CHECK (outcome IN ('UPHELD', 'PARTLY', 'REJECTED')),
    CONSTRAINT partly_upheld_says_its_amount
      CHECK ((coalesce(outcome, '') = 'PARTLY') = (upheld_mad IS NOT NULL)),
    CONSTRAINT checked_hash_is_of_its_bytes CHECK (check_sha256 = sha256(check_document))
  );
  CALL protect_table('supplier_invoice_step', append_only => true);
`;

/** Invoices that suppliers sent, what was decided of them, and how they are checked. */
export class CheckSupplierInvoices1790001800000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(INVOICE_TERMS);
    await db.query(SUPPLIER_INVOICE);
    await db.query(SUPPLIER_INVOICE_STEP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE supplier_invoice_step');
    await db.query('DROP TABLE supplier_invoice');
    await db.query('DROP TABLE invoice_terms');
  }
}
