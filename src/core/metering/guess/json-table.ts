/** An array of readings in a JSON document, as a table. */
export interface JsonTable {
  /** Path of the array, `$.data.intervals`. */
  readonly path: string;
  /** Its items as rows of a table that tabs divide. */
  readonly text: string;
}

const DEPTH = 6;

/** Finds the longest array of items in a JSON document; null where there is none, or it is cut short. */
export function jsonTable(text: string): JsonTable | null {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return null;
  }
  const arrays: { readonly path: string; readonly items: readonly object[] }[] = [];
  collect(root, '$', arrays);
  if (arrays.length === 0) return null;
  const { path } = arrays.reduce((best, one) =>
    one.items.length > best.items.length ? one : best,
  );
  const items = arrays.filter((one) => one.path === path).flatMap((one) => one.items);
  const rows = items.map((item) => fieldsOf(item, '', new Map()));
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const line = (cells: readonly string[]): string =>
    cells.map((cell) => cell.replaceAll(/[\t\r\n"]/g, ' ')).join('\t');
  const lines = [line(names), ...rows.map((row) => line(names.map((name) => row.get(name) ?? '')))];
  return { path, text: lines.join('\n') };
}

/** Arrays of objects or lists; those of an array's items have `*` for its place. */
function collect(
  value: unknown,
  path: string,
  into: { readonly path: string; readonly items: readonly object[] }[],
  depth = 0,
): void {
  if (typeof value !== 'object' || value === null || depth > DEPTH) return;
  if (Array.isArray(value)) {
    const items = value.filter((one): one is object => typeof one === 'object' && one !== null);
    const isTable = items.length > 1 && items.length === value.length;
    if (isTable && items.every((item) => Object.values(item).every(isShallow))) {
      into.push({ path, items });
      return;
    }
    for (const one of items) collect(one, `${path}.*`, into, depth + 1);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (/^[A-Za-z0-9_-]{1,60}$/.test(name)) collect(inner, `${path}.${name}`, into, depth + 1);
  }
}

const isShallow = (value: unknown): boolean => !Array.isArray(value);

function fieldsOf(value: unknown, name: string, into: Map<string, string>): Map<string, string> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      fieldsOf(inner, name === '' ? key : `${name}.${key}`, into);
    }
  } else if (value !== null && value !== undefined) into.set(name, String(value as string));
  return into;
}
