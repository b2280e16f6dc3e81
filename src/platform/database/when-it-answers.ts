import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../core/errors.js';
import { logger } from '../logger.js';
import { refusalOf } from './refusals.js';

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
      const refusal = refusalOf(error);
      const isNotNow = refusal instanceof DomainError && refusal.code === 'service.unavailable';
      if (!isNotNow || performance.now() > untilMs) throw error;
      const message = error instanceof Error ? error.message : String(error);
      logger.warn({ message }, 'the database does not answer; trying again');
      await sleep(AGAIN_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    }
  }
}
