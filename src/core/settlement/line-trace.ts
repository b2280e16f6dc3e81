import { formatInstant, HOUR_MS } from '../time/interval.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { Decimal } from '../units/money.js';
import { clausesOf } from './clauses.js';
import { type RunInput, type RunResult, settledPeriod } from './document.js';
import { explainContract } from './elections/explain.js';
import type { Sentence } from './elections/sentences.js';
import type { SettlementLine } from './pricing/lines.js';
import type { References } from './references/references.shape.js';

/** A row of dated figures as it was used: its kind and all that it says. */
export interface UsedRow {
  readonly kind: 'tariff' | 'index' | 'fx' | 'vat' | 'grid';
  /** `CODE@version` of the record. */
  readonly id: string;
  readonly confidence: string;
  readonly [field: string]: unknown;
}

/** An hour behind a line. */
export interface LineHour {
  readonly start: string;
  readonly generationWh: number | null;
  readonly loadWh: number | null;
  readonly isEstimated: boolean;
  /** Of the line in the hour; not rounded unless elected. */
  readonly mad: string;
}

/** A line of a settlement, walked down to its rows and hours. */
export interface LineTrace {
  readonly line: SettlementLine;
  readonly clauses: readonly Sentence[];
  readonly rows: readonly UsedRow[];
  /** Null where the line has none, or another engine made the run. */
  readonly hours: readonly LineHour[] | null;
  /** Σ of the hours, rounded to the centime; null without hours. */
  readonly sumMad: string | null;
  /** Whether that is the line's amount; null without hours. */
  readonly tiesOut: boolean | null;
}

/**
 * Walks a line of a run down.
 *
 * @param at      Position among the run's lines.
 * @param of  `hasHours`: whether its hours are computed, which only the engine that made it can.
 */
export function lineTrace(
  { input, settlement }: Pick<RunResult, 'input' | 'settlement'>,
  at: number,
  { rules, hasHours }: { readonly rules: readonly LegalTimeRule[]; readonly hasHours: boolean },
): LineTrace {
  const line = settlement.lines[at]!;
  const ids = new Set([...line.rows, ...line.trace.flatMap(({ rows }) => rows)]);
  const rates = settlement.totals.vat.filter(
    ({ vatCode, vatCodes }) =>
      line.vatCode !== null && (vatCodes ?? [vatCode]).includes(line.vatCode),
  );
  const isUsed = ({ kind, id, code }: UsedRow): boolean =>
    ids.has(id) || (kind === 'vat' && rates.length > 0 && code === line.vatCode);
  const hourly = hasHours ? (settledPeriod(input, rules).hourlyMad()[at] ?? null) : null;
  const hours = hourly === null ? null : hoursOf(input, hourly);
  const sumMad =
    hours === null
      ? null
      : hours
          .reduce((sum, { mad }) => sum.plus(mad), new Decimal(0))
          .toFixed(2, Decimal.ROUND_HALF_UP);
  return {
    line,
    clauses: clausesOf(explainContract(input.elections), new Set([line.kind])),
    rows: usedRows(input.references).filter(isUsed),
    hours,
    sumMad,
    tiesOut: sumMad === null ? null : sumMad === line.amountMad,
  };
}

function usedRows({ tariffs, indices, fx, vat, peakWindows, grids }: References): UsedRow[] {
  const of = (kind: UsedRow['kind'], rows: readonly object[]): UsedRow[] =>
    rows.map((row) => ({
      ...(row as UsedRow),
      ...('kind' in row ? { tariff: row.kind } : {}),
      kind,
    }));
  return [
    ...of('tariff', tariffs),
    ...of('index', indices),
    ...of('fx', fx),
    ...of('vat', vat),
    ...of('grid', [...(peakWindows === null ? [] : [peakWindows]), ...(grids ?? [])]),
  ];
}

function hoursOf({ series, startMs }: RunInput, hourly: readonly string[]): LineHour[] {
  const { generationWh, loadWh, estimatedGeneration, estimatedLoad } = series;
  return hourly.flatMap((mad, hour): LineHour[] =>
    new Decimal(mad).isZero()
      ? []
      : [
          {
            start: formatInstant(startMs + hour * HOUR_MS),
            generationWh: generationWh[hour] ?? null,
            loadWh: loadWh?.[hour] ?? null,
            isEstimated: (estimatedGeneration?.[hour] ?? false) || (estimatedLoad?.[hour] ?? false),
            mad,
          },
        ],
  );
}
