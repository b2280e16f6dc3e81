import { contract, NO_REFERENCES, seriesOf, wh } from '../../../test/support/contract.js';
import { engineStamp } from '../engines.js';
import { MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { openingsOf } from './accounts/carry-over.js';
import { comesOutAgain, type RunInput, settleRun } from './document.js';
import { positionOf } from './accounts/position.js';

const START_MS = Date.parse('2026-10-05T00:00:00Z');
const ELECTIONS = contract({
  volume: { ...contract().volume, acqMwh: '1200' },
  obligations: {
    takeOrPay: {
      period: 'MONTH',
      levelPct: '90',
      deductions: [],
      makeUp: 'PRICE_DIFFERENCE',
      expiryYears: 2,
    },
    damageCaps: { annualMad: '1000', aggregateMad: null },
  },
});

function input(mwh: readonly number[], run: RunInput['run'] = 'PROVISIONAL'): RunInput {
  return {
    run,
    startMs: START_MS,
    endMs: START_MS + mwh.length * 3_600_000,
    asOf: '2026-11-10',
    elections: ELECTIONS,
    series: seriesOf(wh(mwh)),
    margin: { before: [], after: [] },
    references: {
      ...NO_REFERENCES,
      tariffs: [
        {
          id: 'TSS@1',
          confidence: 'P',
          kind: 'TSS',
          madPerKwh: '0.1',
          from: '2026-01-01',
          to: null,
        },
      ],
    },
    openings: openingsOf([], 1),
  };
}

/** A run as the engine in hand writes it. */
const here = <Run extends object>(run: Run) => ({ ...run, ...engineStamp('settlement') });

describe('a settlement run', () => {
  it('keeps the rows that it used, and comes out of its own input again', () => {
    const run = settleRun(input([10, 20]), null, MOROCCO_LEGAL_TIME);
    expect(run.input.references.tariffs).toEqual([]);
    expect(run.delta).toBeNull();
    const stored = JSON.parse(JSON.stringify(run)) as typeof run;
    expect(comesOutAgain(stored, null, MOROCCO_LEGAL_TIME)).toBe(true);
    const edited = { ...stored, carry: { ...stored.carry, takenMwh: '31' } };
    expect(comesOutAgain(edited, null, MOROCCO_LEGAL_TIME)).toBe(false);
    const series = seriesOf(wh([10, 21]));
    const otherHours = { ...stored, input: { ...stored.input, series } };
    expect(comesOutAgain(otherHours, null, MOROCCO_LEGAL_TIME)).toBe(false);
  });

  it('with its correction is the final one, to 0.00', () => {
    const first = here(settleRun(input([10, 20]), null, MOROCCO_LEGAL_TIME));
    const second = settleRun(input([10, 27], 'FINAL'), first, MOROCCO_LEGAL_TIME);
    const sum = Number(first.settlement.totals.netMad) + Number(second.delta!.totals.netMad);
    expect(sum.toFixed(2)).toBe(second.settlement.totals.netMad);
  });

  it('takes a figure that another engine did not use, and did not keep, from the run in hand', () => {
    const tss = { payer: 'BUYER', charge: 'TSS', basis: 'INJECTED' } as const;
    const given = input([10, 20], 'FINAL');
    const elections = contract({ adders: { regulatedCharges: [tss] } });
    const first = settleRun({ ...given, elections }, null, MOROCCO_LEGAL_TIME);
    const references = { ...first.input.references, tariffs: [] };
    const kept = { ...first, input: { ...first.input, references } };
    const now = settleRun({ ...given, elections }, kept, MOROCCO_LEGAL_TIME);
    expect(now.delta!.parts!.engineChange.totals.netMad).toBe('0.00');
    expect(comesOutAgain(now, kept, MOROCCO_LEGAL_TIME)).toBe(true);
  });

  it('shows what another engine makes of its delta apart from what the data make', () => {
    const made = here(settleRun(input([10, 20]), null, MOROCCO_LEGAL_TIME));
    const { lines, totals } = made.settlement;
    // The other engine priced 1.11 MAD more, called a line otherwise, and knew of another rate.
    const other = {
      ...made,
      engineVersion: 1,
      settlement: {
        ...made.settlement,
        lines: lines.map((line, at) =>
          at === 0
            ? { ...line, amountMad: (Number(line.amountMad) + 1.11).toFixed(2) }
            : { ...line, label: `${line.label} (2)` },
        ),
        totals: { ...totals, netMad: (Number(totals.netMad) + 1.11).toFixed(2) },
      },
    };
    const now = settleRun(input([10, 27], 'FINAL'), other, MOROCCO_LEGAL_TIME);
    const { delta } = now;
    const { engine, engineChange, dataChange } = delta!.parts!;
    expect(engine).toEqual({ before: '1', now: '5' });
    expect(engineChange.lines[0]).toMatchObject({ quantity: '0', amountMad: '-1.11' });
    expect([engineChange.totals.netMad, dataChange.totals.netMad]).toEqual([
      '-1.11',
      settleRun(input([10, 27], 'FINAL'), made, MOROCCO_LEGAL_TIME).delta!.totals.netMad,
    ]);
    // Per line and in all, the parts add to the sum.
    const sums = new Map<string, number>();
    for (const { kind, label, amountMad } of [...engineChange.lines, ...dataChange.lines]) {
      const key = `${kind} ${label}`;
      sums.set(key, (sums.get(key) ?? 0) + Math.round(Number(amountMad) * 100));
    }
    const whole = delta!.lines.map(({ kind, label, amountMad }) => [
      `${kind} ${label}`,
      Math.round(Number(amountMad) * 100),
    ]);
    const apart = [...sums].filter(([, sum]) => sum !== 0);
    expect(Object.fromEntries(apart)).toEqual(Object.fromEntries(whole));
    const net = Number(engineChange.totals.netMad) + Number(dataChange.totals.netMad);
    expect(net.toFixed(2)).toBe(delta!.totals.netMad);
    // Both are derived again: neither can be moved into the other.
    expect(comesOutAgain(now, other, MOROCCO_LEGAL_TIME)).toBe(true);
    const swapped = { engine, engineChange: dataChange, dataChange: engineChange };
    for (const parts of [swapped, { ...delta!.parts!, engine: { before: '5', now: '4' } }]) {
      const forged = { ...now, delta: { ...delta!, parts } };
      expect(comesOutAgain(forged, other, MOROCCO_LEGAL_TIME)).toBe(false);
    }
    const { parts: _parts, ...mixed } = delta!;
    expect(comesOutAgain({ ...now, delta: mixed }, other, MOROCCO_LEGAL_TIME)).toBe(false);
  });

  it('moves the accounts on: a deficiency is banked, and stands in the position', () => {
    // 1,200 MWh a year at 90 % is 90 a month; 30 are taken.
    const { carry } = settleRun(input([10, 20]), null, MOROCCO_LEGAL_TIME);
    expect(carry).toMatchObject({
      takenMwh: '30',
      productionMwh: '30',
      damagesMad: '0.00',
      bank: [{ contractYear: 1, mwh: '60', paidMadPerMwh: '550' }],
    });
    const period = { contractYear: 1, isYear: false, carry };
    const year = { contractYear: 1, isYear: true, carry: { ...carry, damagesMad: '400.00' } };
    const openings = openingsOf([period, year], 1);
    // The year settles the same hours again: its quantities do not count twice.
    expect(openings).toMatchObject({ takenMwh: '30', damagesYearMad: '400.00' });
    expect(openingsOf([period, year], 2)).toMatchObject({
      takenMwh: '0',
      damagesYearMad: '0.00',
      damagesTotalMad: '400.00',
    });
    // The next month was settled before the year was reconciled: it leaves the bank alone.
    const next = { contractYear: 2, isYear: false, carry: { ...carry, bank: null } };
    expect(openingsOf([period, year, next], 2).bank).toEqual(carry.bank);
    expect(positionOf(ELECTIONS, openings, 1)).toMatchObject({
      takeOrPay: {
        obligedYearMwh: '1080',
        takenMwh: '30',
        toTakeMwh: '1050',
        bank: [{ contractYear: 1, mwh: '60', expiresAfterYear: 3 }],
      },
      excess: null,
      deemed: null,
      damages: { yearMad: '400.00', yearLeftMad: '600.00', totalLeftMad: null },
    });
  });
});
