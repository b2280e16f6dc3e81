import { parseOpenings } from '../../core/settlement/accounts/carry-over.js';
import { type SettledPeriod, settle } from '../../core/settlement/settle.js';
import { MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import type { SettleInput } from './calc-settle.schemas.js';

/** Settles a document of `calc settle`. */
export function settleDocument(input: SettleInput): object {
  const { start, end, run, asOf } = input.period;
  const settled: SettledPeriod = settle({
    elections: input.contract,
    ...(input.holdsFrom === null ? {} : { holdsFrom: input.holdsFrom }),
    ...(input.earlier.length === 0
      ? {}
      : { earlier: input.earlier.map(({ contract, until }) => ({ elections: contract, until })) }),
    period: { startMs: Date.parse(start), endMs: Date.parse(end), run, asOf },
    series: input.series,
    references: input.references,
    openings: parseOpenings(input.openings),
    margin: input.margin,
    legalTime: MOROCCO_LEGAL_TIME,
  });
  const { settlement, hourlyMad } = settled;
  if (!input.withHours) return settlement;
  const hours = hourlyMad();
  const lines = settlement.lines.map((line, at) => ({ ...line, hourlyMad: hours[at] }));
  return { ...settlement, lines };
}
