import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../src/core/errors.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { Lanes } from '../../src/platform/database/lanes.js';
import { LedgerScope } from '../../src/platform/database/ledger-scope.js';
import { type LedgerTx, ofLedger } from '../../src/platform/database/ledger-tx.js';
import { startApp, type TestApp } from '../support/app.js';
import { run } from '../support/database.js';
import { certificatesCsv, createGrid } from '../support/make.js';
import { underPressure } from '../support/pressure.js';
import { holdingIntake, until, waitingSessions } from '../support/waiting.js';

const manager = 'energy-manager';
const MATCH = { role: manager, body: { month: '2026-10' } } as const;

/** A promise that a test keeps when it wants. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((done) => (open = done));
  return { opened, open };
}

describe('connections', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv('2026-10-01T00:00:00Z', 4, () => 1_500),
    });
  });
  afterAll(() => app.close());

  it('are left for others while an import of many rows and a dozen runs are on their way', async () => {
    const of = { hours: 12_500, runs: 12, auditors: 0, watchers: 0, round: 0 };
    const { imported, matched, looks } = await underPressure(app, of);
    expect(imported.status).toBe(201);
    expect(matched.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(new Set(looks)).toEqual(new Set([200]));
  });

  it('are not held by those who wait for a name that another process holds', async () => {
    const waiting = await holdingIntake(app, async () => {
      const runs = Array.from({ length: 12 }, () => app.call('POST', '/v1/matching-runs', MATCH));
      await until(async () => (await waitingSessions(app)) > 0);
      // Twelve wait, and one of them with a connection.
      const others = await Promise.all([
        app.call('GET', '/health/ready'),
        app.call('GET', '/v1/ledger/head', { role: 'auditor' }),
        app.call('POST', '/v1/organisations', {
          role: manager,
          body: { code: 'WHILE-THEY-WAIT', name: 'x', country: 'MA' },
        }),
      ]);
      expect(others.map(({ status }) => status)).toEqual([200, 200, 201]);
      expect(await waitingSessions(app)).toBe(1);
      return runs;
    });
    for (const { status } of await Promise.all(waiting)) expect(status).toBeLessThan(300);
  });

  it('of readers that take long leave those of writers alone', async () => {
    const { opened, open } = gate();
    const scope = app.nest.get(LedgerScope);
    const reading = Array.from({ length: 20 }, () =>
      scope.readHeavy(app.ledgerId, async () => opened),
    );
    const { status } = await app.call('POST', '/v1/organisations', {
      role: manager,
      body: { code: 'WHILE-THEY-READ', name: 'x', country: 'MA' },
    });
    expect(status).toBe(201);
    expect(app.nest.get(Lanes).of('heavy').counts.total).toBe(2);
    // Two read, eighteen wait, two more may wait: the next is told to come again.
    reading.push(...[0, 1].map(() => scope.readHeavy(app.ledgerId, async () => opened)));
    const refused = await app.call('GET', '/v1/settlement-runs', { role: 'auditor' });
    expect([refused.status, refused.body.code]).toEqual([503, 'service.unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    open();
    await Promise.all(reading);
    const answered = await app.call('GET', '/v1/settlement-runs', { role: 'auditor' });
    expect(answered.status).toBe(200);
  });

  it('are never asked for from within a transaction, but to tell how far it is', async () => {
    const scope = app.nest.get(LedgerScope);
    const { ledgerId } = app;
    const nothing = async (): Promise<void> => {};
    for (const nested of [
      () => scope.read(ledgerId, nothing),
      () => scope.readHeavy(ledgerId, nothing),
      () => scope.write(ledgerId, nothing),
    ]) {
      await expect(scope.write(ledgerId, nested)).rejects.toThrow('inside a transaction');
      await expect(scope.read(ledgerId, nested)).rejects.toThrow('inside a transaction');
    }
    await scope.write(ledgerId, () => scope.tell(ledgerId, nothing));
    await scope.write(ledgerId, nothing);
  });

  it('know whose they are while they are lent, and are never lent for two ledgers at once', async () => {
    const scope = app.nest.get(LedgerScope);
    const { ledgerId } = app;
    const other = randomUUID();
    const whose = async (tx: LedgerTx): Promise<readonly string[]> => {
      const [row] = await tx.query(`SELECT current_setting('app.ledger') AS id`);
      return [tx.ledgerId, (row as { readonly id: string }).id];
    };
    for (const one of [ledgerId, other]) {
      expect(await scope.read(one, whose)).toEqual([one, one]);
      expect(await scope.write(one, whose)).toEqual([one, one]);
      expect(await scope.tell(one, whose)).toEqual([one, one]);
    }
    // Whoever joins is in the transaction that is open, which would answer him with its own rows.
    for (const join of [() => scope.read(other, whose), () => scope.write(other, whose)]) {
      await scope.tryTogether(async () => {
        expect(await scope.write(ledgerId, whose)).toEqual([ledgerId, ledgerId]);
        expect(await scope.read(ledgerId, whose)).toEqual([ledgerId, ledgerId]);
        await expect(join()).rejects.toThrow('of one ledger');
      });
    }
    expect(() => ofLedger({} as EntityManager, '')).toThrow('belongs to a ledger');
  });

  it('are made anew when the server ends every one of them', async () => {
    const endAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await run(app.database.adminUrl, endAll);
    await until(async () => {
      const statuses = await Promise.all([
        app.call('GET', '/health/ready'),
        app.call('GET', '/v1/ledger/head', { role: 'auditor' }),
      ]);
      expect(statuses.every(({ status }) => status === 200 || status === 503)).toBe(true);
      return statuses.every(({ status }) => status === 200);
    });
  });

  it('all come back, whatever fails', async () => {
    const scope = app.nest.get(LedgerScope);
    const { ledgerId } = app;
    const FAILURES: Readonly<Record<string, (tx: EntityManager) => Promise<unknown>>> = {
      refused: async () => {
        throw new DomainError('request.not_found', { path: '/' });
      },
      broken: async () => {
        throw new TypeError('broken');
      },
      'wrong SQL': (tx) => tx.query('SELECT wrong'),
      'ended by the server': (tx) => tx.query('SELECT pg_terminate_backend(pg_backend_pid())'),
      'an error passed by': async (tx) => {
        await tx.query('SELECT wrong').catch(() => {});
      },
    };
    const lanes = app.nest.get(Lanes);
    // What an auditor read is written a moment later, through one of them.
    const areBack = (): boolean =>
      lanes.all().every(({ counts: { idle, total } }) => idle === total);
    for (const [kind, fail] of Object.entries(FAILURES)) {
      for (const how of ['read', 'readHeavy', 'write', 'tell'] as const) {
        // As many as may wait: those of one burst must all fail of what they do, not of the queue.
        const [bursts, atOnce] = how === 'readHeavy' ? [10, 20] : [4, 50];
        for (let burst = 0; burst < bursts; burst += 1) {
          const attempts = Array.from({ length: atOnce }, () => scope[how](ledgerId, fail));
          const ended = await Promise.allSettled(attempts);
          expect([kind, ended.filter(({ status }) => status === 'fulfilled')]).toEqual([kind, []]);
        }
        await until(areBack);
      }
    }
    for (const call of [
      { path: '/v1/ledger/head', key: 'mzk_wrong' },
      { path: '/v1/ledger/head', key: app.keys.operator },
      { path: '/v1/sites/NOWHERE', key: app.keys.auditor },
      { path: '/v1/settlement-runs/nothing', key: app.keys.auditor },
    ]) {
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => app.call('GET', call.path, { key: call.key })),
      );
      expect(answers.every(({ status }) => status >= 400 && status < 500)).toBe(true);
    }
    await until(areBack);
    expect((await app.nest.get(VerificationService).verify(ledgerId)).fault).toBeNull();
  });
});
