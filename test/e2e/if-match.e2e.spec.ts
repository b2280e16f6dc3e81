import { startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';

describe('versions that were seen', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
  });
  afterAll(() => app.close());

  const path = '/v1/organisations/BUYER';
  const role = 'energy-manager' as const;
  const revise = (name: string, ifMatch?: string): ReturnType<TestApp['call']> => {
    const body = { name, country: 'MA', ice: '001234567000089' };
    return app.call('POST', `${path}/versions`, {
      role,
      body,
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    });
  };
  const tag = async (): Promise<string | null> =>
    (await app.call('GET', path, { role })).headers.get('etag');

  it('have a strong tag, which a new version must name where it names any', async () => {
    expect(await tag()).toBe('"v1"');
    const second = await revise('Second', '"v1"');
    expect([second.status, second.headers.get('etag')]).toEqual([201, '"v2"']);
    const stale = await revise('Third', '"v1"');
    expect([stale.status, stale.body.code, stale.body.version]).toEqual([
      412,
      'record.version_stale',
      2,
    ]);
    expect(await tag()).toBe('"v2"');
  });

  it.each([
    ['absent', undefined, 201],
    ['any', '*', 201],
    ['one of a list', '"v1", "v2", "v3", "v4", "v5"', 201],
    ['weak', 'W/"v5"', 412],
    ['of somebody else', '"abc"', 412],
  ])('are compared: %s', async (name, ifMatch, status) => {
    expect((await revise(name, ifMatch)).status).toBe(status);
  });

  it('let one of twenty through who saw the same', async () => {
    const seen = (await tag())!;
    const all = await Promise.all(Array.from({ length: 20 }, (_, at) => revise(`N${at}`, seen)));
    expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(all.filter(({ status }) => status === 412)).toHaveLength(19);
  });
});
