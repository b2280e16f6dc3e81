/** What is limited in JSON before a parser sees it. */
export interface JsonLimits {
  /** Brackets inside brackets. */
  readonly depth: number;
  /** Values, of all texts that one watch sees. */
  readonly values: number;
}

/** Which limit was exceeded, and how much is allowed. */
export interface JsonExcess {
  readonly limit: string;
  readonly allowed: number;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Looks at JSON before a parser does: a parser keeps what is open and every value, so that a small
 * file of brackets takes all memory. What is no JSON at all is the parser's to refuse.
 *
 * @returns Takes the next bytes of the text that is open, or a whole text; null, or what is too much.
 */
export function watchJson({ depth: depthMax, values: valuesMax }: JsonLimits): {
  readonly push: (chunk: Uint8Array) => JsonExcess | null;
  readonly whole: (text: string) => JsonExcess | null;
} {
  let [depth, values] = [0, 0];
  let [isText, isEscaped] = [false, false];
  const look = (byte: number): JsonExcess | null => {
    if (isText) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      values += 1;
      if (depth > depthMax) return { limit: 'levels of brackets', allowed: depthMax };
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    else if (byte === COMMA) values += 1;
    return values > valuesMax ? { limit: 'values', allowed: valuesMax } : null;
  };
  return {
    push: (chunk) => {
      for (const byte of chunk) {
        const excess = look(byte);
        if (excess !== null) return excess;
      }
      return null;
    },
    whole: (text) => {
      [depth, isText, isEscaped] = [0, false, false];
      for (let at = 0; at < text.length; at += 1) {
        const excess = look(text.charCodeAt(at));
        if (excess !== null) return excess;
      }
      return null;
    },
  };
}
