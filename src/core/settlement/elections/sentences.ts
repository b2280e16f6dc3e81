/** One thing that a contract says, in plain words. */
export interface Sentence {
  /** The election that says it. */
  readonly pointer: string;
  readonly en: string;
  readonly fr: string;
}

/** Words in English and French. */
export type Both = readonly [en: string, fr: string];

/** A sentence in both languages. */
export function say(pointer: string, en: string, fr: string): Sentence {
  return { pointer, en, fr };
}

/** What is said of something that a contract may have, where it has it. */
export function whereSet<Value>(
  value: Value | null,
  sentence: (value: Value) => Sentence,
): readonly Sentence[] {
  return value === null ? [] : [sentence(value)];
}

/** Periods over which something is counted. */
export const PERIOD: Readonly<Record<'YEAR' | 'MONTH', Both>> = {
  YEAR: ['contract year', 'année contractuelle'],
  MONTH: ['month', 'mois'],
};

/** Clocks by which hours of the day are meant. */
export const CLOCK: Readonly<Record<'UTC' | 'LEGAL', Both>> = {
  UTC: ['UTC', 'en UTC'],
  LEGAL: ['legal time', 'en heure légale'],
};
