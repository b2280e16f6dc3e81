import { z } from 'zod';
import type { Immutable } from './immutable.js';
import { text } from './values.shape.js';

const Name = text(80);
const MonthDay = z
  .string()
  .regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
  .describe('MM-DD');

/** A window of the day, hours `[from, to)`; one that passes midnight has `to` below `from`. */
export const windowShape = {
  name: Name,
  fromHour: z.int().min(0).max(23),
  toHour: z.int().min(1).max(24),
};

/** A clock window with what holds in it. */
export type DayWindow = Immutable<z.output<z.ZodObject<typeof windowShape>>>;

/** Seasons that tile the year, of windows of one kind. */
export const seasonsOf = <Window extends z.ZodType>(window: Window) =>
  z
    .array(
      z.strictObject({
        name: Name,
        fromDay: MonthDay.describe('First day, inclusive'),
        toDay: MonthDay.describe('Last day, inclusive'),
        windows: z.array(window).min(1).max(24),
      }),
    )
    .min(1)
    .max(12);

type BareSeason = z.output<ReturnType<typeof seasonsOf>>[number];

/** Windows of a season; seasons tile the year, windows the day. */
export type Season<Window extends DayWindow> = Immutable<Omit<BareSeason, 'windows'>> & {
  readonly windows: readonly Window[];
};
