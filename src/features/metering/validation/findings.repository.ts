import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { entitiesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { ReadingEstimateEntity } from './reading-estimate.entity.js';
import { VeeDecisionEntity } from './vee-decision.entity.js';
import { VeeFindingEntity } from './vee-finding.entity.js';

const PAGE = 500;

/** Loads and writes what validation found, what was estimated, and what was decided. */
@Injectable()
export class FindingsRepository {
  async addFindings(tx: LedgerTx, rows: readonly VeeFindingEntity[]): Promise<void> {
    for (let at = 0; at < rows.length; at += PAGE) {
      await tx.insert(VeeFindingEntity, rows.slice(at, at + PAGE));
    }
  }

  async addEstimates(tx: LedgerTx, rows: readonly ReadingEstimateEntity[]): Promise<void> {
    for (let at = 0; at < rows.length; at += PAGE) {
      await tx.insert(ReadingEstimateEntity, rows.slice(at, at + PAGE));
    }
  }

  async addDecision(tx: LedgerTx, row: VeeDecisionEntity): Promise<void> {
    await tx.insert(VeeDecisionEntity, row);
  }

  /** Findings that touch a stretch, by meter, then time; all of them without one. */
  findings(
    tx: LedgerTx,
    stretch: {
      readonly from: Date;
      readonly to: Date;
      readonly meterCodes: readonly string[] | null;
    },
  ): Promise<VeeFindingEntity[]> {
    const { ledgerId } = tx;
    const query = tx
      .createQueryBuilder(VeeFindingEntity, 'f')
      .where('f.ledger_id = :ledgerId AND f.starts_at < :to AND f.ends_at > :from', {
        ledgerId,
        from: stretch.from,
        to: stretch.to,
      })
      .orderBy('f.meter_code')
      .addOrderBy('f.starts_at')
      .addOrderBy('f.rule')
      .addOrderBy('f.ends_at');
    if (stretch.meterCodes !== null) {
      query.andWhere('f.meter_code = ANY(:codes)', { codes: stretch.meterCodes });
    }
    return query.getMany();
  }

  finding(tx: LedgerTx, findingId: string): Promise<VeeFindingEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(VeeFindingEntity, { ledgerId, findingId });
  }

  /** The last decision about each finding. */
  async decisions(
    tx: LedgerTx,
    findingIds: readonly string[],
  ): Promise<ReadonlyMap<string, VeeDecisionEntity>> {
    const { ledgerId } = tx;
    const rows = await tx
      .createQueryBuilder(VeeDecisionEntity, 'd')
      .where('d.ledger_id = :ledgerId AND d.finding_id = ANY(:findingIds)', {
        ledgerId,
        findingIds,
      })
      .innerJoin('ledger_event', 'e', 'e.ledger_id = d.ledger_id AND e.event_id = d.event_id')
      .orderBy('e.seq')
      .addOrderBy('d.row_index')
      .getMany();
    return new Map(rows.map((row) => [row.findingId, row]));
  }

  /** Stretches that someone accepted or overrode, and has not asked to read again since. */
  decided(
    tx: LedgerTx,
    stretch: { readonly meterCodes: readonly string[]; readonly from: Date; readonly to: Date },
  ): Promise<Pick<VeeFindingEntity, 'meterCode' | 'startsAt' | 'endsAt'>[]> {
    return tx.query(
      `SELECT f.meter_code AS "meterCode", f.starts_at AS "startsAt", f.ends_at AS "endsAt"
       FROM vee_finding f, LATERAL (SELECT d.action
         FROM vee_decision d JOIN ledger_event e USING (ledger_id, event_id)
         WHERE d.ledger_id = f.ledger_id AND d.finding_id = f.finding_id
         ORDER BY e.seq DESC, d.row_index DESC LIMIT 1) d
       WHERE f.ledger_id = $1 AND f.meter_code = ANY($2) AND f.starts_at < $4 AND f.ends_at > $3
         AND d.action <> 're-read'`,
      [tx.ledgerId, stretch.meterCodes, stretch.from, stretch.to],
    );
  }

  /** The estimate of an event that covers an instant. */
  estimateAt(
    tx: LedgerTx,
    eventId: string,
    at: { readonly ledgerId: string; readonly meterCode: string; readonly startMs: number },
  ): Promise<ReadingEstimateEntity | null> {
    const { ledgerId, meterCode, startMs } = at;
    const instant = new Date(startMs);
    return tx
      .createQueryBuilder(ReadingEstimateEntity, 'e')
      .where('e.ledger_id = :ledgerId AND e.event_id = :eventId', { ledgerId, eventId })
      .andWhere('e.meter_code = :meterCode AND e.starts_at <= :instant AND e.ends_at > :instant', {
        meterCode,
        instant,
      })
      .getOne();
  }

  /** The decision of an event about a finding that covers an instant, with the finding's rule. */
  async decisionAt(
    tx: LedgerTx,
    eventId: string,
    at: { readonly ledgerId: string; readonly meterCode: string; readonly startMs: number },
  ): Promise<
    (Pick<VeeDecisionEntity, 'decisionId' | 'action' | 'reason'> & { readonly rule: string }) | null
  > {
    const { ledgerId, meterCode, startMs } = at;
    const [found] = await tx.query<
      (Pick<VeeDecisionEntity, 'decisionId' | 'action' | 'reason'> & { readonly rule: string })[]
    >(
      `SELECT d.decision_id AS "decisionId", d.action, d.reason, f.rule
       FROM vee_decision d JOIN vee_finding f USING (ledger_id, finding_id)
       WHERE ledger_id = $1 AND d.event_id = $2 AND f.meter_code = $3
         AND f.starts_at <= $4 AND f.ends_at > $4`,
      [ledgerId, eventId, meterCode, new Date(startMs)],
    );
    return found ?? null;
  }

  ofEvent(tx: LedgerTx, event: RowsOfEvent) {
    return {
      findings: entitiesOf(tx, VeeFindingEntity, event),
      estimates: entitiesOf(tx, ReadingEstimateEntity, event),
      decisions: entitiesOf(tx, VeeDecisionEntity, event),
    };
  }
}
