import { NestFactory } from '@nestjs/core';
import { DomainError } from './core/errors.js';
import { AlarmJob } from './features/bridge/alarm.job.js';
import { ExpiryJob } from './features/certificates/expiry.job.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import { VerificationJobHandler } from './features/verification/verification.job.js';
import { ImportUpkeepService } from './features/metering/import-upkeep.service.js';
import { UpkeepJob } from './features/metering/upkeep.job.js';
import { requireHeads } from './platform/schema/head-check.js';
import { whenDatabaseAnswers } from './platform/database/when-it-answers.js';
import { Queue } from './platform/jobs/queue.js';
import { FrameworkLogger } from './platform/logger.js';
import { start } from './start.js';
import { closeInTime, DATABASE_MS, listenForStop, type Stop } from './stopping.js';

/** Does background jobs until SIGINT or SIGTERM; what it had begun when it is killed goes on later. */
export async function work(): Promise<void> {
  const stop = listenForStop();
  try {
    await workUntilStopped(stop);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  process.stdout.write('Stopped.\n');
  process.exit(0);
}

async function workUntilStopped({ signal, asked }: Stop): Promise<void> {
  const { config, ownerUrl, module, close, endFirstStart } = await start(signal);
  endFirstStart();
  try {
    await requireHeads(ownerUrl);
    const app = await NestFactory.createApplicationContext(module, {
      logger: new FrameworkLogger(),
      abortOnError: false,
    });
    await whenDatabaseAnswers(signal, () => app.get(Queue).work());
    const ledgerId = await openLedger(app.get(LedgerService), config.ledgerName);
    if (ledgerId !== null) {
      await whenDatabaseAnswers(signal, () => app.get(ImportUpkeepService).takeUp(ledgerId));
      app.get(ExpiryJob).start(ledgerId);
      app.get(AlarmJob).start(ledgerId);
      app.get(UpkeepJob).start(ledgerId);
      app.get(VerificationJobHandler).start(ledgerId);
    }
    process.stdout.write('Mizan does jobs.\n');
    await asked;
    await closeInTime(app, null);
  } finally {
    await close(signal.aborted ? { patienceMs: DATABASE_MS } : {});
  }
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
