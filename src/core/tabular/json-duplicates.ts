const SPACE = /\s/;

/**
 * The first member that an object of a JSON text has twice, as a pointer; null where none has. A parser
 * keeps the last of both, so that two readers may see two files. What is no JSON is the parser's to refuse.
 */
export function duplicateMember(text: string): string | null {
  const open: { readonly names: Set<string> | null; at: number; name: string }[] = [];
  const pointer = (): string =>
    open.map(({ names, at, name }) => `/${names === null ? at : name}`).join('');
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    const inside = open.at(-1);
    if (sign === '{') open.push({ names: new Set(), at: 0, name: '' });
    else if (sign === '[') open.push({ names: null, at: 0, name: '' });
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ',' && inside !== undefined) inside.at += 1;
    else if (sign === '"') {
      const end = endOfText(text, at);
      if (inside?.names != null && isName(text, end)) {
        inside.name = nameOf(text.slice(at, end + 1));
        if (inside.names.has(inside.name)) return pointer();
        inside.names.add(inside.name);
      }
      at = end;
    }
  }
  return null;
}

function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Whether a text is followed by a colon. */
function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (at < text.length && SPACE.test(text[at]!)) at += 1;
  return text[at] === ':';
}

/** Two spellings of one name are one name. */
function nameOf(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}
