import { Injectable } from '@nestjs/common';
import type { BridgeWh, Deficit, MwhPart } from '../../../core/bridge/cut.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../../platform/database/rows/columns.js';
import { eachAs, entitiesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import type { BridgeEntryEntity } from './bridge-entry.entity.js';
import { MwhCertificateEntity } from './mwh-certificate.entity.js';
import { MwhPartEntity } from './mwh-part.entity.js';

/** A plant in a tracking system. */
export interface BridgeScope {
  readonly ledgerId: string;
  readonly trackingSystemCode: string;
  readonly plantCode: string;
}

/** A deficit, and when its certificate's production began. */
export type DatedDeficit = Deficit & { readonly startMs: number };

/** Loads and writes what goes over the bridge. */
@Injectable()
export class BridgeRepository {
  /** Energy that was cancelled for a system, is not withdrawn and not in a certificate yet. */
  async carry(tx: LedgerTx, scope: BridgeScope): Promise<BridgeWh[]> {
    const rows = await tx.query<
      { bundle_id: string; start_ms: string; range_start: string; wh: string }[]
    >(
      `SELECT e.bundle_id, extract(epoch FROM e.starts_at) * 1000 AS start_ms,
         e.range_start + coalesce(p.wh, 0) AS range_start, e.wh - coalesce(p.wh, 0) AS wh
       FROM bridge_entry e
       LEFT JOIN LATERAL (SELECT sum(p.wh)::bigint AS wh FROM mwh_part p
         WHERE p.ledger_id = e.ledger_id AND p.bundle_id = e.bundle_id) p ON true
       WHERE e.ledger_id = $1 AND e.tracking_system_code = $2 AND e.plant_code = $3
         AND e.wh > coalesce(p.wh, 0)
         AND NOT EXISTS (SELECT FROM bundle_change h WHERE h.ledger_id = e.ledger_id
           AND h.bundle_id = e.bundle_id AND h.status = 'Withdrawn')`,
      [scope.ledgerId, scope.trackingSystemCode, scope.plantCode],
    );
    return rows.map((row) => ({
      bundleId: row.bundle_id,
      startMs: Number(row.start_ms),
      rangeStart: toSafeInteger(row.range_start),
      wh: toSafeInteger(row.wh),
    }));
  }

  /** Certificates of which issuers withdrew energy, by number. */
  async deficits(tx: LedgerTx, scope: BridgeScope): Promise<DatedDeficit[]> {
    const rows = await tx.query<{ mwh_id: string; start_ms: string; wh: string }[]>(
      `SELECT m.mwh_id, extract(epoch FROM m.starts_at) * 1000 AS start_ms, 1000000 - s.wh AS wh
       FROM mwh_certificate m CROSS JOIN LATERAL (${LIVE_WH}) s
       WHERE m.ledger_id = $1 AND m.tracking_system_code = $2 AND m.plant_code = $3
         AND s.wh < 1000000 ORDER BY m.number`,
      [scope.ledgerId, scope.trackingSystemCode, scope.plantCode],
    );
    return rows.map((row) => ({
      mwhId: row.mwh_id,
      startMs: Number(row.start_ms),
      wh: toSafeInteger(row.wh),
    }));
  }

  async lastNumber(tx: LedgerTx, scope: BridgeScope): Promise<number> {
    const { ledgerId, trackingSystemCode, plantCode } = scope;
    const last = await tx.findOne(MwhCertificateEntity, {
      where: { ledgerId, trackingSystemCode, plantCode },
      order: { number: 'DESC' },
    });
    return last?.number ?? 0;
  }

  async addEntries(tx: LedgerTx, entries: readonly BridgeEntryEntity[]): Promise<void> {
    const column = (name: keyof BridgeEntryEntity) => entries.map((entry) => entry[name]);
    await tx.query(
      `INSERT INTO bridge_entry (ledger_id, bundle_id, bundle_version, bundle_status,
         tracking_system_code, plant_code, certificate_id, starts_at, range_start, wh, event_id)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::text[],
         $6::text[], $7::uuid[], $8::timestamptz[], $9::bigint[], $10::bigint[], $11::uuid[])`,
      [
        column('ledgerId'),
        column('bundleId'),
        column('bundleVersion'),
        column('bundleStatus'),
        column('trackingSystemCode'),
        column('plantCode'),
        column('certificateId'),
        column('startsAt'),
        column('rangeStart'),
        column('wh'),
        column('eventId'),
      ],
    );
  }

  async addCertificates(
    tx: LedgerTx,
    at: { readonly ledgerId: string; readonly eventId: string },
    certificates: readonly MwhCertificateEntity[],
    parts: readonly MwhPart[],
  ): Promise<void> {
    const column = (name: keyof MwhCertificateEntity) => certificates.map((one) => one[name]);
    await tx.query(
      `INSERT INTO mwh_certificate (ledger_id, mwh_id, tracking_system_code, plant_code, number,
         starts_at, ends_at, expires_at, event_id)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::integer[],
         $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::uuid[])`,
      [
        column('ledgerId'),
        column('mwhId'),
        column('trackingSystemCode'),
        column('plantCode'),
        column('number'),
        column('startsAt'),
        column('endsAt'),
        column('expiresAt'),
        column('eventId'),
      ],
    );
    await tx.query(
      `INSERT INTO mwh_part (ledger_id, event_id, row_index, mwh_id, plant_code, bundle_id,
         range_start, wh)
       SELECT $1, $2, p.n - 1, p.mwh, p.plant, p.bundle, p.range_start, p.wh
       FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::bigint[], $7::bigint[])
         WITH ORDINALITY AS p (mwh, plant, bundle, range_start, wh, n)`,
      [
        at.ledgerId,
        at.eventId,
        parts.map(({ mwhId }) => mwhId),
        parts.map(({ plantCode }) => plantCode),
        parts.map(({ bundleId }) => bundleId),
        parts.map(({ rangeStart }) => rangeStart),
        parts.map(({ wh }) => wh),
      ],
    );
  }

  /** MWh certificates that an event issued: at once, as one event issues few. */
  async *certificatesOf(
    tx: LedgerTx,
    { ledgerId, eventId }: RowsOfEvent,
  ): AsyncGenerator<MwhCertificateEntity[]> {
    const where = { ledgerId, eventId };
    yield await tx.find(MwhCertificateEntity, { where, order: { number: 'ASC' } });
  }

  /** Parts that an event wrote, in the order of their rows. */
  partsOf(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<MwhPart[]> {
    const pages = entitiesOf(tx, MwhPartEntity, event);
    return eachAs(pages, ({ mwhId, plantCode, bundleId, rangeStart, wh }) => ({
      mwhId,
      plantCode,
      bundleId,
      rangeStart,
      wh,
      startMs: 0,
    }));
  }

  /** Which of these bundles went over the bridge. */
  async bridged(tx: LedgerTx, bundleIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT bundle_id AS id FROM bridge_entry WHERE ledger_id = $1 AND bundle_id = ANY($2)
       ORDER BY 1`,
      [tx.ledgerId, bundleIds],
    );
    return rows.map(({ id }) => id);
  }
}

/** Wh of the parts of a certificate `m` that no issuer withdrew. */
export const LIVE_WH = `
  SELECT coalesce(sum(p.wh), 0)::bigint AS wh FROM mwh_part p
  WHERE p.ledger_id = m.ledger_id AND p.mwh_id = m.mwh_id
    AND NOT EXISTS (SELECT FROM bundle_change h WHERE h.ledger_id = p.ledger_id
      AND h.bundle_id = p.bundle_id AND h.status = 'Withdrawn')`;
