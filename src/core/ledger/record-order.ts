/** A record that is to be created, with others. */
export interface OrderedRecord {
  /** Null where the document has none that can be read. */
  readonly code: string | null;
  readonly document: unknown;
  /** Where its kind stands among kinds: those that others refer to come first. */
  readonly rank: number;
}

/**
 * An order in which records can be created: each after those that it names anywhere in its document.
 * Where nothing is said, by rank, then as they were given; where they name each other in a circle, too,
 * and whoever creates them says what is wrong.
 *
 * @returns Positions of the records, each once.
 */
export function recordOrder(records: readonly OrderedRecord[]): readonly number[] {
  const needed = neededBy(records);
  const done = new Set<number>();
  const waiting = [...records.keys()].toSorted(
    (a, b) => records[a]!.rank - records[b]!.rank || a - b,
  );
  while (waiting.length > 0) {
    const ready = waiting.findIndex((at) => needed[at]!.every((other) => done.has(other)));
    const [next] = waiting.splice(Math.max(0, ready), 1);
    done.add(next!);
  }
  return [...done];
}

/** Positions of the other records that each one names. */
export function neededBy(records: readonly OrderedRecord[]): readonly (readonly number[])[] {
  const positions = new Map<string, number>();
  for (const [at, { code }] of records.entries()) {
    if (code !== null && !positions.has(code)) positions.set(code, at);
  }
  return records.map(({ document }, at) => {
    const found = new Set<number>();
    for (const word of codesIn(document)) {
      const other = positions.get(word);
      if (other !== undefined && other !== at) found.add(other);
    }
    return [...found].toSorted((a, b) => a - b);
  });
}

/** Every text of a document but its own code and what people call it. */
function* codesIn(value: unknown, key = ''): Generator<string> {
  if (typeof value === 'string') {
    if (key !== 'code' && key !== 'name') yield value;
  } else if (Array.isArray(value)) {
    for (const one of value) yield* codesIn(one, key);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) yield* codesIn(one, name);
  }
}
