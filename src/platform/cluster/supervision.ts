import { logger } from '../logger.js';

const LOOK_EVERY_MS = 500;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

let trouble: string | null = null;

/** What is wrong with the embedded server now, for `/health`; null when it runs. */
export const embeddedServerTrouble = (): string | null => trouble;

/**
 * Looks after a server: one that died, by a kill or by a disk that was full, is started again, with
 * ever longer waits up to 5 s, until it runs or is no longer wanted.
 *
 * @param isUp     Cheap; called twice a second.
 * @param restart  Starts it, or joins one that another process started meanwhile.
 * @returns How to stop looking; waits for a restart that is going on.
 */
export function superviseServer(options: {
  readonly isUp: () => boolean;
  readonly restart: (signal: AbortSignal) => Promise<void>;
}): () => Promise<void> {
  const ended = new AbortController();
  let failures = 0;
  let going: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    if (options.isUp()) return;
    trouble ??= 'The embedded database has stopped; it is started again.';
    if (failures === 0) logger.error('the embedded database has stopped; it is started again');
    try {
      await options.restart(ended.signal);
      logger.warn({ failures }, 'the embedded database serves again');
      [failures, trouble] = [0, null];
    } catch (error) {
      if (ended.signal.aborted) return;
      failures += 1;
      // Why stands in the log alone: it names folders, and anybody may ask for health.
      trouble = `The embedded database has stopped and does not start (tries: ${failures}).`;
      if (failures === 1 || failures % 12 === 0) {
        logger.error({ err: error, failures }, 'the embedded database does not start');
      }
    }
  };
  const plan = (): void => {
    if (ended.signal.aborted) return;
    const waitMs =
      failures === 0 ? LOOK_EVERY_MS : Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS);
    timer = setTimeout(() => {
      going = look()
        .catch((error: unknown) => logger.error({ err: error }, 'supervision'))
        .finally(plan);
    }, waitMs);
    timer.unref();
  };
  plan();
  return async () => {
    ended.abort();
    clearTimeout(timer);
    await going;
    trouble = null;
  };
}
