/**
 * End to end: load → match → post → seal → commit, through the service that the API calls, from
 * quarter-hour blocks and hourly certificates in the ledger, 200 meters × 30 plants; the twelve months
 * of the year by `pro-rata`, one more month each by the policies that post pairs.
 */
import { createCampus } from './campus.ts';
import type { Report } from './report.ts';

const METERS = 200;
const PLANTS = 30;
const YEAR = 2027;

/** The year by `pro-rata`, then a month each by the others, in one ledger. */
export async function bench(): Promise<Report> {
  const campus = await createCampus(METERS, PLANTS);
  try {
    const months: number[] = [];
    for (let month = 1; month <= 12; month += 1) await campus.fill(YEAR, month);
    for (let month = 1; month <= 12; month += 1) {
      months.push((await campus.match(`${YEAR}-${String(month).padStart(2, '0')}`)).ms);
    }
    const others: number[] = [];
    for (const [at, policy] of (['tiered-spread', 'maximal'] as const).entries()) {
      const month = `${YEAR + 1}-0${at + 1}`;
      await campus.fill(YEAR + 1, at + 1);
      await campus.setTerms(month, {
        policy,
        tieRule: 'largest-remainder',
        demandTiers: null,
        supplyTiers: null,
        meterTiers: [],
        eligibility: {
          technologies: null,
          commissionedFrom: null,
          commissionedTo: null,
          shares: [],
          lossFactor: 'none',
        },
      });
      others.push((await campus.match(month)).ms);
    }
    return {
      yearEndToEndMs: Math.round(months.reduce((sum, ms) => sum + ms, 0)),
      monthEndToEndMs: Math.round(median(months)),
      tieredMonthEndToEndMs: Math.round(others[0]!),
      maximalMonthEndToEndMs: Math.round(others[1]!),
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await campus.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
