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
export function unsealedColumnsNote(columns: readonly string[]): string | null {
  if (columns.length === 0) return null;
  return `Not proven, as no event seals them (docs/decisions/0026): ${columns.join(', ')}`;
}

/**
 * What verification says of tables of work on its way and of answers, which no figure rests on.
 *
 * @returns  Null for none.
 */
export function noEvidenceNote(tables: readonly string[]): string | null {
  if (tables.length === 0) return null;
  const names = [tables.slice(0, -1).join(', '), tables.at(-1)].filter((text) => text !== '');
  return `No evidence, and not verified: what ${names.join(' and ')} say of work, answers and time-stamps`;
}
