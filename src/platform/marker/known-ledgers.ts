import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type pg from 'pg';
import { type Config, ConfigError } from '../config.js';
import { DatabaseError } from '../database/server/database-error.js';
import { onOwnConnection } from '../database/server/own-connection.js';
import { ownSettings, settle, targetOf } from '../database/server/settled-client.js';
import { type HeadsFile, knownFile, readHeads } from './heads-file.js';

/**
 * Requires that the folder of the marker is there. One of its own is never made: a volume that is not
 * mounted would be taken for an empty one.
 *
 * @throws ConfigError
 */
export function requireMarkerFolder({
  dataDir,
  markerFile,
}: Pick<Config, 'dataDir' | 'markerFile'>): void {
  const folder = dirname(markerFile);
  if (folder === dataDir) mkdirSync(dataDir, { recursive: true });
  if (existsSync(folder)) return;
  throw new ConfigError(
    `MIZAN_MARKER_DIR names a folder that is not there (${folder}). If it lies on a volume, mount it; ` +
      'if it is new, make it.',
  );
}

/**
 * Requires that every ledger that the marker knows is in the database. One whose last events are
 * missing passes: it is read, and takes nothing in.
 *
 * @throws DatabaseError that names the ledgers
 */
export async function requireKnownLedgers(
  appUrl: string,
  config: Pick<Config, 'markerFile' | 'dataDir'>,
): Promise<void> {
  const markerFile = knownFile(config);
  const heads = readHeads(markerFile);
  if (heads === null) return;
  const { role } = targetOf(appUrl);
  await onOwnConnection(appUrl, async (client) => {
    const missing: string[] = [];
    for (const [ledgerId, { name, size }] of Object.entries(heads.ledgers)) {
      const settings = { ...ownSettings(role), 'app.ledger': ledgerId };
      await client.query(`BEGIN READ ONLY; ${settle(settings)}`);
      const { rowCount } = await client.query('SELECT FROM ledger_head');
      await client.query('COMMIT');
      if (rowCount === 0 && size > 0) missing.push(`${name} (${size} events)`);
    }
    if (missing.length > 0) throw await otherDatabase(client, { heads, markerFile, missing });
  });
}

async function otherDatabase(
  client: pg.Client,
  of: {
    readonly heads: HeadsFile;
    readonly markerFile: string;
    readonly missing: readonly string[];
  },
): Promise<DatabaseError> {
  const { heads, markerFile, missing } = of;
  const { rows } = await client.query<{ id: string | null }>(
    `SELECT CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
       THEN (SELECT system_identifier::text FROM pg_control_system()) END AS id`,
  );
  const here = rows[0]?.id ?? null;
  const before = heads.systemIdentifier;
  const isOther = here !== null && before !== null && here !== before;
  return new DatabaseError(
    `The database does not hold ${missing.join(', ')}, which ${markerFile} knows` +
      `${isOther ? `: it is another cluster (${here}; it was ${before})` : ''}. Nothing was touched. ` +
      'If the database lies on a volume, mount it and start again; if it is lost, restore a backup. A data ' +
      'folder belongs to one database: for another, name another MIZAN_DATA_DIR; to begin anew, move ' +
      `${markerFile} away.`,
  );
}
