import { contract, NO_REFERENCES, seriesOf, wh } from '../../../test/support/contract.js';
import { MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { openingsOf } from './accounts/carry-over.js';
import type { RunInput } from './document.js';
import { estimatedStretches } from './hours/estimated-hours.js';
import { missingOf } from './missing.js';

const START_MS = Date.parse('2026-10-30T00:00:00Z');
const HOURS = 72;

const input = (change: Partial<RunInput> = {}): RunInput => ({
  run: 'FINAL',
  startMs: START_MS,
  endMs: START_MS + HOURS * 3_600_000,
  asOf: '2026-11-10',
  elections: contract(),
  references: NO_REFERENCES,
  margin: { before: [], after: [] },
  series: seriesOf(wh(Array.from({ length: HOURS }, () => 1))),
  openings: openingsOf([], 1),
  ...change,
});

const ELECTIONS = contract({
  vat: { energy: 'VAT', regulated: 'VAT', fees: null, damages: null },
  adders: {
    ...contract().adders,
    regulatedCharges: [
      { charge: 'TURT', basis: 'DELIVERED', payer: 'BUYER' },
      { charge: 'TSS', basis: 'DELIVERED', payer: 'BUYER' },
    ],
  },
});

const told = (of: RunInput) =>
  missingOf(of, MOROCCO_LEGAL_TIME).map(({ what, key, at }) => [what, key, at]);

describe('what a settlement lacks', () => {
  it('is nothing where it can be settled', () => {
    expect(told(input())).toEqual([]);
  });

  it('is named at once, each with its first day', () => {
    const all = told(input({ elections: ELECTIONS }));
    expect(all).toHaveLength(3);
    expect(all).toEqual(
      expect.arrayContaining([
        ['tariff', 'TSS', '2026-10-30'],
        ['tariff', 'TURT', '2026-10-30'],
        ['vat-rate', 'VAT', expect.any(String)],
      ]),
    );
  });

  it('is only what no row covers: a tariff that ends inside the period, from that day on', () => {
    const row = { confidence: 'P', from: '2026-01-01', to: null };
    const references: RunInput['references'] = {
      ...NO_REFERENCES,
      tariffs: [
        { ...row, id: 'TSS@1', kind: 'TSS', madPerKwh: '0.1' },
        { ...row, id: 'TURT@1', kind: 'TURT', madPerKwh: '0.07', to: '2026-10-31' },
      ],
      vat: [{ ...row, id: 'VAT@1', code: 'VAT', ratePct: '10' }],
    };
    expect(told(input({ elections: ELECTIONS, references }))).toEqual([
      ['tariff', 'TURT', '2026-10-31'],
    ]);
  });

  it('names hours without a reading, series and estimates beside dated figures', () => {
    const series = seriesOf(wh(Array.from({ length: HOURS }, () => 1)));
    const generationWh = series.generationWh.map((one, at) => (at === 5 ? null : one));
    const estimatedGeneration = series.generationWh.map((_, at) => at > 6 && at < 10);
    const elections = contract({ ...ELECTIONS, volume: { product: 'AS_CONSUMED' } });
    const found = missingOf(
      input({ elections, series: { ...series, generationWh, estimatedGeneration } }),
      MOROCCO_LEGAL_TIME,
    );
    const all = found.map(({ what, key, at }) => `${what} ${key} ${at}`);
    expect(all).toContain('actual-data generationWh 2026-10-30T07:00:00Z');
    expect(all).toContain('hours generationWh 2026-10-30T05:00:00Z');
    expect(all).toContain('series loadWh ');
    expect(all).toContain('tariff TURT 2026-10-30');
    expect(found.every(({ fix }) => fix.length > 10)).toBe(true);
  });

  it('ends with what nothing can stand in for', () => {
    const series = { ...seriesOf(wh([1])), loadWh: [1, 2] };
    expect(told(input({ series })).at(-1)![0]).toBe('series');
  });
});

describe('estimated hours', () => {
  it('are told as stretches', () => {
    const flags = [false, true, true, false, true];
    expect(estimatedStretches(flags, START_MS)).toEqual([
      { from: '2026-10-30T01:00:00Z', to: '2026-10-30T03:00:00Z', hours: 2 },
      { from: '2026-10-30T04:00:00Z', to: '2026-10-30T05:00:00Z', hours: 1 },
    ]);
    expect(estimatedStretches(null, START_MS)).toEqual([]);
  });
});
