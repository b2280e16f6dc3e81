import { assert } from '../../../core/errors.js';
import type {
  FileLister,
  ProjectionCheck,
  Register,
  RegisterSource,
  Replayed,
  RowReader,
} from './replay.port.js';

/** What is known of the log, of all services together, in their order. */
export interface AllReplayed {
  readonly tables: readonly RegisterSource[];
  readonly rows: ReadonlyMap<string, RowReader>;
  readonly checks: readonly ProjectionCheck[];
  readonly files: readonly FileLister[];
}

/** Puts together what services know. Two that rebuild the same rows are a mistake of ours. */
export function joined(replayed: readonly Replayed[]): AllReplayed {
  const rows = new Map<string, RowReader>();
  for (const [domain, reader] of replayed.flatMap((one) => Object.entries(one.rows ?? {}))) {
    assert(!rows.has(domain), `replay: rows of ${domain} are rebuilt by one service`);
    rows.set(domain, reader);
  }
  return {
    tables: replayed.flatMap(({ tables = [] }) => tables),
    rows,
    checks: replayed.flatMap(({ checks = [] }) => checks),
    files: replayed.flatMap(({ files }) => (files === undefined ? [] : [files])),
  };
}

/** Requires that every table that is written is declared, and none twice. */
export function requireDeclared(registers: readonly Register[], tables: readonly string[]): void {
  const declared = new Set<string>();
  for (const { table } of registers) {
    assert(!declared.has(table), `replay: ${table} is declared once`);
    declared.add(table);
  }
  const silent = tables.filter((table) => !declared.has(table));
  assert(silent.length === 0, `replay: nobody says what is known of ${silent.join(', ')}`);
}
