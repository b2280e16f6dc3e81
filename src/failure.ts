import { DomainError } from './core/errors.js';

/**
 * A failure as the refusal that it is, where it is one: a database or a disk that went away under a command is
 * "not now", at the terminal as over HTTP. What a sentence of its own tells better stays as it is.
 */
export async function asRefusal(error: unknown): Promise<unknown> {
  if (error instanceof DomainError) return error;
  const { explain } = await import('./start.js');
  if (explain(error) !== null) return error;
  return (await import('./platform/database/refusals.js')).refusalOf(error);
}

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
