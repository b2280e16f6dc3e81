import fc from 'fast-check';
import { inputOf, seriesOf } from '../support/contract.js';
import { mended, randomElections, randomReferences } from '../support/random-elections.js';
import { DomainError } from '../../src/core/errors.js';
import { Decimal } from '../../src/core/units/money.js';
import type { Elections } from '../../src/core/settlement/elections/elections.shape.js';
import type { SettlementPeriod } from '../../src/core/settlement/hours/hours.js';
import { HOUR_STATES } from '../../src/core/settlement/hours/series.shape.js';
import type { EarlierElections } from '../../src/core/settlement/parts/parts.js';
import { settle } from '../../src/core/settlement/settle.js';
import { contradictionsOf } from '../../src/core/settlement/elections/contradictions/contradictions.js';

const REFERENCES = randomReferences();
/** October 2026, whose legal time is that of UTC; its VAT, tariffs and stages change inside it. */
const START = '2026-10-01T00:00:00Z';
const HOURS = 744;

/** A small generator of its own for the hours, so that a month of them costs one number. */
function hoursOf(seed: number) {
  let state = seed;
  const next = (max: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % 8 === 0 ? 0 : state % max;
  };
  const list = (max: number): number[] => Array.from({ length: HOURS }, () => next(max));
  return seriesOf(list(60_000_000), {
    loadWh: list(40_000_000),
    nominatedWh: list(50_000_000),
    contractWh: list(50_000_000),
    potentialWh: list(70_000_000),
    sellerFailureWh: list(1_000),
    forceMajeureWh: list(999),
    referenceMadPerMwh: list(1_500).map((value) => String(value - 200)),
    states: list(HOUR_STATES.length).map((at) => HOUR_STATES[at]!),
  });
}

const settled = (
  elections: Elections,
  seed: number,
  run: SettlementPeriod['run'],
  earlier: readonly EarlierElections[] = [],
) =>
  settle({
    ...inputOf({ elections, series: hoursOf(seed), start: START, run, references: REFERENCES }),
    ...(earlier.length === 0 ? {} : { earlier }),
  });

/** What each kind of line comes to, to 15 decimals of a dirham: thirds leave noise beyond. */
function byKind({ settlement }: ReturnType<typeof settled>): Record<string, string> {
  const kinds = Map.groupBy(settlement.lines, ({ kind }) => kind);
  const sums = [...kinds].map(([kind, lines]): [string, string] => [
    kind,
    lines
      .reduce((sum, { unroundedMad }) => sum.plus(unroundedMad), new Decimal(0))
      .toDecimalPlaces(15)
      .toFixed(),
  ]);
  return Object.fromEntries(sums.filter(([, sum]) => sum !== '0'));
}

const RUNS = ['PROVISIONAL', 'FINAL', 'RECONCILIATION'] as const;

describe('random elections', () => {
  // A new seed each time; a failure prints it, and MIZAN_SEED takes it.
  const seed = Number(process.env['MIZAN_SEED'] ?? Math.trunc(performance.now() * 1_000));

  it(`settle a month of random hours where they are saved (seed ${seed})`, () => {
    let [saved, refused] = [0, 0];
    const one = (elections: Elections, hours: number): void => {
      const contradictions = contradictionsOf(elections);
      const isSaved = contradictions.length === 0;
      if (isSaved) saved += 1;
      else refused += 1;
      for (const run of RUNS) {
        try {
          const { settlement } = settled(elections, hours, run);
          expect(JSON.stringify(settlement)).not.toMatch(/NaN|Infinity|undefined/);
          for (const { name, opening, movements, closing } of settlement.obligations) {
            const moved = movements.reduce(
              (all, one) => all.plus(one.amount),
              new Decimal(opening),
            );
            expect([name, moved.toFixed()]).toEqual([name, new Decimal(closing).toFixed()]);
          }
          const sum = settlement.totals.vat.reduce(
            (all, one) => all.plus(one.baseMad),
            new Decimal(0),
          );
          expect(sum.toFixed(2)).toBe(settlement.totals.netMad);
          const labels = settlement.lines.map(
            ({ kind, label, rows }) => `${kind} ${label} ${rows.join(' ')}`,
          );
          expect(new Set(labels).size).toBe(labels.length);
        } catch (error) {
          // What cannot be settled is refused by name, and was refused when it was saved.
          if (!(error instanceof DomainError) || isSaved) throw error;
        }
      }
    };
    const check = fc.property(randomElections, fc.nat(), (elections, hours) => {
      one(elections, hours);
      one(mended(elections, contradictionsOf), hours);
    });
    fc.assert(check, { numRuns: 100, seed });
    expect(saved).toBeGreaterThan(30);
    expect(refused).toBeGreaterThan(30);
  });

  const cutDay = fc
    .integer({ min: 2, max: 31 })
    .map((at) => `2026-10-${String(at).padStart(2, '0')}`);

  it(`come to the same where a version like the one before cuts the month (seed ${seed})`, () => {
    const check = fc.property(randomElections, fc.nat(), cutDay, (random, hours, until) => {
      const elections = mended(random, contradictionsOf);
      fc.pre(contradictionsOf(elections).length === 0);
      for (const run of RUNS) {
        const whole = settled(elections, hours, run);
        const cut = settled(elections, hours, run, [{ elections, until }]);
        expect(byKind(cut)).toEqual(byKind(whole));
        const { obligations, quantities, coverage } = whole.settlement;
        expect(cut.settlement).toMatchObject({ obligations, quantities, coverage });
        expect(cut.carry).toEqual(whole.carry);
      }
    });
    fc.assert(check, { numRuns: 12, seed });
  });

  it(`settle a month in which another version takes effect (seed ${seed})`, () => {
    const check = fc.property(
      ...([randomElections, randomElections, fc.nat(), cutDay] as const),
      (random, other, hours, until) => {
        const elections = mended(random, contradictionsOf);
        const before = mended(other, contradictionsOf);
        fc.pre([elections, before].every((one) => contradictionsOf(one).length === 0));
        for (const run of RUNS) {
          const { settlement } = settled(elections, hours, run, [{ elections: before, until }]);
          expect(JSON.stringify(settlement)).not.toMatch(/NaN|Infinity|undefined/);
          for (const { name, opening, movements, closing } of settlement.obligations) {
            const moved = movements.reduce(
              (all, one) => all.plus(one.amount),
              new Decimal(opening),
            );
            expect([name, moved.toFixed()]).toEqual([name, new Decimal(closing).toFixed()]);
          }
        }
      },
    );
    fc.assert(check, { numRuns: 12, seed });
  });
});
