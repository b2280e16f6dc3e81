import { DomainError } from '../errors.js';
import { Decimal } from '../units/money.js';
import { claimPct } from '../units/ratio.js';
import type { InstrumentClass } from './criteria.js';
import type { Figure } from './figure.js';
import type { CertificatesLine } from './lines.js';
import type { TierLine } from './tiers.js';

/** Checks that a carbon statement must pass before it is issued (METHOD 7.2). The names are public. */
export const RELEASE_CHECKS = [
  'energy_adds_up',
  'certificates_are_what_is_matched',
  'no_wh_is_used_twice',
  'tiers_sum_to_consumption',
  'shares_come_out_again',
  'factors_are_direct_and_valid',
  'criteria_have_eight_answers',
  'generation_is_certified',
  'intervals_are_accounted_for',
] as const;
/** One of them. */
export type ReleaseCheck = (typeof RELEASE_CHECKS)[number];

/** What a statement says, as far as it is checked. */
export interface ToRelease {
  readonly isPreliminary: boolean;
  readonly figures: readonly Figure[];
  readonly certificates: readonly CertificatesLine[];
  readonly tiers: readonly TierLine[];
  readonly criteria: readonly InstrumentClass[];
  readonly factors: readonly {
    readonly code: string;
    readonly basis: string;
    readonly validFromMs: number;
    readonly validToMs: number;
  }[];
  readonly period: { readonly startMs: number; readonly endMs: number };
  readonly quality: {
    readonly expectedIntervals: number;
    readonly presentIntervals: number;
    readonly missingIntervals: number;
  };
}

type Fault = string | null;

const CHECKS: Readonly<Record<ReleaseCheck, (of: ToRelease) => Fault>> = {
  energy_adds_up: (of) => {
    const [load, matched, residual] = ['loadWh', 'matchedWh', 'residualWh'].map((id) => wh(of, id));
    const [generation, excess] = ['generationWh', 'excessWh'].map((id) => wh(of, id));
    if (matched! + residual! !== load) return `${matched} + ${residual} Wh are not ${load} Wh.`;
    if (matched! + excess! !== generation) return `${matched} + ${excess} Wh: not ${generation}.`;
    return null;
  },
  certificates_are_what_is_matched: (of) => {
    const sum = of.certificates.reduce((total, { matchedWh }) => total + matchedWh, 0);
    const matched = wh(of, 'matchedWh');
    return sum === matched ? null : `Certificates give ${sum} Wh, ${matched} Wh are matched.`;
  },
  no_wh_is_used_twice: ({ certificates }) => {
    const over = certificates.find(
      ({ issuedWh, eligibleWh, matchedWh }) => matchedWh > eligibleWh || eligibleWh > issuedWh,
    );
    return over === undefined ? null : `More of ${over.plantCode} is used than was issued.`;
  },
  tiers_sum_to_consumption: (of) => {
    const sum = of.tiers.reduce((total, line) => total + line.wh, 0);
    const load = wh(of, 'loadWh');
    const isBelow = of.tiers.some((line) => line.wh < 0);
    return sum === load && !isBelow ? null : `Tiers sum to ${sum} Wh, consumption is ${load} Wh.`;
  },
  shares_come_out_again: (of) => {
    const said = of.figures.find(({ id }) => id === 'contractedCfePct')?.value ?? null;
    const [matched, load] = [new Decimal(wh(of, 'matchedWh')), new Decimal(wh(of, 'loadWh'))];
    const again = claimPct(matched, load);
    return said === again ? null : `Contracted CFE is ${said}; it comes to ${again}.`;
  },
  factors_are_direct_and_valid: ({ factors, period: { startMs, endMs } }) => {
    const wrong = factors.find(
      ({ basis, validFromMs, validToMs }) =>
        basis !== 'direct' || validFromMs >= endMs || validToMs <= startMs,
    );
    return wrong === undefined ? null : `${wrong.code} is not direct, or not of the period.`;
  },
  criteria_have_eight_answers: ({ criteria, isPreliminary }) => {
    const wrong = criteria.find(
      ({ answers }) =>
        answers.length !== 8 ||
        answers.some(
          ({ criterion, answer }, at) =>
            criterion !== at + 1 || (answer === 'pending' && (criterion !== 3 || !isPreliminary)),
        ),
    );
    return wrong === undefined ? null : `${wrong.instrumentClass} lacks an answer.`;
  },
  generation_is_certified: (of) => {
    const sum = of.certificates.reduce((total, { eligibleWh }) => total + eligibleWh, 0);
    const generation = wh(of, 'generationWh');
    return sum === generation ? null : `Of ${generation} Wh, ${sum} Wh are certified.`;
  },
  intervals_are_accounted_for: ({ quality }) => {
    const { expectedIntervals, presentIntervals, missingIntervals } = quality;
    return presentIntervals + missingIntervals === expectedIntervals
      ? null
      : `${presentIntervals} + ${missingIntervals} intervals are not ${expectedIntervals}.`;
  },
};

function wh({ figures }: ToRelease, id: string): number {
  return Number(figures.find((figure) => figure.id === id)?.value ?? Number.NaN);
}

/**
 * Checks what is to be issued, by name.
 *
 * @returns The checks that passed: all of them.
 * @throws DomainError `statement.check_failed` for the first that did not
 */
export function requireReleasable(of: ToRelease): readonly ReleaseCheck[] {
  for (const check of RELEASE_CHECKS) {
    const detail = CHECKS[check](of);
    if (detail !== null) refuseRelease(check, detail);
  }
  return RELEASE_CHECKS;
}

/** Check of each version as it is issued: that the log is the one that was signed (METHOD 7.2). The name is public. */
export const ROOT_CHECK = 'root_is_the_ledgers';

/** Refuses what did not pass a check. @throws DomainError `statement.check_failed` */
export function refuseRelease(check: string, detail: string): never {
  const fix = 'Nothing was issued. Verify the ledger; what contradicts itself is a fault of ours.';
  throw new DomainError('statement.check_failed', { check, detail, fix });
}
