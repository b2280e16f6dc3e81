const SLOTS = 4_096;

/**
 * Numbers for the words of a column, found by their bytes: a text is made of a word only the first
 * time. Words are trimmed; what does not fit the table is looked up by its text.
 *
 * @param find  The number of a word.
 */
export function wordNumbers(
  find: (word: string) => number,
): (bytes: Uint8Array, from: number, to: number) => number {
  const words: (Uint8Array | undefined)[] = Array.from({ length: SLOTS });
  const numbers = new Int32Array(SLOTS);
  return (bytes, from, to) => {
    let [at, end] = [from, to];
    while (at < end && bytes[at]! <= 32) at += 1;
    while (end > at && bytes[end - 1]! <= 32) end -= 1;
    let hash = 0x811c9dc5;
    for (let place = at; place < end; place += 1) {
      hash = Math.imul(hash ^ bytes[place]!, 0x01000193);
    }
    const slot = (hash ^ (hash >>> 13)) & (SLOTS - 1);
    const known = words[slot];
    if (known !== undefined && isSame(known, bytes, at, end)) return numbers[slot]!;
    const word = bytes.slice(at, end);
    const number = find(Buffer.from(word).toString('utf8').replaceAll('""', '"'));
    words[slot] = word;
    numbers[slot] = number;
    return number;
  };
}

function isSame(word: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (word.length !== to - from) return false;
  for (let at = 0; at < word.length; at += 1) if (word[at] !== bytes[from + at]) return false;
  return true;
}
