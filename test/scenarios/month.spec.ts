import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statementText } from '../../src/cli/shell/render.js';
import { canonicalJson } from '../../src/core/ledger/canonical.js';
import { sha256, toHex } from '../../src/core/ledger/merkle.js';
import { startApp, type TestApp } from '../support/app.js';

const DEMO = 'fixtures/demo';
const GOLDEN = 'fixtures/scenarios/2026-10';
const PATHS: Record<string, string> = {
  organisation: 'organisations',
  site: 'sites',
  meter: 'meters',
  issuer: 'issuers',
  plant: 'plants',
  contract: 'contracts',
  'vat-rate': 'vat-rates',
  factor: 'factors',
};

/** October of the demonstration from its files, with a fixed clock and counted ids. */
async function october(app: TestApp): Promise<Record<string, string>> {
  const records = JSON.parse(readFileSync(join(DEMO, 'records.json'), 'utf8'));
  for (const { kind, document } of records) {
    const role = kind === 'vat-rate' ? 'finance' : 'energy-manager';
    const { status } = await app.call('POST', `/v1/${PATHS[kind]!}`, { role, body: document });
    expect([kind, status]).toEqual([kind, 201]);
  }
  for (const file of [
    'certificates-2026-10',
    'intervals-2026-10',
    'intervals-2026-10-correction',
  ]) {
    const body = readFileSync(join(DEMO, `${file}.csv`), 'utf8');
    const path = `/v1/imports/${file.split('-')[0]}?fileName=${file}.csv`;
    const { status } = await app.call('POST', path, { role: 'operator', body, type: 'text/csv' });
    expect([file, status]).toEqual([file, 201]);
  }
  const role = 'energy-manager';
  await app.call('POST', '/v1/matching-runs', { role, body: { month: '2026-10' } });
  const files: Record<string, string> = {};
  for (const kind of ['carbon', 'billing']) {
    const body = { kind, month: '2026-10' };
    const { body: answer } = await app.call('POST', '/v1/statements', { role, body });
    files[`${kind}.txt`] = `${statementText(answer.document)}\n`;
    const hash = toHex(sha256(canonicalJson(answer.document)));
    expect(hash).toBe(answer.sha256);
    files[`${kind}.sha256`] = `${hash}\n`;
  }
  const { body: head } = await app.call('GET', '/v1/ledger/head', { role: 'auditor' });
  files['head.txt'] = `${head.size} ${head.chainHash}\n`;
  return files;
}

describe('October 2026, from files to statements', () => {
  it('gives the committed statements and head of the log, byte for byte', async () => {
    const app = await startApp({ areIdsCounted: true, ledger: 'golden' });
    const files = await october(app);
    await app.close();
    if (!existsSync(GOLDEN)) {
      mkdirSync(GOLDEN, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(GOLDEN, name), text);
      throw new Error(`Wrote ${GOLDEN}: read it, and run again`);
    }
    for (const [name, text] of Object.entries(files)) {
      expect([name, text]).toEqual([name, readFileSync(join(GOLDEN, name), 'utf8')]);
    }
  });
});
