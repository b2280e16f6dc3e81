import { Injectable } from '@nestjs/common';
import { MOVES, type Move, type Posting } from '../../../core/ledger/postings.js';
import type { Fault } from '../../../core/ledger/verify.js';
import type { MonthBook } from '../../../core/matching/book.js';
import { HOUR_MS } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../../platform/database/rows/columns.js';
import { literalArrays, quotedCodes } from '../../../platform/database/rows/text-arrays.js';
import { eachAs, entitiesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { MatchPairsRepository } from './match-pairs.repository.js';
import { MatchingRunEntity } from '../runs/matching-run.entity.js';
import { PostingEntity } from './posting.entity.js';

interface BalanceRow {
  readonly subject: string;
  readonly hour: Date;
  readonly origin: string;
  readonly matched: string;
  readonly withdrawn: string;
  readonly expired: string;
  readonly cancelled: string;
  readonly cancelled_for_storage: string;
}

interface DayRow {
  readonly meter_code: string;
  readonly day_ms: string;
  readonly consumption: readonly string[];
  readonly matched: readonly string[];
}

/** Loads and writes the energy book and the runs. */
@Injectable()
export class EnergyBookRepository {
  constructor(readonly pairs: MatchPairsRepository) {}

  latestRun(
    tx: LedgerTx,
    { ledgerId, siteCode, month }: Pick<MatchingRunEntity, 'ledgerId' | 'siteCode' | 'month'>,
  ): Promise<MatchingRunEntity | null> {
    return tx
      .createQueryBuilder(MatchingRunEntity, 'r')
      .innerJoin('ledger_event', 'e', 'e.ledger_id = r.ledger_id AND e.event_id = r.run_id')
      .where('r.ledger_id = :ledgerId', { ledgerId })
      .andWhere('r.site_code = :siteCode AND r.month = :month', { siteCode, month })
      .orderBy('e.seq', 'DESC')
      .limit(1)
      .getOne();
  }

  run(tx: LedgerTx, runId: string): Promise<MatchingRunEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(MatchingRunEntity, { ledgerId, runId });
  }

  runs(tx: LedgerTx): Promise<MatchingRunEntity[]> {
    const { ledgerId } = tx;
    return tx.find(MatchingRunEntity, { where: { ledgerId }, order: { runId: 'ASC' } });
  }

  async addRun(tx: LedgerTx, run: MatchingRunEntity): Promise<void> {
    await tx.insert(MatchingRunEntity, run);
  }

  /** Balances of certificates and of meter-hours inside a period. */
  async book(
    tx: LedgerTx,
    subjects: {
      readonly ledgerId: string;
      readonly plantCodes: readonly string[];
      readonly meterCodes: readonly string[];
      readonly startMs: number;
      readonly endMs: number;
    },
  ): Promise<MonthBook> {
    const period = [subjects.ledgerId, new Date(subjects.startMs), new Date(subjects.endMs)];
    const supply = await tx.query<BalanceRow[]>(
      `SELECT b.certificate_id AS subject, b.hour, b.issued AS origin, b.matched, b.withdrawn,
         b.expired, b.cancelled, b.cancelled_for_storage
       FROM supply_balance b JOIN certificate c USING (ledger_id, certificate_id)
       WHERE b.ledger_id = $1 AND b.hour >= $2 AND b.hour < $3 AND c.plant_code = ANY($4)`,
      [...period, subjects.plantCodes],
    );
    const days = await tx.query<DayRow[]>(
      `SELECT meter_code, extract(epoch FROM utc_day) * 1000 AS day_ms, consumption, matched
       FROM demand_balance
       WHERE ledger_id = $1 AND meter_code = ANY($4)
         AND utc_day BETWEEN ($2 AT TIME ZONE 'UTC')::date AND ($3 AT TIME ZONE 'UTC')::date`,
      [...period, subjects.meterCodes],
    );
    return {
      supply: supply.map(({ subject, hour, origin, matched, ...gone }) => ({
        certificateId: subject,
        hourMs: hour.getTime(),
        issuedWh: toSafeInteger(origin),
        matchedWh: toSafeInteger(matched),
        gone: {
          withdrawnWh: toSafeInteger(gone.withdrawn),
          expiredWh: toSafeInteger(gone.expired),
          cancelledWh: toSafeInteger(gone.cancelled),
          cancelledForStorageWh: toSafeInteger(gone.cancelled_for_storage),
        },
      })),
      demand: days
        .flatMap(({ meter_code: meterCode, day_ms: dayMs, consumption, matched }) =>
          consumption.map((wh, at) => ({
            meterCode,
            hourMs: Number(dayMs) + at * HOUR_MS,
            consumptionWh: toSafeInteger(wh),
            matchedWh: toSafeInteger(matched[at]!),
          })),
        )
        .filter(
          ({ hourMs, consumptionWh }) =>
            consumptionWh > 0 && hourMs >= subjects.startMs && hourMs < subjects.endMs,
        ),
    };
  }

  /** Adds postings in one statement, so that the trigger sees both sides of every match. */
  async post(
    tx: LedgerTx,
    { ledgerId, eventId }: { readonly ledgerId: string; readonly eventId: string },
    postings: readonly Posting[],
  ): Promise<void> {
    if (postings.length === 0) return;
    await tx.query(
      `INSERT INTO posting (ledger_id, event_id, row_index, move, book, debit, credit, starts_at,
         subjects, wh)
       SELECT $1, $2, p.n - 1, p.move, p.book, p.debit, p.credit,
         to_timestamp(p.start_ms / 1000), p.subjects::text[], p.wh::bigint[]
       FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::double precision[],
              $8::text[], $9::text[]) WITH ORDINALITY
         AS p (move, book, debit, credit, start_ms, subjects, wh, n)`,
      [
        ledgerId,
        eventId,
        postings.map(({ move }) => move),
        postings.map(({ move }) => MOVES[move].book),
        postings.map(({ move }) => MOVES[move].debit),
        postings.map(({ move }) => MOVES[move].credit),
        postings.map(({ startMs }) => startMs),
        literalArrays(postings.map(({ subjects }) => quotedCodes(subjects))),
        literalArrays(postings.map(({ wh }) => wh.join(','))),
      ],
    );
  }

  /** Wh matched of certificates, where any are. */
  async matchedOf(
    tx: LedgerTx,
    certificateIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ id: string; wh: string }[]>(
      `SELECT certificate_id AS id, matched AS wh FROM supply_balance
       WHERE ledger_id = $1 AND certificate_id = ANY($2) AND matched > 0`,
      [tx.ledgerId, certificateIds],
    );
    return new Map(rows.map(({ id, wh }) => [id, toSafeInteger(wh)]));
  }

  /** Postings of one event, in the order of their rows. */
  postingsOf(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<Posting[]> {
    return eachAs(
      entitiesOf(tx, PostingEntity, event),
      ({ move, startsAt, subjects, wh }): Posting => ({
        move: move as Move,
        startMs: startsAt.getTime(),
        subjects,
        wh,
      }),
    );
  }

  /** The first balance that is not the sum of its postings; null when all are. */
  async unfoldedBalance(tx: LedgerTx): Promise<Fault | null> {
    const [wrong] = await tx.query<{ subject: string }[]>(
      `WITH supply AS (
         SELECT s.subject::uuid AS certificate_id, min(starts_at) AS hour,
           sum(s.wh * ((credit = 'issued')::int - (debit = 'issued')::int)) AS issued,
           sum(s.wh * ((debit = 'available')::int - (credit = 'available')::int)) AS available,
           sum(s.wh * ((debit = 'matched')::int - (credit = 'matched')::int)) AS matched,
           sum(s.wh * (debit = 'expired')::int) AS expired,
           sum(s.wh * (debit = 'withdrawn')::int) AS withdrawn,
           sum(s.wh * ((debit = 'cancelled')::int - (credit = 'cancelled')::int)) AS cancelled,
           sum(s.wh * (debit = 'cancelled_for_storage')::int) AS cancelled_for_storage
         FROM posting, unnest(subjects, wh) AS s (subject, wh)
         WHERE ledger_id = $1 AND book = 'supply' GROUP BY 1),
       demand AS (
         SELECT subjects[1] AS meter_code, (starts_at AT TIME ZONE 'UTC')::date AS utc_day,
           sum_hours(wh) FILTER (WHERE credit = 'consumption') AS consumed,
           sum_hours(wh) FILTER (WHERE debit = 'consumption') AS reversed,
           sum_hours(wh) FILTER (WHERE debit = 'matched') AS covered,
           sum_hours(wh) FILTER (WHERE credit = 'matched') AS unmatched
         FROM posting WHERE ledger_id = $1 AND book = 'demand' GROUP BY 1, 2)
       SELECT coalesce(b.certificate_id, s.certificate_id)::text AS subject
         FROM (SELECT * FROM supply_balance WHERE ledger_id = $1) b
         FULL JOIN supply s ON s.certificate_id = b.certificate_id
         WHERE (b.hour, b.issued, b.available, b.matched, b.surplus, b.expired, b.withdrawn,
                b.cancelled, b.cancelled_for_storage) IS DISTINCT FROM
               (s.hour, s.issued, s.available, s.matched, 0, s.expired, s.withdrawn,
                s.cancelled, s.cancelled_for_storage)
       UNION ALL
       SELECT coalesce(b.meter_code, d.meter_code) || ' on ' || coalesce(b.utc_day, d.utc_day)
         FROM (SELECT * FROM demand_balance WHERE ledger_id = $1) b
         FULL JOIN demand d ON d.meter_code = b.meter_code AND d.utc_day = b.utc_day
         WHERE b.consumption IS DISTINCT FROM take_hours(d.consumed, d.reversed)
           OR b.matched IS DISTINCT FROM take_hours(
             add_hours(d.covered, array_fill(0::bigint, ARRAY[24])), d.unmatched)
           OR b.residual IS DISTINCT FROM take_hours(b.consumption, b.matched)
       LIMIT 1`,
      [tx.ledgerId],
    );
    if (wrong === undefined) return null;
    const detail = `The balance of ${wrong.subject} is not the sum of its postings.`;
    return { seq: null, check: 'balance', detail };
  }
}
