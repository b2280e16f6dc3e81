import { INTAKE_LOCK } from '../../src/features/imports/imports.service.js';
import type { TestApp } from './app.js';
import { inLedger, rows } from './database.js';

/** Asks again until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setImmediate(done));
}

/** Sessions of this database that wait for a lock. */
export async function waitingSessions(app: TestApp): Promise<number> {
  const [found] = await rows<{ count: string }>(
    app.database.adminUrl,
    `SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return Number(found!.count);
}

/** Holds the name that imports and runs wait for, as another process would. */
export async function holdingIntake<T>(app: TestApp, use: () => Promise<T>): Promise<T> {
  return inLedger(app.database.adminUrl, app.ledgerId, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `${app.ledgerId} ${INTAKE_LOCK}`,
    ]);
    return use();
  });
}
