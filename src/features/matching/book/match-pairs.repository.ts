import { Injectable } from '@nestjs/common';
import { type HourPairs, isKeptWhole, pairReader, toPairs } from '../../../core/matching/pairs.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { FlatArray } from '../../../platform/database/rows/flat-array.js';
import {
  literalArrays,
  quotedCodes,
  wholeNumbers,
} from '../../../platform/database/rows/text-arrays.js';
import { pagesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';

interface PairsRow {
  readonly hour: Date;
  readonly meters: string[];
  readonly certificates: string[];
  readonly demand_at: string | null;
  readonly supply_at: string | null;
  readonly wh: string;
  readonly reached_demand: number[] | null;
  readonly exhausted_supply: number[] | null;
}

/** Rows that are held at once: one of a campus has thousands of cells. */
const HOURS_AT_ONCE = 100;

/** Elements of one statement: a message holds a gigabyte, and memory is given back in between. */
const STATEMENT_CELLS = 250_000;

/** Loads and writes which certificate covered which meter. */
@Injectable()
export class MatchPairsRepository {
  /** Keeps the pairs of the hours that a run touched. */
  async keep(
    tx: LedgerTx,
    event: { readonly ledgerId: string; readonly eventId: string },
    hours: readonly HourPairs[],
  ): Promise<void> {
    let from = 0;
    let cells = 0;
    for (let to = 0; to < hours.length; to += 1) {
      cells += cellsOf(hours[to]!);
      const next = hours[to + 1];
      if (next !== undefined && cells + cellsOf(next) <= STATEMENT_CELLS) continue;
      await this.keepPage(tx, event, { hours: hours.slice(from, to + 1), rowIndex: from, cells });
      from = to + 1;
      cells = 0;
    }
  }

  private async keepPage(
    tx: LedgerTx,
    { ledgerId, eventId }: { readonly ledgerId: string; readonly eventId: string },
    page: {
      readonly hours: readonly HourPairs[];
      readonly rowIndex: number;
      readonly cells: number;
    },
  ): Promise<void> {
    const { hours } = page;
    const { slices, demandAt, supplyAt, wh } = flattened(hours, page.cells);
    await tx.query(
      `INSERT INTO match_pairs (ledger_id, event_id, row_index, hour, meters, certificates,
         demand_at, supply_at, wh, reached_demand, exhausted_supply)
       SELECT $1, $2, $3 + p.n - 1, to_timestamp(p.hour_ms / 1000), p.meters::text[],
         p.certificates::text[],
         CASE WHEN p.last_end IS NOT NULL THEN ($9::integer[])[p.first_end:p.last_end] END,
         CASE WHEN p.last_end IS NOT NULL THEN ($10::integer[])[p.first_end:p.last_end] END,
         ($11::bigint[])[p.first_wh:p.last_wh], p.reached::integer[], p.exhausted::integer[]
       FROM unnest($4::double precision[], $5::text[], $6::text[], $7::text[], $8::text[],
              $12::integer[], $13::integer[], $14::integer[], $15::integer[]) WITH ORDINALITY
         AS p (hour_ms, meters, certificates, reached, exhausted,
               first_end, last_end, first_wh, last_wh, n)`,
      [
        ledgerId,
        eventId,
        page.rowIndex,
        hours.map(({ hourMs }) => hourMs),
        literalArrays(hours.map(({ meters }) => quotedCodes(meters))),
        literalArrays(hours.map(({ certificates }) => quotedCodes(certificates))),
        literalArrays(hours.map(({ cut }) => cut?.reachedDemand.join(',') ?? null)),
        literalArrays(hours.map(({ cut }) => cut?.exhaustedSupply.join(',') ?? null)),
        demandAt.bytes,
        supplyAt.bytes,
        wh.bytes,
        slices.map(({ firstEnd }) => firstEnd),
        slices.map(({ lastEnd }) => lastEnd),
        slices.map(({ firstWh }) => firstWh),
        slices.map(({ lastWh }) => lastWh),
      ],
    );
  }

  /** Pairs that one event kept, in the order of their rows. */
  async *ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncGenerator<HourPairs[]> {
    const readPairs = pairReader();
    for await (const place of pagesOf(tx, 'match_pairs', event, HOURS_AT_ONCE)) {
      const rows = await tx.query<PairsRow[]>(
        `SELECT hour, meters, certificates, demand_at::text, supply_at::text, wh::text,
           reached_demand, exhausted_supply
         FROM match_pairs WHERE ledger_id = $1 AND event_id = $2 AND ${place('row_index')}
         ORDER BY row_index`,
        [event.ledgerId, event.eventId],
      );
      yield rows.map((row) => toHourPairs(row, readPairs));
    }
  }
}

function cellsOf(hour: HourPairs): number {
  return isKeptWhole(hour) ? hour.meters.length * hour.certificates.length : hour.pairs.wh.length;
}

/** Where an hour's elements stand in the flat arrays, from 1; no ends where it is kept whole. */
interface Slices {
  readonly firstEnd: number | null;
  readonly lastEnd: number | null;
  readonly firstWh: number;
  readonly lastWh: number;
}

function flattened(
  hours: readonly HourPairs[],
  cells: number,
): {
  readonly slices: readonly Slices[];
  readonly demandAt: FlatArray;
  readonly supplyAt: FlatArray;
  readonly wh: FlatArray;
} {
  const ends = hours.reduce((sum, hour) => sum + (isKeptWhole(hour) ? 0 : hour.pairs.wh.length), 0);
  const demandAt = new FlatArray('integer', ends);
  const supplyAt = new FlatArray('integer', ends);
  const wh = new FlatArray('bigint', cells);
  let [endAt, whAt] = [0, 0];
  const slices = hours.map((hour): Slices => {
    const { demand, supply, wh: pairWh } = hour.pairs;
    const width = hour.certificates.length;
    const [firstEnd, firstWh] = [endAt + 1, whAt + 1];
    if (isKeptWhole(hour)) {
      for (let pair = 0; pair < pairWh.length; pair += 1) {
        wh.set(whAt + demand[pair]! * width + supply[pair]!, pairWh[pair]!);
      }
      whAt += hour.meters.length * width;
      return { firstEnd: null, lastEnd: null, firstWh, lastWh: whAt };
    }
    for (let pair = 0; pair < pairWh.length; pair += 1) {
      demandAt.set(endAt + pair, demand[pair]!);
      supplyAt.set(endAt + pair, supply[pair]!);
      wh.set(whAt + pair, pairWh[pair]!);
    }
    endAt += pairWh.length;
    whAt += pairWh.length;
    return { firstEnd, lastEnd: endAt, firstWh, lastWh: whAt };
  });
  return { slices, demandAt, supplyAt, wh };
}

function toHourPairs(row: PairsRow, readPairs: ReturnType<typeof pairReader>): HourPairs {
  const { meters, certificates, demand_at: demand, supply_at: supply } = row;
  const wh = Float64Array.from(wholeNumbers(row.wh) as number[]);
  const pairs =
    demand === null
      ? readPairs(wh, certificates.length)
      : toPairs({
          demand: Uint16Array.from(wholeNumbers(demand) as number[]),
          supply: Uint16Array.from(wholeNumbers(supply!) as number[]),
          wh,
        });
  const { reached_demand: reachedDemand, exhausted_supply: exhaustedSupply } = row;
  const cut = reachedDemand === null ? null : { reachedDemand, exhaustedSupply: exhaustedSupply! };
  return { hourMs: row.hour.getTime(), meters, certificates, pairs, cut };
}
