import { civilDayOf, type LegalTimeRule } from '../time/legal-time.js';

/** A version of a record, as its event sealed it. */
export interface SealedVersion {
  readonly eventId: string;
  readonly kind: string;
  readonly code: string;
  readonly version: number;
  /** The sealed row, read. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** What is audited: a site, from an instant to another, ms, half-open. */
export interface AuditedStretch {
  readonly siteCode: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Codes of records that a site's figures rest on, by kind. */
type Codes = Readonly<Record<string, ReadonlySet<string>>>;

/**
 * Events of the revised versions that touch a site in a stretch of time: of a record of the site, its meters,
 * contracts, plants, tenants or their organisations, or of a kind that belongs to no site; and of a version that
 * holds in the stretch, or took the place of one that did. What is not known to be elsewhere touches (house rule:
 * an auditor is shown one too many rather than one too few).
 *
 * @param versions  All that a log of some size has, in order, the first versions too: they say what is the site's.
 * @param rules     Legal time of the site.
 * @returns         Ids of events; never of a first version.
 */
export function revisionsTouching(
  versions: readonly SealedVersion[],
  stretch: AuditedStretch,
  rules: readonly LegalTimeRule[],
): ReadonlySet<string> {
  const codes = codesOf(versions, stretch.siteCode);
  const before = new Map<string, SealedVersion>();
  const found = new Set<string>();
  for (const one of versions) {
    const key = `${one.kind} ${one.code}`;
    const earlier = before.get(key);
    before.set(key, one);
    if (earlier === undefined) continue;
    const isOfSite = isOf(one, codes) || isOf(earlier, codes);
    // From a day on: the version before holds until then, whatever it said of itself.
    const isOfTime =
      'effectiveFrom' in one.row
        ? holdsIn(one.row, stretch, rules)
        : holdsIn(one.row, stretch, rules) || holdsIn(earlier.row, stretch, rules);
    if (isOfSite && isOfTime) found.add(one.eventId);
  }
  return found;
}

function codesOf(versions: readonly SealedVersion[], siteCode: string): Codes {
  const rows = (kind: string): SealedVersion[] => versions.filter((one) => one.kind === kind);
  const named = (from: readonly SealedVersion[], ...names: string[]): Set<string> =>
    new Set(from.flatMap(({ row }) => names.flatMap((name) => textsOf(row[name]))));
  const sites = rows('site').filter(({ code }) => code === siteCode);
  const contracts = rows('contract').filter(({ row }) => row['siteCode'] === siteCode);
  const plantCodes = named(contracts, 'plantCodes');
  const plants = rows('plant').filter(({ code }) => plantCodes.has(code));
  const generation = named(plants, 'generationMeterCode');
  const meters = rows('meter').filter(
    ({ code, row }) => row['siteCode'] === siteCode || generation.has(code),
  );
  const tenants = rows('tenant').filter(({ row }) => row['siteCode'] === siteCode);
  const codes = (of: readonly SealedVersion[]): Set<string> => new Set(of.map(({ code }) => code));
  return {
    site: new Set([siteCode]),
    contract: codes(contracts),
    plant: plantCodes,
    meter: codes(meters),
    tenant: codes(tenants),
    organisation: new Set([
      ...named(sites, 'organisationCode'),
      ...named(contracts, 'sellerCode', 'buyerCode'),
      ...named(plants, 'organisationCode'),
      ...named(meters, 'supplierCode'),
    ]),
    'vat-rate': named(contracts, 'vatCode'),
  };
}

/** Whether a version is of a site; one of a kind that belongs to none is of every site. */
function isOf({ kind, code, row }: SealedVersion, codes: Codes): boolean {
  const own = codes[kind];
  if (own !== undefined) return own.has(code);
  const names = (name: string, of: string): boolean =>
    textsOf(row[name]).length === 0 || textsOf(row[name]).some((one) => codes[of]!.has(one));
  return (
    names('contractCode', 'contract') &&
    names('siteCode', 'site') &&
    names('deviceCode', 'plant') &&
    names('meterCodes', 'meter')
  );
}

/** Whether a version holds somewhere in a stretch; one that names no time always does. */
function holdsIn(
  row: SealedVersion['row'],
  { startMs, endMs }: AuditedStretch,
  rules: readonly LegalTimeRule[],
): boolean {
  const begins = row['effectiveFrom'] ?? row['validFrom'];
  const ends = row['validTo'];
  // Days are civil: they are compared with the day of the last instant, or of the first.
  const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (typeof begins === 'string') {
    const isLater = isDay(begins)
      ? begins > civilDayOf(rules, endMs - 1)
      : Date.parse(begins) >= endMs;
    if (isLater) return false;
  }
  if (typeof ends !== 'string') return true;
  return isDay(ends) ? ends > civilDayOf(rules, startMs) : Date.parse(ends) > startMs;
}

function textsOf(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}
