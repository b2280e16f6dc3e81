import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long requests that are being answered may go on after a stop was asked for. */
const REQUESTS_MS = 2_500;
/** How long the application may take to end its jobs and connections after that. */
const APPLICATION_MS = 1_500;
/** How long the database may end in order, before it is stopped at once; then it replays its log. */
export const DATABASE_MS = 2_000;
/** When the process ends whatever is still going on: within the 10 s that are promised. */
const WHOLE_MS = 9_500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A stop that may be asked for by a signal. */
export interface Stop {
  /** Aborted when a stop is asked for; a start that is going on then ends. */
  readonly signal: AbortSignal;
  /** Waits until a stop is asked for. */
  readonly asked: Promise<void>;
  /** Listens no longer, unless a stop is going on: for a process that does other things afterwards. */
  readonly end: () => void;
}

/**
 * Listens for Ctrl-C, a stop and a terminal that is closed. A second signal, and the end of the 10 s,
 * wait for nothing: the process ends, and the last thing it does is to stop the embedded database.
 */
export function listenForStop(): Stop {
  const stop = new AbortController();
  const asked = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve()),
  );
  const heard = (): void => {
    if (stop.signal.aborted) process.exit(130);
    setTimeout(() => {
      process.stderr.write('Stopped without waiting for what was still going on.\n');
      process.exit(1);
    }, WHOLE_MS).unref();
    stop.abort();
  };
  for (const name of SIGNALS) process.on(name, heard);
  const end = (): void => {
    if (stop.signal.aborted) return;
    for (const name of SIGNALS) process.off(name, heard);
  };
  return { signal: stop.signal, asked, end };
}

/**
 * Closes an application in a bounded time, whatever its clients do: those that wait, send or read on
 * after a while are cut off. What they had not committed is rolled back.
 *
 * @param server  What listens; null for an application without HTTP.
 */
export async function closeInTime(
  app: { close(): Promise<void> },
  server: Server | null,
): Promise<void> {
  server?.closeIdleConnections();
  const cut = setTimeout(() => server?.closeAllConnections(), REQUESTS_MS);
  try {
    // A connection whose statement runs on keeps its pool from closing: the database ends it next.
    await Promise.race([
      app.close(),
      sleep(REQUESTS_MS + APPLICATION_MS, undefined, { ref: false }),
    ]);
  } finally {
    clearTimeout(cut);
    server?.closeAllConnections();
  }
}
