import type pg from 'pg';
import { QUEUE_SCHEMA } from '../../jobs/schema.js';
import type { Config } from '../../config.js';
import { DatabaseError } from './database-error.js';
import { joinEmbeddedServer } from './embedded-server.js';
import { onOwnConnection } from './own-connection.js';
import { servingLogin } from './serving-login.js';
import { settle, targetOf, withRole } from './settled-client.js';
import { RECOVERED_WITHIN_MS, whenDatabaseAnswers } from './when-it-answers.js';

/** A database that is ready to be migrated and served. */
export interface OpenDatabase {
  /** Runs as `mizan_owner`: owns the tables, migrates. */
  readonly ownerUrl: string;
  /** Runs as `mizan_app`: serves; owns nothing. */
  readonly appUrl: string;
  /** Whether the first start of an embedded server has not ended. */
  readonly isFirstStart: boolean;
  /** Ends the first start: from now on a missing cluster is a loss. */
  readonly endFirstStart: () => void;
  /** Leaves the database; an embedded server stops with its last user, by force after `patienceMs`. */
  readonly close: (options?: { readonly patienceMs?: number }) => Promise<void>;
}

const OLDEST_SERVER = 150_000;
const SCHEMA = 'mizan';

/**
 * Opens the database of these settings: the embedded server in `dataDir`, or `DATABASE_URL`. Makes
 * the two roles, the database and the schema where they are missing.
 *
 * @param signal  Stops an embedded server that is being started.
 * @throws DatabaseError or EmbeddedServerError when the server cannot be used.
 */
export async function openDatabase(config: Config, signal?: AbortSignal): Promise<OpenDatabase> {
  if (config.databaseUrl !== null) {
    await provision(config.databaseUrl, null);
    return {
      ownerUrl: withRole(config.databaseUrl, 'mizan_owner'),
      appUrl:
        config.databaseAppUrl ??
        (await servingLogin(config.databaseUrl)) ??
        withRole(config.databaseUrl, 'mizan_app'),
      isFirstStart: false,
      endFirstStart: () => {},
      close: async () => {},
    };
  }
  const { dataDir, markerFile } = config;
  const server = await joinEmbeddedServer(dataDir, {
    markerFile,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    await whenDatabaseAnswers(
      signal,
      async () => {
        const database = server.adminUrl('mizan');
        await provision(database, server.appPassword).catch(async (error: unknown) => {
          if (!isNoDatabase(error)) throw error;
          if (!server.isFirstStart) throw lostDatabase(dataDir, error);
          await createDatabase(server.adminUrl('postgres'), 'mizan');
          await provision(database, server.appPassword);
        });
      },
      RECOVERED_WITHIN_MS,
    );
  } catch (error) {
    await server.leave();
    throw error;
  }
  return {
    ownerUrl: withRole(server.adminUrl('mizan'), 'mizan_owner'),
    appUrl: appLogin(server.adminUrl('mizan'), server.appPassword),
    isFirstStart: server.isFirstStart,
    endFirstStart: server.endFirstStart,
    close: server.leave,
  };
}

/** The same server and database, as the login `mizan_app`. */
export function appLogin(adminUrl: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = 'mizan_app';
  url.password = password;
  return url.href;
}

/** Makes a database of this name where there is none; two that start at once both find it. */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  await onOwnConnection(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount !== 0) return;
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE template0`);
    } catch (error) {
      if (!MADE_MEANWHILE.has(codeOf(error))) throw error;
    }
  });
}

/** `duplicate_database`, and `unique_violation` where both wrote its name before either had made it. */
const MADE_MEANWHILE = new Set<unknown>(['42P04', '23505']);

/**
 * Makes the roles `mizan_owner` and `mizan_app`, the schema and the extension. Roles belong to the
 * server, so two databases on one server share them.
 *
 * @param url          Login that may create roles, or a database where all of it exists.
 * @param appPassword  Lets `mizan_app` log in; null leaves it a role to switch to.
 */
export async function provision(url: string, appPassword: string | null): Promise<void> {
  await onOwnConnection(url, async (client) => {
    const { rows } = await client.query<{ version: string; encoding: string }>(
      `SELECT current_setting('server_version_num') AS version,
              current_setting('server_encoding') AS encoding`,
    );
    if (Number(rows[0]!.version) < OLDEST_SERVER || rows[0]!.encoding !== 'UTF8') {
      throw new DatabaseError('Mizan needs PostgreSQL 15 or later with encoding UTF8.');
    }
    try {
      await client.query('BEGIN');
      // Two processes may start at once; roles are made once.
      await client.query(`SELECT pg_advisory_xact_lock(hashtext('mizan provision'))`);
      for (const statement of provisionStatements(client, appPassword)) {
        await client.query(statement);
      }
      await client.query('COMMIT');
    } catch (error) {
      throw notProvisioned(error);
    }
  });
}

const codeOf = (error: unknown): unknown =>
  (error as { readonly code?: unknown } | undefined)?.code;

/** Whether a connection failed as there is no database of this name (`invalid_catalog_name`). */
const isNoDatabase = (error: unknown): boolean => codeOf((error as Error).cause) === '3D000';

function lostDatabase(dataDir: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    `The database of ${dataDir} is missing: its cluster is there, and holds none called mizan, but ` +
      'its first start has ended, so there was one. Nothing was touched. If another cluster stands in ' +
      'its place, bring its own back and start again; if the database is lost, restore a backup. To ' +
      'begin anew with an empty ledger, name another MIZAN_DATA_DIR.',
    { cause },
  );
}

/** What to do stands with it only where rights are what lacks (`insufficient_privilege`). */
function notProvisioned(error: unknown): DatabaseError {
  const said = `The server said: ${error instanceof Error ? error.message : String(error)}`;
  const why =
    codeOf(error) === '42501'
      ? 'DATABASE_URL must be a login that may create roles, or an administrator must run, once: ' +
        'CREATE ROLE mizan_owner; CREATE ROLE mizan_app; GRANT both to that login; ' +
        `CREATE SCHEMA mizan AUTHORIZATION mizan_owner; CREATE SCHEMA ${QUEUE_SCHEMA} AUTHORIZATION mizan_owner; CREATE EXTENSION btree_gist SCHEMA mizan.`
      : 'Mizan could not make its roles, schemas and extension where they lack; nothing was changed.';
  return new DatabaseError(`${why} ${said}`, { cause: error });
}

function provisionStatements(client: pg.Client, appPassword: string | null): string[] {
  const makeRole = (name: string): string =>
    `DO $$ BEGIN
       IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name}; END IF;
       IF NOT pg_has_role(current_user, '${name}', 'MEMBER') THEN
         GRANT ${name} TO CURRENT_USER;
       END IF;
     END $$`;
  return [
    makeRole('mizan_owner'),
    makeRole('mizan_app'),
    ...(appPassword === null
      ? []
      : [`ALTER ROLE mizan_app LOGIN PASSWORD ${client.escapeLiteral(appPassword)}`]),
    `DO $$ BEGIN
       IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${SCHEMA}') THEN
         CREATE SCHEMA ${SCHEMA} AUTHORIZATION mizan_owner;
       END IF;
       IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${QUEUE_SCHEMA}') THEN
         CREATE SCHEMA ${QUEUE_SCHEMA} AUTHORIZATION mizan_owner;
       END IF;
       IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
         CREATE EXTENSION btree_gist SCHEMA ${SCHEMA};
       END IF;
     END $$`,
    `GRANT USAGE ON SCHEMA ${SCHEMA} TO mizan_app`,
  ];
}

/**
 * Refuses to serve as a role that could undo what the ledger protects: one that owns tables, is a
 * superuser or may pass by row-level security or grants, or a role or login that could become one
 * (LEDGER section 12). So is the login that migrates in the role `mizan_app`: a statement of its own
 * could take the other role back.
 *
 * @throws DatabaseError that says how to give it a login that serves.
 */
export async function requireHarmlessRole(appUrl: string): Promise<void> {
  const target = targetOf(appUrl);
  const [role] = await onOwnConnection(appUrl, async (client) => {
    const become = target.role === null ? '' : `; ${settle({ role: target.role })}`;
    await client.query(`BEGIN${become}`);
    const { rows } = await client.query<Standing>(STANDING);
    await client.query('COMMIT');
    return rows;
  });
  const isLogin = target.role === null;
  if (role?.harmful !== false || (isLogin && role.login_harmful)) {
    throw new DatabaseError(
      `Mizan does not serve as ${(role?.harmful === false ? role.login : role?.name) ?? 'this role'}: it owns tables, is a superuser, passes by row-level security or ` +
        'by grants, or may become who does. Give DATABASE_APP_URL a login that is only a member of mizan_app.',
    );
  }
  if (role.replication !== 'origin') {
    throw new DatabaseError(
      `Mizan does not serve as ${role.name}: session_replication_role is ${role.replication} for it, ` +
        'so that no trigger fires. Reset it: ALTER ROLE … RESET session_replication_role.',
    );
  }
  if (role.login_harmful) throw new DatabaseError(noServingLogin(role.login));
}

function noServingLogin(login: string): string {
  return (
    `Mizan does not serve with the login ${login}, which migrates: it could take back the rights that ` +
    'the role mizan_app does not have. No login of its own could be made or used: for that, ' +
    'DATABASE_URL needs a password in it and a login that may create roles, once (ALTER ROLE … ' +
    'CREATEROLE; with the ADMIN OPTION on mizan_app where somebody else made that role), and what ' +
    'stands before the server must let the new login in. Or an administrator runs, once: CREATE ROLE ' +
    "mizan_serve LOGIN PASSWORD '…'; GRANT mizan_app TO mizan_serve. Then set DATABASE_APP_URL to " +
    'the same server and database with that login.'
  );
}

interface Standing {
  readonly name: string;
  readonly harmful: boolean;
  readonly login: string;
  readonly login_harmful: boolean;
  readonly replication: string;
}

/** Roles of the server's own whose members write what no grant of ours allows. */
const ABOVE_GRANTS = `'pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program'`;
/** A role, or one that it is a member of, however far up. */
const MAY_UNDO = (role: string): string => `EXISTS (
  SELECT FROM pg_roles b WHERE pg_has_role(${role}.oid, b.oid, 'MEMBER') AND (
    b.rolsuper OR b.rolbypassrls OR b.rolname IN ('mizan_owner', ${ABOVE_GRANTS}) OR EXISTS (
      SELECT FROM pg_class WHERE relowner = b.oid AND relnamespace = 'mizan'::regnamespace)))`;
const STANDING = `
  SELECT r.rolname AS name, ${MAY_UNDO('r')} AS harmful, s.rolname AS login,
    ${MAY_UNDO('s')} AS login_harmful,
    current_setting('session_replication_role') AS replication
  FROM pg_roles r, pg_roles s WHERE r.rolname = current_user AND s.rolname = session_user`;
