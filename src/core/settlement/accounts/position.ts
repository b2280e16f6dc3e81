import { Decimal } from '../../units/money.js';
import type { OpeningsText } from './openings.shape.js';
import type { Elections } from '../elections/elections.shape.js';
import { daysInForce, prorated } from '../parts/in-force.js';

/** Where the accounts of a contract stand: MWh and MAD as exact decimal text. */
export interface ContractPosition {
  readonly contractYear: number;
  readonly takeOrPay: {
    readonly period: 'YEAR' | 'MONTH';
    readonly obligedYearMwh: string;
    readonly takenMwh: string;
    /** To take in the rest of the contract year, before deductions. */
    readonly toTakeMwh: string;
    readonly bank: readonly {
      readonly contractYear: number;
      readonly mwh: string;
      readonly paidMadPerMwh: string;
      /** Last contract year in which it may be made up. */
      readonly expiresAfterYear: number;
    }[];
    /** Taken beyond the contract quantity: it lessens a later obligation. */
    readonly forward: readonly {
      readonly contractYear: number;
      readonly mwh: string;
      readonly expiresAfterYear: number;
    }[];
  } | null;
  readonly excess: {
    readonly soldMwh: string;
    readonly productionMwh: string;
    /** Of the production so far. */
    readonly capMwh: string;
    readonly leftMwh: string;
  } | null;
  readonly deemed: { readonly usedMwh: string; readonly leftMwh: string } | null;
  readonly outputGuarantee: {
    readonly guaranteedMwh: string;
    readonly productionMwh: string;
  } | null;
  readonly damages: {
    readonly yearMad: string;
    readonly totalMad: string;
    /** Null = no cap. */
    readonly yearLeftMad: string | null;
    readonly totalLeftMad: string | null;
  };
}

/**
 * The accounts of a contract after some settled periods (SETTLEMENT 1.4).
 *
 * @param openings  Where they stand, as the next period would open.
 */
export function positionOf(
  elections: Elections,
  openings: OpeningsText,
  contractYear: number,
): ContractPosition {
  const { obligations, volume } = elections;
  const part = { frame: { elections }, holdsFrom: null, holdsUntil: null };
  const share = daysInForce(part, { day: '', contractYear }, 'YEAR');
  // To the Wh where the term has the year in part.
  const ofTerm = (quantity: Decimal): Decimal =>
    share.days === share.of ? quantity : prorated(quantity, share).toDecimalPlaces(6);
  const left = (of: Decimal | string, used: string): string =>
    Decimal.max(new Decimal(of).minus(used), 0).toFixed();
  const leftMad = (cap: string | null, used: string): string | null =>
    cap === null ? null : Decimal.max(new Decimal(cap).minus(used), 0).toFixed(2);
  const { takeOrPay, deemedGeneration, outputGuarantee, damageCaps } = obligations;
  const obliged = ofTerm(
    new Decimal(volume.acqMwh ?? 0).times(takeOrPay?.levelPct ?? 0).dividedBy(100),
  );
  const { productionMwh, excessSoldMwh, deemedUsedMwh } = openings;
  // Before the COD nothing counts for an obligation.
  const takenMwh = new Decimal(openings.takenMwh).minus(openings.testMwh ?? 0).toFixed();
  const cap = new Decimal(
    openings.excessCapMwh ??
      new Decimal(productionMwh).times(volume.excess.capPct ?? 0).dividedBy(100),
  );
  return {
    contractYear,
    takeOrPay: takeOrPay && {
      period: takeOrPay.period,
      obligedYearMwh: obliged.toFixed(),
      takenMwh,
      toTakeMwh: left(obliged, takenMwh),
      bank: openings.bank.map((vintage) => ({
        ...vintage,
        expiresAfterYear: vintage.contractYear + takeOrPay.expiryYears,
      })),
      forward: (openings.forward ?? []).map((vintage) => ({
        ...vintage,
        expiresAfterYear: vintage.contractYear + takeOrPay.expiryYears,
      })),
    },
    excess:
      volume.excess.rule === 'SOLD_TO_GRID'
        ? {
            soldMwh: excessSoldMwh,
            productionMwh,
            capMwh: cap.toFixed(),
            leftMwh: left(cap, excessSoldMwh),
          }
        : null,
    deemed: deemedGeneration && {
      usedMwh: deemedUsedMwh,
      leftMwh: left(deemedGeneration.freeAllowanceMwh, deemedUsedMwh),
    },
    outputGuarantee: outputGuarantee && {
      guaranteedMwh: ofTerm(
        new Decimal(outputGuarantee.share).times(outputGuarantee.p50Mwh),
      ).toFixed(),
      productionMwh,
    },
    damages: {
      yearMad: openings.damagesYearMad,
      totalMad: openings.damagesTotalMad,
      yearLeftMad: leftMad(damageCaps.annualMad, openings.damagesYearMad),
      totalLeftMad: leftMad(damageCaps.aggregateMad, openings.damagesTotalMad),
    },
  };
}
