import { AccessService } from './features/access/access.service.js';
import { AlarmJob } from './features/bridge/alarm.job.js';
import { ExpiryJob } from './features/certificates/expiry.job.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import { ImportUpkeepService } from './features/metering/import-upkeep.service.js';
import { buildHttp } from './http.js';
import { atTerminal } from './platform/auth/roles.js';
import { Health } from './platform/health.js';
import { requireHead } from './platform/database/head-check.js';
import { ledgerIdOf } from './platform/ids.js';
import { logger } from './platform/logger.js';
import { Queue } from './platform/jobs/queue.js';
import { start } from './start.js';

/**
 * Serves the API until SIGINT or SIGTERM. On the first start it opens the ledger and prints an admin
 * key, once.
 */
export async function serve(): Promise<void> {
  // Listening for a stop comes first: one that arrives during the start, or right after the line that
  // says we serve, must stop us as cleanly as any other.
  const stopped = untilStopped();
  const { config, appUrl, module, close } = await start();
  try {
    await requireHead(appUrl, ledgerIdOf(config.ledgerName));
    const app = await buildHttp(module, config);
    const { ledgerId, isNew } = await app.get(LedgerService).open(config.ledgerName);
    if (isNew) {
      const request = { name: 'first start', role: 'admin', expiresAt: null } as const;
      const { key } = await app.get(AccessService).issue(atTerminal(ledgerId, 'admin'), request);
      process.stdout.write(`Admin key of ledger ${config.ledgerName}, shown once:\n  ${key}\n`);
    }
    for (const warning of (await app.get(Health).report()).warnings) logger.warn(warning);
    // Listening on the server itself: the framework only logs a port that is in use.
    const { host, port } = config;
    const url = await app.getHttpAdapter().getInstance().listen({ host, port });
    process.stdout.write(`Mizan serves ${url} (OpenAPI at /openapi.json)\n`);
    if (config.servesJobs) {
      await app.get(Queue).work();
      await app.get(ImportUpkeepService).takeUp(ledgerId);
      app.get(ExpiryJob).start(ledgerId);
      app.get(AlarmJob).start(ledgerId);
    }
    await stopped;
    await app.close();
  } finally {
    await close();
  }
  process.stdout.write('Stopped.\n');
  process.exit(0);
}

/** Waits for Ctrl-C or a stop; a second one does not wait for anything. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
