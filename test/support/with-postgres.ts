/**
 * Runs a command on a throwaway PostgreSQL with a migrated template database:
 * `node test/support/with-postgres.ts jest`. Uses the build in `dist`.
 *
 * Where DATABASE_URL is set, that server is used (its login must be able to create databases) and
 * nothing is started.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Embedded = typeof import('../../src/platform/database/server/embedded-server.js');
type Provision = typeof import('../../src/platform/database/server/provision.js');
type Settled = typeof import('../../src/platform/database/server/settled-client.js');
type Migrations = typeof import('../../src/schema.js');

const built = <T>(file: string): Promise<T> =>
  import(pathToFileURL(join(import.meta.dirname, '../../dist/src', file)).href) as Promise<T>;

const TEMPLATE = `mizan_template_${process.pid}`;
const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('with-postgres: no command to run');

const { DATABASE_URL } = process.env;
// Not `process.exitCode`: a server that is still stopping must not turn a failure into a success.
process.exit(await (DATABASE_URL === undefined ? onThrowaway() : on(DATABASE_URL, 'unused')));

async function onThrowaway(): Promise<number> {
  const { joinEmbeddedServer } = await built<Embedded>(
    'platform/database/server/embedded-server.js',
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-test-'));
  // As root the server runs as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const server = await joinEmbeddedServer(dataDir, { durable: false });
  try {
    return await on(server.adminUrl('postgres'), server.appPassword);
  } finally {
    await server.leave();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function on(adminUrl: string, appPassword: string): Promise<number> {
  const { createDatabase, provision } = await built<Provision>(
    'platform/database/server/provision.js',
  );
  const { withRole } = await built<Settled>('platform/database/server/settled-client.js');
  const { migrate } = await built<Migrations>('schema.js');
  const template = new URL(adminUrl);
  template.pathname = `/${TEMPLATE}`;
  await createDatabase(adminUrl, TEMPLATE);
  await provision(template.href, appPassword);
  await migrate(withRole(template.href, 'mizan_owner'));

  const folders = mkdtempSync(join(tmpdir(), 'mizan-test-folders-'));
  chmodSync(folders, 0o755);
  const child = spawn(command!, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      TZ: 'UTC',
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      MIZAN_TEST_ADMIN_URL: adminUrl,
      MIZAN_TEST_TEMPLATE: TEMPLATE,
      MIZAN_TEST_APP_PASSWORD: appPassword,
      MIZAN_TEST_FOLDERS: folders,
    },
  });
  // Ctrl-C reaches the child too; we outlive it to stop the server.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve(status ?? 1));
  });
  rmSync(folders, { recursive: true, force: true });
  return code;
}
