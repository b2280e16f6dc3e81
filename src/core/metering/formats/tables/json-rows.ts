import type { FieldRow } from '../../../tabular/delimited.js';
import type { ImportProfile } from '../../import-profile.js';
import type { ReadingContext } from '../context.js';
import { csvLongReader } from './csv-long.js';

/** Reads items of a JSON array, one reading each. */
export interface ItemReader {
  /** @param position  Of the item in the file, from 1. */
  item(value: unknown, position: number): void;
  end(): void;
}

const DEPTH = 5;

/**
 * Reads JSON with a reading an item (METHOD 2.1) as CSV of the same names is read: a name within a name
 * is written with a point, `reading.value`; items that are lists have their positions for names.
 */
export function jsonReader(context: ReadingContext): ItemReader {
  // A row of a JSON file is not handed back: it stands in no row that could be mended by itself.
  const reader = csvLongReader({
    ...context,
    reject: (problem) => context.reject(problem, null),
  });
  let names: readonly string[] | null = null;
  return {
    item: (value, position) => {
      const fields = new Map<string, string>();
      gather(value, '', fields);
      if (names === null) {
        names = [...new Set([...columnsOf(context.profile), ...fields.keys()])];
        reader.row(rowOf(names, 0));
      }
      reader.row(
        rowOf(
          names.map((name) => fields.get(name) ?? ''),
          position,
        ),
      );
    },
    end: () => reader.end(),
  };
}

const columnsOf = ({ columns }: ImportProfile): string[] =>
  Object.values(columns).filter((name) => name !== null);

function gather(value: unknown, name: string, into: Map<string, string>, depth = 0): void {
  if (typeof value === 'object' && value !== null && depth < DEPTH) {
    for (const [key, inner] of Object.entries(value)) {
      gather(inner, name === '' ? key : `${name}.${key}`, into, depth + 1);
    }
  } else if (['string', 'number', 'boolean'].includes(typeof value)) into.set(name, String(value));
}

/** A row of fields, as the scanner of CSV would give it. */
function rowOf(texts: readonly string[], line: number): FieldRow {
  const parts = texts.map((text) => Buffer.from(text));
  const [start, end] = [new Int32Array(texts.length), new Int32Array(texts.length)];
  let at = 0;
  for (const [field, part] of parts.entries()) {
    start[field] = at;
    at += part.length;
    end[field] = at;
    at += 1;
  }
  const bytes = new Uint8Array(at);
  for (const [field, part] of parts.entries()) bytes.set(part, start[field]);
  return {
    bytes,
    count: texts.length,
    start,
    end,
    quoted: new Uint8Array(texts.length),
    line,
    rowStart: 0,
    rowEnd: at,
  };
}
