import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../auth/roles.js';
import { packageRoot } from '../files/package-root.js';

/** One record of each kind, in an order in which they can be created. */
export interface ExampleRecord {
  /** As the terminal calls it: `site`. */
  readonly kind: string;
  /** Where it is posted: `/v1/sites`. */
  readonly path: string;
  /** Who may write records of the kind. */
  readonly writers: readonly [Role, ...Role[]];
  readonly document: Readonly<Record<string, unknown>>;
}

const read = <T>(file: string): T =>
  JSON.parse(readFileSync(join(packageRoot(), 'fixtures', 'examples', file), 'utf8')) as T;

/** Records of a ledger that is small and whole. */
export const exampleRecords = (): readonly ExampleRecord[] => read('records.json');

/** Bodies of requests by method and path: `POST /v1/sites`, `POST /v1/sites/{code}/versions`. */
export function exampleBodies(): ReadonlyMap<string, object> {
  const bodies = new Map(Object.entries(read<Record<string, object>>('requests.json')));
  for (const { path, document } of exampleRecords()) {
    const { code: _, ...attributes } = document;
    bodies.set(`POST ${path}`, document);
    bodies.set(`POST ${path}/{code}/versions`, attributes);
  }
  return bodies;
}
