import type { PointerProblem } from '../../../errors.js';
import { Decimal } from '../../../units/money.js';
import type { Elections } from '../elections.shape.js';
import { FIXES } from './fixes.js';

/** Finds contradictions of one kind. */
export type Check = (elections: Elections) => readonly PointerProblem[];

/** A problem where something is wrong. */
export function unless(
  isRight: boolean,
  pointer: string,
  rule: keyof typeof FIXES,
  detail: string,
): readonly PointerProblem[] {
  return isRight ? [] : [{ pointer, rule, detail, fix: FIXES[rule] }];
}

/** Everything that some checks find. */
export function found(checks: readonly Check[], elections: Elections): readonly PointerProblem[] {
  return checks.flatMap((check) => check(elections));
}

/** Whether a figure is given and is 0. */
export const isZero = (text: string | null | undefined): boolean =>
  text != null && new Decimal(text).isZero();
