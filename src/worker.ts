import { NestFactory } from '@nestjs/core';
import { ExpiryJob } from './features/certificates/expiry.job.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import { Queue } from './platform/jobs/queue.js';
import { FrameworkLogger } from './platform/logger.js';
import { untilStopped } from './serve.js';
import { start } from './start.js';

/** Does background jobs until SIGINT or SIGTERM; what it had begun when it is killed goes on later. */
export async function work(): Promise<void> {
  const stopped = untilStopped();
  const { config, module, close } = await start();
  try {
    const app = await NestFactory.createApplicationContext(module, {
      logger: new FrameworkLogger(),
      abortOnError: false,
    });
    await app.get(Queue).work();
    const { ledgerId } = await app.get(LedgerService).open(config.ledgerName);
    app.get(ExpiryJob).start(ledgerId);
    process.stdout.write('Mizan does jobs.\n');
    await stopped;
    await app.close();
  } finally {
    await close();
  }
  process.stdout.write('Stopped.\n');
  process.exit(0);
}
