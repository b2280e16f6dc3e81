import { createHash } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid, intervalsCsv } from '../support/make.js';
import { filesOf, streamsOf } from '../support/read-documents.js';

const START = '2026-10-01T00:00:00Z';
const HOURS = 48;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('documents of a statement', () => {
  let app: TestApp;
  let statement: { statementId: string; sha256: string; document: { siteName: string } };
  let billing: { statementId: string };

  /** Asks for a document as a client does, bytes in hand. */
  async function get(
    query: string,
    headers: Readonly<Record<string, string>> = {},
    { method = 'GET', statementId = statement.statementId } = {},
  ): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
    const reply = await fetch(`${app.url}/v1/statements/${statementId}/document${query}`, {
      method,
      headers: { authorization: `Bearer ${app.keys.auditor}`, ...headers },
    });
    return {
      status: reply.status,
      headers: reply.headers,
      bytes: Buffer.from(await reply.arrayBuffer()),
    };
  }

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const role = 'operator';
    const load = intervalsCsv(START, HOURS, (_, hour) => 1_000 * (hour + 1));
    const certificates = certificatesCsv(START, HOURS, (_, hour) => 900 * hour);
    await app.call('POST', '/v1/imports/intervals', { role, body: load, type: 'text/csv' });
    await app.call('POST', '/v1/imports/certificates', {
      role,
      body: certificates,
      type: 'text/csv',
    });
    const manager = { role: 'energy-manager' } as const;
    await app.call('POST', '/v1/matching-runs', { ...manager, body: { month: '2026-10' } });
    const issue = (kind: string) =>
      app.call('POST', '/v1/statements', { ...manager, body: { kind, month: '2026-10' } });
    statement = (await issue('carbon')).body;
    billing = (await issue('billing')).body;
  });
  afterAll(() => app.close());

  it('are as JSON the very bytes that were sealed', async () => {
    const { status, headers, bytes } = await get('');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(sha256(bytes)).toBe(statement.sha256);
    expect(headers.get('etag')).toBe(`"${statement.sha256}"`);
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="carbon-[\w.-]+-2026-10-v1\.json"$/,
    );
  });

  it('are not sent to who has them, and told of without being sent', async () => {
    const { headers } = await get('?format=csv');
    const etag = headers.get('etag')!;
    const again = await get('?format=csv', { 'if-none-match': `"x", W/${etag}` });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    const other = await get('?format=csv&lang=fr', { 'if-none-match': etag });
    expect(other.status).toBe(200);
    const head = await get('?format=csv', {}, { method: 'HEAD' });
    expect([head.status, head.bytes.length, head.headers.get('etag')]).toEqual([200, 0, etag]);
  });

  it.each([
    ['text/csv', 'text/csv; charset=utf-8'],
    ['application/json;q=0.5, application/pdf', 'application/pdf'],
    ['text/*', 'text/csv; charset=utf-8'],
    [XLSX, XLSX],
    ['*/*', 'application/json; charset=utf-8'],
  ])('are chosen by Accept: %s', async (accept, type) => {
    const { status, headers } = await get('', { accept });
    expect([status, headers.get('content-type')]).toEqual([200, type]);
  });

  it('are refused in formats, languages and tables that there are not', async () => {
    const refused = async (query: string, headers = {}): Promise<unknown> => {
      const { status, bytes } = await get(query, headers);
      return [status, (JSON.parse(bytes.toString()) as { code: string }).code];
    };
    expect(await refused('', { accept: 'image/png' })).toEqual([406, 'document.not_acceptable']);
    expect(await refused('?format=doc')).toEqual([400, 'request.invalid']);
    expect(await refused('?format=csv&lang=de')).toEqual([400, 'request.invalid']);
    expect(await refused('?format=csv&table=nope')).toEqual([404, 'document.table_unknown']);
  });

  it('give each table as CSV, and all of them packed', async () => {
    const figures = (await get('?format=csv&lang=fr')).bytes.toString();
    expect(figures.split('\n')[0]).toBe('figure,label,value,unit,definition');
    expect(figures).toContain('loadWh,Consommation,');
    const hours = (await get('?format=csv&table=hours')).bytes.toString().trimEnd().split('\n');
    expect(hours).toHaveLength(744 + 1);
    expect(hours[2]).toMatch(
      /^2026-10-01T01:00:00Z,2026-10-01T01:00\+00:00,\d+,\d+,\d+,\d+,[\d.]+,false$/,
    );
    const packed = filesOf((await get('?format=zip')).bytes);
    expect([...packed.keys()]).toEqual(
      [
        'hours',
        'figures',
        'sources',
        'certificates',
        'tiers',
        'criteria',
        'apart',
        'quality',
        'plants',
        'factors',
        'checks',
        'avoided',
      ].map((id) => `${id}.csv`),
    );
  });

  it('are a workbook whose cells have types', async () => {
    const first = (await get('?format=xlsx&lang=fr')).bytes;
    expect((await get('?format=xlsx&lang=fr')).bytes.equals(first)).toBe(true);
    const files = filesOf(first);
    const book = files.get('xl/workbook.xml')!.toString();
    const names = [...book.matchAll(/<sheet name="([^"]+)"/g)].map(([, name]) => name!);
    expect(names.slice(0, 3)).toEqual(['Relevé carbone', 'Heures', 'Chiffres']);
    const hours = files.get('xl/worksheets/sheet2.xml')!.toString();
    // 2026-10-01 is day 46296 of spreadsheets; an hour is a 24th of a day.
    expect(hours).toMatch(/<c r="A3" s="\d+"><v>46296\.041666666\d*<\/v><\/c>/);
    expect(hours).toMatch(/<c r="C3" s="\d+"><v>\d+<\/v><\/c>/);
    expect(hours).toContain('state="frozen"');
    expect(hours).not.toContain('<f>');
  });

  it('are a PDF that is the same each time, in its language, with the statement inside', async () => {
    const pdf = (await get('?format=pdf&lang=fr')).bytes;
    expect((await get('?format=pdf&lang=fr')).bytes.equals(pdf)).toBe(true);
    const text = pdf.toString('latin1');
    expect(text.startsWith('%PDF-1.7')).toBe(true);
    expect(text).toMatch(/\/Lang ?\(fr/);
    expect(text).toContain('/MarkInfo');
    expect(text).toMatch(/\/UF ?\(statement\.json\)/);
    const streams = streamsOf(pdf);
    const metadata = streams.find((stream) => stream.includes('pdfaid:part'))!.toString();
    expect(metadata).toContain('<pdfaid:part>3</pdfaid:part>');
    expect(metadata).toContain('<pdfaid:conformance>A</pdfaid:conformance>');
    expect(streams.map(sha256)).toContain(statement.sha256);
    const english = (await get('?format=pdf&lang=en')).bytes.toString('latin1');
    expect(english).toMatch(/\/Lang ?\(en/);
  });

  it('are made of a bill as well', async () => {
    const of = { statementId: billing.statementId };
    const { status, bytes } = await get('?format=pdf&lang=en', {}, of);
    expect([status, bytes.subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
    const lines = (await get('?format=csv&table=lines', {}, of)).bytes.toString();
    expect(lines.split('\n')[0]).toContain('net_mad');
  });
});
