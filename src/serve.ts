import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessService } from './features/access/access.service.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import { buildHttp } from './http.js';
import { atTerminal } from './platform/auth/roles.js';
import { Health } from './platform/health.js';
import { Markers } from './platform/marker/markers.js';
import { WritingStops } from './platform/marker/writing-stops.js';
import {
  RECOVERED_WITHIN_MS,
  whenDatabaseAnswers,
} from './platform/database/server/when-it-answers.js';
import { ledgerIdOf } from './platform/ids.js';
import { logger } from './platform/logger.js';
import type { Started } from './start.js';
import { closeInTime, type Stop } from './stopping.js';
import { startJobs, untilStopped } from './until-stopped.js';

/**
 * Serves the API until SIGINT or SIGTERM. On the first start it opens the ledger and prints an admin
 * key, once.
 */
export function serve(): Promise<void> {
  return untilStopped(serveUntilAsked);
}

async function serveUntilAsked(started: Started, stop: Stop): Promise<void> {
  const app = await buildHttp(started.module, started.config);
  try {
    await serveOn(app, started, stop);
    await stop.asked;
  } finally {
    await closeInTime(app, app.getHttpServer() as Server);
  }
}

async function serveOn(
  app: NestFastifyApplication,
  { config, isFirstStart, endFirstStart }: Started,
  { signal }: Stop,
): Promise<void> {
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
  if (config.servesJobs) await startJobs(app, signal, ledgerId);
}
