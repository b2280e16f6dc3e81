import { DomainError } from './errors.js';

/**
 * Versions of the engines whose results are sealed (LEDGER section 12). A version goes up in the
 * commit that can change any figure of any input; what an engine made before stays as it was sealed,
 * and is computed again by no later one. The matcher's stands beside it (`MATCHER_VERSION`).
 */
export const ENGINES = {
  settlement: 5,
  carbon: 3,
  billing: 1,
  'invoice check': 2,
  vee: 2,
  sampling: 2,
} as const;

/** An engine whose results are sealed. */
export type Engine = keyof typeof ENGINES;

/** Version of what says none: the first, of when nobody wrote one. */
const FIRST = 1;

/**
 * What an engine writes of itself into what it makes: nothing as version 1, so that what it made
 * before keeps its bytes; from version 2 on `engineVersion`.
 */
export function engineStamp(engine: Engine): { readonly engineVersion?: number } {
  const version: number = ENGINES[engine];
  return version === FIRST ? {} : { engineVersion: version };
}

/** Version of the engine that made a document, as the document says it; it may say anything. */
export function engineVersionOf({ engineVersion }: { readonly engineVersion?: unknown }): string {
  if (engineVersion === undefined) return String(FIRST);
  return typeof engineVersion === 'number' ? String(engineVersion) : JSON.stringify(engineVersion);
}

/** Whether the engine in hand made a document, and so computes it again. */
export function isMadeHere(
  engine: Engine,
  document: { readonly engineVersion?: unknown },
): boolean {
  return engineVersionOf(document) === String(ENGINES[engine]);
}

/**
 * Requires that the engine in hand made a document.
 *
 * @throws DomainError `engine.not_here`
 */
export function requireMadeHere(
  engine: Engine,
  document: { readonly engineVersion?: unknown },
): void {
  if (isMadeHere(engine, document)) return;
  const madeBy = `${engine} engine ${engineVersionOf(document)}`;
  throw notHere(madeBy, `${engine} engine ${ENGINES[engine]}`);
}

/** Refusal of an answer that only the engine that made something could give. */
export function notHere(madeBy: string, here: string): DomainError<'engine.not_here'> {
  const fix = 'Its document holds as it was sealed; a build with that engine computes it again.';
  return new DomainError('engine.not_here', { madeBy, here, fix });
}

/**
 * What verification says of documents that it does not compute again: one line for each version.
 *
 * @param noun       What they are, in the singular: `run`.
 * @param documents  All of a kind, those of the engine in hand too.
 * @returns          For example `12 runs made by settlement engine 1: not computed again here`.
 */
export function notComputedHere(
  engine: Engine,
  noun: string,
  documents: readonly { readonly engineVersion?: unknown }[],
): readonly string[] {
  const others = documents.filter((document) => !isMadeHere(engine, document));
  return [...Map.groupBy(others, engineVersionOf)].map(
    ([version, { length }]) =>
      `${length} ${length === 1 ? noun : `${noun}s`} made by ${engine} engine ${version}: ` +
      'not computed again here',
  );
}
