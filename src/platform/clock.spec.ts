import { jest } from '@jest/globals';
import { Clock } from './clock.js';
import { InsideTransaction } from './database/inside-transaction.js';

describe('the clock', () => {
  const steady = Date.now.bind(Date);
  let byMs = 0;
  beforeEach(() => {
    byMs = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => steady() + byMs);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('counts how often it was set, either way, and not how it is kept right', () => {
    const clock = new Clock();
    clock.now();
    for (let slew = 0; slew < 20; slew += 1) {
      byMs += 100;
      clock.now();
    }
    expect(clock.steps).toBe(0);
    byMs -= 20_000;
    clock.now();
    expect([clock.steps, Math.round(clock.lastStepMs / 1_000)]).toEqual([1, -20]);
    byMs += 3_600_000;
    clock.now();
    expect([clock.steps, Math.round(clock.lastStepMs / 60_000)]).toEqual([2, 60]);
  });

  it('is known to have been set within a transaction, also where it was set back again', async () => {
    const clock = new Clock();
    const inside = new InsideTransaction(clock);
    expect(inside.isClockSet()).toBe(false);
    await inside.run(async () => {
      expect(inside.isClockSet()).toBe(false);
      byMs -= 20_000;
      // A row takes its instant.
      clock.now();
      byMs += 20_000;
      expect(inside.isClockSet()).toBe(true);
    });
    await inside.run(async () => expect(inside.isClockSet()).toBe(false));
  });
});
