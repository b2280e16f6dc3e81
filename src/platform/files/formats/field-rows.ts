import type { Readable } from 'node:stream';
import { readCsv } from './csv.js';
import type { RowProblems } from '../row-problems.js';

/** One row of a table whose columns have names, trimmed. */
export interface FieldRow<Name extends string> {
  readonly line: number;
  readonly fields: Readonly<Record<Name, string>>;
}

/**
 * Streams the rows of a CSV file with a header. Columns come in any order, others are passed over; an
 * empty line is no row. What is wrong with the header or the width of a row goes to `problems`.
 *
 * @param names     Columns that the header must have.
 * @param optional  Columns that it may have; their fields are empty where it has not.
 * @throws DomainError as `readCsv`.
 */
export async function* readFieldRows<Name extends string>(
  bytes: Readable,
  fileName: string,
  columns: { readonly names: readonly Name[]; readonly optional?: readonly Name[] },
  problems: RowProblems,
): AsyncGenerator<FieldRow<Name>> {
  const { names, optional = [] } = columns;
  let places: readonly (readonly [Name, number])[] | null = null;
  let width = 0;
  for await (const { line, values } of readCsv(bytes, fileName)) {
    if (line === 1) {
      const header = values.map((name) => name.trim().toLowerCase());
      const fault = headerFault(header, names);
      if (fault === null) {
        places = [...names, ...optional].map((name) => [name, header.indexOf(name)] as const);
        width = values.length;
        continue;
      }
      problems.add({
        row: 1,
        column: 'header',
        value: values.join(','),
        rule: 'header.known',
        detail: fault,
        fix: `Use the header ${names.join(',')}.`,
      });
      continue;
    }
    if (places === null || (values.length === 1 && values[0]!.trim() === '')) continue;
    if (values.length !== width) {
      problems.add({
        row: line,
        column: 'row',
        value: values.join(','),
        rule: 'row.same_width',
        detail: `The row has ${values.length} fields, the header ${width}.`,
        fix: 'Quote fields that hold what fields are divided by.',
      });
      continue;
    }
    const texts = places.map(([name, at]) => [name, at < 0 ? '' : values[at]!.trim()]);
    yield { line, fields: Object.fromEntries(texts) as Record<Name, string> };
  }
}

function headerFault(header: readonly string[], names: readonly string[]): string | null {
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) return `The header names ${twice} twice.`;
  const missing = names.filter((name) => !header.includes(name));
  return missing.length === 0 ? null : `The header lacks ${missing.join(', ')}.`;
}
