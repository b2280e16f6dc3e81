import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '../../logger.js';
import { isNotNow, refusalOf } from '../refusals.js';

const AGAIN_MS = 1_000;

/** How long an embedded server that died at a start may take to be there again. */
export const RECOVERED_WITHIN_MS = 60_000;

/**
 * Begins what needs the database, again and again while that cannot answer: an embedded server that
 * died is started again meanwhile. What is wrong for another reason is thrown.
 *
 * @param begin     May be called again after it failed half-way.
 * @param withinMs  How long; then what it failed by is thrown.
 */
export async function whenDatabaseAnswers<T>(
  signal: AbortSignal | undefined,
  begin: () => Promise<T>,
  withinMs = Infinity,
): Promise<T> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await begin();
    } catch (error) {
      if (!failedNotNow(error) || performance.now() > untilMs) throw error;
      const message = error instanceof Error ? error.message : String(error);
      logger.warn({ message }, 'the database does not answer; trying again');
      await sleep(AGAIN_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    }
  }
}

/** Whether it, or what it was made of, is not wrong but not now: who says what to do gives the cause. */
function failedNotNow(error: unknown): boolean {
  if (isNotNow(refusalOf(error))) return true;
  return error instanceof Error && error.cause !== undefined && failedNotNow(error.cause);
}
