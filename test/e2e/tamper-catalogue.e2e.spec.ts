import { keepAttestation } from '../support/packs.js';
import { columnsOf } from '../../src/features/ledger/replay/registers.queries.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { readCounter, startMonth } from '../support/month.js';
import {
  asSuperuser,
  catalogueOf,
  isDeclared,
  keepRead,
  keepStamp,
  keepVerification,
  lookAfter,
  unseenTampering,
} from '../support/tamper.js';
import type { TestApp } from '../support/app.js';

/** Of the database, not of a ledger: compared at each start with what the program expects. */
const OF_THE_DATABASE = new Set(['migration', 'migration_hash']);
const SEED = 20261126;

/** Every column that nothing proves, and no other. */
const NOT_PROVEN: Readonly<Record<string, readonly string[]>> = {
  cancelled_serial: ['external_id', 'issuer', 'wh_range'],
  certificate_action: ['idempotency_key'],
  checkpoint: ['signed_at'],
  converted_mwh: ['mwh_certificate_id', 'tracking_system_code'],
  device_hour: ['metered_wh'],
  import_file: ['file_name', 'read_as'],
  transferred_serial: ['issuance_id', 'issuer', 'wh_range'],
};

/** Work on its way, and what earlier verifications found. */
const NO_EVIDENCE: readonly string[] = [
  'attestation_job',
  'auditor_read',
  'checkpoint_delivery',
  'checkpoint_stamp',
  'import_job',
  'reply',
  'verification_job',
];

describe('what a superuser does to any table of the catalogue', () => {
  let app: TestApp;
  let verification: VerificationService;
  beforeAll(async () => {
    app = await startMonth();
    await keepVerification(app);
    await keepAttestation(app);
    await readCounter(app);
    await app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
    await keepStamp(app);
    await keepRead(app);
    verification = app.nest.get(VerificationService);
  });
  afterAll(() => app.close());

  const inCatalogue = <T>(
    use: (
      tx: Parameters<Parameters<typeof asSuperuser<T>>[1]>[0],
      tables: Awaited<ReturnType<typeof catalogueOf>>,
    ) => Promise<T>,
  ): Promise<T> =>
    asSuperuser(app, async (tx) => {
      const all = await catalogueOf(tx);
      return use(
        tx,
        all.filter(({ table }) => !OF_THE_DATABASE.has(table)),
      );
    });

  it('starts from a ledger that verifies, with a row in every table', async () => {
    const empty = await inCatalogue(async (tx, tables) => {
      expect((await verification.verifyIn(tx)).faults).toEqual([]);
      const names: string[] = [];
      for (const { table } of tables) {
        if ((await tx.query(`SELECT FROM ${table} LIMIT 1`)).length === 0) names.push(table);
      }
      return names;
    });
    expect(empty).toEqual([]);
  });

  it('meets a declaration of every column, and of which nothing proves', async () => {
    const { declared, found } = await inCatalogue((tx, tables) =>
      Promise.resolve({
        declared: verification.registersOf(tx),
        found: new Map(tables.map(({ table, columns }) => [table, columns.map((c) => c.name)])),
      }),
    );
    const sorted = (names: Iterable<string>): string[] => [...names].toSorted();
    expect(sorted(declared.map(({ table }) => table))).toEqual(sorted(found.keys()));
    for (const register of declared) {
      const columns = found.get(register.table)!;
      const own = columnsOf(register).filter((name) => name !== 'ledger_id');
      expect([register.table, ...sorted(own)]).toEqual([
        register.table,
        ...sorted(columns.filter((name) => name !== 'ledger_id')),
      ]);
      const named = NOT_PROVEN[register.table] ?? [];
      const expected = NO_EVIDENCE.includes(register.table) ? own : named;
      expect(register.isEvidence === false).toBe(NO_EVIDENCE.includes(register.table));
      expect(sorted(Object.keys(register.notProven ?? {}))).toEqual(sorted(expected));
    }
  });

  it(`is seen by verification, or is declared as not proven (seed ${SEED})`, async () => {
    const unseen = await inCatalogue(async (tx, tables) => {
      const declared = new Map(verification.registersOf(tx).map((one) => [one.table, one]));
      const verify = async (): Promise<boolean> => (await verification.verifyIn(tx)).fault === null;
      const extent = { seed: SEED, share: 1 / 10, rowsOfTable: 1 };
      const all = await unseenTampering(tx, tables, verify, extent);
      return all.filter(({ table, column }) => {
        return !isDeclared(declared.get(table)!, column);
      });
    });
    expect(unseen.map((one) => Object.values(one).join(' '))).toEqual([]);
  }, 180_000);

  it('is seen in an upload that committed: its file, size, name and sender', async () => {
    const other = `'${'ab'.repeat(32)}'`;
    const edits = {
      file_sha256: other,
      byte_count: 'byte_count + 1',
      file_name: `file_name || 'x'`,
      actor: `'x'`,
      actor_principal: `'x'`,
      actor_role: `'admin'`,
      import_id: 'event_id',
    };
    const checks = await asSuperuser(app, async (tx) => {
      const look = async () => (await verification.verifyIn(tx)).faults;
      const found: unknown[] = [];
      for (const [column, value] of Object.entries(edits)) {
        const sql = `UPDATE import_job SET ${column} = ${value} WHERE state = 'committed'`;
        found.push((await lookAfter(tx, [sql], look)).map(({ check }) => check));
      }
      return found;
    });
    expect(checks).toEqual(Object.keys(edits).map(() => ['import_job']));
  });

  it('is told of, column by column, where nothing proves it', async () => {
    const { notes } = await asSuperuser(app, (tx) => verification.verifyIn(tx));
    const columns = Object.entries(NOT_PROVEN).flatMap(([table, names]) =>
      names.map((name) => `${table}.${name}`),
    );
    expect(notes.filter((note) => note.includes('0026'))).toEqual([
      expect.stringMatching(new RegExp(`: ${columns.toSorted().join(', ')}$`)),
    ]);
    expect(notes).toContainEqual(
      expect.stringMatching(
        /attestation_job, auditor_read, checkpoint_delivery, checkpoint_stamp, import_job, reply and verification_job/,
      ),
    );
  });

  it('is named with its event, for the actor of an approval and for what is no JSON', async () => {
    const faults = await asSuperuser(app, async (tx) => {
      const look = async () => (await verification.verifyIn(tx)).faults;
      const one = async (sql: string) => (await lookAfter(tx, [sql], look))[0];
      return [
        await one(`UPDATE ledger_event SET actor = 'x' WHERE type = 'settlement.approved'`),
        await one(`UPDATE ledger_event SET row_count = 9007199254740993 WHERE seq = 4`),
        await one(`UPDATE ledger_event SET recorded_at = 'infinity' WHERE seq = 4`),
        await one(
          `UPDATE ledger_event SET payload = 'x', leaf_hash = sha256('\\x00'::bytea || 'x'),
             chain_hash = sha256('\\x02'::bytea || prev_hash || sha256('\\x00'::bytea || 'x'))
           WHERE seq = 4`,
        ),
      ];
    });
    expect(faults.map((fault) => fault?.check)).toEqual([
      'columns',
      'columns',
      'columns',
      'payload',
    ]);
    expect(faults.slice(1).map((fault) => fault?.seq)).toEqual([4, 4, 4]);
  });
});
