import { REGULATED_CHARGES } from '../../src/core/settlement/elections/elections.shape.js';
import { AccessService } from '../../src/features/access/access.service.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import type { Role } from '../../src/platform/auth/roles.js';
import { issueKeys, type TestApp } from '../support/app.js';
import { askForForeign, valuesOnlyOf } from '../support/foreign-ids.js';
import { createGrid } from '../support/make.js';
import { startMonth } from '../support/month.js';

const SEED = 20_261_127;
// All of it: MIZAN_SHARE=1 MIZAN_ROLES=9 MIZAN_VALUES=3.
const EXTENT = {
  seed: Number(process.env['MIZAN_SEED'] ?? SEED),
  share: Number(process.env['MIZAN_SHARE'] ?? 0.15),
  rolesOf: Number(process.env['MIZAN_ROLES'] ?? 1),
  valuesOf: Number(process.env['MIZAN_VALUES'] ?? 1),
};

const isRegulatedCharge = (text: string): boolean =>
  REGULATED_CHARGES.some((charge) => charge === text);

describe('two ledgers of one server', () => {
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await startMonth();
    const { ledgerId } = await app.nest.get(LedgerService).open('other');
    const { keys, secondAdmin } = await issueKeys(app.nest.get(AccessService), ledgerId);
    other = {
      ...app,
      ledgerId,
      keys,
      secondAdmin,
      call: (method, path, call = {}) => {
        const { role, ...rest } = call;
        const key = role === undefined ? call.key : keys[role as Role];
        return app.call(method, path, { ...rest, ...(key === undefined ? {} : { key }) });
      },
    };
    await createGrid(other);
  });
  afterAll(() => app.close());

  it('answer for what is the other’s as for what is nobody’s', async () => {
    const all = await valuesOnlyOf(app.database.adminUrl, app.ledgerId, other.ledgerId);
    // Charges that the law names are in every ledger's words: a tariff of one tells of nobody.
    const values = all.filter((text) => !isRegulatedCharge(text));
    expect(values.length).toBeGreaterThan(100);
    const { tellings, count } = await askForForeign(other, values, EXTENT);
    expect(tellings).toEqual([]);
    expect(count).toBeGreaterThan(100);
  }, 1_200_000);
});
