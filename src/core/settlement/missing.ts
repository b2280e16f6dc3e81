import { DomainError, type ErrorCode, type ErrorDetails } from '../errors.js';
import type { LegalTimeRule } from '../time/legal-time.js';
import { type RunInput, settledPeriod } from './document.js';
import type { SettlementSeries } from './hours/series.shape.js';
import type { References } from './references/references.shape.js';

/** One thing that a settlement cannot do without, and does not have. */
export interface MissingItem {
  /** `tariff`, `vat-rate`, `price-index`, `fx-rate`, `tariff-grid`, `series`, `readings` … */
  readonly what: string;
  /** Which one: a code, the name of a series, a meter. */
  readonly key: string;
  /** From which day, month or hour on; empty where that is not the point. */
  readonly at: string;
  readonly fix: string;
}

/** A settlement that lacks more has more wrong with it than what it lacks. */
const TRIES_MAX = 400;

/**
 * All that a settlement lacks, not only the first: it is computed again and again, each time with a
 * stand-in for what the time before asked for. Nothing of what then comes out is used.
 *
 * @returns In the order in which the engine asks; what has no stand-in ends the list. Empty where
 *   nothing is missing.
 */
export function missingOf(
  input: RunInput,
  rules: readonly LegalTimeRule[],
): readonly MissingItem[] {
  const found: MissingItem[] = [];
  let trial = input;
  while (found.length < TRIES_MAX) {
    const refusal = refusalOf(trial, rules);
    if (refusal === null) return found;
    found.push(itemOf(refusal));
    const next = withStandIn(trial, refusal);
    if (next === null) return found;
    trial = next;
  }
  return found;
}

function refusalOf(input: RunInput, rules: readonly LegalTimeRule[]): DomainError | null {
  try {
    settledPeriod(input, rules);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

function detailsOf<Code extends ErrorCode>(
  error: DomainError,
  code: Code,
): ErrorDetails[Code] | null {
  return error.code === code ? (error.details as ErrorDetails[Code]) : null;
}

/** A refusal of what is missing, as an item of a list. */
export function itemOf(error: DomainError): MissingItem {
  const figure = detailsOf(error, 'settlement.reference_missing');
  if (figure !== null) {
    return { what: figure.kind, key: figure.key, at: figure.at, fix: figure.fix };
  }
  const gaps = detailsOf(error, 'settlement.hours_incomplete');
  if (gaps !== null) {
    const fix = `${gaps.count} hours have none. ${gaps.fix}`;
    return { what: 'hours', key: gaps.series, at: gaps.hour, fix };
  }
  const estimates = detailsOf(error, 'settlement.estimated_refused');
  if (estimates !== null) {
    const fix = `${estimates.count} hours are estimates. ${estimates.fix}`;
    return { what: 'actual-data', key: estimates.series, at: estimates.hours[0]?.from ?? '', fix };
  }
  const series = detailsOf(error, 'settlement.series_wrong');
  if (series !== null) return { what: 'series', key: series.series, at: '', fix: series.fix };
  const { fix = '' } = error.details as { readonly fix?: string };
  return { what: error.code, key: '', at: '', fix };
}

/** Values of series that are no energy. */
const OF_SERIES = new Map<string, string>([
  ['referenceMadPerMwh', '1'],
  ['states', 'RUNNING'],
]);

/** The input with something in the place of what was asked for; null where nothing can stand there. */
function withStandIn(input: RunInput, error: DomainError): RunInput | null {
  const figure = detailsOf(error, 'settlement.reference_missing');
  if (figure !== null) {
    const references = withFigure(input.references, figure);
    return references === null ? null : { ...input, references };
  }
  const gaps = detailsOf(error, 'settlement.hours_incomplete');
  if (gaps !== null) {
    const name = gaps.series as 'generationWh' | 'loadWh';
    const filled = (input.series[name] ?? []).map((wh) => wh ?? 0);
    return { ...input, series: { ...input.series, [name]: filled } };
  }
  const estimates = detailsOf(error, 'settlement.estimated_refused');
  if (estimates !== null) {
    const flags = estimates.series === 'loadWh' ? 'estimatedLoad' : 'estimatedGeneration';
    return { ...input, series: { ...input.series, [flags]: null } };
  }
  const series = detailsOf(error, 'settlement.series_wrong');
  if (series === null || series.found > 0) return null;
  const name = series.series as keyof SettlementSeries;
  const value = OF_SERIES.get(name) ?? 0;
  const hours = (input.endMs - input.startMs) / 3_600_000;
  const values = Array.from({ length: hours }, () => value);
  return { ...input, series: { ...input.series, [name]: values } };
}

type Asked = ErrorDetails['settlement.reference_missing'];

function withFigure(references: References, { kind, key, at }: Asked): References | null {
  const row = { id: `stand-in ${kind} ${key} ${at}`, confidence: 'V' };
  // Up to where the next row begins: two that hold on one day are refused.
  const span = (rows: readonly { readonly from: string }[]) => {
    const later = rows.map(({ from }) => from).filter((from) => from > at);
    return { from: at, to: later.toSorted()[0] ?? null };
  };
  switch (kind) {
    case 'tariff': {
      const rows = references.tariffs.filter((one) => one.kind === key);
      const tariff = { ...row, ...span(rows), kind: key, madPerKwh: '1' };
      return { ...references, tariffs: [...references.tariffs, tariff as (typeof rows)[number]] };
    }
    case 'vat-rate': {
      const rows = references.vat.filter((one) => one.code === key);
      const rate = { ...row, ...span(rows), code: key, ratePct: '0' };
      return { ...references, vat: [...references.vat, rate] };
    }
    case 'price-index': {
      const value = { ...row, series: key, month: at, value: '100', publishedOn: '1900-01-01' };
      return { ...references, indices: [...references.indices, value] };
    }
    case 'fx-rate': {
      const rate = { ...row, currency: key, day: at, madPerUnit: '10' };
      return { ...references, fx: [...references.fx, rate] };
    }
    case 'tariff-grid': {
      const windows = [{ name: 'day', fromHour: 0, toHour: 24, isPeak: false }];
      const seasons = [{ name: 'year', fromDay: '01-01', toDay: '12-31', windows }];
      const { grids: _, ...others } = references;
      return { ...others, peakWindows: { ...row, seasons } };
    }
    default:
      return null;
  }
}
