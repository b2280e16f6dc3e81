import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint, originOf } from '../../src/core/proofs/checkpoint.js';
import { readVerifierKey } from '../../src/core/proofs/signed-note.js';
import { CONFIG, type Config, ConfigError, readConfig } from '../../src/platform/config.js';
import { RemoteSigner } from '../../src/platform/signing/remote-signer.js';
import { startApp, type TestApp } from '../support/app.js';
import { type SignerProcess, startSigner } from '../support/signer.js';

describe('a log that another process signs', () => {
  let folder: string;
  let app: TestApp;
  let signer: SignerProcess;
  let token: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mizan-signer-'));
    token = join(folder, 'token');
    writeFileSync(token, 'open sesame\n', { mode: 0o600 });
    signer = await startSigner(join(folder, 'signer.sock'), 'open sesame');
    const settings = { MIZAN_SIGNER_URL: signer.url, MIZAN_SIGNER_TOKEN_FILE: token };
    app = await startApp({ settings });
  });
  afterAll(async () => {
    await app.close();
    await signer.end();
    rmSync(folder, { recursive: true });
  });

  let count = 0;
  const grow = async () => {
    const code = `GROWN-${(count += 1)}`;
    const body = { code, name: code, country: 'MA' };
    await app.call('POST', '/v1/organisations', { role: 'energy-manager', body });
  };
  const sign = async () => {
    await grow();
    return app.call('POST', '/v1/ledger/checkpoints', { role: 'auditor' });
  };
  const refused = async (detail: RegExp) => {
    const { status, body } = await sign();
    expect([status, body.code]).toEqual([503, 'signing.unavailable']);
    expect(body.detail).toMatch(detail);
  };
  const keys = async () =>
    (await app.call('GET', '/v1/ledger/signing-keys', { role: 'auditor' })).body.items;
  const newKey = (reason: string) =>
    app.call('POST', '/v1/ledger/signing-keys', { role: 'admin', body: { reason } });

  it('is signed through a local socket, by a key that never comes here', async () => {
    const { status, body } = await sign();
    expect(status).toBe(200);
    const [key] = await keys();
    const origin = originOf(app.ledgerId);
    const trusted = [readVerifierKey(key.verifierKey)!];
    expect(openCheckpoint(body.note, { origin, trusted })).toMatchObject({ size: body.size });
    const { items } = (await app.call('GET', '/v1/ledger/events?limit=200', { role: 'auditor' }))
      .body;
    const activated = items.find(({ type }: { type: string }) => type === 'signing_key.activated');
    expect(JSON.parse(activated.payload).body.signer).toBe('remote');
    expect(existsSync(join(app.nest.get<Config>(CONFIG).dataDir, 'signing-keys'))).toBe(false);
  });

  it('takes another key from it, and none that it has had', async () => {
    const asked = await newKey('yearly');
    expect(asked.status).toBe(201);
    expect((await sign()).body.kid).toBe(asked.body.kid);
    await signer.behave('same-key');
    const again = await newKey('again');
    expect([again.status, again.body.code]).toEqual([503, 'signing.unavailable']);
    expect(again.body.detail).toMatch('that this log has had');
    await signer.behave('well');
    expect(await keys()).toHaveLength(2);
  });

  it.each([
    ['locked', /answered 403 to signatures: the .31m vault is locked$/],
    ['other-bytes', /signature does not verify by the key/],
    ['short', /has no signature of 64 bytes/],
    ['long', /the answer is too long/],
  ])('is not signed by a signer that is %s, and later is', async (mode, detail) => {
    await signer.behave(mode);
    await refused(detail);
    await signer.behave('well');
    expect((await sign()).status).toBe(200);
  });

  it('does not wait for ever', async () => {
    await signer.behave('silent');
    await refused(/nothing within 10 s/);
    await signer.behave('well');
  });

  it('says who it is by a word from a file of its owner alone', async () => {
    writeFileSync(token, 'guess\n');
    await refused(/answered 401 to signatures: who is there\?/);
    rmSync(token);
    await refused(/MIZAN_SIGNER_TOKEN_FILE cannot be read \(ENOENT\)/);
    writeFileSync(token, 'open sesame\n', { mode: 0o644 });
    await refused(/is to have mode 0600/);
    rmSync(token);
    writeFileSync(token, 'open sesame\n', { mode: 0o600 });
    expect((await sign()).status).toBe(200);
  });

  it('says that the signer is gone, that it has not the key, and goes on with another', async () => {
    await signer.end();
    await refused(/does not answer \((ENOENT|ECONNREFUSED)\)/);
    signer = await startSigner(join(folder, 'signer.sock'), 'open sesame');
    await refused(/answered 404 to signatures: no such key/);
    expect((await newKey('the signer lost it')).status).toBe(201);
    expect((await sign()).status).toBe(200);
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  });

  it('signs over HTTP too, and follows no redirect', async () => {
    const overHttp = await startSigner('0');
    const of = { signerUrl: overHttp.url, signerTokenFile: null };
    const bytes = Buffer.from('x');
    const remote = new RemoteSigner(of);
    const key = await remote.make(originOf(app.ledgerId));
    expect(await remote.sign(key, bytes)).toHaveLength(64);
    const redirects = createServer((_, response) =>
      response.writeHead(307, { location: `${overHttp.url}/signatures` }).end(),
    );
    await new Promise<void>((resolve) => redirects.listen(0, '127.0.0.1', resolve));
    const { port } = redirects.address() as AddressInfo;
    const led = new RemoteSigner({ ...of, signerUrl: `http://127.0.0.1:${port}` });
    await expect(led.sign(key, bytes)).rejects.toMatchObject({
      details: { detail: 'The signer answered 307 to signatures.' },
    });
    redirects.close();
    await overHttp.end();
  });

  it.each(['ftp://signer', 'unix:signer.sock', 'signer'])('refuses the setting %s', (url) => {
    expect(() => readConfig({ MIZAN_SIGNER_URL: url })).toThrow(ConfigError);
  });
});
