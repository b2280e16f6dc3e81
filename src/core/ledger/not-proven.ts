/**
 * What verification says of keys that were issued before their secrets' hashes were sealed.
 *
 * @returns  Null for none.
 */
export function unsealedKeysNote(count: number): string | null {
  if (count === 0) return null;
  return count === 1
    ? 'Not proven: 1 key issued before its secret was sealed'
    : `Not proven: ${count} keys issued before their secrets were sealed`;
}

/**
 * What verification says of rows whose instant is near their event's, and not the same.
 *
 * @returns  Null for none.
 */
export function looselyDatedNote(count: number): string | null {
  if (count === 0) return null;
  return count === 1
    ? 'Not proven to the second: when 1 row was recorded (within 15 minutes of its event)'
    : `Not proven to the second: when ${count} rows were recorded (within 15 minutes of their events)`;
}

/**
 * What verification says of columns of the tables that nothing in the log speaks of.
 *
 * @returns  Null for none.
 */
export function unsealedColumnsNote(count: number): string | null {
  if (count === 0) return null;
  const columns = count === 1 ? '1 column' : `${count} columns`;
  return `Not proven: ${columns} that no event seals (docs/decisions/0026)`;
}
