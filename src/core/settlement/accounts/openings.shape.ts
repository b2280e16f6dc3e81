import { z } from 'zod';
import type { Immutable } from '../../shapes/immutable.js';
import { decimalText } from '../../shapes/values.shape.js';

const Amount = decimalText(14, 9);

/** Where the accounts of a contract stand before a period, as somebody gives them. */
export const OpeningsSchema = z.strictObject({
  bank: z
    .array(z.strictObject({ contractYear: z.int(), mwh: Amount, paidMadPerMwh: Amount }))
    .max(100)
    .default([])
    .describe('Make-up energy by contract year'),
  forward: z
    .array(z.strictObject({ contractYear: z.int(), mwh: Amount }))
    .max(100)
    .default([])
    .describe('Energy carried forward, by contract year'),
  damagesYearMad: Amount.default('0'),
  damagesTotalMad: Amount.default('0'),
  deemedUsedMwh: Amount.default('0'),
  takenMwh: Amount.default('0').describe('In the contract year, before the period'),
  testMwh: Amount.default('0').describe('What of it was taken before the COD'),
  productionMwh: Amount.default('0'),
  excessSoldMwh: Amount.default('0'),
  excessCapMwh: Amount.optional().describe(
    'Cap on sales to the grid until then; else capPct of productionMwh',
  ),
});

type Given = Immutable<z.output<typeof OpeningsSchema>>;

/** Openings as documents hold them: what nothing was ever of is absent. */
export type OpeningsText = Omit<Given, 'testMwh' | 'forward'> &
  Partial<Pick<Given, 'testMwh' | 'forward'>>;
/** A make-up vintage as documents hold it; quantities and prices are exact decimal text. */
export type VintageText = Given['bank'][number];
/** Energy carried forward, as documents hold it. */
export type ForwardText = Given['forward'][number];
