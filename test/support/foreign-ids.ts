import type { Role } from '../../src/platform/auth/roles.js';
import type { AnyReply, TestApp } from './app.js';
import { rows } from './database.js';
import { Api, type Operation, type Place, urlOf, type Values } from './operations.js';
import { seeded } from './seeded.js';

/** A request with a value of another ledger, and what it told. */
export interface Telling {
  readonly request: string;
  readonly what: string;
}

/** Which of all requests are sent. */
interface Extent {
  readonly seed: number;
  /** Which part of all places; roles of each operation, and values of each kind for each place. */
  readonly share: number;
  readonly rolesOf: number;
  readonly valuesOf: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEX = /^[0-9a-f]{16,}$/;
const CODE = /^[A-Z][A-Z0-9_-]{2,}$/;
const OPAQUE = /^(?=.*[A-Z0-9])[A-Za-z0-9_-]{12,43}$/;
const KINDS: readonly RegExp[] = [UUID, HEX, CODE, OPAQUE];
const kindOf = (text: string): number => KINDS.findIndex((kind) => kind.test(text));

/** What one ledger holds and another does not: every value of every column that could name something. */
export async function valuesOnlyOf(
  adminUrl: string,
  ledgerId: string,
  otherId: string,
): Promise<readonly string[]> {
  const columns = await rows<{ table: string; name: string }>(
    adminUrl,
    `SELECT c.relname AS table, a.attname AS name
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'mizan'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
       AND a.atttypid IN ('uuid'::regtype, 'text'::regtype, 'bytea'::regtype)
       AND EXISTS (SELECT FROM pg_attribute l WHERE l.attrelid = c.oid AND l.attname = 'ledger_id')`,
  );
  const valuesOf = async (id: string): Promise<Set<string>> => {
    const found = new Set<string>();
    for (const { table, name } of columns) {
      const texts = await rows<{ text: string }>(
        adminUrl,
        `SELECT DISTINCT CASE WHEN pg_typeof(${name}) = 'bytea'::regtype
           THEN ltrim(${name}::text, '\\x') ELSE ${name}::text END AS text
         FROM mizan.${table} WHERE ledger_id = $1 AND ${name} IS NOT NULL LIMIT 200`,
        [id],
      );
      for (const { text } of texts) if (text.length <= 64 && kindOf(text) >= 0) found.add(text);
    }
    return found;
  };
  const [mine, others] = [await valuesOf(ledgerId), await valuesOf(otherId)];
  return [...mine].filter((text) => !others.has(text) && text !== otherId);
}

/** A value of the same form that no ledger has; another for each `nth`. */
function unknownLike(text: string, nth: number): string {
  const end = nth.toString(16).padStart(6, '0');
  if (UUID.test(text) || HEX.test(text)) return `${text.slice(0, -6)}${end}`;
  return `${text.slice(0, -3)}${`QJ${nth.toString(36).toUpperCase()}`.slice(-Math.min(3, text.length))}`;
}

/** Places that name something; others take any text. */
const NAMES =
  /(codes?|ids?|keys?|hash|for|from|beneficiary|profile|meters?|contract|cursor|after)$/i;

const isFitting = ({ schema }: Place, text: string): boolean => {
  if (schema.enum !== undefined || schema.const !== undefined || schema.type !== 'string') {
    return false;
  }
  if (schema.format === 'uuid') return UUID.test(text);
  if (schema.format !== undefined || text.length > (schema.maxLength ?? Infinity)) return false;
  return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text);
};

/**
 * Sends every request that takes a name or an id with what is another ledger's, and the same with one
 * that is nobody's. Both answers must be the same, and hold nothing of the other ledger.
 *
 * @param asker   The ledger that asks.
 * @param values  What only the other ledger holds.
 */
export async function askForForeign(
  asker: TestApp,
  values: readonly string[],
  { seed, share, rolesOf, valuesOf }: Extent,
): Promise<{ readonly tellings: readonly Telling[]; readonly count: number }> {
  const api = new Api((await asker.call('GET', '/openapi.json')).body);
  const draw = seeded(seed);
  const tellings: Telling[] = [];
  let count = 0;
  const some = <T>(all: readonly T[], most: number): readonly T[] =>
    all
      .map((one) => ({ one, at: draw() }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, most)
      .map(({ one }) => one);
  const ask = async (operation: Operation, role: Role, sent: Values): Promise<AnyReply> =>
    asker.call(operation.method, urlOf(operation, sent), {
      role,
      ...(sent.body === null
        ? operation.takesBytes
          ? { body: 'x', type: 'text/csv' }
          : {}
        : { body: sent.body }),
    });
  // What the asker wrote under a name is his own from then on.
  const own = new Set<string>();
  const reads = api.operations.filter(({ method }) => method === 'GET');
  const writes = api.operations.filter(({ method }) => method !== 'GET');
  for (const operation of [...reads, ...writes]) {
    const places = api.places(operation).filter(({ path }) => NAMES.test(nameOf(path)));
    for (const place of places.filter(() => draw() < share)) {
      const fitting = values.filter((text) => !own.has(text) && isFitting(place, text));
      const tried = KINDS.flatMap((_, kind) =>
        some(
          fitting.filter((text) => kindOf(text) === kind),
          valuesOf,
        ),
      );
      for (const role of some(operation.roles, rolesOf)) {
        for (const foreign of tried) {
          const askWith = async (text: string): Promise<Asked> => {
            const sent = api.withPlace(api.sample(operation), place, text, operation);
            return { text, reply: await ask(operation, role, sent) };
          };
          if (own.has(foreign) || !isFitting(place, unknownLike(foreign, count))) continue;
          const before = await askWith(unknownLike(foreign, (count += 1)));
          const asked = await askWith(foreign);
          // What was written changes answers by itself: then the next unknown one is as the foreign one.
          const after = await askWith(unknownLike(foreign, (count += 1)));
          if (operation.method !== 'GET' && asked.reply.status < 400) own.add(foreign);
          const what = toldBy(asked, [before, after], values);
          if (what === null) continue;
          const where = `${place.where} ${place.path.join('/')}`;
          tellings.push({
            request: `${operation.method} ${operation.path} ${where} = ${foreign} as ${role}`,
            what,
          });
        }
      }
    }
  }
  return { tellings, count };
}

const nameOf = (path: Place['path']): string =>
  String(path.findLast((part) => typeof part === 'string'));

const TRACE = /"traceId":"[^"]*"/g;

/** What was sent in a place, and the answer. */
interface Asked {
  readonly text: string;
  readonly reply: AnyReply;
}

/** What an answer tells that those about unknown names do not; null when it tells nothing. */
function toldBy(
  { text, reply }: Asked,
  unknown: readonly Asked[],
  values: readonly string[],
): string | null {
  const told = withoutIt(text, reply.text);
  const others = unknown.map((one) => withoutIt(one.text, one.reply.text));
  const leaked = values.find(
    (value) =>
      value.length >= 6 && told.includes(value) && !others.some((one) => one.includes(value)),
  );
  if (leaked !== undefined) return `it holds ${leaked}: ${reply.text.slice(0, 500)}`;
  const isSame = unknown.some(
    (one, at) => one.reply.status === reply.status && (reply.status < 400 || others[at] === told),
  );
  if (isSame) return null;
  const answers = [reply, ...unknown.map((one) => one.reply)];
  return answers.map((one) => `${one.status} ${one.text.slice(0, 300)}`).join(' and not ');
}

const withoutIt = (text: string, answer: string): string =>
  answer.replaceAll(text, '?').replaceAll(encodeURIComponent(text), '?').replace(TRACE, '');
