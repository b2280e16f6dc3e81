import { AppModule } from './app.module.js';
import { type Config, ConfigError, processConfig } from './platform/config.js';
import { DatabaseError } from './platform/database/server/database-error.js';
import { EmbeddedServerError } from './platform/cluster/embedded-server-error.js';
import { openDatabase, requireHarmlessRole } from './platform/database/server/provision.js';
import {
  RECOVERED_WITHIN_MS,
  whenDatabaseAnswers,
} from './platform/database/server/when-it-answers.js';
import { requireLegalTime } from './platform/health.js';
import { MarkerError } from './platform/marker/heads-file.js';
import { requireKnownLedgers, requireMarkerFolder } from './platform/marker/known-ledgers.js';
import { logger } from './platform/logger.js';
import { bringToSchema } from './schema.js';

/** A database that is open and migrated, and the application's module on it. */
export interface Started {
  readonly config: Config;
  /** Connection in the role that owns the tables. */
  readonly ownerUrl: string;
  readonly module: ReturnType<typeof AppModule.on>;
  /** Whether the embedded database's first start has not ended: what it says once may be unsaid. */
  readonly isFirstStart: boolean;
  /** Ends the first start: from now on a missing cluster is a loss. */
  readonly endFirstStart: () => void;
  readonly close: (options?: { readonly patienceMs?: number }) => Promise<void>;
}

/**
 * Reads the settings, tests legal time, opens and migrates the database.
 *
 * @param signal  Stops the start between two of its steps; the database is left as by a stop.
 * @param config  The settings of this process, unless told.
 */
export async function start(signal?: AbortSignal, config = processConfig()): Promise<Started> {
  logger.level = config.logLevel;
  requireLegalTime();
  requireMarkerFolder(config);
  const database = await openDatabase(config, signal);
  try {
    signal?.throwIfAborted();
    // An embedded server that dies meanwhile is started again; another's is its owner's.
    const withinMs = config.databaseUrl === null ? RECOVERED_WITHIN_MS : 0;
    await whenDatabaseAnswers(signal, () => made(database, config), withinMs);
  } catch (error) {
    await database.close();
    throw error;
  }
  return { config, module: AppModule.on(database.appUrl, config), ...database };
}

/** A database whose schema, role and ledgers are as they must be. May be called again. */
async function made(
  { ownerUrl, appUrl }: { readonly ownerUrl: string; readonly appUrl: string },
  config: Config,
): Promise<void> {
  await bringToSchema(ownerUrl);
  await requireHarmlessRole(appUrl);
  await requireKnownLedgers(appUrl, config);
}

/** A failure that the person at the terminal can act on, in a sentence; null for any other. */
export function explain(error: unknown): string | null {
  const known = [ConfigError, EmbeddedServerError, DatabaseError, MarkerError];
  if (known.some((kind) => error instanceof kind)) return (error as Error).message;
  const { code, port, path } = error as { code?: unknown; port?: unknown; path?: unknown };
  if (code === 'ENOSPC' && typeof path !== 'string') {
    return 'The disk is full: nothing was done. Free space, and do it again.';
  }
  if (typeof path === 'string' && ['EROFS', 'EACCES', 'EPERM', 'ENOSPC'].includes(String(code))) {
    return (
      `${path} cannot be written (${String(code)}). Mizan keeps its data in MIZAN_DATA_DIR: make the ` +
      'folder writable for this user, free space, or name another.'
    );
  }
  if (code === 'EADDRINUSE') {
    return `Port ${String(port)} is in use. Stop what uses it, or set PORT to another (0 = any free).`;
  }
  if (code === 'EACCES' && typeof port === 'number')
    return `Port ${port} needs more rights; set PORT.`;
  return null;
}
