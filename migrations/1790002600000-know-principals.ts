import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Principals: whose a key is.
 *
 * What must survive a bug in our code: a name is of one principal; a key that may write works only
 * when somebody else than its issuer has confirmed it, or on grounds that are written beside it; a
 * settlement is approved by somebody else than who made it.
 *
 * Keys that were issued before have one principal each, drawn from ledger and key. A name that
 * several of them bear stays with the oldest; the others have the key's id behind it.
 */
export class KnowPrincipals1790002600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLES);
    await db.query(COLUMNS);
    // Row-level security shows an owner whose ledger is not set no row at all: it is lifted from
    // what is read and written here, and comes back below.
    await db.query(
      FILLED.map((name) => `ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY;`).join(''),
    );
    await db.query(BACK_FILL);
    await nameEarlierKeys(db);
    await db.query(`
      SET CONSTRAINTS ALL IMMEDIATE;
      DROP FUNCTION earlier_principal;
      ALTER TABLE api_key DROP COLUMN name;
    `);
    await db.query(FILLED.map((name) => `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`).join(''));
    await db.query(RULES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE settlement_approval DROP COLUMN made_by, DROP COLUMN approved_by;
      ALTER TABLE import_job DROP COLUMN actor_principal;
      ALTER TABLE ledger_event DROP COLUMN actor_principal;
      ALTER TABLE api_key ADD COLUMN name text;
      ALTER TABLE api_key NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE principal_name NO FORCE ROW LEVEL SECURITY;
      UPDATE api_key k SET name = coalesce(
        (SELECT n.name FROM principal_name n
         WHERE (n.ledger_id, n.principal_id) = (k.ledger_id, k.principal_id)), k.key_id);
      SET CONSTRAINTS ALL IMMEDIATE;
      ALTER TABLE api_key ALTER COLUMN name SET NOT NULL;
      ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
      ALTER TABLE api_key DROP COLUMN principal_id, DROP COLUMN basis, DROP COLUMN issued_by,
        DROP COLUMN confirmed_by, DROP COLUMN confirmed_at, DROP COLUMN confirm_event_id;
      DROP TABLE principal_name, principal;
    `);
  }
}

const FILLED = ['api_key', 'ledger_event', 'import_job', 'principal', 'principal_name'];

const TABLES = `
  CREATE TABLE principal (
    ledger_id        uuid  NOT NULL,
    principal_id     uuid  NOT NULL,
    kind             text  NOT NULL,
    -- SHA-256 over salt and name, as it was sealed; NULL where a name was never sealed.
    name_commitment  bytea,
    event_id         uuid  NOT NULL,
    CONSTRAINT principal_is_known_once PRIMARY KEY (ledger_id, principal_id),
    CONSTRAINT principal_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT principal_is_a_person_or_a_machine CHECK (kind IN ('person', 'machine')),
    CONSTRAINT principal_name_commitment_is_sha256 CHECK (octet_length(name_commitment) = 32)
  );

  -- Erasable: a name and the salt of its commitment, and nothing else.
  CREATE TABLE principal_name (
    ledger_id     uuid   NOT NULL,
    principal_id  uuid   NOT NULL,
    name          text   NOT NULL,
    folded_name   text   NOT NULL,
    salt          bytea  NOT NULL,
    CONSTRAINT principal_has_one_name PRIMARY KEY (ledger_id, principal_id),
    CONSTRAINT principal_name_is_of_one_principal UNIQUE (ledger_id, folded_name),
    CONSTRAINT principal_name_is_of_a_principal FOREIGN KEY (ledger_id, principal_id)
      REFERENCES principal (ledger_id, principal_id),
    CONSTRAINT principal_name_is_salted CHECK (octet_length(salt) = 32)
  );

  CALL protect_table('principal', append_only => true);
  CALL protect_table('principal_name', append_only => false);
  GRANT DELETE ON principal_name TO mizan_app;
`;

const COLUMNS = `
  ALTER TABLE api_key ADD COLUMN principal_id uuid, ADD COLUMN basis text,
    ADD COLUMN issued_by text, ADD COLUMN confirmed_by uuid, ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN confirm_event_id uuid;
  ALTER TABLE ledger_event ADD COLUMN actor_principal text;
  ALTER TABLE import_job ADD COLUMN actor_principal text;
  ALTER TABLE settlement_approval ADD COLUMN made_by text, ADD COLUMN approved_by text;
`;

const BACK_FILL = `
  CREATE FUNCTION earlier_principal(ledger_id uuid, key_id text) RETURNS uuid
    LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(set_byte(set_byte(h, 6, get_byte(h, 6) & 15 | 128), 8, get_byte(h, 8) & 63 | 128),
      'hex')::uuid
    FROM (SELECT substring(sha256(convert_to('mizan/principal/1 ' || ledger_id || ' ' || key_id,
      'UTF8')) FROM 1 FOR 16)) AS id (h)
  $$;

  -- Events that name their principal, and keys that were issued by such, are there after a step
  -- back and forth only; a ledger of before has none.
  ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_is_append_only;
  UPDATE ledger_event SET actor_principal = convert_from(payload, 'UTF8')::jsonb ->> 'actorPrincipal'
    WHERE schema_version >= 2;
  ALTER TABLE ledger_event ENABLE TRIGGER ledger_event_is_append_only;

  CREATE TEMPORARY TABLE key_event ON COMMIT DROP AS
    SELECT ledger_id, event_id, seq, type, actor, actor_principal,
      convert_from(payload, 'UTF8')::jsonb -> 'body' AS body
    FROM ledger_event WHERE type IN ('key.issued', 'key.confirmed');

  UPDATE api_key k SET
    principal_id = coalesce(
      (e.body ->> 'principalId')::uuid, earlier_principal(k.ledger_id, k.key_id)),
    basis = coalesce(e.body ->> 'basis', 'earlier'),
    issued_by = coalesce(e.actor_principal, CASE e.actor WHEN 'cli' THEN 'terminal'
      ELSE earlier_principal(e.ledger_id, e.actor)::text END)
  FROM key_event e WHERE (e.ledger_id, e.event_id) = (k.ledger_id, k.event_id);

  UPDATE api_key k SET confirmed_by = e.actor_principal::uuid,
    confirmed_at = (e.body ->> 'confirmedAt')::timestamptz, confirm_event_id = e.event_id
  FROM key_event e
  WHERE e.type = 'key.confirmed' AND (e.ledger_id, e.body ->> 'keyId') = (k.ledger_id, k.key_id);

  INSERT INTO principal (ledger_id, principal_id, kind, name_commitment, event_id)
    SELECT DISTINCT ON (k.ledger_id, k.principal_id) k.ledger_id, k.principal_id,
      coalesce(e.body ->> 'principalKind', 'person'),
      decode(e.body ->> 'nameCommitment', 'hex'), k.event_id
    FROM api_key k JOIN key_event e USING (ledger_id, event_id)
    ORDER BY k.ledger_id, k.principal_id, e.seq;

  UPDATE import_job SET actor_principal = CASE actor WHEN 'cli' THEN 'terminal'
    ELSE earlier_principal(ledger_id, actor)::text END;
`;

const RULES = `
  ALTER TABLE api_key
    ALTER COLUMN principal_id SET NOT NULL,
    ALTER COLUMN basis SET NOT NULL,
    ALTER COLUMN issued_by SET NOT NULL,
    ADD CONSTRAINT api_key_is_of_a_principal FOREIGN KEY (ledger_id, principal_id)
      REFERENCES principal (ledger_id, principal_id),
    ADD CONSTRAINT api_key_confirmation_has_an_event FOREIGN KEY (ledger_id, confirm_event_id)
      REFERENCES ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT api_key_basis_is_known
      CHECK (basis IN ('earlier', 'bootstrap', 'read-only', 'second-person')),
    ADD CONSTRAINT only_a_reading_key_needs_no_second_person
      CHECK (basis <> 'read-only' OR role = 'auditor'),
    ADD CONSTRAINT only_an_admin_key_starts_a_ledger
      CHECK (basis <> 'bootstrap' OR (role = 'admin' AND issued_by = 'terminal')),
    ADD CONSTRAINT api_key_confirmation_is_whole CHECK (
      (confirmed_by IS NULL) = (confirmed_at IS NULL)
      AND (confirmed_by IS NULL) = (confirm_event_id IS NULL)),
    ADD CONSTRAINT api_key_is_confirmed_where_it_must
      CHECK (confirmed_by IS NULL OR basis = 'second-person'),
    ADD CONSTRAINT api_key_is_confirmed_by_another CHECK (confirmed_by::text <> issued_by);
  GRANT UPDATE (confirmed_by, confirmed_at, confirm_event_id) ON api_key TO mizan_app;

  ALTER TABLE ledger_event ADD CONSTRAINT event_names_its_principal CHECK (
    (convert_from(payload, 'UTF8')::jsonb ->> 'actorPrincipal') IS NOT DISTINCT FROM actor_principal
    AND (schema_version >= 2) = (actor_principal IS NOT NULL));

  ALTER TABLE import_job ALTER COLUMN actor_principal SET NOT NULL;

  -- Approvals of before name nobody: what they are told apart by stands in their events alone.
  ALTER TABLE settlement_approval
    ADD CONSTRAINT settlement_approval_names_both
      CHECK ((made_by IS NULL) = (approved_by IS NULL)),
    ADD CONSTRAINT settlement_is_approved_by_another CHECK (made_by <> approved_by);
`;

interface EarlierKey {
  readonly ledger_id: string;
  readonly key_id: string;
  readonly principal_id: string;
  readonly name: string;
}

/**
 * Here and not in SQL: how letter case falls together depends on a server's locale. A name that was
 * committed to is gone with its salt (after a step back): it could not be proven any more.
 */
async function nameEarlierKeys(db: QueryRunner): Promise<void> {
  const keys = (await db.query(
    `SELECT ledger_id, key_id, principal_id, name FROM api_key
       JOIN principal USING (ledger_id, principal_id)
     WHERE name_commitment IS NULL ORDER BY ledger_id, created_at, key_id`,
  )) as readonly EarlierKey[];
  const taken = new Set<string>();
  const placeOf = (key: EarlierKey, name: string): string => `${key.ledger_id} ${fold(name)}`;
  const named = keys.map((key) => {
    const isTaken = taken.has(placeOf(key, key.name));
    const name = isTaken ? `${key.name} (${key.key_id})` : key.name;
    taken.add(placeOf(key, name));
    return { ...key, name };
  });
  // One text, however many keys there are: a migration's hash is that of what it sends.
  await db.query(
    `INSERT INTO principal_name (ledger_id, principal_id, name, folded_name, salt)
     SELECT ledger_id, principal_id, name, folded_name,
       decode(replace(gen_random_uuid()::text || gen_random_uuid(), '-', ''), 'hex')
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
       AS named (ledger_id, principal_id, name, folded_name)`,
    [
      named.map(({ ledger_id }) => ledger_id),
      named.map(({ principal_id }) => principal_id),
      named.map(({ name }) => name),
      named.map(({ name }) => fold(name)),
    ],
  );
}

function fold(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/gu, ' ').toLowerCase();
}
