import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { exampleBodies, exampleRecords } from '../../src/platform/http/examples.js';
import { startApp, type TestApp } from '../support/app.js';
import { contract } from '../support/contract.js';
import { certificatesCsv, createGrid, RECORDS } from '../support/make.js';

const TEXT = readFileSync('fixtures/openapi.json', 'utf8');
const OCTOBER = '2026-10-01T00:00:00Z';
const HOURS = 744;

/** Its types are made of the description: the compiler of this project does not have them. */
const EXAMPLE = join(process.cwd(), 'docs/examples/settle-a-month.ts');

interface Example {
  readonly settleMonth: (month: object) => Promise<Readonly<Record<string, unknown>>>;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { example?: object }>> };
}

const operations = Object.entries(
  (JSON.parse(TEXT) as { paths: Record<string, Record<string, Operation>> }).paths,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    operation,
  })),
);

describe('the API’s description', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  it('has nothing that a public linter calls an error', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const found = await lintFromString({ source: TEXT, config });
    const errors = found.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it('shows every JSON body by an example, and no other', () => {
    const shown = new Map(
      operations.flatMap(({ path, method, operation }) => {
        const json = operation.requestBody?.content['application/json'];
        return json === undefined ? [] : [[`${method} ${path}`, json.example] as const];
      }),
    );
    expect([...shown].filter(([, example]) => example === undefined)).toEqual([]);
    expect(
      [...exampleBodies().keys()].filter((key) => !shown.has(key as `${string} ${string}`)),
    ).toEqual([]);
  });

  it('shows records that are taken, one after the other', async () => {
    const other = await startApp({ ledger: 'examples' });
    for (const { path, writers, document } of exampleRecords()) {
      const [role] = writers;
      const reply = await other.call('POST', path, { role, body: document });
      expect([path, reply.status, reply.body.errors]).toEqual([path, 201, undefined]);
    }
    await other.close();
  });

  it('is all that a query may hold: what it does not have is refused, not passed over', async () => {
    const passedOver: string[] = [];
    for (const { path, method } of operations) {
      const url = path.replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000');
      const reply = await app.call(method, `${url}?noSuchFilter=1`, { key: app.keys.admin });
      // Whoever may not call it is told that, and no more.
      if (reply.status === 403) continue;
      const names = JSON.stringify(reply.body.errors ?? []);
      if (reply.status !== 400 || !names.includes('noSuchFilter')) {
        passedOver.push(`${method} ${path}: ${reply.status} ${names}`);
      }
    }
    for (const { path, method } of operations) {
      if (method !== 'GET' || path.startsWith('/health')) continue;
      const url = path.replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000');
      const reply = await app.call(method, `${url}?noSuchFilter=1`, { role: 'energy-manager' });
      if (reply.status === 403) continue;
      if (reply.status !== 400) passedOver.push(`${method} ${path}: ${reply.status}`);
    }
    expect(passedOver).toEqual([]);
  });

  it('makes a typed client that settles a month', async () => {
    expect(await typeFaults()).toEqual([]);
    const [, ppa] = RECORDS.find(([path]) => path === 'contracts')! as [string, { code: string }];
    const { code: _, ...terms } = ppa;
    const elections = contract({
      volume: { ...contract().volume, product: 'AS_CONSUMED' },
      vat: { energy: 'VAT', regulated: 'VAT', fees: null, damages: null },
    });
    const role = 'energy-manager' as const;
    const body = { ...terms, elections, volumeProduct: 'AS_CONSUMED' };
    expect((await app.call('POST', '/v1/contracts/PPA/versions', { role, body })).status).toBe(201);
    const certificates = certificatesCsv(OCTOBER, HOURS, () => 800_000);
    const sent = { role, body: certificates, type: 'text/csv' };
    await app.call('POST', '/v1/imports/certificates', sent);
    const { settleMonth } = (await import(EXAMPLE)) as Example;
    const settled = await settleMonth({
      url: app.url,
      key: app.keys['energy-manager'],
      month: '2026-10',
      readings: [...readingsOf('M-60', 60), ...readingsOf('M-15', 15)],
    });
    expect(settled).toMatchObject({ contractCode: 'PPA', period: '2026-10', isNew: true });
    expect(Number(settled['netMad'])).toBeGreaterThan(0);
    const again = { url: app.url, key: app.keys.auditor, month: '2026-10', readings: [] };
    await expect(settleMonth(again)).rejects.toThrow('auth.forbidden');
  }, 120_000);
});

/** A megawatt through October. */
const readingsOf = (meter: string, minutes: number): readonly object[] =>
  Array.from({ length: (HOURS * 60) / minutes }, (_, at) => ({
    meter,
    wh: (1_000_000 * minutes) / 60,
    quality: 'ACTUAL',
    start: new Date(Date.parse(OCTOBER) + at * minutes * 60_000).toISOString(),
  }));

/** What the compiler says of the example beside types that were made of the description. */
async function typeFaults(): Promise<readonly string[]> {
  const example = EXAMPLE;
  const types = join(process.cwd(), 'docs/examples/api.ts');
  const text = astToString(await openapiTS(TEXT, { defaultNonNullable: false }));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === types || disk.fileExists(name),
    readFile: (name) => (name === types ? text : disk.readFile(name)),
    getSourceFile: (name, ...rest) =>
      name === types
        ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024)
        : disk.getSourceFile(name, ...rest),
  };
  const program = ts.createProgram([example], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
