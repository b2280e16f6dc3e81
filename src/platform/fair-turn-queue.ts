/** Whose turn it is, and how much of what is shared it takes. */
export interface Turn {
  /** Those of one key wait for each other before they hold up another's. */
  readonly key: string;
  readonly weight: number;
  /** Ends the waiting; what has begun is told by its own signal. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting extends Turn {
  readonly begin: () => void;
}

/**
 * Lets a few things go on at a time. Of those that wait, the one whose key has the least under way
 * goes next, and of equals the one that came first: a key with many never holds up one with few.
 */
export class FairTurnQueue {
  private readonly underWay = new Map<string, number>();
  private readonly waiting: Waiting[] = [];
  private count = 0;
  private weight = 0;

  /**
   * @param limits  How many go on at a time, how many of one key, and how much they weigh together;
   *                what is heavier than that goes alone.
   */
  constructor(
    private readonly limits: {
      readonly atATime: number;
      readonly ofOneKey: number;
      readonly weight: number;
    },
  ) {}

  /** Does `work` when it is its turn. @throws the signal's reason when it is aborted before. */
  async take<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin, fail) => {
      const { signal } = turn;
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        fail(signal?.reason as Error);
        this.next();
      };
      const waiting: Waiting = {
        ...turn,
        begin: () => {
          signal?.removeEventListener('abort', leave);
          begin();
        },
      };
      signal?.throwIfAborted();
      signal?.addEventListener('abort', leave);
      this.waiting.push(waiting);
      this.next();
    });
    try {
      return await work();
    } finally {
      this.count -= 1;
      this.weight -= turn.weight;
      const left = this.of(turn.key) - 1;
      if (left === 0) this.underWay.delete(turn.key);
      else this.underWay.set(turn.key, left);
      this.next();
    }
  }

  private of(key: string): number {
    return this.underWay.get(key) ?? 0;
  }

  /** Begins what can begin. */
  private next(): void {
    const { atATime, ofOneKey, weight } = this.limits;
    while (this.count < atATime) {
      let next: Waiting | null = null;
      for (const one of this.waiting) {
        const underWay = this.of(one.key);
        if (underWay < ofOneKey && (next === null || underWay < this.of(next.key))) next = one;
      }
      // A heavy one that is next is waited for: lighter ones that pass it could do so for ever.
      if (next === null || (this.count > 0 && this.weight + next.weight > weight)) return;
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.count += 1;
      this.weight += next.weight;
      this.underWay.set(next.key, this.of(next.key) + 1);
      next.begin();
    }
  }
}
