import fc from 'fast-check';
import { randomElections } from '../../../../test/support/random-elections.js';
import { contract } from '../../../../test/support/contract.js';
import { type Elections, ElectionsSchema } from './elections.shape.js';
import { explainContract } from './explain.js';

type Json = null | string | number | boolean | readonly Json[] | { readonly [name: string]: Json };
const isTree = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null;

/** Each way in which one contract differs from another: where, and the contract with that one difference. */
function* changed(one: Json, other: Json, at = ''): Generator<readonly [string, Json]> {
  if (JSON.stringify(one) === JSON.stringify(other)) return;
  if (!isTree(one) || !isTree(other) || Array.isArray(one) !== Array.isArray(other)) {
    yield [at, other];
    return;
  }
  if (Array.isArray(one) && one.length !== (other as unknown as Json[]).length) yield [at, other];
  for (const name of Object.keys(one)) {
    if (!(name in other)) continue;
    for (const [where, value] of changed(one[name]!, other[name]!, `${at}/${name}`)) {
      yield [where, Array.isArray(one) ? one.with(Number(name), value) : { ...one, [name]: value }];
    }
  }
}

/** Elections without any effect beside the others of a contract. */
function isIdle(
  at: string,
  { volume, price, share, contractYear, obligations }: Elections,
): boolean {
  const { makeUp, carryForward = false } = obligations.takeOrPay ?? {};
  const idle: Readonly<Record<string, boolean>> = {
    '/volume/clock': volume.shapeMw === null,
    '/volume/baseloadMw': volume.product !== 'BASELOAD',
    '/volume/excess/priceMadPerMwh': volume.excess.rule !== 'BUYER_TAKES',
    '/volume/excess/capPct': volume.excess.rule !== 'SOLD_TO_GRID',
    '/price/unit': price.base === null && price.tiers === null,
    '/price/negativeRule/hours': price.negativeRule.rule !== 'SUSPEND',
    '/share/ofMw': share?.basis !== 'MW_SHARE',
    '/contractYear/anchor': contractYear.basis === 'CALENDAR',
    '/obligations/takeOrPay/expiryYears': makeUp === 'NONE' && !carryForward,
  };
  return idle[at] ?? false;
}

const LANGUAGES = ['en', 'fr'] as const;

const said = (elections: Elections, language: (typeof LANGUAGES)[number]): string =>
  explainContract(elections)
    .map((one) => one[language])
    .join('\n');

describe('a contract in plain sentences', () => {
  it('says each election, in both languages', () => {
    const seen = new Set<string>();
    const check = fc.property(randomElections, randomElections, (elections, other) => {
      const plain = JSON.stringify(ElectionsSchema.parse(elections));
      const before = LANGUAGES.map((language) => said(elections, language));
      for (const [at, value] of changed(elections as unknown as Json, other as unknown as Json)) {
        const { data, success } = ElectionsSchema.safeParse(value);
        if (!success || isIdle(at, elections) || isIdle(at, data)) continue;
        if (JSON.stringify(data) === plain) continue;
        seen.add(at.replace(/\/\d+/g, '/n'));
        const silent = LANGUAGES.filter((language, n) => said(data, language) === before[n]);
        if (silent.length > 0) expect([at, silent]).toEqual([at, []]);
      }
    });
    fc.assert(check, { numRuns: 60 });
    expect(seen.size).toBeGreaterThan(70);
  });

  it('leaves nothing open, and repeats no sentence in the other language', () => {
    const check = fc.property(randomElections, (elections) => {
      for (const { pointer, en, fr } of explainContract(elections)) {
        const isIdleText = pointer === '/volume/excess' || pointer === '/price/negativeRule';
        if (!isIdleText) expect([en, fr].join(' ')).not.toMatch(/undefined|null|\[object/);
        expect(en).not.toBe(fr);
        expect([en.endsWith('.'), fr.endsWith('.')]).toEqual([true, true]);
      }
    });
    fc.assert(check, { numRuns: 100 });
  });

  it('says hours of windows and shapes, and the price of what is outside', () => {
    const sentences = explainContract(
      contract({
        volume: {
          product: 'SHAPE_12X24',
          shapeMw: [[...Array<string>(6).fill('10'), ...Array<string>(18).fill('12')]],
        },
        price: {
          timeOfDelivery: {
            clock: 'LEGAL',
            seasons: [
              {
                name: 'summer',
                fromDay: '04-01',
                toDay: '09-30',
                windows: [{ name: 'peak', fromHour: 18, toHour: 23, factor: '1.4' }],
              },
            ],
          },
        },
        obligations: {
          minMax: {
            period: 'YEAR',
            minMwh: '3650',
            maxMwh: null,
            belowMadPerMwh: '1',
            aboveMadPerMwh: '-2',
          },
        },
      }),
    ).map(({ en }) => en);
    expect(sentences).toEqual(
      expect.arrayContaining([
        'MW by month and hours of legal time: 1: 0–6 h 10, 6–24 h 12.',
        'It depends on the hour of delivery in legal time: summer (04-01 – 09-30) peak 18–23 h × 1.4.',
        'MWh a contract year: at least 3650. What is below costs 1 MAD/MWh, what is above -2 MAD/MWh.',
      ]),
    );
  });
});
