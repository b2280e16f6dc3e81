import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log and who may write to it.
 *
 * What must survive a bug in our code: every table shows a ledger its own rows only; an event is
 * written once, follows the one before it, and its hashes are those of its bytes; the role that
 * serves can add to the log and change nothing in it.
 */
export class OpenLedger1790000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(GUARDS);
    await db.query(TABLES);
    await db.query(`
      CALL protect_table('ledger', append_only => true);
      CALL protect_table('ledger_head', append_only => false);
      CALL protect_table('ledger_event', append_only => true);
      CALL protect_table('api_key', append_only => false);
      CALL protect_table('record', append_only => true);
      GRANT UPDATE ON ledger_head TO mizan_app;
      GRANT UPDATE (revoked_at) ON api_key TO mizan_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE record, api_key, ledger_event, ledger_head, ledger;
      DROP PROCEDURE protect_table;
      DROP FUNCTION refuse_change;
    `);
  }
}

const GUARDS = `
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
  END $$;

  -- Row-level security by the ledger of the transaction, also for the owner; SELECT and INSERT for
  -- the serving role; and, for what is never changed, triggers as a second net under the grants.
  CREATE PROCEDURE protect_table(name text, append_only boolean) LANGUAGE plpgsql AS $$
  BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      'CREATE POLICY only_the_ledger_of_the_transaction ON %I USING
         (ledger_id = (SELECT nullif(current_setting(''app.ledger'', true), '''')::uuid))', name);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, mizan_app', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO mizan_app', name);
    IF append_only THEN
      EXECUTE format(
        'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I
           FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_is_append_only', name);
      EXECUTE format(
        'CREATE TRIGGER %I BEFORE TRUNCATE ON %I
           FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_is_never_emptied', name);
    END IF;
  END $$;
`;

const TABLES = `
  CREATE TABLE ledger (
    ledger_id  uuid        NOT NULL,
    name       text        NOT NULL,
    opened_at  timestamptz NOT NULL,
    CONSTRAINT ledger_is_opened_once PRIMARY KEY (ledger_id),
    CONSTRAINT ledger_name_is_plain CHECK (name ~ '^[a-z][a-z0-9-]{0,39}$')
  );

  CREATE TABLE ledger_head (
    ledger_id    uuid        NOT NULL,
    size         bigint      NOT NULL,
    chain_hash   bytea       NOT NULL,
    recorded_at  timestamptz,
    CONSTRAINT ledger_has_one_head PRIMARY KEY (ledger_id),
    CONSTRAINT ledger_head_belongs_to_a_ledger FOREIGN KEY (ledger_id) REFERENCES ledger (ledger_id),
    CONSTRAINT ledger_head_never_shrinks_below_zero CHECK (size >= 0),
    CONSTRAINT ledger_head_hash_has_32_bytes CHECK (octet_length(chain_hash) = 32)
  );

  CREATE TABLE ledger_event (
    ledger_id       uuid        NOT NULL,
    seq             bigint      NOT NULL,
    event_id        uuid        NOT NULL,
    type            text        NOT NULL,
    schema_version  smallint    NOT NULL,
    valid_from      timestamptz,
    valid_to        timestamptz,
    recorded_at     timestamptz NOT NULL,
    actor           text        NOT NULL,
    actor_role      text        NOT NULL,
    source_ref      text,
    supersedes      uuid[]      NOT NULL,
    row_count       bigint      NOT NULL,
    row_root        bytea       NOT NULL,
    payload         bytea       NOT NULL,
    leaf_hash       bytea       NOT NULL,
    prev_seq        bigint,
    prev_hash       bytea       NOT NULL,
    chain_hash      bytea       NOT NULL,
    CONSTRAINT ledger_event_has_one_place PRIMARY KEY (ledger_id, seq),
    CONSTRAINT ledger_event_is_recorded_once UNIQUE (ledger_id, event_id),
    CONSTRAINT ledger_event_can_be_followed UNIQUE (ledger_id, seq, chain_hash),
    CONSTRAINT event_links_to_previous FOREIGN KEY (ledger_id, prev_seq, prev_hash)
      REFERENCES ledger_event (ledger_id, seq, chain_hash),
    CONSTRAINT event_follows_its_predecessor CHECK (seq >= 0 AND prev_seq IS NOT DISTINCT FROM nullif(seq, 0) - 1),
    CONSTRAINT first_event_follows_nothing CHECK (seq > 0 OR prev_hash = decode(repeat('00', 32), 'hex')),
    CONSTRAINT leaf_hashes_its_payload CHECK (leaf_hash = sha256('\\x00'::bytea || payload)),
    CONSTRAINT chain_hashes_prev_and_leaf CHECK (chain_hash = sha256('\\x02'::bytea || prev_hash || leaf_hash)),
    CONSTRAINT columns_repeat_payload CHECK ((
      convert_from(payload, 'UTF8')::jsonb ->> 'ledgerId' = ledger_id::text
      AND (convert_from(payload, 'UTF8')::jsonb ->> 'seq')::bigint = seq
      AND convert_from(payload, 'UTF8')::jsonb ->> 'eventId' = event_id::text
      AND convert_from(payload, 'UTF8')::jsonb ->> 'type' = type
      AND (convert_from(payload, 'UTF8')::jsonb ->> 'rowCount')::bigint = row_count
      AND convert_from(payload, 'UTF8')::jsonb ->> 'rowRoot' = encode(row_root, 'hex')
    ) IS TRUE)
  );

  CREATE TABLE api_key (
    ledger_id      uuid        NOT NULL,
    key_id         text        NOT NULL,
    name           text        NOT NULL,
    role           text        NOT NULL,
    secret_sha256  bytea       NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz,
    revoked_at     timestamptz,
    event_id       uuid        NOT NULL,
    CONSTRAINT api_key_is_issued_once PRIMARY KEY (ledger_id, key_id),
    CONSTRAINT api_key_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT api_key_role_is_known
      CHECK (role IN ('operator', 'energy-manager', 'finance', 'auditor', 'admin')),
    CONSTRAINT api_key_secret_is_hashed CHECK (octet_length(secret_sha256) = 32)
  );

  CREATE TABLE record (
    ledger_id  uuid NOT NULL,
    code       text NOT NULL,
    kind       text NOT NULL,
    event_id   uuid NOT NULL,
    CONSTRAINT record_code_is_used_once PRIMARY KEY (ledger_id, code),
    CONSTRAINT record_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT record_code_is_plain CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$')
  );
`;
