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

/** Computes once a statement that was begun is on its way, so that the database works meanwhile. */
export async function whileItWrites<Value>(compute: () => Value): Promise<Value> {
  await new Promise((sent) => setImmediate(sent));
  return compute();
}
