import type { MatchingTerms } from '../contracts/matching-terms.js';
import { assert } from '../errors.js';
import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import { rowRoot, sha256, toHex } from '../ledger/merkle.js';
import { type DayValues, hoursOfBlock } from '../metering/blocks/interval-block.js';
import { type DatedLengths, intervalCount } from '../metering/blocks/interval-lengths.js';
import {
  isBillableLoad,
  QUALITY,
  qualityShare,
  type QualityShare,
} from '../metering/blocks/quality.js';
import { compareIds } from '../text.js';
import { formatInstant, HOUR_MS, MINUTE_MS, utcDayStartMs } from '../time/interval.js';
import type { Offer } from './eligibility.js';
import { type DemandRow, hourMatcher, type MonthHour } from './match-hour.js';
import type { Acceptance, SuspectHour } from './suspect.js';

/** Version of the matcher: another one may give another result root for the same inputs. */
export const MATCHER_VERSION = 'mizan-match/2';

const FIRST_MATCHER = 'mizan-match/1';

/** The matcher that made a run; the first one wrote nothing of itself. */
export function matcherOf({ codeVersion }: { readonly codeVersion?: unknown }): string {
  if (codeVersion === undefined || codeVersion === null) return FIRST_MATCHER;
  return typeof codeVersion === 'string' ? codeVersion : JSON.stringify(codeVersion);
}

/** A matcher as people are told of it: `matcher 1`. */
export function matcherName(version: string): string {
  return version.replace(/^mizan-match\//, 'matcher ');
}

/** Everything that a month of a site is matched from. */
export interface MonthInputs {
  /** Bounds of the civil month, ms, half-open, on whole UTC hours. */
  readonly startMs: number;
  readonly endMs: number;
  /** Every meter of the site, with its interval length. */
  readonly meters: readonly (DatedLengths & { readonly code: string })[];
  /** The blocks that hold, one per meter and UTC day. */
  readonly blocks: readonly DayValues[];
  /** Certificates of the contracted plants that start in the month, with what of them may be matched. */
  readonly offers: readonly Offer[];
  /** Of its contract; where it is cut, of the version that holds at its end. */
  readonly terms: MatchingTerms;
  /** Terms that held before those, each until an instant, in order of time; absent without a cut. */
  readonly earlier?: readonly { readonly untilMs: number; readonly terms: MatchingTerms }[];
  /** Which SUSPECT hours are taken as measured; absent = none. */
  readonly accepts?: Acceptance;
}

/** The terms that an hour of a month is matched by. */
export function termsAt({ terms, earlier = [] }: MonthInputs, hourMs: number): MatchingTerms {
  return earlier.find(({ untilMs }) => hourMs < untilMs)?.terms ?? terms;
}

/** How well the consumption of a month is known. */
export interface DataQuality {
  readonly expectedIntervals: number;
  readonly presentIntervals: number;
  readonly missingIntervals: number;
  /** Meter-hours that lack a part: not zero, not in any figure. */
  readonly incompleteMeterHours: number;
  /** Complete meter-hours of a quality that does not count (raw, suspect, forecast). */
  readonly excludedMeterHours: number;
  /** Wh of all present intervals by share. */
  readonly whByShare: Readonly<Record<QualityShare, number>>;
}

/** A month, matched, with what it takes to know it again: hashed when it is first asked for. */
export interface MatchedMonth {
  /** Every hour of the month, in order. */
  readonly hours: readonly MonthHour[];
  readonly quality: DataQuality;
  /** Complete meter-hours that are SUSPECT, by meter, then time. */
  readonly suspect: readonly SuspectHour[];
  /** SHA-256 over what the hours were made of, hex: the same content in any order of arrival. */
  readonly inputSha256: string;
  /** Merkle root over the row totals, hex. */
  readonly resultRoot: string;
}

/**
 * Matches a month of a site, hour by hour, by the policy of its contract (METHOD 4.3). Incomplete
 * hours and hours of a quality that is not billable have no demand, unless they are SUSPECT and
 * accepted; of a certificate only what may be matched is supply.
 *
 * @param inputs  In any order: ties go by meter code, and by plant, start and external id.
 */
export function matchMonth(inputs: MonthInputs): MatchedMonth {
  const hourCount = (inputs.endMs - inputs.startMs) / HOUR_MS;
  const demandByHour = Array.from({ length: hourCount }, (): LoadRow[] => []);
  const supplyByHour = Array.from({ length: hourCount }, (): Offer[] => []);
  const { quality, suspect } = gatherDemand(inputs, demandByHour);
  for (const offer of inputs.offers) {
    const { startMs } = offer.certificate;
    if (startMs < inputs.startMs || startMs >= inputs.endMs) continue;
    supplyByHour[Math.floor((startMs - inputs.startMs) / HOUR_MS)]!.push(offer);
  }
  const matchers = new Map<MatchingTerms, ReturnType<typeof hourMatcher>>();
  const hours = demandByHour.map((demand, hour) => {
    const hourMs = inputs.startMs + hour * HOUR_MS;
    const terms = termsAt(inputs, hourMs);
    const match = matchers.get(terms) ?? hourMatcher(terms);
    matchers.set(terms, match);
    return match(hourMs, demand, supplyByHour[hour]!.sort(compareOffers));
  });
  const input = once(() => inputHash(inputs, hours));
  const result = once(() => resultRoot(hours));
  return {
    hours,
    quality,
    suspect,
    get inputSha256() {
      return input();
    },
    get resultRoot() {
      return result();
    },
  };
}

function once<Value extends string>(compute: () => Value): () => Value {
  let value: Value | null = null;
  return () => (value ??= compute());
}

type LoadRow = Omit<DemandRow, 'matchedWh'>;

function gatherDemand(
  { startMs, endMs, meters, blocks, accepts = () => null }: MonthInputs,
  demandByHour: readonly LoadRow[][],
): { readonly quality: DataQuality; readonly suspect: readonly SuspectHour[] } {
  const whByShare = { measured: 0, calculated: 0, estimated: 0, unvalidated: 0, missing: 0 };
  let [presentIntervals, completeMeterHours, excludedMeterHours] = [0, 0, 0];
  const suspect: SuspectHour[] = [];
  const known = new Set(meters.map(({ code }) => code));
  for (const block of blocks.toSorted((a, b) => compareIds(a.meterCode, b.meterCode))) {
    assert(known.has(block.meterCode), 'month: a block belongs to a meter of the site');
    const dayMs = utcDayStartMs(block.utcDay);
    for (let at = 0; at < block.wh.length; at += 1) {
      const wh = block.wh[at] ?? null;
      const intervalMs = dayMs + at * block.intervalMinutes * MINUTE_MS;
      if (wh === null || intervalMs < startMs || intervalMs >= endMs) continue;
      presentIntervals += 1;
      whByShare[qualityShare(block.quality[at]!)] += wh;
    }
    for (const hour of hoursOfBlock(block)) {
      if (hour.wh === null || hour.hourMs < startMs || hour.hourMs >= endMs) continue;
      completeMeterHours += 1;
      const one = { meterCode: block.meterCode, hourMs: hour.hourMs, wh: hour.wh };
      const acceptedBecause = hour.quality === QUALITY.SUSPECT ? accepts(one) : null;
      if (hour.quality === QUALITY.SUSPECT) suspect.push({ ...one, acceptedBecause });
      if (!isBillableLoad(hour.quality) && acceptedBecause === null) {
        excludedMeterHours += 1;
        continue;
      }
      const isEstimated = qualityShare(hour.quality) === 'estimated';
      const row = { meterCode: block.meterCode, wh: hour.wh, isEstimated };
      demandByHour[(hour.hourMs - startMs) / HOUR_MS]!.push(row);
    }
  }
  const hourCount = demandByHour.length;
  const expectedIntervals = meters.reduce(
    (sum, meter) => sum + intervalCount(meter, { startMs, endMs }),
    0,
  );
  const quality = {
    expectedIntervals,
    presentIntervals,
    missingIntervals: expectedIntervals - presentIntervals,
    incompleteMeterHours: meters.length * hourCount - completeMeterHours,
    excludedMeterHours,
    whByShare,
  };
  return { quality, suspect: suspect.toSorted(compareSuspect) };
}

const compareSuspect = (a: SuspectHour, b: SuspectHour): number =>
  compareIds(a.meterCode, b.meterCode) || a.hourMs - b.hourMs;

function compareOffers({ certificate: a }: Offer, { certificate: b }: Offer): number {
  return (
    compareIds(a.plantCode, b.plantCode) ||
    a.startMs - b.startMs ||
    compareIds(a.issuer, b.issuer) ||
    compareIds(a.externalId, b.externalId)
  );
}

/**
 * RFC 8785 text of lists of text and whole numbers, written out by hand: the lists of a month would
 * take longer to build than to hash.
 */
function inputHash({ terms, earlier = [] }: MonthInputs, hours: readonly MonthHour[]): string {
  const quoted = quoter();
  const texts = hours.map(({ hourMs, demand, supply }) => {
    const loads = demand.map(
      ({ meterCode, wh, isEstimated }) => `[${quoted(meterCode)},${wh},${isEstimated}]`,
    );
    const offers = supply.map(
      ({ certificate: c, contractedWh, eligibleWh }) =>
        `[${quoted(c.plantCode)},${quoted(c.issuer)},${JSON.stringify(c.externalId)},` +
        `${c.startMs},${c.wh},${contractedWh},${eligibleWh}]`,
    );
    return `["${formatInstant(hourMs)}",[${loads.join(',')}],[${offers.join(',')}]]`;
  });
  const before = earlier.map(({ untilMs, terms: of }) => [formatInstant(untilMs), of]);
  const cut = before.length === 0 ? '' : canonicalJson(before as unknown as Canonical);
  const rules = `${cut}${canonicalJson(terms as unknown as Canonical)}`;
  return toHex(sha256(`${rules}[${texts.join(',')}]`));
}

/** Writes a code as JSON, once for all of its hours. */
function quoter(): (code: string) => string {
  const known = new Map<string, string>();
  return (code) => {
    let text = known.get(code);
    if (text === undefined) {
      text = JSON.stringify(code);
      known.set(code, text);
    }
    return text;
  };
}

/** One leaf an hour: what was spent of each certificate, what covered each meter, and the pairs. */
function resultRoot(hours: readonly MonthHour[]): string {
  const quoted = quoter();
  const rows = hours.map(({ hourMs, demand, supply, pairs }) => {
    const spent = supply.map(
      ({ certificate: c, matchedWh }) =>
        `[${quoted(c.plantCode)},${quoted(c.issuer)},${JSON.stringify(c.externalId)},${matchedWh}]`,
    );
    const covered = demand.map(({ meterCode, matchedWh }) => `[${quoted(meterCode)},${matchedWh}]`);
    const totals = `["${formatInstant(hourMs)}",[${spent.join(',')}],[${covered.join(',')}]`;
    if (pairs === null) return `${totals}]`;
    const { texts } = pairs;
    return `${totals},[[${texts.demand}],[${texts.supply}],[${texts.wh}]]]`;
  });
  return toHex(rowRoot(rows));
}
