/** A campus for benchmarks: meters, plants, a contract, and months of readings and certificates. */
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MatchingTerms } from '../../src/core/contracts/matching-terms.js';
import { type BenchApp, createBenchApp } from './app.ts';

type Doors = typeof import('../../src/platform/records/record-doors.js');
type Certificates =
  typeof import('../../src/features/certificates/certificates/certificate-intake.service.js');
type Matching = typeof import('../../src/features/matching/runs/matching.service.js');

const built = <T>(file: string): Promise<T> =>
  import(pathToFileURL(join(import.meta.dirname, '../../dist/src', file)).href) as Promise<T>;

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const mixed = (a: number, b: number): number => Math.imul(a * 40_503 + b + 1, 0x9e3779b1) >>> 0;

/** Code of a meter, and of a plant. */
export const meterCode = (at: number): string => `M-${String(at + 1).padStart(3, '0')}`;
export const plantCode = (at: number): string => `P-${String(at + 1).padStart(2, '0')}`;

/** What a matching run of a month took. */
export interface TimedRun {
  readonly ms: number;
  readonly matchedWh: number;
}

/** The campus. */
export interface Campus extends BenchApp {
  /** Takes in quarter-hours and hourly certificates of a UTC month. */
  fill(year: number, month: number): Promise<void>;
  /** Takes in quarter-hours alone. */
  fillReadings(year: number, month: number): Promise<void>;
  /** Takes in hourly certificates alone. */
  fillCertificates(year: number, month: number): Promise<void>;
  /** Load → match → post → seal → commit, through the service that the API calls. */
  match(month: string): Promise<TimedRun>;
  /** Terms from the first day of a month on. */
  setTerms(month: string, matching: MatchingTerms | null): Promise<void>;
}

/** Opens a ledger with a contract over all plants. */
export async function createCampus(meters: number, plants: number): Promise<Campus> {
  const app = await createBenchApp(meters, meterCode);
  const { nest, actor } = app;
  const { RecordDoors } = await built<Doors>('platform/records/record-doors.js');
  const { CertificateIntakeService } = await built<Certificates>(
    'features/certificates/certificates/certificate-intake.service.js',
  );
  const { MatchingService } = await built<Matching>('features/matching/runs/matching.service.js');
  const doors = nest.get(RecordDoors);
  const seller = { code: 'SELLER', name: 'Seller', country: 'MA' };
  await doors.of('organisation').create(actor, seller);
  const issuer = { code: 'BENCH', name: 'Bench', isUnsignedAllowed: true };
  await doors.of('issuer').create(actor, issuer);
  const codes = Array.from({ length: plants }, (_, at) => plantCode(at));
  for (const code of codes) {
    await doors.of('plant').create(actor, {
      code,
      name: code,
      organisationCode: 'SELLER',
      technology: 'wind_turbine',
      boundary: 'MA',
      capacityW: 1_000_000_000,
      commissionedOn: '2026-01-01',
      lossFactor: '0',
      directFactorGPerKwh: '0',
    });
  }
  const vat = { code: 'VAT', ratePct: '10', validFrom: '2025-01-01' };
  await doors.of('vat-rate').create(actor, { ...vat, source: 'bench', confidence: 'S' });
  const terms = {
    name: 'PPA',
    sellerCode: 'SELLER',
    buyerCode: 'OWNER',
    siteCode: 'SITE',
    plantCodes: codes,
    deliveryForm: 'PHYSICAL',
    volumeProduct: 'PAY_AS_PRODUCED',
    strikePriceMadPerMwh: '500',
    vatCode: 'VAT',
    currency: 'MAD',
    effectiveFrom: '2026-01-01',
  };
  await doors.of('contract').create(actor, { code: 'PPA', ...terms });
  const spanOf = (year: number, month: number): Span => [
    Date.UTC(year, month - 1, 1),
    Date.UTC(year, month, 1),
  ];
  const fillReadings = async (year: number, month: number): Promise<void> => {
    const rows = Readable.from(intervals(spanOf(year, month), meters));
    await app.importIntervals(`${year}-${month}.csv`, rows);
  };
  const fillCertificates = async (year: number, month: number): Promise<void> => {
    const file = { fileName: `${year}-${month}.csv`, format: 'csv' } as const;
    const bytes = Readable.from(certificates(spanOf(year, month), { meters, plants }));
    await nest.get(CertificateIntakeService).importFile(actor, file, bytes);
  };
  return {
    ...app,
    fillReadings,
    fillCertificates,
    fill: async (year, month) => {
      await fillReadings(year, month);
      await fillCertificates(year, month);
    },
    match: async (month) => {
      const startedMs = performance.now();
      const { run } = await nest.get(MatchingService).run(actor, month, null);
      return { ms: performance.now() - startedMs, matchedWh: run.matchedWh };
    },
    setTerms: async (month, matching) => {
      const next = { ...terms, matching, effectiveFrom: `${month}-01` };
      await doors.of('contract').revise(actor, 'PPA', next, { dryRun: false });
    },
  };
}

type Span = readonly [fromMs: number, toMs: number];

/** Quarter-hours of 25 to 75 kWh. */
function* intervals([fromMs, toMs]: Span, meters: number): Generator<string> {
  yield 'meter,start,wh,quality\n';
  for (let meter = 0; meter < meters; meter += 1) {
    const lines: string[] = [];
    for (let ms = fromMs; ms < toMs; ms += QUARTER_MS) {
      const wh = 25_000 + (mixed(meter, ms / QUARTER_MS) % 50_000);
      lines.push(`${meterCode(meter)},${iso(ms)},${wh},ACTUAL\n`);
    }
    yield lines.join('');
  }
}

/** Hourly certificates that together swing around the load. */
function* certificates(
  [fromMs, toMs]: Span,
  { meters, plants }: { readonly meters: number; readonly plants: number },
): Generator<string> {
  yield 'plant,start,end,wh,external_id,issuer,status\n';
  const evenWh = Math.floor((meters * 200_000) / plants);
  for (let plant = 0; plant < plants; plant += 1) {
    const lines: string[] = [];
    for (let ms = fromMs; ms < toMs; ms += HOUR_MS) {
      const weather = mixed(1, ms / HOUR_MS) % 2_000;
      const wh = Math.floor((evenWh * weather) / 1_000) + (mixed(plant, ms / HOUR_MS) % 5_000) + 1;
      const id = `${plantCode(plant)}-${ms / HOUR_MS}`;
      lines.push(`${plantCode(plant)},${iso(ms)},${iso(ms + HOUR_MS)},${wh},${id},BENCH,Active\n`);
    }
    yield lines.join('');
  }
}
