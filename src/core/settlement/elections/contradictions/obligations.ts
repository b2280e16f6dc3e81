import { Decimal } from '../../../units/money.js';
import type { Elections } from '../elections.shape.js';
import { type Check, isZero, unless } from './check.js';

function takeOrPay({ obligations: { takeOrPay: terms } }: Elections) {
  if (terms === null) return [];
  const pointer = '/obligations/takeOrPay';
  const isCarried = terms.carryForward === true;
  return [
    ...unless(
      new Set(terms.deductions).size === terms.deductions.length,
      `${pointer}/deductions`,
      'deductions.once',
      'A deduction is listed twice.',
    ),
    ...unless(
      terms.makeUp === 'NONE' || terms.expiryYears > 0,
      `${pointer}/expiryYears`,
      'make_up.expiry',
      'Make-up energy expires at the end of the year in which it is paid: none can be made up.',
    ),
    ...unless(
      !isCarried || terms.makeUp !== 'NONE',
      `${pointer}/carryForward`,
      'carry_forward.make_up',
      'Energy is carried forward, and a deficiency that is paid is not made up.',
    ),
    ...unless(
      !isZero(terms.levelPct),
      `${pointer}/levelPct`,
      'take_or_pay.some',
      '0 % of the contract quantity must be taken.',
    ),
  ];
}

/** What lacks would be billed twice: as the part below the minimum, and as a deficiency. */
function minMax({ obligations: { minMax: terms, takeOrPay: other } }: Elections) {
  if (terms === null) return [];
  return [
    ...unless(
      other === null || (other.period !== terms.period && terms.minMwh === null),
      '/obligations/minMax',
      'min_max.alone',
      'Minimum and maximum stand beside take-or-pay: one shortfall would be billed twice.',
    ),
    ...unless(
      !isZero(terms.maxMwh),
      '/obligations/minMax/maxMwh',
      'min_max.some',
      'The maximum is 0 MWh: nothing may be taken at the contract price.',
    ),
  ];
}

function levels({ obligations: terms }: Elections) {
  const { outputGuarantee: output, availabilityGuarantee, coverageGuarantee, damageCaps } = terms;
  const { annualMad, aggregateMad } = damageCaps;
  return [
    ...unless(
      output === null || (!isZero(output.share) && !isZero(output.p50Mwh)),
      '/obligations/outputGuarantee',
      'output.some',
      'The guaranteed output is 0 MWh.',
    ),
    ...unless(
      !isZero(availabilityGuarantee?.levelPct),
      '/obligations/availabilityGuarantee/levelPct',
      'availability.some',
      'The guaranteed availability is 0 %.',
    ),
    ...unless(
      !isZero(coverageGuarantee?.levelPct),
      '/obligations/coverageGuarantee/levelPct',
      'coverage.some',
      'The guaranteed coverage is 0 %.',
    ),
    ...unless(
      annualMad === null ||
        aggregateMad === null ||
        !new Decimal(annualMad).greaterThan(aggregateMad),
      '/obligations/damageCaps/annualMad',
      'caps.ordered',
      'The cap of a year is above the cap of all years: it can never be reached.',
    ),
  ];
}

/** Mistakes in what must be taken, delivered and covered. */
export const OBLIGATION_MISTAKES: readonly Check[] = [takeOrPay, minMax, levels];
