import { Injectable } from '@nestjs/common';
import { type EventHeader, readHeader } from '../../core/packs/pack-log.js';
import { isInPopulation, reachOf } from '../../core/packs/population.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';

/** An event of a month's population. */
export interface Member {
  readonly header: EventHeader;
  /** The exact text that was hashed. */
  readonly payload: string;
  readonly leafHash: Uint8Array;
}

interface EventRow {
  readonly payload: Buffer;
  readonly leafHash: Buffer;
}

function memberOf({ payload, leafHash }: EventRow): Member {
  const text = payload.toString('utf8');
  return { header: readHeader(text), payload: text, leafHash: new Uint8Array(leafHash) };
}

/** Reads the events that matter to a month, and no others: a pack costs what its month has. */
@Injectable()
export class PopulationQueries {
  /** Events that matter to a month among those before a place, in order (PACK section 4). */
  async members(
    tx: LedgerTx,
    { month, before }: { readonly month: string; readonly before: number },
  ): Promise<readonly Member[]> {
    const { fromMs, toMs } = reachOf(month);
    // A first sieve; the rule itself is asked of the sealed text.
    const rows = await tx.query<EventRow[]>(
      `SELECT payload, leaf_hash AS "leafHash" FROM ledger_event
       WHERE ledger_id = $1 AND seq < $2 AND type <> 'attestation.issued'
         AND (valid_from IS NULL OR valid_to IS NULL OR (valid_to > $3 AND valid_from < $4))
       ORDER BY seq`,
      [tx.ledgerId, before, new Date(fromMs), new Date(toMs)],
    );
    return rows.map(memberOf).filter(({ header }) => isInPopulation(header, month));
  }

  /** One event, which must be there. */
  async member(tx: LedgerTx, eventId: string): Promise<Member> {
    const rows = await tx.query<EventRow[]>(
      `SELECT payload, leaf_hash AS "leafHash" FROM ledger_event
       WHERE ledger_id = $1 AND event_id = $2`,
      [tx.ledgerId, eventId],
    );
    return memberOf(rows[0]!);
  }

  /** How many events of each type stand before a place. */
  async countByType(tx: LedgerTx, before: number): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ type: string; count: string }[]>(
      `SELECT type, count(*) AS count FROM ledger_event WHERE ledger_id = $1 AND seq < $2
       GROUP BY type ORDER BY type`,
      [tx.ledgerId, before],
    );
    return new Map(rows.map(({ type, count }) => [type, Number(count)]));
  }
}
