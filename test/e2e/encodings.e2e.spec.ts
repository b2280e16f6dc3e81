import { startApp, type TestApp } from '../support/app.js';
import { zipOf } from '../support/zip.js';
import { createGrid } from '../support/make.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('files in other encodings than UTF-8', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  const send = (path: string, body: Buffer | string, type = 'text/csv') =>
    app.call('POST', `/v1/imports/${path}`, { role: 'operator', body, type });
  const profile = (code: string, settings: object) =>
    app.call('POST', '/v1/import-profiles', {
      role: 'energy-manager',
      body: { code, name: code, settings: { quality: 'ACTUAL', ...settings } },
    });

  it('find the meter of a name with accents, and say in the preview what they are written in', async () => {
    await profile('ATELIER', { meters: { 'Atelier n° 1 – été': 'M-60' }, unit: 'kwh' });
    const file = (name: string) => `meter,start,kwh\n${name},2026-10-01T00:00:00Z,5\n`;
    // The dash is of Windows, not of Latin-1.
    const bytes = latin1(file('Atelier n° 1 \x96 été'));
    const path = 'intervals?profile=ATELIER';
    const seen = await send(`${path}&dryRun=true`, bytes);
    expect(seen.body.preview).toMatchObject({
      format: 'csv-long',
      encoding: 'windows-1252',
      newCount: 1,
      rejectedCount: 0,
    });
    const taken = await send(path, bytes);
    expect(taken.body).toMatchObject({
      format: 'csv-long; charset=windows-1252',
      encoding: 'windows-1252',
      totalWh: 5_000,
    });
    const same = await send(path, file('Atelier n° 1 – été'));
    expect(same.body).toMatchObject({
      format: 'csv-long',
      encoding: 'utf-8',
      newCount: 0,
      identicalCount: 1,
    });
  });

  it('are read as the profile states, and handed back with a mark that says otherwise', async () => {
    await profile('STATED', {
      encoding: 'windows-1252',
      meters: { 'Ã©': 'M-60', é: 'M-15' },
      unit: 'wh',
    });
    const bytes = Buffer.from(
      'meter,start,wh\né,2026-10-02T00:00:00Z,5\né,2026-10-02T01:00:00Z,x\n',
      'utf8',
    );
    const path = 'intervals?profile=STATED&rejects=set-aside';
    const taken = await send(path, bytes);
    expect(taken.body).toMatchObject({ encoding: 'windows-1252', rowCount: 1, rejectedCount: 1 });
    const headers = { authorization: `Bearer ${app.keys.operator}` };
    const url = `${app.url}/v1/import-jobs/${taken.body.jobId}/rejects`;
    const rejects = Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
    expect(rejects.subarray(0, 3)).toEqual(Buffer.of(0xef, 0xbb, 0xbf));
    const mended = Buffer.from(rejects.toString('utf8').replace(',x,', ',7,'));
    expect((await send(path, mended)).body).toMatchObject({ encoding: 'utf-8', totalWh: 7 });
  });

  it('are refused where the profile states another', async () => {
    await profile('STRICT', { encoding: 'utf-8', meters: { é: 'M-60' }, unit: 'wh' });
    const refused = await send(
      'intervals?profile=STRICT',
      latin1('meter,start,wh\né,2026-10-03T00:00:00Z,5\n'),
    );
    expect([refused.status, refused.body.code]).toEqual([422, 'import.file_unreadable']);
    expect(refused.body.detail).toContain('Line 2');
  });

  it('name the file of a ZIP that a row is in, and hand its row back', async () => {
    const header = 'meter,start,wh,quality\n';
    const zip = zipOf([
      { name: 'a.csv', bytes: `${header}M-60,2026-10-05T00:00:00Z,1,ACTUAL\n` },
      { name: 'b.csv', bytes: `${header}M-60,2026-10-05T01:00:00Z,x,ACTUAL\n` },
      {
        name: 'c.csv',
        bytes: `${header}${[0, 1, 2, 3].map((quarter) => `M-60,2026-10-06T00:${quarter === 0 ? '00' : quarter * 15}:00Z,1,ACTUAL\n`).join('')}`,
      },
    ]);
    const { body } = await send('intervals?dryRun=true', zip, 'application/zip');
    const { problems } = body.preview as { problems: { rule: string; detail: string }[] };
    expect(problems.map(({ detail }) => detail.split(':')[0])).toEqual(
      expect.arrayContaining(['b.csv, line 2']),
    );
    // What is wrong with a file as a whole is said of it too.
    expect(problems.every(({ detail }) => /^[bc]\.csv, line \d+: /.test(detail))).toBe(true);
    expect(problems.some(({ detail }) => detail.startsWith('c.csv'))).toBe(true);
    const headers = { authorization: `Bearer ${app.keys.operator}` };
    const rejects = await fetch(`${app.url}/v1/import-jobs/${body.jobId}/rejects`, { headers });
    expect(await rejects.text()).toContain('\nM-60,2026-10-05T01:00:00Z,x,ACTUAL,');
  });

  it('say so for figures of a currency', async () => {
    const body = latin1('day;mad_per_unit;note\n2026-10-01;10.85;été\n');
    const reply = await app.call(
      'POST',
      '/v1/imports/dated-figures?kind=fx-series&code=EUR&source=BAM&confidence=P',
      { role: 'finance', body, type: 'text/csv' },
    );
    expect(reply.body).toMatchObject({ rowCount: 1, encoding: 'windows-1252' });
  });
});
