import { DomainError } from '../core/errors.js';

/** How many may wait for a turn, and how long one waits. */
export interface TurnBounds {
  readonly waitingMax: number;
  readonly waitMs: number;
}

const NO_BOUNDS: TurnBounds = { waitingMax: Infinity, waitMs: Infinity };

interface Waiting {
  readonly go: () => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** Lets a few things go on at a time; the others wait in the order in which they came. */
export class TurnQueue {
  private taken = 0;
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly atATime: number,
    private readonly bounds: TurnBounds = NO_BOUNDS,
  ) {}

  /**
   * Does `work` when it is its turn.
   *
   * @param waitMs  How long at most to wait for it; the bound of the queue unless told.
   * @throws DomainError `service.unavailable` when the queue is full, or the wait was in vain.
   */
  async take<T>(work: () => Promise<T>, waitMs = this.bounds.waitMs): Promise<T> {
    if (this.taken >= this.atATime) await this.wait(waitMs);
    else this.taken += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.taken -= 1;
      else {
        clearTimeout(next.timer);
        next.go();
      }
    }
  }

  private wait(waitMs: number): Promise<void> {
    const { waitingMax } = this.bounds;
    if (this.waiting.length >= waitingMax) {
      throw notNow(`${waitingMax} others wait already; nothing was done. Try again.`);
    }
    return new Promise<void>((go, giveUp) => {
      const timer = Number.isFinite(waitMs)
        ? setTimeout(() => {
            this.waiting.splice(this.waiting.indexOf(one), 1);
            giveUp(
              notNow(`${Math.round(waitMs / 1_000)} s passed without a turn; nothing was done.`),
            );
          }, waitMs)
        : undefined;
      const one: Waiting = { go, timer };
      this.waiting.push(one);
    });
  }
}

const notNow = (detail: string): DomainError => new DomainError('service.unavailable', { detail });

/** Turn queues by key: those of one key wait for each other, and for nobody else. */
export class TurnQueuesByKey {
  private readonly byKey = new Map<string, { readonly turns: TurnQueue; users: number }>();

  constructor(
    private readonly atATime: number,
    private readonly bounds: TurnBounds,
  ) {}

  /** As `TurnQueue.take`, among those of one key. */
  async take<T>(key: string, work: () => Promise<T>, waitMs?: number): Promise<T> {
    const own = this.byKey.get(key) ?? {
      turns: new TurnQueue(this.atATime, this.bounds),
      users: 0,
    };
    this.byKey.set(key, own);
    own.users += 1;
    try {
      return await own.turns.take(work, waitMs);
    } finally {
      own.users -= 1;
      if (own.users === 0) this.byKey.delete(key);
    }
  }
}

const STEPS_MS = 10;

/**
 * Computes while the database works on a statement that was begun: once it is on its way, and some
 * milliseconds at a time, so that what it answers is heard and the next one goes out.
 */
export async function whileItWrites<Value>(steps: Generator<void, Value>): Promise<Value> {
  for (;;) {
    await new Promise((heard) => setImmediate(heard));
    const untilMs = performance.now() + STEPS_MS;
    while (performance.now() < untilMs) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }
}
