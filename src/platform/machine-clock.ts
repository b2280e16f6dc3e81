import { Injectable } from '@nestjs/common';

/** The clocks of the machine, beside the one that the application writes down. */
@Injectable()
export class MachineClock {
  /** What the clock on the wall shows, ms since 1970. */
  wallMs(): number {
    return Date.now();
  }

  /** The same at the process's start, with the time that has passed since: nobody can set it. */
  steadyMs(): number {
    return performance.timeOrigin + performance.now();
  }
}
