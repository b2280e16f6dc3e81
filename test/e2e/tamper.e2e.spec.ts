import { dataSourceOptions } from '../../src/data-source.js';
import { chainHash, leafHash } from '../../src/core/ledger/merkle.js';
import { MOVES } from '../../src/core/ledger/postings.js';
import { startApp, type TestApp } from '../support/app.js';
import { inLedger, rows, session } from '../support/database.js';
import { startMonth } from '../support/month.js';

const START = '2026-10-01T00:00:00Z';

describe('the role that serves', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startMonth();
  });
  afterAll(() => app.close());

  it('owns nothing and may not pass by row-level security', async () => {
    const [role] = await rows<{ rolsuper: boolean; rolbypassrls: boolean; owned: string }>(
      app.database.appUrl,
      `SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class WHERE relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = current_user`,
    );
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, owned: '0' });
  });

  it('sees no row of any table without a ledger, and none of another ledger', async () => {
    const tables = await rows<{ name: string }>(
      app.database.adminUrl,
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'mizan'::regnamespace
       AND relkind = 'r' AND relname NOT IN ('migration', 'migration_hash', 'cancelled_serial',
         'converted_mwh', 'transferred_serial')`,
    );
    const other = '00000000-0000-5000-8000-000000000000';
    for (const { name } of tables) {
      await session(app.database.appUrl, async (client) => {
        expect((await client.query(`SELECT FROM ${name}`)).rowCount).toBe(0);
      });
      await inLedger(app.database.appUrl, other, async (client) => {
        expect((await client.query(`SELECT FROM ${name}`)).rowCount).toBe(0);
      });
    }
    expect(tables.length).toBeGreaterThanOrEqual(20);
  });

  it.each([
    'ledger_event',
    'posting',
    'interval_block',
    'certificate',
    'statement',
    'import_file',
    'plant',
  ])('cannot update, delete or empty %s', async (table) => {
    for (const sql of [
      `UPDATE ${table} SET ledger_id = ledger_id`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      const attempt = inLedger(app.database.appUrl, app.ledgerId, (client) => client.query(sql));
      await expect(attempt).rejects.toThrow('permission denied');
    }
  });

  it.each(['ledger_event', 'posting', 'interval_block', 'certificate', 'statement'])(
    'is not alone: the owner cannot change %s either',
    async (table) => {
      for (const sql of [
        `UPDATE ${table} SET ledger_id = ledger_id`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ]) {
        const attempt = inLedger(app.database.ownerUrl, app.ledgerId, (client) =>
          client.query(sql),
        );
        await expect(attempt).rejects.toThrow('append-only');
      }
    },
  );

  it('cannot write balances, nor add a row without an event', async () => {
    const attempt = (sql: string) =>
      inLedger(app.database.appUrl, app.ledgerId, (client) => client.query(sql, [app.ledgerId]));
    await expect(
      attempt('UPDATE supply_balance SET matched = 0 WHERE ledger_id = $1'),
    ).rejects.toThrow('permission denied');
    await expect(
      attempt(`INSERT INTO record VALUES ($1, 'X', 'plant', gen_random_uuid())`),
    ).rejects.toThrow('record_has_an_event');
    await expect(
      attempt(`INSERT INTO record SELECT '00000000-0000-5000-8000-000000000000', 'X', 'plant', event_id
               FROM ledger_event WHERE ledger_id = $1 LIMIT 1`),
    ).rejects.toThrow('row-level security');
  });
});

describe('conservation, whoever writes', () => {
  let app: TestApp;
  let event: string;
  let certificate: string;
  beforeAll(async () => {
    app = await startMonth();
    const one = await rows<{ event_id: string; certificate_id: string }>(
      app.database.adminUrl,
      `SELECT e.event_id, c.certificate_id FROM ledger_event e, certificate c
       WHERE e.type = 'matching.run' AND c.starts_at = $1 AND c.plant_code = 'PV'`,
      [START],
    );
    event = one[0]!.event_id;
    certificate = one[0]!.certificate_id;
  });
  afterAll(() => app.close());

  type Line = readonly [move: keyof typeof MOVES, wh: number, hour?: string];
  const post = (url: string, lines: readonly Line[]) =>
    inLedger(url, app.ledgerId, (client) => {
      const values = lines.map(([move, wh, hour = START], at) => {
        const { book, debit, credit } = MOVES[move];
        const isSupply = book === 'supply';
        const amounts = Array.from({ length: isSupply ? 1 : 24 }, (_, n) =>
          isSupply || n === new Date(hour).getUTCHours() ? wh : 0,
        );
        const start = isSupply ? hour : `${hour.slice(0, 10)}T00:00:00Z`;
        const subject = isSupply ? certificate : 'M-60';
        return `('${app.ledgerId}', '${event}', ${900_000 + at}, '${move}', '${book}', '${debit}',
                 '${credit}', '${start}', '{${subject}}', '{${amounts.join(',')}}')`;
      });
      return client.query(
        `INSERT INTO posting (ledger_id, event_id, row_index, move, book, debit, credit, starts_at,
           subjects, wh) VALUES ${values.join(', ')}`,
      );
    });

  // Hour 0: load 2,000 Wh (1,000 a meter), generation 3,000 Wh (1,500 a plant), all load matched:
  // 1,000 Wh of the PV certificate are spent, 500 are left, and M-60 is covered in full.
  // prettier-ignore
  it.each<[string, string, readonly Line[]]>([
    ['spends a certificate beyond its Wh',    'no_supply_balance_is_negative',   [['match_supply', 501], ['match_demand', 501]]],
    ['covers a meter-hour beyond its use',    'no_demand_balance_is_negative',   [['match_supply', 400], ['match_demand', 400]]],
    ['matches one side only',                 'matched_sides_agree',             [['match_supply', 1]]],
    ['matches in different hours',            'matched_sides_agree',             [['unmatch_supply', 5], ['unmatch_demand', 5, '2026-10-01T01:00:00Z']]],
    ['issues more than was certified',        'issued_stays_within_certificate', [['issue', 1]]],
    ['consumes more than was metered',        'consumption_stays_within_metered',[['consume', 1]]],
    ['consumes where nothing was metered',    'consumption_stays_within_metered',[['consume', 1, '2026-10-25T00:00:00Z']]],
    ['takes back more than was matched',      'no_supply_balance_is_negative',   [['unmatch_supply', 1_001], ['unmatch_demand', 1_001]]],
    ['books half an hour',                    'posting_is_an_hour_or_a_day',     [['issue', 1, '2026-10-01T00:30:00Z']]],
    ['books nothing',                         'posting_is_positive_and_safe',    [['consume', 0]]],
  ])('refuses a writer that %s', async (_, constraint, lines) => {
    for (const url of [app.database.appUrl, app.database.adminUrl]) {
      await expect(post(url, lines)).rejects.toMatchObject({ constraint });
    }
  });

  it('refuses a move of the wrong book', async () => {
    const attempt = inLedger(app.database.adminUrl, app.ledgerId, (client) =>
      client.query(
        `INSERT INTO posting SELECT ledger_id, event_id, 900000, 'consume', book, debit, credit, starts_at,
           subjects, wh FROM posting WHERE book = 'supply' LIMIT 1`,
      ),
    );
    await expect(attempt).rejects.toMatchObject({ constraint: 'posting_is_a_legal_move' });
  });

  it.each([
    ['skips a place', { seq: 99 }, {}, 'event_links_to_previous'],
    ['has the id of another', { eventId: 'LAST' }, {}, 'ledger_event_is_recorded_once'],
    ['names another predecessor', {}, { prevSeq: 2 }, 'event_follows_its_predecessor'],
    ['forks the chain', {}, { prevHash: Buffer.alloc(32, 7) }, 'event_links_to_previous'],
    [
      'has other bytes than its hash',
      {},
      { leafHash: Buffer.alloc(32, 7) },
      'leaf_hashes_its_payload',
    ],
    [
      'has another hash than its parts',
      {},
      { chainHash: Buffer.alloc(32, 7) },
      'chain_hashes_prev_and_leaf',
    ],
    ['says another type in its column', {}, { type: 'key.issued' }, 'columns_repeat_payload'],
  ])('refuses an event that %s', async (_, inPayload, inColumns, constraint) => {
    const [last] = await rows<{ seq: string; payload: Buffer; chain_hash: Buffer }>(
      app.database.adminUrl,
      'SELECT seq, payload, chain_hash FROM ledger_event ORDER BY seq DESC LIMIT 1',
    );
    const payload = {
      ...JSON.parse(last!.payload.toString()),
      seq: Number(last!.seq) + 1,
      eventId: '00000000-0000-7000-8000-000000000001',
      ...inPayload,
    };
    if (payload.eventId === 'LAST') payload.eventId = JSON.parse(last!.payload.toString()).eventId;
    const bytes = Buffer.from(JSON.stringify(payload));
    const prevHash = 'prevHash' in inColumns ? inColumns.prevHash : last!.chain_hash;
    const leaf = 'leafHash' in inColumns ? inColumns.leafHash : Buffer.from(leafHash(bytes));
    const columns = {
      seq: payload.seq,
      prevSeq: payload.seq - 1,
      type: payload.type,
      prevHash,
      leafHash: leaf,
      chainHash: Buffer.from(chainHash(prevHash, leaf)),
      ...inColumns,
    };
    const insert = inLedger(app.database.adminUrl, app.ledgerId, (client) =>
      client.query(
        `INSERT INTO ledger_event SELECT ledger_id, $1, $2, $3, schema_version, valid_from, valid_to,
           recorded_at, actor, actor_role, source_ref, supersedes, row_count, row_root, $4, $5, $6, $7,
           $8, actor_principal FROM ledger_event WHERE seq = $9`,
        [
          columns.seq,
          payload.eventId,
          columns.type,
          bytes,
          columns.leafHash,
          columns.prevSeq,
          columns.prevHash,
          columns.chainHash,
          last!.seq,
        ],
      ),
    );
    await expect(insert).rejects.toMatchObject({ constraint });
  });
});

describe('a superuser’s edit', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startMonth();
  });
  afterAll(() => app.close());

  /** Edits with every guard switched off, verifies, and puts everything back. */
  const verifyAfter = async (sql: string) => {
    const { adminUrl } = app.database;
    const edit = (statements: readonly string[]) =>
      session(adminUrl, async (client) => {
        await client.query('SET session_replication_role = replica');
        for (const statement of statements) await client.query(statement);
      });
    const tables = /(?:UPDATE|DELETE FROM) (\w+)/.exec(sql)!;
    const table = tables[1]!;
    await edit([`CREATE TABLE kept AS SELECT * FROM ${table}`]);
    const checks = await rows<{ name: string }>(
      adminUrl,
      `SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'`,
      [`mizan.${table}`],
    );
    await edit([...checks.map(({ name }) => `ALTER TABLE ${table} DROP CONSTRAINT ${name}`), sql]);
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    await edit([
      `DELETE FROM ${table}`,
      `INSERT INTO ${table} SELECT * FROM kept`,
      'DROP TABLE kept',
    ]);
    return body.fault;
  };
  const OF = (type: string) =>
    `event_id = (SELECT event_id FROM ledger_event WHERE type = '${type}' ORDER BY seq LIMIT 1)`;

  // prettier-ignore
  it.each([
    ['of an event’s bytes',     'leaf_hash',    `UPDATE ledger_event SET payload = payload || ' ' WHERE seq = 5`],
    ['of a column beside them', 'columns',      `UPDATE ledger_event SET type = 'key.revoked' WHERE seq = 5`],
    ['of a hash',               'leaf_hash',    `UPDATE ledger_event SET leaf_hash = sha256('x') WHERE seq = 5`],
    ['that removes an event',   'seq',          `DELETE FROM ledger_event WHERE seq = 5`],
    ['that removes the last',   'head',         `DELETE FROM ledger_event WHERE seq = (SELECT max(seq) FROM ledger_event)`],
    ['of an allocation',        'row_root',     `UPDATE posting SET wh[1] = wh[1] + 1 WHERE row_index = 1 AND ${OF('matching.run')}`],
    ['that removes one',        'row_count',    `DELETE FROM posting WHERE row_index = 1`],
    ['of a certificate',        'row_root',     `UPDATE certificate SET wh = wh - 1 WHERE row_index = 0`],
    ['of a bundle’s status',    'row_root',     `UPDATE bundle_change SET beneficiary = 'X' WHERE row_index = 0`],
    ['of a pair',               'row_root',     `UPDATE match_pairs SET meters[1] = 'M-60x' WHERE row_index = (SELECT max(row_index) FROM match_pairs)`],
    ['of a reading',            'row_root',     `UPDATE interval_block SET wh[1] = wh[1] + 1 WHERE row_index = 0`],
    ['of a source line',        'row_root',     `UPDATE interval_block SET lines[2] = 99 WHERE row_index = 0`],
    ['of a price',              'row_root',     `UPDATE contract SET strike_price_mad_per_mwh = 1`],
    ['of a factor',             'row_root',     `UPDATE emission_factor SET mg_per_kwh = '{1}' WHERE code = 'GRID'`],
    ['of a statement',          'row_root',     `UPDATE statement SET document = replace(convert_from(document, 'UTF8'), '76', '99')::bytea, sha256 = sha256('x')`],
    ['of a balance',            'balance',      `UPDATE demand_balance SET matched = residual, residual = matched`],
    ['of a run',                'matching_run', `UPDATE matching_run SET matched_wh = 1`],
    ['of a control total',      'import_file',  `UPDATE import_file SET total_wh = 1 WHERE kind = 'intervals'`],
    ['of the head',             'head',         `UPDATE ledger_head SET size = size - 1`],
    ['of a node of the tree',   'log_node',     `UPDATE log_node SET hash = sha256('x') WHERE level = 2 AND node_index = 1`],
  ])('%s is found by its %s', async (_, check, sql) => {
    const fault = await verifyAfter(sql);
    expect(fault).toMatchObject({ check });
    if (!['head', 'balance'].includes(check)) expect(fault.seq).toEqual(expect.any(Number));
  });

  it('leaves no trace once it is put back', async () => {
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  });
});

describe('the entities of these tables', () => {
  it('leave out one on purpose: which Wh are cancelled is known to all ledgers, and read by none', async () => {
    const app = await startApp();
    for (const sql of ['SELECT FROM', 'DELETE FROM', 'TRUNCATE']) {
      const attempt = session(app.database.appUrl, (client) =>
        client.query(`${sql} cancelled_serial`),
      );
      await expect(attempt).rejects.toThrow('permission denied');
    }
    await app.close();
  });

  it('are every table there is, each with row-level security forced and keys that begin with the ledger', async () => {
    const app = await startApp();
    const tables = await rows<{ name: string; forced: boolean; first: string }>(
      app.database.adminUrl,
      `SELECT c.relname AS name, c.relforcerowsecurity AND c.relrowsecurity AS forced,
         (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid
            AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisprimary) AS first
       FROM pg_class c WHERE c.relnamespace = 'mizan'::regnamespace AND c.relkind = 'r'
         AND c.relname NOT IN ('migration', 'migration_hash', 'cancelled_serial',
         'converted_mwh', 'transferred_serial') ORDER BY 1`,
    );
    await app.close();
    expect(tables.filter(({ forced, first }) => !forced || first !== 'ledger_id')).toEqual([]);
    const { entities } = dataSourceOptions(app.database.ownerUrl);
    expect(new Set(Object.values(entities!)).size).toBe(tables.length);
  });
});
