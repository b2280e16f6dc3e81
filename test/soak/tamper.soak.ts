import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { startMonth } from '../support/month.js';
import { asSuperuser, catalogueOf, isDeclared, unseenTampering } from '../support/tamper.js';

const OF_THE_DATABASE = new Set(['migration', 'migration_hash']);
const SEED = Number(process.env['MIZAN_SEED'] ?? 1);

it(`sees every column of three rows of every table edited and emptied (seed ${SEED})`, async () => {
  const app = await startMonth();
  await app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
  const verification = app.nest.get(VerificationService);
  const unseen = await asSuperuser(app, async (tx) => {
    const tables = (await catalogueOf(tx)).filter(({ table }) => !OF_THE_DATABASE.has(table));
    const declared = new Map(verification.registersOf(tx).map((one) => [one.table, one]));
    const verify = async (): Promise<boolean> => (await verification.verifyIn(tx)).fault === null;
    const all = await unseenTampering(tx, tables, verify, { seed: SEED, share: 1, rowsOfTable: 3 });
    return all.filter(({ table, column }) => !isDeclared(declared.get(table)!, column));
  });
  await app.close();
  expect(unseen.map((one) => Object.values(one).join(' '))).toEqual([]);
});
