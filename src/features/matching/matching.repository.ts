import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MOVES, type Move, type Posting } from '../../core/ledger/postings.js';
import type { Fault } from '../../core/ledger/verify.js';
import type { MonthBook } from '../../core/matching/book.js';
import { toSafeInteger } from '../../platform/database/columns.js';
import { MatchingRunEntity } from './matching-run.entity.js';
import { PostingEntity } from './posting.entity.js';

interface BalanceRow {
  readonly subject: string;
  readonly hour: Date;
  readonly origin: string;
  readonly matched: string;
}

/** Loads and writes the energy book and the runs. */
@Injectable()
export class MatchingRepository {
  latestRun(
    tx: EntityManager,
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

  run(tx: EntityManager, ledgerId: string, runId: string): Promise<MatchingRunEntity | null> {
    return tx.findOneBy(MatchingRunEntity, { ledgerId, runId });
  }

  runs(tx: EntityManager, ledgerId: string): Promise<MatchingRunEntity[]> {
    return tx.find(MatchingRunEntity, { where: { ledgerId }, order: { runId: 'ASC' } });
  }

  async addRun(tx: EntityManager, run: MatchingRunEntity): Promise<void> {
    await tx.insert(MatchingRunEntity, run);
  }

  /** Balances of certificates and of meter-hours inside a period. */
  async book(
    tx: EntityManager,
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
      `SELECT b.certificate_id AS subject, b.hour, b.issued AS origin, b.matched
       FROM supply_balance b JOIN certificate c USING (ledger_id, certificate_id)
       WHERE b.ledger_id = $1 AND b.hour >= $2 AND b.hour < $3 AND c.plant_code = ANY($4)`,
      [...period, subjects.plantCodes],
    );
    const demand = await tx.query<BalanceRow[]>(
      `SELECT meter_code AS subject, hour, consumption AS origin, matched FROM demand_balance
       WHERE ledger_id = $1 AND hour >= $2 AND hour < $3 AND meter_code = ANY($4)`,
      [...period, subjects.meterCodes],
    );
    return {
      supply: supply.map(({ subject, hour, origin, matched }) => ({
        certificateId: subject,
        hourMs: hour.getTime(),
        issuedWh: toSafeInteger(origin),
        matchedWh: toSafeInteger(matched),
      })),
      demand: demand.map(({ subject, hour, origin, matched }) => ({
        meterCode: subject,
        hourMs: hour.getTime(),
        consumptionWh: toSafeInteger(origin),
        matchedWh: toSafeInteger(matched),
      })),
    };
  }

  /** Adds postings in one statement, so that the trigger sees both sides of every match. */
  async post(
    tx: EntityManager,
    { ledgerId, eventId }: { readonly ledgerId: string; readonly eventId: string },
    postings: readonly Posting[],
  ): Promise<void> {
    if (postings.length === 0) return;
    const isSupply = (move: Move): boolean => MOVES[move].book === 'supply';
    await tx.query(
      `INSERT INTO posting (ledger_id, event_id, row_index, move, book, debit, credit, hour,
         certificate_id, meter_code, wh)
       SELECT $1, $2, p.n - 1, p.move, p.book, p.debit, p.credit,
         to_timestamp(p.hour_ms / 1000), p.certificate_id, p.meter_code, p.wh
       FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::double precision[],
              $8::uuid[], $9::text[], $10::bigint[]) WITH ORDINALITY
         AS p (move, book, debit, credit, hour_ms, certificate_id, meter_code, wh, n)`,
      [
        ledgerId,
        eventId,
        postings.map(({ move }) => move),
        postings.map(({ move }) => MOVES[move].book),
        postings.map(({ move }) => MOVES[move].debit),
        postings.map(({ move }) => MOVES[move].credit),
        postings.map(({ hourMs }) => hourMs),
        postings.map(({ move, subject }) => (isSupply(move) ? subject : null)),
        postings.map(({ move, subject }) => (isSupply(move) ? null : subject)),
        postings.map(({ wh }) => wh),
      ],
    );
  }

  /** Postings of one event, in the order of their rows. */
  async postingsOf(tx: EntityManager, ledgerId: string, eventId: string): Promise<Posting[]> {
    const rows = await tx.find(PostingEntity, {
      where: { ledgerId, eventId },
      order: { rowIndex: 'ASC' },
    });
    return rows.map(({ move, hour, certificateId, meterCode, wh }) => ({
      move: move as Move,
      hourMs: hour.getTime(),
      subject: certificateId ?? meterCode!,
      wh,
    }));
  }

  /** The first balance that is not the sum of its postings; null when all are. */
  async unfoldedBalance(tx: EntityManager, ledgerId: string): Promise<Fault | null> {
    const [wrong] = await tx.query<{ subject: string }[]>(
      `WITH supply AS (
         SELECT certificate_id, min(hour) AS hour,
           sum(wh * ((credit = 'issued')::int - (debit = 'issued')::int)) AS issued,
           sum(wh * ((debit = 'available')::int - (credit = 'available')::int)) AS available,
           sum(wh * ((debit = 'matched')::int - (credit = 'matched')::int)) AS matched
         FROM posting WHERE ledger_id = $1 AND book = 'supply' GROUP BY certificate_id),
       demand AS (
         SELECT meter_code, hour,
           sum(wh * ((credit = 'consumption')::int - (debit = 'consumption')::int)) AS consumption,
           sum(wh * ((debit = 'matched')::int - (credit = 'matched')::int)) AS matched,
           sum(wh * ((debit = 'residual')::int - (credit = 'residual')::int)) AS residual
         FROM posting WHERE ledger_id = $1 AND book = 'demand' GROUP BY meter_code, hour)
       SELECT coalesce(b.certificate_id, s.certificate_id)::text AS subject
         FROM (SELECT * FROM supply_balance WHERE ledger_id = $1) b
         FULL JOIN supply s ON s.certificate_id = b.certificate_id
         WHERE (b.hour, b.issued, b.available, b.matched, b.surplus + b.expired + b.withdrawn
                + b.cancelled_for_storage) IS DISTINCT FROM
               (s.hour, s.issued, s.available, s.matched, 0)
       UNION ALL
       SELECT coalesce(b.meter_code, d.meter_code) || ' at ' || coalesce(b.hour, d.hour)
         FROM (SELECT * FROM demand_balance WHERE ledger_id = $1) b
         FULL JOIN demand d ON d.meter_code = b.meter_code AND d.hour = b.hour
         WHERE (b.consumption, b.matched, b.residual) IS DISTINCT FROM
               (d.consumption, d.matched, d.residual)
       LIMIT 1`,
      [ledgerId],
    );
    if (wrong === undefined) return null;
    const detail = `The balance of ${wrong.subject} is not the sum of its postings.`;
    return { seq: null, check: 'balance', detail };
  }
}
