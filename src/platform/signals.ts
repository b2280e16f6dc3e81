/**
 * Waits for work that is told by a signal to end, and not a moment longer than the signal lets it: work
 * that does not hear it is left behind, and what becomes of it is nobody's concern.
 *
 * @throws the signal's reason once it is aborted, whatever the work makes of it.
 */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, fail) => {
    onAbort = () => fail(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
  });
  const working = work(signal);
  working.catch(() => {});
  try {
    return await Promise.race([working, aborted]);
  } catch (error) {
    // A stream that was told to end says so in its own words.
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort!);
  }
}

/**
 * Gives work a signal that is aborted by any of `signals`, or when the time is over.
 *
 * @param limitMs  How long it may take; `late` makes the reason when it takes longer.
 */
export async function within<T>(
  signals: readonly AbortSignal[],
  { limitMs, late }: { readonly limitMs: number; readonly late: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(late()), limitMs);
  try {
    return await work(AbortSignal.any([...signals, deadline.signal]));
  } finally {
    clearTimeout(timer);
  }
}
