import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../core/errors.js';
import { logger } from '../logger.js';
import { refusalOf } from './refusals.js';

const AGAIN_MS = 1_000;

/**
 * Begins what needs the database, again and again while that cannot answer: an embedded server that
 * died is started again meanwhile. What is wrong for another reason is thrown.
 *
 * @param begin  May be called again after it failed half-way.
 */
export async function whenDatabaseAnswers(
  signal: AbortSignal,
  begin: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await begin();
    } catch (error) {
      const refusal = refusalOf(error);
      const isNotNow = refusal instanceof DomainError && refusal.code === 'service.unavailable';
      if (!isNotNow) throw error;
      logger.warn({ err: error }, 'the database does not answer; trying again');
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }
}
