import { NestFactory } from '@nestjs/core';
import { DomainError } from './core/errors.js';
import { AlarmJob } from './features/bridge/alarm.job.js';
import { ExpiryJob } from './features/certificates/expiry.job.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import { requireHead } from './platform/database/head-check.js';
import { ledgerIdOf } from './platform/ids.js';
import { Queue } from './platform/jobs/queue.js';
import { FrameworkLogger } from './platform/logger.js';
import { untilStopped } from './serve.js';
import { start } from './start.js';

/** Does background jobs until SIGINT or SIGTERM; what it had begun when it is killed goes on later. */
export async function work(): Promise<void> {
  const stopped = untilStopped();
  const { config, appUrl, module, close } = await start();
  try {
    await requireHead(appUrl, ledgerIdOf(config.ledgerName));
    const app = await NestFactory.createApplicationContext(module, {
      logger: new FrameworkLogger(),
      abortOnError: false,
    });
    await app.get(Queue).work();
    const ledgerId = await openLedger(app.get(LedgerService), config.ledgerName);
    if (ledgerId !== null) {
      app.get(ExpiryJob).start(ledgerId);
      app.get(AlarmJob).start(ledgerId);
    }
    process.stdout.write('Mizan does jobs.\n');
    await stopped;
    await app.close();
  } finally {
    await close();
  }
  process.stdout.write('Stopped.\n');
  process.exit(0);
}

/** A worker opens no ledger: where there is none of this name, there is nothing to expire. */
async function openLedger(ledgers: LedgerService, name: string): Promise<string | null> {
  try {
    return await ledgers.idOf(name);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'ledger.not_found') return null;
    throw error;
  }
}
