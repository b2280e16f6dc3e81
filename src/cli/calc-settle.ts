import { type SettledPeriod, settle } from '../core/settlement/settle.js';
import { MOROCCO_LEGAL_TIME } from '../core/time/legal-time.js';
import { Decimal } from '../core/units/money.js';
import type { SettleInput } from './calc-settle.schemas.js';

/** Settles a document of `calc settle`. */
export function settleDocument(input: SettleInput): object {
  const { start, end, run, asOf } = input.period;
  const { bank, ...sums } = input.openings;
  const decimal = (text: string): Decimal => new Decimal(text);
  const settled: SettledPeriod = settle({
    elections: input.contract,
    period: { startMs: Date.parse(start), endMs: Date.parse(end), run, asOf },
    series: input.series,
    references: input.references,
    openings: {
      bank: bank.map(({ contractYear, mwh, paidMadPerMwh }) => ({
        ...{ contractYear, mwh: decimal(mwh), paidMadPerMwh: decimal(paidMadPerMwh) },
      })),
      damagesYearMad: decimal(sums.damagesYearMad),
      damagesTotalMad: decimal(sums.damagesTotalMad),
      deemedUsedMwh: decimal(sums.deemedUsedMwh),
      takenMwh: decimal(sums.takenMwh),
      productionMwh: decimal(sums.productionMwh),
      excessSoldMwh: decimal(sums.excessSoldMwh),
    },
    margin: input.margin,
    legalTime: MOROCCO_LEGAL_TIME,
  });
  const { settlement, hourlyMad } = settled;
  if (!input.withHours) return settlement;
  const hours = hourlyMad();
  const lines = settlement.lines.map((line, at) => ({ ...line, hourlyMad: hours[at] }));
  return { ...settlement, lines };
}
