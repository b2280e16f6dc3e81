import { Decimal } from '../../units/money.js';

/** An axis from zero: its end, and where its marks stand. */
export interface Scale {
  readonly end: number;
  readonly marks: readonly number[];
}

const MARKS_LEAST = 4;

/**
 * An axis from zero that holds `most`, with round marks 1, 2, 2.5 or 5 times a power of ten apart.
 *
 * @param most  Zero or more; an axis of nothing ends at 1.
 */
export function roundScale(most: number): Scale {
  const whole = most <= 0 ? 1 : most;
  const power = 10 ** Math.floor(Math.log10(whole));
  const step =
    [0.1, 0.2, 0.25, 0.5, 1, 2]
      .map((times) => new Decimal(times).times(power).toNumber())
      .findLast((one) => Math.ceil(whole / one) >= MARKS_LEAST) ?? power / 10;
  const count = Math.ceil(whole / step);
  return {
    end: new Decimal(step).times(count).toNumber(),
    marks: Array.from({ length: count + 1 }, (_, at) => new Decimal(step).times(at).toNumber()),
  };
}
