import type pg from 'pg';
import {
  type Catalogue,
  CATALOGUE_HASHES,
  CATALOGUE_ITEMS,
  type Difference,
  differencesOf,
  hashesOf,
} from './catalogue.js';
import { DatabaseError } from '../database/server/database-error.js';
import { readOnly } from '../database/server/own-connection.js';

const SHOWN = 12;

/**
 * Refuses a database whose schema is not what this build's migrations make: a table, column,
 * constraint, index, function, grant or owner that is another, a trigger that is missing or disabled,
 * row-level security that is off or not forced. One query, one hash per object; only where hashes
 * differ are the objects read.
 *
 * @param client  In a transaction of the role `mizan_owner` (`readOnly`).
 * @throws DatabaseError that names the objects and what differs.
 */
export async function requireSchema(client: pg.Client, expected: Catalogue): Promise<void> {
  const differences = await differencesFrom(client, expected);
  if (differences.length === 0) return;
  const lines = differences.flatMap(inWords);
  const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : [];
  throw new DatabaseError(
    [
      'The schema of this database is not the one that this build makes. Mizan does not start on it:',
      ...[...lines.slice(0, SHOWN), ...more].map((line) => `  ${line}`),
      'Whoever changed it can change it back as a superuser; else restore a backup. ' +
        'Then run `mizan verify-ledger`: what the guards would have refused may have happened.',
    ].join('\n'),
  );
}

/** What a database has otherwise than the catalogue says; empty where nothing is. */
export function compareSchema(
  ownerUrl: string,
  expected: Catalogue,
): Promise<readonly Difference[]> {
  return readOnly(ownerUrl, (client) => differencesFrom(client, expected));
}

async function differencesFrom(
  client: pg.Client,
  expected: Catalogue,
): Promise<readonly Difference[]> {
  const { rows } = await client.query<{ object: string; hash: string }>(CATALOGUE_HASHES);
  const [found, wanted] = [new Map(rows.map((row) => [row.object, row.hash])), hashesOf(expected)];
  const differing = [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((object) => wanted.get(object) !== found.get(object))
    .toSorted();
  if (differing.length === 0) return [];
  return differencesOf(expected, await read(client, differing), differing);
}

/** The catalogue of a database, whole. */
export function readCatalogue(ownerUrl: string): Promise<Catalogue> {
  return readOnly(ownerUrl, (client) => read(client, null));
}

async function read(client: pg.Client, objects: readonly string[] | null): Promise<Catalogue> {
  const { rows } = await client.query<{ object: string; items: string[] }>(CATALOGUE_ITEMS, [
    objects,
  ]);
  return Object.fromEntries(rows.map(({ object, items }) => [object, items]));
}

function inWords({ object, missing, unexpected }: Difference): string[] {
  return [
    ...missing.map((item) => `${object}: lacks “${short(item)}”`),
    ...unexpected.map((item) => `${object}: has “${short(item)}”`),
  ];
}

/** Where a rule is long, its name at the start is what finds it, and much differs at the end. */
function short(item: string): string {
  return item.length <= 160 ? item : `${item.slice(0, 100)} … ${item.slice(-57)}`;
}
