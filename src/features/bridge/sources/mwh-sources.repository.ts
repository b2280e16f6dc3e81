import { Injectable } from '@nestjs/common';
import type { StatedSource } from '../../../core/bridge/source-row.js';
import { mwhKey, type MwhReference } from '../../../core/certificates/mwh-columns.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { eachAs, entitiesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { MwhSourceEntity } from './mwh-source.entity.js';

/** A cancelled MWh certificate with its line. */
export type KeptSource = StatedSource & { readonly sourceLine: number };

/** Loads and writes cancelled MWh certificates. */
@Injectable()
export class MwhSourcesRepository {
  ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<KeptSource[]> {
    return eachAs(entitiesOf(tx, MwhSourceEntity, event), toSource);
  }

  /** Those that are known, by key, with the Wh that hourly certificates were made of. */
  async find(
    tx: LedgerTx,
    wanted: readonly MwhReference[],
  ): Promise<ReadonlyMap<string, KeptSource & { readonly usedWh: string }>> {
    const { ledgerId } = tx;
    const { entities, raw } = await tx
      .createQueryBuilder(MwhSourceEntity, 's')
      .innerJoin(
        'mwh_source_balance',
        'b',
        `b.ledger_id = s.ledger_id AND b.tracking_system_code = s.tracking_system_code
         AND b.mwh_certificate_id = s.mwh_certificate_id`,
      )
      .addSelect('b.used_wh', 'used')
      .where('s.ledger_id = :ledgerId', { ledgerId })
      .andWhere(
        `(s.tracking_system_code, s.mwh_certificate_id) IN
         (SELECT * FROM unnest(:systems::text[], :ids::text[]))`,
        {
          systems: wanted.map(({ trackingSystemCode }) => trackingSystemCode),
          ids: wanted.map(({ mwhCertificateId }) => mwhCertificateId),
        },
      )
      .getRawAndEntities<{ used: string }>();
    return new Map(
      entities.map((row, at) => [mwhKey(row), { ...toSource(row), usedWh: raw[at]!.used }]),
    );
  }

  async add(tx: LedgerTx, eventId: string, sources: readonly KeptSource[]): Promise<void> {
    const { ledgerId } = tx;
    const column = (name: keyof KeptSource) => sources.map((source) => source[name]);
    await tx.query(
      `INSERT INTO converted_mwh (tracking_system_code, mwh_certificate_id)
       SELECT * FROM unnest($1::text[], $2::text[])`,
      [column('trackingSystemCode'), column('mwhCertificateId')],
    );
    await tx.query(
      `INSERT INTO mwh_source (ledger_id, event_id, row_index, tracking_system_code,
         mwh_certificate_id, plant_code, starts_at, ends_at, mwh, cancelled_on, proof, source_line)
       SELECT $1, $2, s.n - 1, s.system, s.id, s.plant, s.starts_at, s.ends_at, s.mwh, s.day, s.proof,
         s.line
       FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
              $8::integer[], $9::date[], $10::text[], $11::integer[]) WITH ORDINALITY
         AS s (system, id, plant, starts_at, ends_at, mwh, day, proof, line, n)`,
      [
        ledgerId,
        eventId,
        column('trackingSystemCode'),
        column('mwhCertificateId'),
        column('plantCode'),
        sources.map(({ startMs }) => new Date(startMs)),
        sources.map(({ endMs }) => new Date(endMs)),
        column('mwh'),
        column('cancelledOn'),
        column('proof'),
        column('sourceLine'),
      ],
    );
  }
}

function toSource(row: MwhSourceEntity): KeptSource {
  const { trackingSystemCode, mwhCertificateId, plantCode, mwh, cancelledOn, proof } = row;
  return {
    trackingSystemCode,
    mwhCertificateId,
    plantCode,
    mwh,
    cancelledOn,
    proof,
    startMs: row.startsAt.getTime(),
    endMs: row.endsAt.getTime(),
    sourceLine: row.sourceLine,
  };
}
