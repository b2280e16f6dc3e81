import { DomainError } from './core/errors.js';

/**
 * What a person at the terminal is told of a failure, whichever door it came through: a refusal with what it
 * says and the way on, what can be acted on in a sentence, and of anything else where it happened.
 */
export async function failureText(error: unknown): Promise<string> {
  // What is not needed is not loaded: `calc` alone answers without the framework.
  if (error instanceof DomainError)
    return (await import('./cli/shell/render.js')).refusalText(error);
  const { explain } = await import('./start.js');
  return explain(error) ?? (error instanceof Error ? error.stack : undefined) ?? String(error);
}
