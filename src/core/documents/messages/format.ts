import { assert } from '../../errors.js';
import type { Language } from '../model.js';

/** What stands for a placeholder: text as it is printed, or a count that decides a plural. */
export type MessageValues = Readonly<Record<string, string | number>>;

const PLURAL_OF: Readonly<Record<Language, (count: number) => 'one' | 'other'>> = {
  en: (count) => (count === 1 ? 'one' : 'other'),
  fr: (count) => (Math.abs(count) < 2 ? 'one' : 'other'),
};

const PLACEHOLDER = /\{(\w+)(?:, plural, one \{([^}]*)\} other \{([^}]*)\})?\}/g;

/**
 * Fills a message: `{name}`, and `{count, plural, one {# hour} other {# hours}}` by the plural rule
 * of the language (a part of ICU MessageFormat, whose syntax it keeps). Values are put in once and
 * never read again, so that a value can hold anything.
 *
 * @param numberText  How a count is written for `#`.
 */
export function fillMessage(
  message: string,
  values: MessageValues,
  { language, numberText }: { language: Language; numberText: (count: number) => string },
): string {
  return message.replace(PLACEHOLDER, (_, name: string, one?: string, other?: string) => {
    const value = values[name];
    assert(value !== undefined, `message: a value for ${name}`);
    if (one === undefined) return String(value);
    const form = PLURAL_OF[language](Number(value)) === 'one' ? one : other!;
    return form.replaceAll('#', () => numberText(Number(value)));
  });
}

/** Names of the placeholders of a message, sorted: every language has the same. */
export function placeholdersOf(message: string): readonly string[] {
  return [...new Set([...message.matchAll(PLACEHOLDER)].map(([, name]) => name!))].toSorted();
}
