import { createPrivateKey, sign as signBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafHash } from '../../src/core/ledger/merkle.js';
import { checkpointText, originOf } from '../../src/core/proofs/checkpoint.js';
import { readVerifierKey, signatureLine, signedNote } from '../../src/core/proofs/signed-note.js';
import { CONFIG, type Config } from '../../src/platform/config.js';
import { startApp, type TestApp } from '../support/app.js';
import { mizan } from '../support/cli.js';

describe('a signing key that others had', () => {
  let app: TestApp;
  let folder: string;
  let keyFolder: string;
  beforeAll(async () => {
    app = await startApp();
    folder = mkdtempSync(join(tmpdir(), 'mizan-keys-'));
    keyFolder = join(app.nest.get<Config>(CONFIG).dataDir, 'signing-keys');
    writeFileSync(join(folder, 'admin.key'), app.keys.admin, { mode: 0o600 });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  const SINCE = '2026-11-09T22:00:00.000Z';
  const sign = async () => app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
  const keys = async () =>
    (await app.call('GET', '/v1/ledger/signing-keys', { role: 'auditor' })).body.items;
  const revoke = (kid: string, compromisedSince: string) =>
    app.call('POST', `/v1/ledger/signing-keys/${kid}/revocations`, {
      role: 'admin',
      body: { compromisedSince, reason: 'the disk was sold' },
    });
  const ran = (...args: readonly string[]) =>
    mizan(args, {
      settings: {
        DATABASE_URL: app.database.adminUrl,
        MIZAN_DATA_DIR: app.nest.get<Config>(CONFIG).dataDir,
        MIZAN_LEDGER: 'test',
        MIZAN_KEY_FILE: join(folder, 'admin.key'),
      },
    });

  it('is revoked from an instant on, and signs no more', async () => {
    const { body: first } = await sign();
    // Whoever signs may be away: the key ends all the same.
    renameSync(keyFolder, `${keyFolder}.away`);
    const { status, body: key } = await revoke(first.kid, SINCE);
    expect(status).toBe(200);
    expect(key).toMatchObject({ compromisedSince: SINCE, retiredSeq: first.size });
    expect(key.revokedSeq).toBe(first.size + 1);
    renameSync(`${keyFolder}.away`, keyFolder);
    const { body: second } = await sign();
    expect(second.kid).not.toBe(first.kid);
    const { body: jwks } = await app.call('GET', '/.well-known/jwks.json');
    expect(jwks.keys).toEqual([]);
    expect(
      (await keys()).map((one: { compromisedSince: unknown }) => one.compromisedSince),
    ).toEqual([SINCE, null]);
  });

  it('is refused where it says nothing new, comes too early, or there is none', async () => {
    const [{ kid }] = await keys();
    const answers = [
      await revoke(kid, SINCE),
      await revoke(kid, '2026-11-09T23:00:00Z'),
      await revoke('A'.repeat(43), SINCE),
      await revoke(kid, '2026-11-10T09:00:01Z'),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'signing_key.is_revoked'],
      [409, 'signing_key.is_revoked'],
      [404, 'signing_key.not_found'],
      [400, 'request.invalid'],
    ]);
    // It was gone earlier than was known at first.
    expect((await revoke(kid, '2026-11-09T21:00:00Z')).body.compromisedSince).toBe(
      '2026-11-09T21:00:00.000Z',
    );
  });

  it('is said by verification, which finds what it signed in the log', async () => {
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
    expect(body.notes).toContainEqual(
      expect.stringMatching(/^Others had the signing key .* 1 states/),
    );
  });

  it('tells who keeps a note by it whether the log still begins with that', async () => {
    const [key] = await keys();
    const origin = originOf(app.ledgerId);
    const jwk = JSON.parse(readFileSync(join(keyFolder, `${key.kid}.json`), 'utf8'));
    const forge = (file: string, text: string) => {
      const secret = createPrivateKey({ key: jwk, format: 'jwk' });
      const signature = signBytes(null, Buffer.from(text), secret);
      writeFileSync(
        file,
        signedNote(text, [signatureLine(readVerifierKey(key.verifierKey)!, signature)]),
      );
    };
    const forged = join(folder, 'forged.note');
    forge(forged, checkpointText({ origin, size: 2, root: leafHash('another') }));
    const answer = ran('checkpoint', '--since', forged);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toMatch(/FAIL: the first 2 events are others/);
    expect(answer.stdout).toMatch(
      /Others had the key that signed .* counts only if you have had it/,
    );
  });

  it('is revoked at the terminal, by an admin who says why', async () => {
    const kid = (await keys()).at(-1).kid;
    expect(ran('checkpoint', '--revoke', kid).code).toBe(2);
    const since = ['--compromised-since', '2026-11-10T08:00:00Z'];
    const done = ran('checkpoint', '--revoke', kid, ...since, '--reason', 'it was in a mail');
    expect(done).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Others had the key/),
    });
    expect((await keys()).at(-1)).toMatchObject({ kid, reason: 'it was in a mail' });
    expect((await sign()).body.kid).not.toBe(kid);
  });
});
