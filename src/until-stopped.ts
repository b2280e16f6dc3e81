import type { INestApplicationContext } from '@nestjs/common';
import { DeadlineAlarmJob } from './features/bridge/reconciliation/deadline-alarm.job.js';
import { ExpiryJob } from './features/certificates/expiry/expiry.job.js';
import { ImportUpkeepService } from './features/metering/uploads/import-upkeep.service.js';
import { DailyUpkeepJob } from './features/metering/uploads/daily-upkeep.job.js';
import { CheckpointJob } from './features/signing/checkpoint.job.js';
import { CheckpointDeliveryJob } from './features/signing/deliveries/checkpoint-delivery.job.js';
import { CheckpointStampJob } from './features/signing/stamps/checkpoint-stamp.job.js';
import { VerificationJobHandler } from './features/verification/verification.job.js';
import {
  RECOVERED_WITHIN_MS,
  whenDatabaseAnswers,
} from './platform/database/server/when-it-answers.js';
import { Queue } from './platform/jobs/queue.js';
import { requireHeads } from './platform/schema/head-check.js';
import { start, type Started } from './start.js';
import { DATABASE_MS, listenForStop, type Stop } from './stopping.js';

/**
 * Does what a process is for, on a database that is open, migrated and whole, until SIGINT or SIGTERM; then
 * the database is left as by any command, and this returns.
 *
 * @param work  Waits for `stop.asked` itself, and closes what it opened.
 */
export async function untilStopped(
  work: (started: Started, stop: Stop) => Promise<void>,
): Promise<void> {
  // Listening for a stop comes first: one that arrives during the start, or right after the line that
  // says we serve, must stop us as cleanly as any other.
  const stop = listenForStop();
  const { signal } = stop;
  try {
    const started = await start(signal);
    try {
      const { ownerUrl } = started;
      await whenDatabaseAnswers(signal, () => requireHeads(ownerUrl), RECOVERED_WITHIN_MS);
      await work(started, stop);
    } finally {
      await started.close(signal.aborted ? { patienceMs: DATABASE_MS } : {});
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.end();
  }
  process.stdout.write('Stopped.\n');
}

/**
 * Begins what a process does by itself: what is handed to the queue, and what is due by the clock.
 *
 * @param ledgerId  Null where there is no ledger yet: then nothing is due.
 */
export async function startJobs(
  app: INestApplicationContext,
  signal: AbortSignal,
  ledgerId: string | null,
): Promise<void> {
  await whenDatabaseAnswers(signal, () => app.get(Queue).work());
  if (ledgerId === null) return;
  await whenDatabaseAnswers(signal, () => app.get(ImportUpkeepService).takeUp(ledgerId));
  app.get(ExpiryJob).start(ledgerId);
  app.get(DeadlineAlarmJob).start(ledgerId);
  app.get(DailyUpkeepJob).start(ledgerId);
  app.get(VerificationJobHandler).start(ledgerId);
  app.get(CheckpointJob).start(ledgerId);
  app.get(CheckpointStampJob).start(ledgerId);
  app.get(CheckpointDeliveryJob).start(ledgerId);
}
