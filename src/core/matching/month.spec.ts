import fc from 'fast-check';
import type { Certificate } from '../certificates/certificate.js';
import type { StandingBundle } from '../certificates/standing.js';
import { DEFAULT_MATCHING_TERMS } from '../contracts/matching-terms.js';
import { entriesOf, MOVES, type Posting } from '../ledger/postings.js';
import type { DayValues } from '../metering/blocks/interval-block.js';
import { QUALITY } from '../metering/blocks/quality.js';
import { HOUR_MS } from '../time/interval.js';
import { type MonthBook, rebook } from './book.js';
import { matchMonth, type MonthInputs } from './month.js';
import { offersOf } from './offers.js';
import { acceptance } from './suspect.js';

const START = Date.parse('2026-10-01T00:00:00Z');
const METERS = [
  { code: 'M1', intervalMinutes: 60 },
  { code: 'M2', intervalMinutes: 30 },
];

const block = (
  meterCode: string,
  minutes: number,
  wh: readonly (number | null)[],
  code = 8,
): DayValues => {
  const count = (24 * 60) / minutes;
  const values = Array.from({ length: count }, (_, at) => wh[at] ?? null);
  return {
    meterCode,
    utcDay: '2026-10-01',
    intervalMinutes: minutes,
    wh: values,
    quality: values.map((value) => (value === null ? QUALITY.MISSING : code)),
  };
};

const certificate = (plantCode: string, hour: number, wh: number, change = {}): Certificate => ({
  certificateId: `${plantCode}-${hour}`,
  plantCode,
  startMs: START + hour * HOUR_MS,
  endMs: START + (hour + 1) * HOUR_MS,
  wh,
  externalId: `${plantCode}-${hour}`,
  issuer: 'I',
  status: 'Active',
  sourceLine: 2,
  ...change,
});

interface Change extends Partial<Pick<MonthInputs, 'meters' | 'blocks' | 'terms'>> {
  readonly certificates?: readonly Certificate[];
  readonly bundles?: readonly (StandingBundle & { readonly certificateId: string })[];
}

const PLANT = {
  boundary: 'MA',
  technology: 'wind_turbine',
  commissionedOn: '2026-01-01',
  lossFactor: '0.02',
  organisationCode: 'SELLER',
};

const inputs = (change: Change): MonthInputs => {
  const { certificates = [], bundles = [], terms = DEFAULT_MATCHING_TERMS, ...rest } = change;
  const offers = offersOf({
    certificates: certificates.map((one) => ({ ...one, ownerCode: 'SELLER', isStorage: false })),
    plants: ['P', 'Q', 'R'].map((code) => ({ code, ...PLANT })),
    bundles,
    buyerCode: 'BUYER',
    sellerCode: 'SELLER',
    boundary: 'MA',
    terms,
  });
  const period = { startMs: START, endMs: START + 24 * HOUR_MS };
  return { ...period, meters: METERS, blocks: [], offers, terms, ...rest };
};

describe('a month under two versions of a contract', () => {
  it('matches each hour by the terms of its own, and tells them apart', () => {
    const served = (meterCode: string) =>
      ({
        ...DEFAULT_MATCHING_TERMS,
        policy: 'tiered-spread',
        demandTiers: [[meterCode]],
      }) as MonthInputs['terms'];
    const blocks = [block('M1', 60, [100, 100]), block('M2', 30, [50, 50, 50, 50])];
    const certificates = [certificate('P', 0, 80), certificate('P', 1, 80)];
    const earlier = [{ untilMs: START + HOUR_MS, terms: served('M1') }];
    const one = inputs({ blocks, certificates, terms: served('M2') });
    const cut = matchMonth({ ...one, earlier });
    expect(cut.hours.slice(0, 2).map(({ demand }) => demand.map((row) => row.matchedWh))).toEqual([
      [80, 0],
      [0, 80],
    ]);
    const hashes = [
      cut,
      matchMonth(one),
      matchMonth({ ...one, earlier: [{ ...earlier[0]!, untilMs: START }] }),
    ];
    expect(new Set(hashes.map(({ inputSha256 }) => inputSha256)).size).toBe(3);
  });
});

describe('a month', () => {
  it('matches complete, billable hours with active certificates, and counts the rest', () => {
    const matched = matchMonth(
      inputs({
        blocks: [block('M1', 60, [100, null, 100]), block('M2', 30, [30, 30, 40, null, 0, 0])],
        certificates: [
          certificate('P', 0, 80),
          certificate('P', 1, 50, { status: 'Cancelled' }),
          certificate('P', 2, 500),
          certificate('P', 30, 9),
        ],
      }),
    );
    const [first, second, third] = matched.hours;
    expect(matched.hours).toHaveLength(24);
    expect([first!.loadWh, first!.generationWh, first!.matchedWh]).toEqual([160, 80, 80]);
    expect(first!.demand.map(({ matchedWh }) => matchedWh)).toEqual([50, 30]);
    // Hour 1: M1 is missing, M2 lacks a half: nothing counts, nothing is zero.
    expect(second!.demand).toEqual([]);
    expect(second!.supply).toMatchObject([
      { eligibleWh: 0, matchedWh: 0, barred: [{ rule: 'status', wh: 50 }] },
    ]);
    expect([third!.loadWh, third!.matchedWh, third!.generationWh]).toEqual([100, 100, 500]);
    expect(matched.quality).toMatchObject({
      expectedIntervals: 72,
      presentIntervals: 7,
      missingIntervals: 65,
      incompleteMeterHours: 48 - 4,
      excludedMeterHours: 0,
    });
  });

  it('leaves out hours whose quality is not billable, and marks estimates', () => {
    const raw = matchMonth(inputs({ blocks: [block('M1', 60, [100], QUALITY.RAW)] }));
    expect([raw.hours[0]!.loadWh, raw.quality.excludedMeterHours]).toEqual([0, 1]);
    const estimated = matchMonth(inputs({ blocks: [block('M1', 60, [100], QUALITY.EST_HIST)] }));
    expect(estimated.hours[0]!.demand).toMatchObject([{ wh: 100, isEstimated: true }]);
    expect(estimated.quality.whByShare.estimated).toBe(100);
  });

  it('lists SUSPECT hours, and takes those that are accepted as measured', () => {
    const blocks = [
      block('M1', 60, [100, 200], QUALITY.SUSPECT),
      block('M2', 30, [30, 30, 40, null], QUALITY.SUSPECT),
    ];
    const left = matchMonth(inputs({ blocks }));
    expect(left.suspect.map(({ meterCode, wh }) => [meterCode, wh])).toEqual([
      ['M1', 100],
      ['M1', 200],
      ['M2', 60],
    ]);
    expect([left.hours[0]!.loadWh, left.quality.excludedMeterHours]).toEqual([0, 3]);
    const accepts = acceptance(
      [{ meterCode: 'M1', start: '2026-10-01T00:00:00Z', wh: [100, 201], reason: 'a test' }],
      null,
    );
    const taken = matchMonth({ ...inputs({ blocks }), accepts });
    expect(taken.hours.slice(0, 2).map(({ loadWh }) => loadWh)).toEqual([100, 0]);
    expect(taken.suspect.map(({ acceptedBecause }) => acceptedBecause)).toEqual([
      'a test',
      null,
      null,
    ]);
    expect(taken.quality.excludedMeterHours).toBe(2);
    expect(taken.inputSha256).not.toBe(left.inputSha256);
    const raw = matchMonth(inputs({ blocks: [block('M1', 60, [100], QUALITY.RAW)] }));
    expect(raw.suspect).toEqual([]);
  });

  it('is the same in any order, and another for any other content', () => {
    const blocks = [block('M1', 60, [5, 6]), block('M2', 30, [1, 2, 3, 4])];
    const certificates = [certificate('P', 0, 3), certificate('Q', 0, 4), certificate('P', 1, 5)];
    const one = matchMonth(inputs({ blocks, certificates }));
    const turned = matchMonth(
      inputs({ blocks: blocks.toReversed(), certificates: certificates.toReversed() }),
    );
    expect([turned.inputSha256, turned.resultRoot]).toEqual([one.inputSha256, one.resultRoot]);
    const more = matchMonth(
      inputs({ blocks, certificates: [...certificates, certificate('Q', 1, 1)] }),
    );
    expect(more.inputSha256).not.toBe(one.inputSha256);
    expect(more.resultRoot).not.toBe(one.resultRoot);
  });
});

/** A book after postings: the fold that the database's trigger keeps. */
function post(book: MonthBook, postings: readonly Posting[]): MonthBook {
  const accounts = new Map<string, number>();
  const add = (key: string, wh: number): void =>
    void accounts.set(key, (accounts.get(key) ?? 0) + wh);
  for (const { certificateId, hourMs, issuedWh, matchedWh, gone } of book.supply) {
    add(`supply ${certificateId} ${hourMs} issued`, issuedWh);
    add(`supply ${certificateId} ${hourMs} matched`, matchedWh);
    add(`supply ${certificateId} ${hourMs} withdrawn`, gone.withdrawnWh);
    add(`supply ${certificateId} ${hourMs} expired`, gone.expiredWh);
    add(`supply ${certificateId} ${hourMs} cancelled`, gone.cancelledWh);
    add(`supply ${certificateId} ${hourMs} cancelled_for_storage`, gone.cancelledForStorageWh);
  }
  for (const { meterCode, hourMs, consumptionWh, matchedWh } of book.demand) {
    add(`demand ${meterCode} ${hourMs} consumption`, consumptionWh);
    add(`demand ${meterCode} ${hourMs} matched`, matchedWh);
  }
  for (const { move, subject, hourMs, wh } of postings.flatMap(entriesOf)) {
    expect(wh).toBeGreaterThan(0);
    const { book: side, debit, credit } = MOVES[move];
    const isOrigin = (account: string): boolean =>
      account === 'issued' || account === 'consumption';
    add(`${side} ${subject} ${hourMs} ${debit}`, isOrigin(debit) ? -wh : wh);
    add(`${side} ${subject} ${hourMs} ${credit}`, isOrigin(credit) ? wh : -wh);
  }
  const value = (key: string): number => accounts.get(key) ?? 0;
  const subjects = [
    ...new Set([...accounts.keys()].map((key) => key.split(' ').slice(0, 3).join(' '))),
  ];
  const of = (side: string) =>
    subjects.filter((key) => key.startsWith(side)).map((key) => [key, ...key.split(' ')] as const);
  return {
    supply: of('supply').map(([key, , id, hour]) => ({
      certificateId: id!,
      hourMs: Number(hour),
      issuedWh: value(`${key} issued`),
      matchedWh: value(`${key} matched`),
      gone: {
        withdrawnWh: value(`${key} withdrawn`),
        expiredWh: value(`${key} expired`),
        cancelledWh: value(`${key} cancelled`),
        cancelledForStorageWh: value(`${key} cancelled_for_storage`),
      },
    })),
    demand: of('demand').map(([key, , id, hour]) => ({
      meterCode: id!,
      hourMs: Number(hour),
      consumptionWh: value(`${key} consumption`),
      matchedWh: value(`${key} matched`),
    })),
  };
}

describe('rebooking', () => {
  const wh = fc.option(fc.nat({ max: 50 }), { nil: null });
  const anyInputs = fc
    .tuple(fc.array(wh, { maxLength: 3 }), fc.array(wh, { maxLength: 6 }))
    .map(([m1, m2]) =>
      inputs({ blocks: [block('M1', 60, m1), block('M2', 30, m2)], certificates: CERTIFICATES }),
    );
  const CERTIFICATES = [certificate('P', 0, 20), certificate('P', 1, 90), certificate('Q', 1, 5)];

  it('leads from any state of the month to any other, and then has nothing to say', () => {
    fc.assert(
      fc.property(anyInputs, anyInputs, (before, after) => {
        const empty: MonthBook = { supply: [], demand: [] };
        const first = post(empty, rebook(matchMonth(before).hours, empty).postings);
        const { hours } = matchMonth(after);
        const second = post(first, rebook(hours, first).postings);
        expect(rebook(hours, second)).toEqual({ postings: [], touched: [] });
        for (const { hourMs, matchedWh } of hours) {
          const sum = (rows: readonly { hourMs: number; matchedWh: number }[]): number =>
            rows
              .filter((row) => row.hourMs === hourMs)
              .reduce((total, row) => total + row.matchedWh, 0);
          expect([sum(second.supply), sum(second.demand)]).toEqual([matchedWh, matchedWh]);
        }
      }),
    );
  });

  it('touches only the hours that differ', () => {
    const before = matchMonth(
      inputs({ blocks: [block('M1', 60, [50, 60])], certificates: CERTIFICATES }),
    );
    const empty: MonthBook = { supply: [], demand: [] };
    const book = post(empty, rebook(before.hours, empty).postings);
    const after = matchMonth(
      inputs({ blocks: [block('M1', 60, [50, 61])], certificates: CERTIFICATES }),
    );
    const { postings, touched } = rebook(after.hours, book);
    const hours = postings.flatMap(entriesOf).map(({ hourMs }) => hourMs);
    expect([new Set(hours), touched]).toEqual([new Set([START + HOUR_MS]), [START + HOUR_MS]]);
    expect(postings.map(({ move }) => move)).toContain('unmatch_supply');
  });
});
