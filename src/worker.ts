import { NestFactory } from '@nestjs/core';
import { DomainError } from './core/errors.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import {
  RECOVERED_WITHIN_MS,
  whenDatabaseAnswers,
} from './platform/database/server/when-it-answers.js';
import { FrameworkLogger } from './platform/logger.js';
import type { Started } from './start.js';
import { closeInTime, type Stop } from './stopping.js';
import { startJobs, untilStopped } from './until-stopped.js';

/** Does background jobs until SIGINT or SIGTERM; what it had begun when it is killed goes on later. */
export function work(): Promise<void> {
  return untilStopped(workUntilAsked);
}

async function workUntilAsked(
  { config, module, endFirstStart }: Started,
  { signal, asked }: Stop,
): Promise<void> {
  const app = await NestFactory.createApplicationContext(module, {
    logger: new FrameworkLogger(),
    abortOnError: false,
  });
  try {
    const find = () => openLedger(app.get(LedgerService), config.ledgerName);
    const ledgerId = await whenDatabaseAnswers(signal, find, RECOVERED_WITHIN_MS);
    endFirstStart();
    await startJobs(app, signal, ledgerId);
    process.stdout.write('Mizan does jobs.\n');
    await asked;
  } finally {
    await closeInTime(app, null);
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
