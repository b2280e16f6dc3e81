import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.js';

/** Marks what runs inside a transaction, for as long as that goes on. */
interface Mark {
  isOpen: boolean;
  /** How often the clock had been set when it began. */
  readonly clockSteps: number;
}

/** Knows what runs inside a transaction, and under which clock that began. */
export class InsideTransaction {
  private readonly marks = new AsyncLocalStorage<Mark>();

  constructor(private readonly clock: Clock) {}

  /** Whether this runs inside a transaction. */
  get isOpen(): boolean {
    return this.marks.getStore()?.isOpen === true;
  }

  /** Whether the clock was set since the transaction began in which this is asked. */
  isClockSet(): boolean {
    const mark = this.marks.getStore();
    return mark?.isOpen === true && mark.clockSteps !== this.steps();
  }

  /** Runs what belongs to a transaction. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const mark: Mark = { isOpen: true, clockSteps: this.steps() };
    try {
      return await this.marks.run(mark, work);
    } finally {
      mark.isOpen = false;
    }
  }

  private steps(): number {
    // Reading it is what sees a step.
    this.clock.now();
    return this.clock.steps;
  }
}
