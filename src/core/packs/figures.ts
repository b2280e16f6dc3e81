import { factorHours, type FactorKind } from '../carbon/factor.js';
import { canonicalJson, type Canonical } from '../ledger/canonical.js';
import type { Move } from '../ledger/postings.js';
import { HOUR_MS } from '../time/interval.js';
import { Decimal } from '../units/money.js';
import type { PackLog } from './pack-log.js';
import type { FactorRow } from './sealed-rows.js';
import { bookEntries } from './placed-rows.js';

/** A carbon statement, as far as its figures are added up again. */
interface Carbon {
  readonly matching: { readonly runId: string };
  readonly period: { readonly start: string; readonly end: string };
  readonly meterCodes: readonly string[];
  readonly plants: readonly { readonly code: string; readonly directFactorGPerKwh: string }[];
  readonly factors: readonly { readonly code: string; readonly version: number }[];
  readonly engineVersion?: unknown;
  /** Absent: as if they were. */
  readonly instrumentsApplied?: boolean;
  readonly figures: readonly { readonly id: string; readonly value: number | string | null }[];
}

/** A billing statement, as far as it is added up again. */
interface Billing {
  readonly billing: { readonly lines: readonly BilledLine[] };
  readonly figures: Carbon['figures'];
}

interface BilledLine {
  readonly generationWh: number;
  readonly lossFactor: string;
  readonly deliveredWh: string;
  readonly strikePriceMadPerMwh: string;
  readonly vatRatePct: string;
  readonly netMad: string;
  readonly vatMad: string;
  readonly grossMad: string;
}

const SIGN: Partial<Record<Move, number>> = {
  consume: 1,
  consume_reversal: -1,
  match_demand: 1,
  unmatch_demand: -1,
  match_supply: 1,
  unmatch_supply: -1,
};

/**
 * Adds a carbon statement's figures up again from the energy book (PACK section 7).
 *
 * @returns  How many figures are equal; or the first that is not, in a sentence.
 */
export function carbonAgain(log: PackLog, text: string): number | { readonly fault: string } {
  const statement = JSON.parse(text) as Carbon;
  const book = bookOf(log, statement);
  if (book === null) return { fault: 'Its matching run is not in the pack.' };
  const { loadWh, matchedWh, byPlant } = book;
  const [load, matched] = [sum(loadWh), sum(matchedWh)];
  const said = new Map(statement.figures.map(({ id, value }) => [id, value]));
  const generation = Number(said.get('generationWh'));
  const loaded = loadWh.filter((wh) => wh > 0).length;
  const full = loadWh.filter((wh, hour) => wh > 0 && wh === matchedWh[hour]).length;
  const again = new Map<string, number | string | null>([
    ['loadWh', load],
    ['matchedWh', matched],
    ['residualWh', load - matched],
    ['excessWh', generation - matched],
    ...[...byPlant].map(([code, wh]): [string, number] => [`matchedWh.${code}`, wh]),
    ['contractedCfePct', percent(matched, load, 2, Decimal.ROUND_DOWN)],
    ['contractedCfeEnginePct', percent(matched, load, 6, Decimal.ROUND_HALF_UP)],
    ['hoursFullyMatched', String(full)],
    ['hoursFullyMatchedPct', percent(full, loaded, 2, Decimal.ROUND_DOWN)],
    ['volumetricPct', percent(generation, load, 6, Decimal.ROUND_HALF_UP)],
    ...emissionsOf(log, statement, book),
  ]);
  if (matched !== sum([...byPlant.values()])) {
    return { fault: 'What certificates gave is not what meters got.' };
  }
  return equalOf(said, again);
}

/** Prices a billing statement's lines again (PACK section 7). */
export function billingAgain(text: string): number | { readonly fault: string } {
  const {
    billing: { lines },
    figures,
  } = JSON.parse(text) as Billing;
  const centimes = (value: Decimal): string => value.toFixed(2, Decimal.ROUND_HALF_UP);
  for (const [at, line] of lines.entries()) {
    const delivered = new Decimal(1).minus(line.lossFactor).times(line.generationWh);
    const net = centimes(delivered.dividedBy(1_000_000).times(line.strikePriceMadPerMwh));
    const vat = centimes(new Decimal(net).times(line.vatRatePct).dividedBy(100));
    const gross = centimes(new Decimal(net).plus(vat));
    const again = [delivered.toFixed(), net, vat, gross];
    const there = [line.deliveredWh, line.netMad, line.vatMad, line.grossMad];
    const wrong = again.findIndex((value, place) => !new Decimal(value).equals(there[place]!));
    if (wrong >= 0)
      return { fault: `Line ${at + 1} comes to ${again[wrong]}, not ${there[wrong]}.` };
  }
  const total = (name: 'netMad' | 'vatMad' | 'grossMad'): string =>
    centimes(lines.reduce((sumMad, line) => sumMad.plus(line[name]), new Decimal(0)));
  return equalOf(
    new Map(figures.map(({ id, value }) => [id, value])),
    new Map([
      ['totalNetMad', total('netMad')],
      ['totalVatMad', total('vatMad')],
      ['totalGrossMad', total('grossMad')],
    ]),
  );
}

interface Book {
  /** By hour of the period. */
  readonly loadWh: number[];
  readonly matchedWh: number[];
  readonly byPlant: ReadonlyMap<string, number>;
}

function bookOf(log: PackLog, { matching, period, meterCodes, plants }: Carbon): Book | null {
  const run = log.headers.find(({ eventId }) => eventId === matching.runId);
  if (run === undefined) return null;
  const [startMs, endMs] = [Date.parse(period.start), Date.parse(period.end)];
  const meters = new Set(meterCodes);
  const byPlant = new Map(plants.map(({ code }) => [code, 0]));
  const plantOf = new Map<string, string>();
  for (const rows of log.rows) {
    for (const text of rows) {
      if (!text.startsWith('{"@":"mizan/row/certificate/')) continue;
      const { certificateId, plantCode } = JSON.parse(text) as Record<string, string>;
      plantOf.set(certificateId!, plantCode!);
    }
  }
  const hours = (endMs - startMs) / HOUR_MS;
  const [loadWh, matchedWh] = [Array<number>(hours).fill(0), Array<number>(hours).fill(0)];
  for (const { seq, move, hourMs, subject, wh } of bookEntries(log, { startMs, endMs })) {
    const sign = SIGN[move];
    if (sign === undefined || seq > run.seq) continue;
    const hour = (hourMs - startMs) / HOUR_MS;
    if (move === 'match_supply' || move === 'unmatch_supply') {
      const plant = plantOf.get(subject);
      const known = plant === undefined ? undefined : byPlant.get(plant);
      if (known !== undefined) byPlant.set(plant!, known + sign * wh);
    } else if (meters.has(subject)) {
      const series = move === 'match_demand' || move === 'unmatch_demand' ? matchedWh : loadWh;
      series[hour]! += sign * wh;
    }
  }
  return { loadWh, matchedWh, byPlant };
}

function emissionsOf(
  log: PackLog,
  statement: Carbon,
  { loadWh, matchedWh, byPlant }: Book,
): [string, string][] {
  const named = new Set(statement.factors.map(({ code, version }) => `${code}@${version}`));
  const rows = log.rows
    .flat()
    .filter((text) => text.startsWith('{"@":"mizan/row/emission-factor/1"'))
    .map((text) => JSON.parse(text) as FactorRow)
    .filter(({ code, version }) => named.has(`${code}@${version}`))
    .map((row) => {
      const [validFromMs, validToMs] = [Date.parse(row.validFrom), Date.parse(row.validTo)];
      return { ...row, validFromMs, validToMs };
    });
  const zone = rows.find(({ kind }) => kind === 'grid_average')?.zone;
  if (zone === undefined) return [];
  const [startMs, endMs] = [Date.parse(statement.period.start), Date.parse(statement.period.end)];
  const hoursOf = (kind: FactorKind) => factorHours(rows, { kind, zone, startMs, endMs }).mgPerKwh;
  const grid = hoursOf('grid_average');
  const residualMix = hoursOf('residual_mix');
  if (grid.includes(null)) return [];
  const mix = grid.map((mg, hour) => residualMix[hour] ?? mg);
  const product = (wh: readonly number[], factor: readonly (number | null)[]): Decimal =>
    wh.reduce((total, one, hour) => total.plus(new Decimal(one).times(factor[hour]!)), ZERO);
  const instruments = statement.plants.reduce(
    (total, { code, directFactorGPerKwh }) =>
      total.plus(new Decimal(byPlant.get(code)!).times(directFactorGPerKwh).times(1000)),
    ZERO,
  );
  // Where a quality criterion is not met, nothing counts as matched in market-based figures.
  const isApplied = statement.instrumentsApplied !== false;
  const claimed = isApplied ? instruments : ZERO;
  const residualWh = loadWh.map((wh, hour) => wh - (isApplied ? matchedWh[hour]! : 0));
  const residual = product(residualWh, mix);
  const mean = mix.reduce<Decimal>((total, mg) => total.plus(mg!), ZERO).dividedBy(mix.length);
  const { engineVersion } = statement;
  const has2015 = typeof engineVersion === 'number' && engineVersion >= VOLUMES_MATCHED;
  const tonnes = (mgWhPerKwh: Decimal): string =>
    mgWhPerKwh.dividedBy('1e12').toFixed(3, Decimal.ROUND_HALF_UP);
  return [
    ['locationBasedT', tonnes(product(loadWh, grid))],
    ['marketHourlyT', tonnes(claimed.plus(residual))],
    ...(has2015
      ? [
          ['marketBased2015T', tonnes(claimed.plus(mean.times(sum(residualWh))))] as [
            string,
            string,
          ],
        ]
      : []),
  ];
}

/** Version of the carbon engine from which on the figure of the 2015 Guidance counts what was matched. */
const VOLUMES_MATCHED = 3;
const ZERO = new Decimal(0);
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

function percent(part: number, whole: number, digits: number, rounding: 1 | 4) {
  if (whole === 0) return null;
  return new Decimal(part).times(100).dividedBy(whole).toFixed(digits, rounding);
}

function equalOf(
  said: ReadonlyMap<string, number | string | null>,
  again: ReadonlyMap<string, number | string | null>,
): number | { readonly fault: string } {
  for (const [id, value] of again) {
    if (!said.has(id)) return { fault: `The figure ${id} is missing.` };
    const there = said.get(id)!;
    if (there !== value) {
      const text = (one: Canonical): string => canonicalJson(one);
      return { fault: `${id} is ${text(there)}; added up again it is ${text(value)}.` };
    }
  }
  return again.size;
}
