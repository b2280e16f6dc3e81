/** Lets a few things go on at a time; the others wait in the order in which they came. */
export class Turns {
  private taken = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly atATime: number) {}

  /** Does `work` when it is its turn. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken >= this.atATime) {
      await new Promise<void>((ready) => {
        this.waiting.push(ready);
      });
    } else this.taken += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.taken -= 1;
      else next();
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
