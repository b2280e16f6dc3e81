import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EntityManager } from 'typeorm';
import { sealRows } from '../../src/core/ledger/merkle.js';
import { CertificateEntity } from '../../src/features/certificates/certificates/certificate.entity.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { LedgerScope } from '../../src/platform/database/ledger-scope.js';
import { entitiesOf, ROWS_AT_ONCE } from '../../src/platform/database/rows/pages.js';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid } from '../support/make.js';
import { asSuperuser } from '../support/tamper.js';

const HOURS = 700;
/** Rows of one event: more than a process is to hold. */
const MANY = 600_000;
const GROWTH_MAX_MIB = 48;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function* pages(): Generator<string[]> {
  for (let at = 0; at < MANY; at += ROWS_AT_ONCE) {
    yield Array.from({ length: ROWS_AT_ONCE }, (_, nth) => `row ${at + nth} ${'x'.repeat(100)}`);
  }
}

describe('rows of an event', () => {
  let app: TestApp;
  let ledger: LedgerService;
  let verification: VerificationService;
  let mostBytes = 0;
  let count = 0;
  async function* counted(): AsyncGenerator<string[]> {
    for (const page of pages()) {
      count += 1;
      if (count % 400 === 0) {
        collect();
        mostBytes = Math.max(mostBytes, process.memoryUsage().heapUsed);
      }
      yield page;
    }
  }
  let event: { readonly ledgerId: string; readonly eventId: string; readonly rowCount: number };
  beforeAll(async () => {
    app = await startApp({ replayed: { rows: { 'test/many/1': counted } } });
    ledger = app.nest.get(LedgerService);
    verification = app.nest.get(VerificationService);
    await createGrid(app);
    const body = certificatesCsv('2026-10-01T00:00:00Z', HOURS, () => 1_500);
    const sent = { role: 'operator', type: 'text/csv', body } as const;
    expect((await app.call('POST', '/v1/imports/certificates', sent)).status).toBe(201);
    const all = await ledger.events(app.ledgerId, -1, 200);
    event = all.find(({ type }) => type === 'import.committed')!;
    expect(event.rowCount).toBeGreaterThan(2 * ROWS_AT_ONCE);
  });
  afterAll(() => app.close());

  /** Places of the certificates of the event, page by page. */
  const placesOf = async (tx: EntityManager): Promise<number[][]> => {
    const found: number[][] = [];
    for await (const page of entitiesOf(tx, CertificateEntity, event)) {
      found.push(page.map(({ rowIndex }) => rowIndex));
    }
    return found;
  };

  it('are read a page at a time, each once and in order', async () => {
    const found = await app.nest.get(LedgerScope).read(app.ledgerId, placesOf);
    const [last, ...full] = found.map(({ length }) => length).toReversed();
    expect(full.length).toBeGreaterThanOrEqual(2);
    expect(new Set(full)).toEqual(new Set([ROWS_AT_ONCE]));
    expect(last).toBe(event.rowCount % ROWS_AT_ONCE);
    expect(found.flat()).toEqual(Array.from({ length: event.rowCount }, (_, place) => place));
    expect((await verification.verify(app.ledgerId)).faults).toEqual([]);
  });

  it('are all read, also where somebody made two of one place between two pages, or one of none', async () => {
    const border = ROWS_AT_ONCE - 1;
    const found = await asSuperuser(app, async (tx) => {
      await tx.query(
        `UPDATE certificate SET row_index = ${border} WHERE row_index = ${border + 1}`,
      );
      await tx.query('ALTER TABLE certificate ALTER row_index DROP NOT NULL');
      await tx.query(`UPDATE certificate SET row_index = NULL WHERE row_index = ${border + 2}`);
      return placesOf(tx);
    });
    expect(found.flat()).toHaveLength(event.rowCount);
    expect(found[0]!.slice(-2)).toEqual([border, border]);
    expect(found.at(-1)!.at(-1)).toBeNull();
  });

  it(`are not held: ${MANY} of one event are verified within ${GROWTH_MAX_MIB} MiB`, async () => {
    const seal = sealRows();
    for (const page of pages()) for (const row of page) seal.add(row);
    await app.nest.get(LedgerScope).write(app.ledgerId, (tx) =>
      ledger.append(tx, atTerminal(app.ledgerId, 'admin'), {
        type: 'import.committed',
        validFrom: null,
        validTo: null,
        sourceRef: null,
        supersedes: [],
        body: { rows: 'test/many/1' },
        rows: seal.sealed(),
      }),
    );
    collect();
    const before = process.memoryUsage().heapUsed;
    const { checked, faults } = await verification.verify(app.ledgerId);
    expect(checked.rowCount).toBeGreaterThanOrEqual(MANY);
    // No register knows such rows; the seal itself holds.
    expect(faults.map(({ check }) => check)).not.toContain('row_root');
    expect(faults.map(({ check }) => check)).not.toContain('row_count');
    expect(count).toBe(MANY / ROWS_AT_ONCE);
    expect((mostBytes - before) / 2 ** 20).toBeLessThan(GROWTH_MAX_MIB);
  }, 180_000);
});
