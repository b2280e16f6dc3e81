import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../../platform/database/rows/columns.js';
import { MwhCertificateEntity } from '../conversion/mwh-certificate.entity.js';
import { type BridgeScope, LIVE_WH } from '../conversion/bridge.repository.js';
import { type MwhListQuery, type MwhListResponse, toMwhCertificate } from '../bridge.schemas.js';

/** Lists, sums and checks of the bridge. */
@Injectable()
export class BridgeQueries {
  /** Certificates of a plant in a system after a number, with their parts. */
  async list(
    tx: LedgerTx,
    { trackingSystemCode, plantCode, after, limit }: MwhListQuery,
  ): Promise<MwhListResponse['items']> {
    const { ledgerId } = tx;
    const rows = await tx
      .createQueryBuilder(MwhCertificateEntity, 'm')
      .where('m.ledger_id = :ledgerId AND m.tracking_system_code = :trackingSystemCode', {
        ledgerId,
        trackingSystemCode,
      })
      .andWhere('m.plant_code = :plantCode AND m.number > :after', { plantCode, after })
      .orderBy('m.number')
      .limit(limit)
      .getMany();
    const parts = await tx.query<
      {
        mwh_id: string;
        bundle_id: string;
        starts_at: Date;
        range_start: string;
        wh: string;
        is_live: boolean;
      }[]
    >(
      `SELECT p.mwh_id, p.bundle_id, e.starts_at, p.range_start, p.wh,
         NOT EXISTS (SELECT FROM bundle_change h WHERE h.ledger_id = p.ledger_id
           AND h.bundle_id = p.bundle_id AND h.status = 'Withdrawn') AS is_live
       FROM mwh_part p JOIN bridge_entry e USING (ledger_id, bundle_id)
       WHERE p.ledger_id = $1 AND p.mwh_id = ANY($2) ORDER BY e.starts_at, p.range_start`,
      [ledgerId, rows.map(({ mwhId }) => mwhId)],
    );
    return rows.map((row) => {
      const live = parts.filter((part) => part.mwh_id === row.mwhId && part.is_live);
      return {
        ...toMwhCertificate(row),
        liveWh: live.reduce((sum, { wh }) => sum + toSafeInteger(wh), 0),
        parts: live.map((part) => ({
          bundleId: part.bundle_id,
          start: part.starts_at.toISOString(),
          rangeStart: toSafeInteger(part.range_start),
          wh: toSafeInteger(part.wh),
        })),
      };
    });
  }

  /** What a plant's hours hold, beside what its meter shows now. */
  async hours(
    tx: LedgerTx,
    { ledgerId, plantCode }: Pick<BridgeScope, 'ledgerId' | 'plantCode'>,
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  ): Promise<
    Record<'hourly' | 'carry' | 'mwh' | 'exceeding', number> & { metered: number | null }
  > {
    const [row] = await tx.query<[Record<string, string | null>]>(
      `WITH meter AS (
         SELECT generation_meter_code AS code FROM plant
         WHERE ledger_id = $1 AND code = $2 ORDER BY version DESC LIMIT 1),
       metered AS (
         SELECT b.utc_day::timestamp AT TIME ZONE 'UTC' + h.n * interval '1 hour' AS hour,
           certifiable_hour_wh(b.wh, b.quality, b.interval_minutes, h.n) AS wh
         FROM (SELECT DISTINCT ON (utc_day) * FROM interval_block
           WHERE ledger_id = $1 AND meter_code = (SELECT code FROM meter)
             AND utc_day BETWEEN ($3::timestamptz AT TIME ZONE 'UTC')::date
               AND ($4::timestamptz AT TIME ZONE 'UTC')::date
           ORDER BY utc_day, revision DESC) b
         CROSS JOIN generate_series(0, 23) AS h (n))
       SELECT coalesce(sum(d.gc_wh), 0) AS hourly, coalesce(sum(d.carry_wh), 0) AS carry,
         coalesce(sum(d.mwh_wh), 0) AS mwh, sum(m.wh) AS metered,
         count(*) FILTER (WHERE m.wh < d.gc_wh + d.carry_wh + d.mwh_wh) AS exceeding
       FROM (SELECT * FROM device_hour WHERE ledger_id = $1 AND plant_code = $2
         AND hour >= $3 AND hour < $4) d
       FULL JOIN (SELECT * FROM metered WHERE hour >= $3 AND hour < $4) m USING (hour)`,
      [ledgerId, plantCode, new Date(startMs), new Date(endMs)],
    );
    const whole = (name: string): number => toSafeInteger(row[name]!);
    return {
      hourly: whole('hourly'),
      carry: whole('carry'),
      mwh: whole('mwh'),
      exceeding: whole('exceeding'),
      metered: row['metered'] === null ? null : whole('metered'),
    };
  }

  /** The account of a plant in a system, over all time. */
  async account(
    tx: LedgerTx,
    { ledgerId, trackingSystemCode, plantCode }: BridgeScope,
  ): Promise<Record<'entered' | 'certificates' | 'live', number>> {
    const [row] = await tx.query<[Record<string, string>]>(
      `SELECT (SELECT coalesce(sum(e.wh), 0) FROM bridge_entry e
           WHERE e.ledger_id = $1 AND e.tracking_system_code = $2 AND e.plant_code = $3
             AND NOT EXISTS (SELECT FROM bundle_change h WHERE h.ledger_id = e.ledger_id
               AND h.bundle_id = e.bundle_id AND h.status = 'Withdrawn')) AS entered,
         count(*) AS certificates, coalesce(sum(s.wh), 0) AS live
       FROM mwh_certificate m CROSS JOIN LATERAL (${LIVE_WH}) s
       WHERE m.ledger_id = $1 AND m.tracking_system_code = $2 AND m.plant_code = $3`,
      [ledgerId, trackingSystemCode, plantCode],
    );
    const whole = (name: string): number => toSafeInteger(row[name]!);
    return {
      entered: whole('entered'),
      certificates: whole('certificates'),
      live: whole('live'),
    };
  }

  /** First hour of a plant's certificates; null where there are none. */
  async firstHour(tx: LedgerTx, plantCode: string): Promise<Date | null> {
    const [row] = await tx.query<[{ hour: Date | null }]>(
      'SELECT min(hour) AS hour FROM device_hour WHERE ledger_id = $1 AND plant_code = $2',
      [tx.ledgerId, plantCode],
    );
    return row.hour;
  }

  /** Certificates of a plant in a system that expire before an instant, by the day they do. */
  async expiring(
    tx: LedgerTx,
    { ledgerId, trackingSystemCode, plantCode }: BridgeScope,
    before: Date,
  ): Promise<
    {
      readonly expiresAt: Date;
      readonly first: Date;
      readonly last: Date;
      readonly count: number;
    }[]
  > {
    const rows = await tx.query<{ expires_at: Date; first: Date; last: Date; count: string }[]>(
      `SELECT expires_at, min(starts_at) AS first, max(starts_at) AS last, count(*) AS count
       FROM mwh_certificate
       WHERE ledger_id = $1 AND tracking_system_code = $2 AND plant_code = $3 AND expires_at < $4
       GROUP BY expires_at ORDER BY expires_at`,
      [ledgerId, trackingSystemCode, plantCode, before],
    );
    return rows.map(({ expires_at: expiresAt, first, last, count }) => ({
      expiresAt,
      first,
      last,
      count: Number(count),
    }));
  }

  /** A device-hour, or a bundle on the bridge, that is not what was sealed; null when all are. */
  async wrongSubject(tx: LedgerTx): Promise<string | null> {
    const [wrong] = await tx.query<{ subject: string | null }[]>(
      `WITH gone AS (
         SELECT b.certificate_id, b.bundle_id, b.range_end - b.range_start + 1 AS wh
         FROM bundle_change h JOIN certificate_bundle b USING (ledger_id, bundle_id)
         WHERE h.ledger_id = $1 AND h.status = 'Withdrawn'),
       entry AS (
         SELECT e.*, coalesce((SELECT sum(p.wh) FROM mwh_part p WHERE p.ledger_id = e.ledger_id
           AND p.bundle_id = e.bundle_id), 0) AS issued_wh, gone.bundle_id IS NOT NULL AS is_gone
         FROM bridge_entry e LEFT JOIN gone USING (bundle_id) WHERE e.ledger_id = $1),
       stated AS (
         SELECT plant_code, date_trunc('hour', starts_at, 'UTC') AS hour,
           sum(gc) AS gc, sum(mwh) AS mwh, sum(carry) AS carry FROM (
           SELECT plant_code, starts_at, wh AS gc, 0 AS mwh, 0 AS carry FROM certificate
             WHERE ledger_id = $1 AND status <> 'Withdrawn'
           UNION ALL SELECT c.plant_code, c.starts_at, -gone.wh, 0, 0 FROM gone
             JOIN certificate c ON c.ledger_id = $1 AND c.certificate_id = gone.certificate_id
             WHERE NOT EXISTS (SELECT FROM entry WHERE entry.bundle_id = gone.bundle_id)
           UNION ALL SELECT plant_code, starts_at, -wh,
             CASE WHEN is_gone THEN 0 ELSE issued_wh END,
             CASE WHEN is_gone THEN 0 ELSE wh - issued_wh END FROM entry) moves
         GROUP BY 1, 2)
       SELECT coalesce(d.plant_code, s.plant_code) || ' at ' || coalesce(d.hour, s.hour) AS subject
       FROM (SELECT * FROM device_hour WHERE ledger_id = $1) d
       FULL JOIN stated s ON s.plant_code = d.plant_code AND s.hour = d.hour
       WHERE (d.gc_wh, d.mwh_wh, d.carry_wh) IS DISTINCT FROM (s.gc, s.mwh, s.carry)
       UNION ALL
       SELECT e.bundle_id::text FROM bridge_entry e
       JOIN bundle_change h ON h.ledger_id = e.ledger_id AND h.bundle_id = e.bundle_id
         AND h.version = e.bundle_version
       JOIN certificate_bundle b ON b.ledger_id = e.ledger_id AND b.bundle_id = e.bundle_id
       WHERE e.ledger_id = $1 AND (h.beneficiary, h.event_id, b.range_start, b.range_end + 1)
         IS DISTINCT FROM (e.tracking_system_code, e.event_id, e.range_start, e.range_start + e.wh)
       UNION ALL
       SELECT coalesce(b.mwh_certificate_id, s.mwh_certificate_id)
       FROM (SELECT * FROM mwh_source_balance WHERE ledger_id = $1) b
       FULL JOIN (SELECT m.tracking_system_code, m.mwh_certificate_id, m.mwh::bigint * 1000000 AS wh,
           coalesce((SELECT sum(c.wh) FROM certificate c WHERE c.ledger_id = $1
             AND c.origin ->> 'kind' = 'mwh'
             AND c.origin ->> 'trackingSystemCode' = m.tracking_system_code
             AND c.origin ->> 'mwhCertificateId' = m.mwh_certificate_id), 0) AS used_wh
         FROM mwh_source m WHERE m.ledger_id = $1) s
         ON s.tracking_system_code = b.tracking_system_code
           AND s.mwh_certificate_id = b.mwh_certificate_id
       WHERE (b.wh, b.used_wh) IS DISTINCT FROM (s.wh, s.used_wh)
       LIMIT 1`,
      [tx.ledgerId],
    );
    return wrong === undefined ? null : (wrong.subject ?? 'a row without its key');
  }
}
