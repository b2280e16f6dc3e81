import type { Bundle } from '../certificates/bundle.js';
import type { MatchingTerms } from '../contracts/matching-terms.js';
import type { SoleClaim } from '../statements/criteria.js';
import type { OwnedCertificate } from '../matching/offers.js';
import type { IntervalBlock } from '../metering/blocks/interval-block.js';
import type { IntervalChange } from '../metering/blocks/interval-lengths.js';
import { compareIds } from '../text.js';
import { DAY_MS, utcDayStartMs } from '../time/interval.js';
import type { PackLog } from './pack-log.js';

/** A contract's version, as it was sealed. */
export interface Contract extends Versioned {
  readonly siteCode: string;
  readonly effectiveFrom: string;
  readonly plantCodes: readonly string[];
  readonly strikePriceMadPerMwh: string;
  readonly vatCode: string;
  readonly buyerCode: string;
  readonly sellerCode: string;
  /** Absent from versions that state no terms. */
  readonly matching?: MatchingTerms;
  /** Absent from versions that answer nothing. */
  readonly soleClaim?: SoleClaim;
}
/** A plant's version. */
export interface Plant extends Versioned {
  readonly organisationCode: string;
  readonly boundary: string;
  readonly technology: string;
  readonly commissionedOn: string;
  readonly lossFactor: string;
  readonly directFactorGPerKwh: string;
}
/** A meter's version. */
export interface Meter extends Versioned {
  readonly siteCode: string;
  readonly intervalMinutes: number;
  /** Absent where the length never changed. */
  readonly intervalChanges?: readonly IntervalChange[];
  /** Absent from versions that say nothing else than what was always so. */
  readonly isBooked?: boolean;
  readonly direction?: string;
}
/** A tenant's version. */
export interface TenantRow extends Versioned {
  readonly siteCode: string;
  readonly meterCodes: readonly string[];
}
/** A VAT rate's version. */
export interface RateRow extends Versioned {
  readonly ratePct: string;
  readonly validFrom: string;
  readonly validTo: string | null;
}
/** A factor's version. */
export interface FactorRow extends Versioned {
  readonly kind: string;
  readonly zone: string;
  readonly basis: string;
  readonly resolution: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly stepStarts?: readonly string[];
  readonly mgPerKwh: readonly (number | null)[];
  readonly cfePpm: readonly (number | null)[];
}

/** Rows that the log held before a place, parsed, by domain. */
export type Rows = ReadonlyMap<string, readonly unknown[]>;

/** The rows of events before a place, parsed. */
export function rowsBefore(log: PackLog, beforeSeq: number): Rows {
  const byDomain = new Map<string, unknown[]>();
  const before = log.rows.filter((_, at) => log.headers[at]!.seq < beforeSeq);
  for (const texts of before) {
    for (const text of texts) {
      const row = JSON.parse(text) as { readonly '@': string };
      const known = byDomain.get(row['@']);
      if (known === undefined) byDomain.set(row['@'], [row]);
      else known.push(row);
    }
  }
  return byDomain;
}

/** The rows of a kind: their seal has been checked, so they have the shape of their domain. */
function rowsOf<Kind>(rows: Rows, kind: string): readonly Kind[] {
  return (rows.get(`mizan/row/${kind}/1`) ?? []) as readonly Kind[];
}

/** Every version of a kind of record, by code, then version. */
export function versionsOf<Kind extends Versioned>(rows: Rows, kind: string): Kind[] {
  return rowsOf<Kind>(rows, kind).toSorted(
    (a, b) => compareIds(a.code, b.code) || a.version - b.version,
  );
}

/** The latest version of each record of a kind, by code. */
export function latestOf<Kind extends Versioned>(rows: Rows, kind: string): Kind[] {
  const latest = new Map<string, Kind>();
  for (const row of versionsOf<Kind>(rows, kind)) latest.set(row.code, row);
  return [...latest.values()];
}

/** The latest revision of each meter and UTC day that touches a period. */
export function blocksOf(
  rows: Rows,
  meters: ReadonlySet<string>,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): readonly IntervalBlock[] {
  const latest = new Map<string, IntervalBlock>();
  for (const block of rowsOf<IntervalBlock>(rows, 'interval-block')) {
    const dayMs = utcDayStartMs(block.utcDay);
    const touches = dayMs < endMs && dayMs + DAY_MS > startMs;
    if (!meters.has(block.meterCode) || !touches) continue;
    const key = `${block.meterCode} ${block.utcDay}`;
    const known = latest.get(key);
    if (known === undefined || known.revision < block.revision) latest.set(key, block);
  }
  return [...latest.values()];
}

/** Certificates of plants. One that was sealed without its owner belonged to the plant's. */
export function certificatesOf(rows: Rows, plants: readonly Plant[]): readonly OwnedCertificate[] {
  const owners = new Map(plants.map((plant) => [plant.code, plant.organisationCode]));
  const sealed = [1, 2].flatMap((version) => rows.get(`mizan/row/certificate/${version}`) ?? []);
  return (sealed as readonly SealedCertificate[])
    .filter(({ plantCode }) => owners.has(plantCode))
    .map((row) => ({
      ...row,
      ownerCode: row.ownerCode ?? owners.get(row.plantCode)!,
      isStorage: row.facts?.is_storage ?? false,
      startMs: Date.parse(row.start),
      endMs: Date.parse(row.end),
    }));
}

interface SealedCertificate extends Omit<OwnedCertificate, 'ownerCode' | 'isStorage'> {
  readonly start: string;
  readonly end: string;
  readonly ownerCode?: string;
  readonly facts?: { readonly is_storage: boolean };
}

/** The last change of each bundle. */
export function bundlesOf(rows: Rows): readonly Bundle[] {
  const latest = new Map<string, Bundle>();
  for (const bundle of rowsOf<Bundle>(rows, 'bundle-change')) {
    const known = latest.get(bundle.bundleId);
    if (known === undefined || known.version < bundle.version) latest.set(bundle.bundleId, bundle);
  }
  return [...latest.values()];
}

/** What every version of a record has. */
export interface Versioned {
  readonly code: string;
  readonly version: number;
}
