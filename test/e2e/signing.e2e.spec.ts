import { createPrivateKey, sign as signBytes } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growTree, leafHash } from '../../src/core/ledger/merkle.js';
import { checkpointText, openCheckpoint, originOf } from '../../src/core/proofs/checkpoint.js';
import { checkRowProof } from '../../src/core/proofs/row-proof.js';
import { readVerifierKey, signatureLine, signedNote } from '../../src/core/proofs/signed-note.js';
import { isConsistent, isIncluded } from '../../src/core/proofs/tree-proofs.js';
import { CONFIG, type Config } from '../../src/platform/config.js';
import { Markers } from '../../src/platform/marker/markers.js';
import type { TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';
import { rows, session } from '../support/database.js';
import { startMonth } from '../support/month.js';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('the signed log', () => {
  let app: TestApp;
  let origin: string;
  beforeAll(async () => {
    app = await startMonth();
    origin = originOf(app.ledgerId);
  });
  afterAll(() => app.close());

  const get = async (path: string, role = 'auditor' as const) =>
    (await app.call('GET', path, { role })).body;
  const sign = async () => app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
  const keysNow = async () =>
    (await get('/v1/ledger/signing-keys')).items as {
      readonly kid: string;
      readonly verifierKey: string;
      readonly retiredSeq: number | null;
    }[];
  const trusted = async () =>
    (await keysNow()).map(({ verifierKey }) => readVerifierKey(verifierKey)!);
  const openOf = async (note: string) => {
    const opened = openCheckpoint(note, { origin, trusted: await trusted() });
    if ('fault' in opened) throw new Error(opened.fault);
    return opened;
  };
  const publicNote = async () =>
    (await fetch(`${app.url}/public/ledgers/${app.ledgerId}/checkpoint`)).text();
  /** Something more for the log to hold. */
  const grow = async (code: string) => {
    const body = { code, name: code, country: 'MA' };
    const { status } = await app.call('POST', '/v1/organisations', {
      role: 'energy-manager',
      body,
    });
    expect(status).toBe(201);
  };
  /** What a superuser does past every guard. */
  const tamper = (sql: string): Promise<void> =>
    session(app.database.adminUrl, async (client) => {
      await client.query(`SET session_replication_role = replica; ${sql}`);
    });

  it('says that nothing is signed yet', async () => {
    const { status, body } = await app.call('GET', '/v1/ledger/checkpoint', { role: 'auditor' });
    expect([status, body.code]).toEqual([404, 'checkpoint.not_found']);
    const open = await fetch(`${app.url}/public/ledgers/${app.ledgerId}/checkpoint`);
    expect(open.status).toBe(404);
    expect(await keysNow()).toEqual([]);
  });

  it('is signed by a key that its own event names, and once for a state', async () => {
    const { status, body: first } = await sign();
    expect(status).toBe(200);
    const head = await get('/v1/ledger/head');
    expect(first.size).toBe(head.size);
    expect((await openOf(first.note)).size).toBe(head.size);
    expect((await sign()).body).toEqual(first);
    expect(await publicNote()).toBe(first.note);
    const jwks = (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as object;
    expect(jwks).toHaveProperty('keys');
    const [key] = await keysNow();
    expect(key!.kid).toBe(first.kid);
    const { items } = await get(`/v1/ledger/events?after=${head.size - 2}`);
    expect(items[0]).toMatchObject({ type: 'signing_key.activated' });
    // Who asked only reads: the program takes its key by itself.
    expect(JSON.parse(items[0].payload)).toMatchObject({
      actor: 'clock',
      actorPrincipal: 'clock',
      body: { kid: first.kid, signer: 'file' },
    });
  });

  it('proves that it only grew, and where each of its events stands', async () => {
    const { body: before } = await sign();
    await grow('GROWN-1');
    const { body: after } = await sign();
    expect(after.size).toBe(before.size + 1);
    const grown = await get(`/v1/ledger/proofs/consistency?from=${before.size}&size=${after.size}`);
    const claim = {
      size1: before.size,
      size2: after.size,
      root1: bytes(before.root),
      root2: bytes(after.root),
    };
    expect(grown.root).toBe(after.root);
    expect(isConsistent(claim, grown.hashes.map(bytes))).toBe(true);
    const { items } = await get('/v1/ledger/events?limit=200');
    for (const { seq, payload } of items) {
      const proof = await get(`/v1/ledger/proofs/inclusion?seq=${seq}&size=${after.size}`);
      const of = { index: seq, size: after.size, leaf: leafHash(payload), root: bytes(after.root) };
      expect(isIncluded(of, proof.hashes.map(bytes))).toBe(true);
    }
    for (const path of [
      `inclusion?seq=${after.size}&size=${after.size}`,
      `inclusion?seq=0&size=${after.size + 1}`,
      `consistency?from=${after.size}&size=1`,
      `consistency?from=1&size=${after.size + 1}`,
    ]) {
      const { status, body } = await app.call('GET', `/v1/ledger/proofs/${path}`, {
        role: 'auditor',
      });
      expect([path, status, body.code]).toEqual([path, 404, 'log.no_such_place']);
    }
  });

  it('proves rows, each by a file that needs nothing else', async () => {
    await sign();
    const { items } = await get('/v1/ledger/events?limit=200');
    const expected = { origin, trusted: await trusted() };
    let proven = 0;
    for (const { eventId, rowCount } of items.filter((one: { rowCount: number }) => one.rowCount)) {
      for (const row of new Set([0, Math.floor(rowCount / 2), rowCount - 1])) {
        const path = `/v1/ledger/proofs/row?eventId=${eventId}&row=${row}`;
        const answer = await fetch(`${app.url}${path}`, {
          headers: { authorization: `Bearer ${app.keys.auditor}` },
        });
        expect(answer.headers.get('content-type')).toMatch('text/plain');
        expect(checkRowProof(await answer.text(), expected)).toMatchObject({ isProven: true });
        proven += 1;
      }
      const beyond = `/v1/ledger/proofs/row?eventId=${eventId}&row=${rowCount}`;
      expect((await app.call('GET', beyond, { role: 'auditor' })).body.code).toBe(
        'log.no_such_place',
      );
    }
    expect(proven).toBeGreaterThan(20);
    const nobody = '/v1/ledger/proofs/row?eventId=00000000-0000-4000-8000-00000000dead&row=0';
    expect((await app.call('GET', nobody, { role: 'auditor' })).body.code).toBe(
      'log.no_such_event',
    );
  });

  it('is signed by another key once an admin says so, and what the first signed stays', async () => {
    const { body: before } = await sign();
    const body = { reason: 'yearly' };
    const asked = await app.call('POST', '/v1/ledger/signing-keys', { role: 'admin', body });
    expect(asked.status).toBe(201);
    const { body: after } = await sign();
    expect(after.kid).toBe(asked.body.kid);
    expect(after.kid).not.toBe(before.kid);
    const keys = await keysNow();
    expect(keys.map(({ retiredSeq }) => retiredSeq)).toEqual([expect.any(Number), null]);
    expect((await openOf(before.note)).size).toBe(before.size);
    expect((await openOf(after.note)).size).toBe(after.size);
    expect((await get('/v1/ledger/verification')).fault).toBeNull();
  });

  it('keeps its keys in files of their owner, and says where one lacks', async () => {
    const folder = join(app.nest.get<Config>(CONFIG).dataDir, 'signing-keys');
    const files = readdirSync(folder).map((name) => join(folder, name));
    expect(files).toHaveLength(2);
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    await grow('GROWN-2');
    const refused = async (detail: RegExp) => {
      const { status, body } = await sign();
      expect([status, body.code]).toEqual([503, 'signing.unavailable']);
      expect(body.detail).toMatch(detail);
    };
    files.forEach((file) => chmodSync(file, 0o644));
    await refused(/mode 0600/);
    files.forEach((file) => chmodSync(file, 0o600));
    files.forEach((file) => renameSync(file, `${file}.away`));
    await refused(/cannot be read \(ENOENT\)/);
    files.forEach((file) => renameSync(`${file}.away`, file));
    expect((await sign()).status).toBe(200);
  });

  it('is signed, proven and checked at the terminal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mizan-signing-'));
    const { dataDir } = app.nest.get<Config>(CONFIG);
    const settings = {
      DATABASE_URL: app.database.adminUrl,
      MIZAN_DATA_DIR: dataDir,
      MIZAN_LEDGER: 'test',
    };
    const ran = (...args: readonly string[]) => mizan(args, { settings });
    const [note, proof] = [join(folder, 'kept.note'), join(folder, 'row.tlog-proof')];
    const signed = JSON.parse(ran('checkpoint', '--out', note, '--json').stdout);
    expect(readFileSync(note, 'utf8')).toBe(signed.note);
    // What is kept is never written over.
    expect(ran('checkpoint', '--out', note).code).toBe(2);
    await grow('GROWN-3');
    expect(ran('checkpoint', '--since', note).stdout).toContain('The log only grew since');
    // A state that this log never had, signed by its own key: its key was stolen, or it was cut.
    const [file] = readdirSync(join(dataDir, 'signing-keys')).filter((name) =>
      name.startsWith(signed.kid),
    );
    const jwk = JSON.parse(readFileSync(join(dataDir, 'signing-keys', file!), 'utf8'));
    const secret = createPrivateKey({ key: jwk, format: 'jwk' });
    const text = checkpointText({ origin, size: 3, root: leafHash('another') });
    const line = signatureLine(
      readVerifierKey(signed.verifierKey)!,
      signBytes(null, Buffer.from(text), secret),
    );
    writeFileSync(note, signedNote(text, [line]));
    expect(ran('checkpoint', '--since', note)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('FAIL: the first 3 events are others'),
    });
    writeFileSync(note, signedNote(text, [line]).replace('\n3\n', '\n4\n'));
    expect(ran('checkpoint', '--since', note)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No signature of a trusted key verifies'),
    });

    const { items } = await get('/v1/ledger/events?limit=200');
    const { eventId } = items.find(({ rowCount }: { rowCount: number }) => rowCount > 1);
    expect(ran('prove', eventId, '1', '--out', proof).code).toBe(0);
    const verify = (...args: readonly string[]) => ran('verify', proof, ...args);
    expect(verify('--key', signed.verifierKey)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ok   proof: this row is among'),
    });
    expect(verify()).toMatchObject({ code: 2, stderr: expect.stringContaining('NAME+ID+KEY') });
    expect(verify('--key', signed.verifierKey, '--head', 'ab'.repeat(32)).code).toBe(2);
    writeFileSync(proof, readFileSync(proof, 'utf8').replace('index ', 'index 1'));
    expect(verify('--key', signed.verifierKey)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('FAIL proof: The event stands at another'),
    });
    rmSync(folder, { recursive: true });
  });

  // prettier-ignore
  it.each([
    ['its size', `UPDATE checkpoint SET size = size + 1000 WHERE size = (SELECT max(size) FROM checkpoint)`],
    ['its root', `UPDATE checkpoint SET root = sha256('x')`],
    ['its key', `UPDATE checkpoint SET kid = 'another'`],
    ['its note', `UPDATE checkpoint SET note = replace(note, 'mizan', 'nazim')`],
  ])('is verified with what was signed: %s', async (_, sql) => {
    const before = await rows(app.database.adminUrl, 'SELECT * FROM checkpoint');
    expect(before.length).toBeGreaterThan(3);
    await tamper(`CREATE TABLE kept AS SELECT * FROM checkpoint; ${sql}`);
    expect((await get('/v1/ledger/verification')).fault).toMatchObject({ check: 'checkpoint' });
    await tamper('DELETE FROM checkpoint; INSERT INTO checkpoint SELECT * FROM kept; DROP TABLE kept');
    expect((await get('/v1/ledger/verification')).fault).toBeNull();
  });

  it('signs nothing, and takes nothing in, once its beginning is another', async () => {
    await sign();
    // The leaf of an early event changes, and every node above it, so that the tree agrees with itself.
    const [{ size }] = (await rows<{ size: string }>(
      app.database.adminUrl,
      'SELECT size FROM ledger_head',
    )) as [{ size: string }];
    await tamper(`
      ALTER TABLE ledger_event DROP CONSTRAINT chain_hashes_prev_and_leaf,
        DROP CONSTRAINT leaf_hashes_its_payload;
      UPDATE ledger_event SET leaf_hash = sha256('x') WHERE seq = 0;
      UPDATE log_node n SET hash = sha256('\\x01'::bytea || l.leaf_hash || r.leaf_hash)
        FROM ledger_event l, ledger_event r
        WHERE n.level = 1 AND n.node_index = 0 AND l.seq = 0 AND r.seq = 1;
      ${[2, 3, 4, 5, 6, 7]
        .map(
          (level) => `UPDATE log_node n SET hash = sha256('\\x01'::bytea || l.hash || r.hash)
            FROM log_node l, log_node r WHERE n.level = ${level} AND n.node_index = 0
              AND l.level = ${level - 1} AND l.node_index = 0
              AND r.level = ${level - 1} AND r.node_index = 1;`,
        )
        .join('')}`);
    expect(Number(size)).toBeLessThan(256);
    const { status, body } = await sign();
    expect([status, body.code]).toEqual([503, 'ledger.behind_checkpoint']);
    expect(body.detail).toMatch('are others than those that were signed');
    expect((await get('/v1/ledger/verification')).fault).toMatchObject({ seq: 0 });
    // The end of the chain is what it was: only what was signed tells.
    const appended = await app.call('POST', '/v1/organisations', {
      role: 'energy-manager',
      body: { code: 'NO', name: 'NO', country: 'MA' },
    });
    expect([appended.status, appended.body.code]).toEqual([503, 'ledger.behind_checkpoint']);
    expect(appended.body.detail).toMatch('others than those that were signed');
    const writing = await app.call('GET', '/health/writing');
    expect([writing.status, writing.body.reasons[0]]).toEqual([
      503,
      expect.stringMatching('others than those that were signed'),
    ]);
  });
});

it('goes on with another key where events were declared lost, and compares no more with what the first signed', async () => {
  const app = await startMonth();
  const sign = () => app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
  const { body: first } = await sign();
  await app.nest.get(Markers).settle();
  // The last event is cut off, as a backup from before it would have it.
  const [before] = await rows<{ size: string; chain: Buffer; leaf: Buffer }>(
    app.database.adminUrl,
    'SELECT seq + 1 AS size, chain_hash AS chain FROM ledger_event ORDER BY seq DESC OFFSET 1 LIMIT 1',
  );
  const leaves = await rows<{ hash: Buffer }>(
    app.database.adminUrl,
    `SELECT leaf_hash AS hash FROM ledger_event WHERE seq < ${before!.size} ORDER BY seq`,
  );
  const tree = growTree();
  leaves.forEach(({ hash }) => tree.add(hash));
  const hex = (bytes: Uint8Array): string => `'\\x${Buffer.from(bytes).toString('hex')}'`;
  await session(app.database.adminUrl, (client) =>
    client.query(`SET session_replication_role = replica;
      DELETE FROM ledger_event WHERE seq >= ${before!.size};
      DELETE FROM log_node WHERE (node_index + 1) << level > ${before!.size};
      DELETE FROM checkpoint;
      UPDATE ledger_head SET size = ${before!.size}, chain_hash = ${hex(before!.chain)},
        subtrees = ${hex(Buffer.concat(tree.subtrees()))}`),
  );
  expect((await sign()).body.code).toBe('ledger.behind_checkpoint');
  const resume = (step: string, key: string, body?: object) =>
    app.call('POST', `/v1/ledger/resumptions${step}`, { key, ...(body ? { body } : {}) });
  const asked = await resume('', app.keys.admin, { reason: 'the volume burnt' });
  expect(asked.body).toMatchObject({ standing: 'behind' });
  expect((await resume('/confirmations', app.secondAdmin)).status).toBe(200);
  const { status, body: second } = await sign();
  expect(status).toBe(200);
  expect(second.kid).not.toBe(first.kid);
  const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
  expect(body.fault).toBeNull();
  await app.close();
});
