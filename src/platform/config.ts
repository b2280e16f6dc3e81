import { join, resolve } from 'node:path';
import { z } from 'zod';
import { HEADS_FILE } from './marker/heads-file.js';
import {
  OUTGOING_VARIABLES,
  outgoingSettings,
  type OutgoingSettings,
} from './outgoing/settings.js';
import { SIGNING_VARIABLES, signingSettings, type SigningSettings } from './signing/settings.js';
import { EDGE_VARIABLES, edgeSettings, type EdgeSettings } from './edge/settings.js';

// Civil time comes from core/time only; the process itself lives in UTC, whatever the machine says.
process.env['TZ'] = 'UTC';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

const Environment = z.object({
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_APP_URL: postgresUrl.optional(),
  MIZAN_DATA_DIR: z.string().min(1).default('data'),
  MIZAN_LEDGER: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .default('main'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  MIZAN_KEY_FILE: z.string().min(1).optional(),
  MIZAN_MARKER_DIR: z.string().min(1).optional(),
  MIZAN_JOB_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(8 * 1024 * 1024),
  MIZAN_IMPORT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(900),
  MIZAN_OPEN_IMPORTS: z.coerce.number().int().min(0).default(20),
  MIZAN_REFUSED_DAYS: z.coerce.number().int().min(0).max(36_500).default(7),
  MIZAN_DAY_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(2 * 1024 * 1024 * 1024),
  MIZAN_STREAMS: z.coerce.number().int().min(0).default(5),
  MIZAN_VERIFY_HOURS: z.coerce.number().min(0).max(8_760).default(24),
  MIZAN_SERVE_JOBS: z.enum(['true', 'false']).default('true'),
  ...EDGE_VARIABLES,
  ...SIGNING_VARIABLES,
  ...OUTGOING_VARIABLES,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** Settings of this process. */
export interface Config {
  /** Login that owns the schema and migrates; null = the embedded server. */
  readonly databaseUrl: string | null;
  /** Login that serves; null = one that `databaseUrl` makes, a member of `mizan_app` only. */
  readonly databaseAppUrl: string | null;
  /** Absolute path of the embedded server's data, kept files and written documents. */
  readonly dataDir: string;
  /** Absolute path of the marker: the last known end of each ledger, outside of its database. */
  readonly markerFile: string;
  /** Whether a clock far ahead of all that is known is believed, this once (`--clock-ok`). */
  readonly isClockAccepted: boolean;
  /** Ledger that commands use unless told otherwise. */
  readonly ledgerName: string;
  /** File with the API key that commands act with; null = as the terminal. */
  readonly keyFile: string | null;
  readonly host: string;
  readonly port: number;
  /** Uploads above this size run as jobs. */
  readonly jobBytes: number;
  /** How long one attempt at a file may take, s. */
  readonly importSeconds: number;
  /** Uploads of one key that may be on their way at once; 0 = any number. */
  readonly openImports: number;
  /** Days after which uploads that were refused are removed; 0 = never. */
  readonly refusedDays: number;
  /** Bytes that one key may upload in a UTC day; 0 = any number. */
  readonly dayBytes: number;
  /** Streams of events that one key may hold open; 0 = any number. */
  readonly streams: number;
  /** Hours after which everything is verified again from the first event on; 0 = never. */
  readonly verifyHours: number;
  /** Whether the server does jobs too; false where workers do. */
  readonly servesJobs: boolean;
  readonly logLevel: string;
  /** What a stranger may ask, how often and how slowly. */
  readonly edge: EdgeSettings;
  /** Who signs for a log. */
  readonly signing: SigningSettings;
  /** What is sent to servers of others. */
  readonly outgoing: OutgoingSettings;
}

/** Token under which the settings are injected. */
export const CONFIG = Symbol('mizan config');

/** A setting that is missing or wrong. Names the settings, never what they contained. */
export class ConfigError extends Error {}

/**
 * Reads the environment.
 *
 * @throws ConfigError naming each wrong setting and its rule.
 */
export function readConfig(environment: NodeJS.ProcessEnv, args: readonly string[] = []): Config {
  const { data, error } = Environment.safeParse(environment);
  if (error) {
    const names = error.issues.map((issue) => `${issue.path.join('.')} (${ruleOf(issue)})`);
    throw new ConfigError(`Missing or invalid settings: ${names.join(', ')}`);
  }
  if (data.DATABASE_APP_URL !== undefined && data.DATABASE_URL === undefined) {
    throw new ConfigError('DATABASE_APP_URL needs DATABASE_URL, the login that migrates');
  }
  if (data.MIZAN_CHECKPOINT_URL !== undefined && data.MIZAN_CHECKPOINT_SECRET_FILE === undefined) {
    throw new ConfigError(
      'MIZAN_CHECKPOINT_URL needs MIZAN_CHECKPOINT_SECRET_FILE, by which its receiver knows us',
    );
  }
  return {
    databaseUrl: data.DATABASE_URL ?? null,
    databaseAppUrl: data.DATABASE_APP_URL ?? null,
    dataDir: resolve(data.MIZAN_DATA_DIR),
    markerFile: join(resolve(data.MIZAN_MARKER_DIR ?? data.MIZAN_DATA_DIR), HEADS_FILE),
    ledgerName: data.MIZAN_LEDGER,
    isClockAccepted: args.includes('--clock-ok'),
    keyFile: data.MIZAN_KEY_FILE ?? null,
    host: data.HOST,
    port: data.PORT,
    jobBytes: data.MIZAN_JOB_BYTES,
    importSeconds: data.MIZAN_IMPORT_SECONDS,
    openImports: data.MIZAN_OPEN_IMPORTS,
    refusedDays: data.MIZAN_REFUSED_DAYS,
    dayBytes: data.MIZAN_DAY_BYTES,
    streams: data.MIZAN_STREAMS,
    verifyHours: data.MIZAN_VERIFY_HOURS,
    servesJobs: data.MIZAN_SERVE_JOBS === 'true',
    logLevel: data.LOG_LEVEL,
    edge: edgeSettings(data),
    signing: signingSettings(data),
    outgoing: outgoingSettings(data),
  };
}

function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_format') return `must be a ${issue.format}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'is empty: unset it';
  return issue.code.replaceAll('_', ' ');
}

/** The settings of this process, from its environment. */
export function processConfig(): Config {
  return readConfig(process.env, process.argv.slice(2));
}
