import { formatInstant } from '../time/interval.js';
import type { CutRows } from './policies/maximal.js';

/** Which certificate covered which meter: three columns of one length, by demand, then supply. */
export interface PairColumns {
  /** Positions in the hour's `demand` and `supply`. */
  readonly demand: Uint16Array;
  readonly supply: Uint16Array;
  /** Wh, above zero. */
  readonly wh: Float64Array;
}

/** The pairs of an hour. */
export interface Pairs extends PairColumns {
  /** The same as lists of numbers in text: hashed and sealed as such, written when first asked for. */
  readonly texts: PairTexts;
}

/** Three columns of numbers with commas between. */
export interface PairTexts {
  readonly demand: string;
  readonly supply: string;
  readonly wh: string;
}

/** The pairs of an hour as they are kept: who, then which of them, then how much. */
export interface HourPairs {
  readonly hourMs: number;
  readonly meters: readonly string[];
  readonly certificates: readonly string[];
  /** Positions are in `meters` and `certificates`. */
  readonly pairs: Pairs;
  /** Under `maximal`, the minimum cut that proves the hour. */
  readonly cut: CutRows | null;
}

/**
 * Pairs of their columns.
 *
 * @param like  Pairs with the same positions, if there are any: their texts serve again.
 */
export function toPairs({ demand, supply, wh }: PairColumns, like: Pairs | null = null): Pairs {
  let texts: PairTexts | null = null;
  return {
    demand,
    supply,
    wh,
    get texts() {
      texts ??= {
        demand: like?.texts.demand ?? demand.join(','),
        supply: like?.texts.supply ?? supply.join(','),
        wh: wh.join(','),
      };
      return texts;
    },
  };
}

/**
 * How the pairs that have got anything are read off the flows of an hour. Where all have, hour after
 * hour, their positions are the same, and are kept and written once.
 *
 * @returns  Takes Wh, zero or more, by `demand × supplyCount + supply`; they may become the pairs' own.
 */
export function pairReader(): (flowWh: Float64Array, supplyCount: number) => Pairs {
  let grid: Pairs | null = null;
  let gridWidth = 0;
  return (flowWh, supplyCount) => {
    if (flowWh.includes(0)) return toPairs(columnsOf(flowWh, supplyCount));
    if (grid?.wh.length === flowWh.length && gridWidth === supplyCount) {
      const { demand, supply } = grid;
      return toPairs({ demand, supply, wh: flowWh }, grid);
    }
    grid = toPairs(columnsOf(flowWh, supplyCount));
    gridWidth = supplyCount;
    return grid;
  };
}

function columnsOf(flowWh: Float64Array, supplyCount: number): PairColumns {
  let count = 0;
  for (const wh of flowWh) if (wh > 0) count += 1;
  const demand = new Uint16Array(count);
  const supply = new Uint16Array(count);
  const wh = new Float64Array(count);
  for (let cell = 0, at = 0; cell < flowWh.length; cell += 1) {
    if (flowWh[cell]! <= 0) continue;
    demand[at] = Math.floor(cell / supplyCount);
    supply[at] = cell % supplyCount;
    wh[at] = flowWh[cell]!;
    at += 1;
  }
  return { demand, supply, wh };
}

/**
 * Whether the pairs of an hour are kept as Wh of every meter × certificate, rather than one by one:
 * where at least half of them have energy, that is shorter and is written several times as fast.
 */
export function isKeptWhole({ meters, certificates, pairs }: HourPairs): boolean {
  return pairs.wh.length > 0 && 2 * pairs.wh.length >= meters.length * certificates.length;
}

/** Domain of sealed pairs. */
export const PAIRS_DOMAIN = 'mizan/row/match-pairs/1';

/**
 * Canonical row of an hour's pairs, as a run seals it: RFC 8785 text, written out by hand because a
 * month has millions of pairs.
 */
export function pairsRow({
  hourMs,
  meters,
  certificates,
  pairs: { texts },
  cut,
}: HourPairs): string {
  const [exhausted, reached] =
    cut === null
      ? ['', '']
      : [
          `"exhaustedSupply":[${cut.exhaustedSupply.join(',')}],`,
          `"reachedDemand":[${cut.reachedDemand.join(',')}],`,
        ];
  return (
    `{"@":"${PAIRS_DOMAIN}","certificates":${JSON.stringify(certificates)},` +
    `"demandAt":[${texts.demand}],${exhausted}"hour":"${formatInstant(hourMs)}",` +
    `"meters":${JSON.stringify(meters)},${reached}"supplyAt":[${texts.supply}],` +
    `"wh":[${texts.wh}]}`
  );
}
