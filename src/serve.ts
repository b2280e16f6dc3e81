import type { Server } from 'node:http';
import { AccessService } from './features/access/access.service.js';
import { AlarmJob } from './features/bridge/alarm.job.js';
import { ExpiryJob } from './features/certificates/expiry.job.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import { VerificationJobHandler } from './features/verification/verification.job.js';
import { ImportUpkeepService } from './features/metering/import-upkeep.service.js';
import { UpkeepJob } from './features/metering/upkeep.job.js';
import { buildHttp } from './http.js';
import { atTerminal } from './platform/auth/roles.js';
import { Health } from './platform/health.js';
import { requireHeads } from './platform/schema/head-check.js';
import { Markers } from './platform/marker/markers.js';
import { WritingStops } from './platform/marker/writing-stops.js';
import { RECOVERED_WITHIN_MS, whenDatabaseAnswers } from './platform/database/when-it-answers.js';
import { ledgerIdOf } from './platform/ids.js';
import { logger } from './platform/logger.js';
import { Queue } from './platform/jobs/queue.js';
import { start } from './start.js';
import { closeInTime, DATABASE_MS, listenForStop, type Stop } from './stopping.js';

/**
 * Serves the API until SIGINT or SIGTERM. On the first start it opens the ledger and prints an admin
 * key, once.
 */
export async function serve(): Promise<void> {
  // Listening for a stop comes first: one that arrives during the start, or right after the line that
  // says we serve, must stop us as cleanly as any other.
  const stop = listenForStop();
  try {
    await serveUntilStopped(stop);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  process.stdout.write('Stopped.\n');
  process.exit(0);
}

async function serveUntilStopped({ signal, asked }: Stop): Promise<void> {
  const { config, ownerUrl, module, close, isFirstStart, endFirstStart } = await start(signal);
  try {
    await whenDatabaseAnswers(signal, () => requireHeads(ownerUrl), RECOVERED_WITHIN_MS);
    const app = await buildHttp(module, config);
    const markers = app.get(Markers);
    const ledgerId = ledgerIdOf(config.ledgerName);
    const isMarked = markers.markOf(ledgerId) !== null;
    let isNew = false;
    const open = async (): Promise<void> => {
      isNew = (await app.get(LedgerService).open(config.ledgerName)).isNew || isNew;
      // A first start that was cut short may have made its key and not shown it.
      if (isNew || isFirstStart) {
        const request = { name: 'first start', role: 'admin', expiresAt: null } as const;
        const { key } = await app.get(AccessService).issue(atTerminal(ledgerId, 'admin'), request);
        process.stdout.write(`Admin key of ledger ${config.ledgerName}, shown once:\n  ${key}\n`);
      }
    };
    await whenDatabaseAnswers(signal, open, RECOVERED_WITHIN_MS);
    // Not with the key: what is tried again would make and show a second one.
    await whenDatabaseAnswers(signal, () => app.get(WritingStops).look(), RECOVERED_WITHIN_MS);
    endFirstStart();
    if (!isNew && !isMarked) {
      logger.warn('there was no marker of this ledger: it is made from the log as it is now');
    }
    await markers.settle();
    const { warnings, notes } = await app.get(Health).report();
    for (const warning of warnings) logger.warn(warning);
    for (const note of notes) logger.info(note);
    // Listening on the server itself: the framework only logs a port that is in use.
    const { host, port } = config;
    const url = await app.getHttpAdapter().getInstance().listen({ host, port });
    process.stdout.write(`Mizan serves ${url} (OpenAPI at /openapi.json)\n`);
    if (config.servesJobs) {
      await whenDatabaseAnswers(signal, async () => {
        await app.get(Queue).work();
        await app.get(ImportUpkeepService).takeUp(ledgerId);
      });
      app.get(ExpiryJob).start(ledgerId);
      app.get(AlarmJob).start(ledgerId);
      app.get(UpkeepJob).start(ledgerId);
      app.get(VerificationJobHandler).start(ledgerId);
    }
    await asked;
    await closeInTime(app, app.getHttpServer() as Server);
  } finally {
    await close(signal.aborted ? { patienceMs: DATABASE_MS } : {});
  }
}
