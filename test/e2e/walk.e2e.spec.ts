import { type AnyReply, startApp, type TestApp } from '../support/app.js';
import { createGrid } from '../support/make.js';
import { Api, type Operation, type Place, urlOf, type Values } from '../support/operations.js';

const SLOW_MS = 10_000;
const GROWTH_BYTES = 300 * 1024 * 1024;

const isMonth = ({ pattern }: Place['schema']): boolean =>
  /\\d\{2\}-\(0\[1-9\]/.test(pattern ?? '');
const isDate = ({ schema }: Place): boolean =>
  schema.format === 'date' || schema.format === 'date-time' || isMonth(schema);
const isText = ({ schema }: Place): boolean =>
  schema.type === 'string' && schema.enum === undefined && schema.const === undefined;

/** A date in the form of its place. */
const dated = ({ schema }: Place, year: string): string => {
  if (schema.format === 'date-time') return `${year}-01-01T00:00:00Z`;
  return schema.format === 'date' ? `${year}-01-01` : `${year}-01`;
};
const pointerOf = ({ where, path }: Place): string =>
  where === 'path' ? '' : `/${path.join('/')}`;
const named = ({ path }: Place): string => String(path.at(-1));

/** The place where a range ends that starts here; null when it is no start. */
function endOf(start: Place, places: readonly Place[]): Place | null {
  const name = named(start);
  const ends = [
    name.replace(/^from$/, 'to'),
    name.replace(/From$/, 'To'),
    name.replace(/^first/, 'last'),
    name.replace(/^start$/, 'end'),
  ].filter((end) => end !== name);
  const around = start.path.slice(0, -1).join('/');
  return (
    places.find(
      (one) =>
        one.where === start.where &&
        ends.includes(named(one)) &&
        one.path.slice(0, -1).join('/') === around,
    ) ?? null
  );
}

describe('every route of the description', () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    api = new Api((await app.call('GET', '/openapi.json')).body);
  });
  afterAll(() => app.close());

  let sent = 0;
  const send = async (operation: Operation, values: Values): Promise<AnyReply> => {
    const role = operation.roles[0];
    const bytes = operation.takesBytes ? { body: 'x', type: 'text/csv' } : {};
    const startMs = performance.now();
    const reply = await app.call(operation.method, urlOf(operation, values), {
      ...(role === undefined ? {} : { role }),
      ...(values.body === null ? bytes : { body: values.body }),
      idempotencyKey: `walk-${(sent += 1)}`,
    });
    expect(performance.now() - startMs).toBeLessThan(SLOW_MS);
    return reply;
  };

  /** What an answer refuses, at which pointers; or its status. */
  const refused = (reply: AnyReply): readonly string[] | number =>
    reply.body?.code === 'request.invalid'
      ? reply.body.errors.map(({ pointer }: { pointer: string }) => pointer)
      : reply.status;

  const walk = async (
    values: (operation: Operation, place: Place, places: readonly Place[]) => readonly Values[],
    wanted: (place: Place, places: readonly Place[]) => string,
  ): Promise<string[]> => {
    const wrong: string[] = [];
    for (const operation of api.operations) {
      const places = api.places(operation);
      for (const place of places) {
        for (const one of values(operation, place, places)) {
          const found = refused(await send(operation, one));
          const pointer = wanted(place, places);
          if (typeof found === 'number' || !found.some((text) => text === pointer)) {
            wrong.push(`${operation.method} ${operation.path} ${pointer}: ${String(found)}`);
          }
        }
      }
    }
    return wrong;
  };

  it('describes more than a hundred operations, with places for text and for dates', () => {
    const places = api.operations.flatMap((operation) => api.places(operation));
    expect(api.operations.length).toBeGreaterThan(100);
    expect(places.filter(isDate).length).toBeGreaterThan(100);
    expect(places.filter(isText).length).toBeGreaterThan(300);
  });

  it('refuses years that nobody has, at every date', async () => {
    const wrong = await walk(
      (operation, place) =>
        isDate(place)
          ? ['0000', '0001', '1899', '2200', '9999'].map((year) =>
              api.withPlace(api.sample(operation), place, dated(place, year), operation),
            )
          : [],
      pointerOf,
    );
    expect(wrong).toEqual([]);
  });

  it('refuses every range that is reversed, empty or too long', async () => {
    const before = process.memoryUsage().rss;
    const wrong = await walk(
      (operation, place, places) => {
        const end = isDate(place) ? endOf(place, places) : null;
        if (end === null) return [];
        const range = (from: string, to: string): Values =>
          api.withPlace(
            api.withPlace(api.sample(operation), place, dated(place, from), operation),
            ...([end, dated(end, to), operation] as const),
          );
        return [range('1900', '2199'), range('2027', '2026')];
      },
      (place, places) => pointerOf(endOf(place, places)!),
    );
    expect(wrong).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_BYTES);
  });

  it('answers the first and the last year there is at every date, soon and in little memory', async () => {
    const before = process.memoryUsage().rss;
    for (const operation of api.operations) {
      for (const place of api.places(operation).filter(isDate)) {
        for (const year of ['1900', '2199']) {
          const values = api.withPlace(
            ...([api.sample(operation), place, dated(place, year), operation] as const),
          );
          expect((await send(operation, values)).status).toBeLessThan(500);
        }
      }
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_BYTES);
  });

  it('refuses text that cannot be kept, at every text', async () => {
    const wrong = await walk(
      (operation, place) =>
        isText(place)
          ? ['a\0b', ...(place.where === 'body' ? ['\ud800', 'x\udfff'] : [])].map((text) =>
              api.withPlace(api.sample(operation), place, text, operation),
            )
          : [],
      pointerOf,
    );
    expect(wrong).toEqual([]);
  });

  it('has a length or a form for every text', () => {
    const free = api.operations.flatMap((operation) =>
      api
        .places(operation)
        .filter(isText)
        .filter(({ schema: { maxLength, pattern, format } }) => !(maxLength ?? pattern ?? format))
        .map((place) => `${operation.method} ${operation.path} ${pointerOf(place)}`),
    );
    expect(free).toEqual([]);
  });
});
