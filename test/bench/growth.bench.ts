/**
 * Three years of a campus, matched month by month under `tiered-spread`, which posts its pairs. What
 * a matched pair costs from load to commit must not depend on how much is booked already: the last
 * quarter of the three years is compared with the first.
 */
import pg from 'pg';
import { createCampus } from './campus.ts';
import type { Report } from './report.ts';

const METERS = 60;
const PLANTS = 12;
const FIRST_YEAR = 2027;
const MONTHS = 36;

/** Measures every month in the same process and database. */
export async function bench(): Promise<Report> {
  const campus = await createCampus(METERS, PLANTS);
  const client = new pg.Client({ connectionString: campus.adminUrl });
  await client.connect();
  try {
    await campus.setTerms('2026-12', {
      policy: 'tiered-spread',
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
    await client.query('SET search_path = mizan');
    // A month before the first, so that what starts once has started.
    await campus.fill(FIRST_YEAR - 1, 12);
    await campus.match(`${FIRST_YEAR - 1}-12`);
    let before = await pairCount(client);
    const perPairUs: number[] = [];
    for (let at = 0; at < MONTHS; at += 1) {
      const [year, month] = [FIRST_YEAR + Math.floor(at / 12), (at % 12) + 1];
      await campus.fill(year, month);
      const { ms } = await campus.match(`${year}-${String(month).padStart(2, '0')}`);
      const now = await pairCount(client);
      perPairUs.push((ms * 1_000) / (now - before));
      before = now;
    }
    const first = median(perPairUs.slice(0, 3));
    const last = median(perPairUs.slice(-3));
    return {
      months: MONTHS,
      meters: METERS,
      plants: PLANTS,
      pairs: before,
      firstQuarterUsPerPair: Math.round(first * 100) / 100,
      lastQuarterUsPerPair: Math.round(last * 100) / 100,
      ratio: Math.round((last / first) * 100) / 100,
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await client.end();
    await campus.close();
  }
}

async function pairCount(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    'SELECT count(*) FROM match_pairs p, unnest(p.wh) AS c (wh) WHERE c.wh > 0',
  );
  return Number(rows[0]!.count);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
