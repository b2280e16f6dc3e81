import { numberText } from '../format.js';
import type { Language } from '../model.js';
import { FIGURES_EN, type FigureKey } from './figures.en.js';
import { FIGURES_FR } from './figures.fr.js';
import { LINES_EN, type LineKey } from './lines.en.js';
import { LINES_FR } from './lines.fr.js';
import { PERIODS_EN, type PeriodKey } from './periods.en.js';
import { PERIODS_FR } from './periods.fr.js';
import { fillMessage, type MessageValues } from './format.js';
import { STATEMENTS_EN, type StatementKey } from './statements.en.js';
import { STATEMENTS_FR } from './statements.fr.js';

/** Every sentence that a document can say. */
export type MessageKey = FigureKey | StatementKey | LineKey | PeriodKey;

/** Messages by language; a language without one of them does not compile. */
export const MESSAGES: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en: { ...FIGURES_EN, ...STATEMENTS_EN, ...LINES_EN, ...PERIODS_EN },
  fr: { ...FIGURES_FR, ...STATEMENTS_FR, ...LINES_FR, ...PERIODS_FR },
};

/** Says a message in one language. */
export type Say = (key: MessageKey, values?: MessageValues) => string;

/** Says messages in a language: whole sentences, into which values are put and never sentences. */
export function sayIn(language: Language): Say {
  const counted = { language, numberText: (count: number) => numberText(count, language) };
  return (key, values = {}) => fillMessage(MESSAGES[language][key], values, counted);
}

/** Whether there is a message of that name. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(MESSAGES.en, key);
}
