import { Injectable } from '@nestjs/common';
import type { BundleChange, KnownBundle } from '../../../core/certificates/actions.js';
import { type Bundle, bundleHash, type IssuanceFacts } from '../../../core/certificates/bundle.js';
import type { ActionType, BundleStatus } from '../../../core/certificates/lifecycle.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../../platform/database/rows/columns.js';
import { pagesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { CertificateActionEntity } from './certificate-action.entity.js';

interface Row {
  readonly bundleId: string;
  readonly certificateId: string;
  readonly rangeStart: string;
  readonly rangeEnd: string;
  readonly parentId: string | null;
  readonly hash: string | null;
  readonly version: number;
  readonly action: ActionType;
  readonly statusWas: BundleStatus | null;
  readonly status: BundleStatus;
  readonly statusBefore: BundleStatus | null;
  readonly ownerCode: string;
  readonly beneficiary: string | null;
  readonly facts: IssuanceFacts;
  readonly issuer: string;
}

/** Which bundles to load. */
type Which =
  { readonly bundleIds: readonly string[] } | { readonly certificateIds: readonly string[] };

const COLUMNS = `b.bundle_id AS "bundleId", b.certificate_id AS "certificateId",
  b.range_start AS "rangeStart", b.range_end AS "rangeEnd", b.parent_id AS "parentId", b.hash,
  h.version, h.action, h.status_was AS "statusWas", h.status, h.status_before AS "statusBefore",
  h.owner_code AS "ownerCode", h.beneficiary`;

/** Loads and writes bundles, their changes, and the actions that made them. */
@Injectable()
export class BundlesRepository {
  /**
   * Bundles as they are, or were before a place in the log. A certificate that nothing was done with
   * is one bundle, of its own id.
   */
  async bundles(
    tx: LedgerTx,
    which: Which,
    beforeSeq: number | null = null,
  ): Promise<KnownBundle[]> {
    const { ledgerId } = tx;
    const isById = 'bundleIds' in which;
    const ids = isById ? which.bundleIds : which.certificateIds;
    const rows = await tx.query<Row[]>(
      `SELECT DISTINCT ON (b.bundle_id) ${COLUMNS}, c.facts, c.issuer
       FROM certificate_bundle b
       JOIN bundle_change h USING (ledger_id, bundle_id)
       JOIN certificate c USING (ledger_id, certificate_id)
       WHERE b.ledger_id = $1 AND ${isById ? 'b.bundle_id' : 'b.certificate_id'} = ANY($2)
         AND ($3::bigint IS NULL OR EXISTS (SELECT FROM ledger_event e
           WHERE e.ledger_id = h.ledger_id AND e.event_id = h.event_id AND e.seq < $3))
       ORDER BY b.bundle_id, h.version DESC`,
      [ledgerId, ids, beforeSeq],
    );
    const touched = new Set(rows.map(({ certificateId }) => certificateId));
    const whole = await tx.query<Row[]>(
      `SELECT certificate_id AS "bundleId", certificate_id AS "certificateId",
         range_start AS "rangeStart", range_start + wh - 1 AS "rangeEnd", NULL AS "parentId",
         NULL AS hash, 0 AS version, status, NULL AS "statusBefore", owner_code AS "ownerCode",
         NULL AS beneficiary, facts, issuer
       FROM certificate WHERE ledger_id = $1 AND certificate_id = ANY($2)`,
      [ledgerId, ids.filter((id) => !touched.has(id))],
    );
    return [...rows, ...whole].map(toKnown);
  }

  /** As `bundles`, only of certificates that anything was done with. */
  async touched(
    tx: LedgerTx,
    certificateIds: readonly string[],
    beforeSeq: number | null,
  ): Promise<KnownBundle[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT DISTINCT certificate_id AS id FROM certificate_bundle
       WHERE ledger_id = $1 AND certificate_id = ANY($2)`,
      [tx.ledgerId, certificateIds],
    );
    if (rows.length === 0) return [];
    return this.bundles(tx, { certificateIds: rows.map(({ id }) => id) }, beforeSeq);
  }

  /** What an event did, in the order of its rows. */
  async *changesOf(tx: LedgerTx, event: RowsOfEvent): AsyncGenerator<BundleChange[]> {
    for await (const place of pagesOf(tx, 'bundle_change', event)) {
      const rows = await tx.query<Row[]>(
        `SELECT ${COLUMNS} FROM bundle_change h
         JOIN certificate_bundle b USING (ledger_id, bundle_id)
         WHERE h.ledger_id = $1 AND h.event_id = $2 AND ${place('h.row_index')}
         ORDER BY h.row_index`,
        [event.ledgerId, event.eventId],
      );
      yield rows.map((row) => ({
        action: row.action,
        statusWas: row.statusWas,
        bundle: toBundle(row, row.hash!),
      }));
    }
  }

  /** Adds the steps of one action, and the bundles that they are the first of. */
  async append(
    tx: LedgerTx,
    { ledgerId, eventId, recordedAt }: { ledgerId: string; eventId: string; recordedAt: Date },
    changes: readonly BundleChange[],
  ): Promise<void> {
    const made = [...new Map(changes.map(({ bundle }) => [bundle.bundleId, bundle])).values()];
    await tx.query(
      `INSERT INTO certificate_bundle
         (ledger_id, bundle_id, certificate_id, range_start, range_end, parent_id, hash)
       SELECT $1, b.id, b.certificate, b.first, b.last, b.parent, b.hash
       FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[])
         AS b (id, certificate, first, last, parent, hash)
       ON CONFLICT (ledger_id, bundle_id) DO NOTHING`,
      [
        ledgerId,
        made.map(({ bundleId }) => bundleId),
        made.map(({ certificateId }) => certificateId),
        made.map(({ rangeStart }) => rangeStart),
        made.map(({ rangeEnd }) => rangeEnd),
        made.map(({ parentId }) => parentId),
        made.map(({ hash }) => hash),
      ],
    );
    await tx.query(
      `INSERT INTO bundle_change (ledger_id, bundle_id, version, version_was, action, status_was,
         status, status_before, owner_code, beneficiary, event_id, row_index, recorded_at)
       SELECT $1, h.id, h.version, nullif(h.version - 1, 0), h.action, h.was, h.status, h.before,
         h.owner, h.beneficiary, $2, h.n - 1, $3
       FROM unnest($4::uuid[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::text[],
              $10::text[], $11::text[]) WITH ORDINALITY
         AS h (id, version, action, was, status, before, owner, beneficiary, n)`,
      [
        ledgerId,
        eventId,
        recordedAt,
        changes.map(({ bundle }) => bundle.bundleId),
        changes.map(({ bundle }) => bundle.version),
        changes.map(({ action }) => action),
        changes.map(({ statusWas }) => statusWas),
        changes.map(({ bundle }) => bundle.status),
        changes.map(({ bundle }) => bundle.statusBefore),
        changes.map(({ bundle }) => bundle.ownerCode),
        changes.map(({ bundle }) => bundle.beneficiary),
      ],
    );
  }

  /** Takes Wh out of circulation for every ledger: none can cancel them again. */
  async claimSerials(tx: LedgerTx, cancelled: readonly Bundle[]): Promise<void> {
    await tx.query(
      `INSERT INTO cancelled_serial (issuer, external_id, wh_range)
       SELECT c.issuer, c.external_id,
         int8range(b.first - c.range_start, b.last - c.range_start, '[]')
       FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS b (id, first, last)
       JOIN certificate c ON c.ledger_id = $1 AND c.certificate_id = b.id`,
      [
        tx.ledgerId,
        cancelled.map(({ certificateId }) => certificateId),
        cancelled.map(({ rangeStart }) => rangeStart),
        cancelled.map(({ rangeEnd }) => rangeEnd),
      ],
    );
  }

  /** Makes room on the device for what is issued again: certificates that are withdrawn whole. */
  async makeRoom(tx: LedgerTx, certificateIds: readonly string[]): Promise<void> {
    const bundles = await this.bundles(tx, { certificateIds });
    const live = new Set(
      bundles
        .filter(({ status }) => status !== 'Withdrawn' && status !== 'Bundle Split')
        .map(({ certificateId }) => certificateId),
    );
    await tx.query(
      'DELETE FROM live_certificate WHERE ledger_id = $1 AND certificate_id = ANY($2)',
      [tx.ledgerId, certificateIds.filter((id) => !live.has(id))],
    );
  }

  actionOfKey(tx: LedgerTx, idempotencyKey: string): Promise<CertificateActionEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(CertificateActionEntity, { ledgerId, idempotencyKey });
  }

  actions(tx: LedgerTx): Promise<CertificateActionEntity[]> {
    const { ledgerId } = tx;
    return tx.find(CertificateActionEntity, { where: { ledgerId }, order: { actionId: 'ASC' } });
  }

  async addAction(tx: LedgerTx, action: CertificateActionEntity): Promise<void> {
    await tx.insert(CertificateActionEntity, action);
  }
}

function toKnown(row: Row): KnownBundle {
  const range = {
    rangeStart: toSafeInteger(row.rangeStart),
    rangeEnd: toSafeInteger(row.rangeEnd),
  };
  const hash = row.hash ?? bundleHash(row.facts, range, null);
  return { ...toBundle(row, hash), facts: row.facts, issuerCode: row.issuer };
}

function toBundle(row: Row, hash: string): Bundle {
  const { bundleId, certificateId, parentId, version, status, statusBefore } = row;
  return {
    bundleId,
    certificateId,
    parentId,
    version,
    status,
    statusBefore,
    hash,
    rangeStart: toSafeInteger(row.rangeStart),
    rangeEnd: toSafeInteger(row.rangeEnd),
    ownerCode: row.ownerCode,
    beneficiary: row.beneficiary,
  };
}
