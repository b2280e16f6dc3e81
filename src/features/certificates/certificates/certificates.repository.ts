import { Injectable } from '@nestjs/common';
import {
  type Certificate,
  type IssuedCertificate,
  partOf,
} from '../../../core/certificates/certificate.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { toSafeInteger } from '../../../platform/database/rows/columns.js';
import { eachAs, entitiesOf, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { CertificateEntity } from './certificate.entity.js';

/** Certificates of plants over a period, as the log held them. */
export interface CertificateRange {
  readonly ledgerId: string;
  readonly plantCodes: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
  /** Only what the log held before this place; null = all. */
  readonly beforeSeq: number | null;
}

/** A certificate as it is listed and matched. */
export type ListedCertificate = Omit<IssuedCertificate, 'facts' | 'rangeStart' | 'origin'> & {
  readonly isStorage: boolean;
};

type CertificateRow = Omit<ListedCertificate, 'startMs' | 'endMs' | 'wh'> & {
  readonly start_ms: string;
  readonly end_ms: string;
  readonly wh: string;
};

/** A certificate that takes up an interval of its plant. */
export interface StandingCertificate {
  readonly externalId: string;
  readonly issuer: string;
  readonly status: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly wh: string;
}

const INSERT_PAGE = 10_000;

/** Loads and writes certificates. */
@Injectable()
export class CertificatesRepository {
  async inPeriod(tx: LedgerTx, range: CertificateRange): Promise<ListedCertificate[]> {
    const rows = await tx.query<CertificateRow[]>(
      `SELECT c.certificate_id AS "certificateId", c.plant_code AS "plantCode",
         extract(epoch FROM c.starts_at) * 1000 AS start_ms,
         extract(epoch FROM c.ends_at) * 1000 AS end_ms, c.wh, c.external_id AS "externalId",
         c.issuer, c.status, c.source_line AS "sourceLine", c.owner_code AS "ownerCode",
         c.signed_by AS "signedBy", c.flags, (c.facts ->> 'is_storage')::boolean AS "isStorage"
       FROM certificate c
       WHERE c.ledger_id = $1 AND c.plant_code = ANY($2)
         AND c.starts_at >= to_timestamp($3 / 1000.0) AND c.starts_at < to_timestamp($4 / 1000.0)
         AND ($5::bigint IS NULL OR EXISTS (SELECT FROM ledger_event e
           WHERE e.ledger_id = c.ledger_id AND e.event_id = c.event_id AND e.seq < $5))
       ORDER BY c.starts_at, c.plant_code, c.external_id`,
      [range.ledgerId, range.plantCodes, range.startMs, range.endMs, range.beforeSeq],
    );
    return rows.map(({ start_ms: startMs, end_ms: endMs, wh, ...row }) => ({
      ...row,
      startMs: Number(startMs),
      endMs: Number(endMs),
      wh: toSafeInteger(wh),
    }));
  }

  ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<IssuedCertificate[]> {
    return eachAs(entitiesOf(tx, CertificateEntity, event), toCertificate);
  }

  async byId(tx: LedgerTx, certificateId: string): Promise<CertificateEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(CertificateEntity, { ledgerId, certificateId });
  }

  /** Certificates that are known by their issuer's ids, by that id. */
  async known(
    tx: LedgerTx,
    keys: readonly Pick<Certificate, 'issuer' | 'externalId'>[],
  ): Promise<ReadonlyMap<string, IssuedCertificate>> {
    const { ledgerId } = tx;
    const rows = await tx
      .createQueryBuilder(CertificateEntity, 'c')
      .where('c.ledger_id = :ledgerId', { ledgerId })
      .andWhere(
        '(c.issuer, c.external_id) IN (SELECT * FROM unnest(:issuers::text[], :ids::text[]))',
        {
          issuers: keys.map(({ issuer }) => issuer),
          ids: keys.map(({ externalId }) => externalId),
        },
      )
      .getMany();
    return new Map(rows.map((row) => [issuerKey(row), toCertificate(row)]));
  }

  /** Keeps certificates of another registry from being taken in again, by whichever ledger. */
  async claimTransferred(tx: LedgerTx, certificates: readonly IssuedCertificate[]): Promise<void> {
    const rows = certificates.flatMap(({ issuer, origin }) =>
      origin?.kind === 'registry' ? [{ issuer, ...origin }] : [],
    );
    await tx.query(
      `INSERT INTO transferred_serial (issuer, issuance_id, wh_range)
       SELECT t.issuer, t.issuance, int8range(t.first, t.last, '[]')
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
         AS t (issuer, issuance, first, last)`,
      [
        rows.map(({ issuer }) => issuer),
        rows.map(({ issuanceId }) => issuanceId),
        rows.map(({ rangeStart }) => rangeStart),
        rows.map(({ rangeEnd }) => rangeEnd),
      ],
    );
  }

  /** The id after the last one of each device that has any: ranges never overlap. */
  async nextIds(tx: LedgerTx, plantCodes: Iterable<string>): Promise<Map<string, number>> {
    const rows = await tx.query<{ code: string; next: string }[]>(
      `SELECT p.code, c.range_start + c.wh AS next
       FROM unnest($2::text[]) AS p (code) CROSS JOIN LATERAL (
         SELECT c.range_start, c.wh FROM certificate c
         WHERE c.ledger_id = $1 AND c.plant_code = p.code
         ORDER BY c.range_start DESC LIMIT 1) c`,
      [tx.ledgerId, [...new Set(plantCodes)]],
    );
    return new Map(rows.map(({ code, next }) => [code, toSafeInteger(next)]));
  }

  /** Certificates that stand where others are to be: by the place of each of those. */
  async standing(
    tx: LedgerTx,
    certificates: readonly IssuedCertificate[],
  ): Promise<ReadonlyMap<number, StandingCertificate>> {
    const rows = await tx.query<(StandingCertificate & { readonly n: string })[]>(
      `SELECT DISTINCT ON (f.n) f.n, c.external_id AS "externalId", c.issuer, c.status,
         c.starts_at AS "startsAt", c.ends_at AS "endsAt", c.wh::text AS wh
       FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::int8range[])
         WITH ORDINALITY AS f (plant, starts_at, ends_at, part, n)
       JOIN live_certificate l ON l.ledger_id = $1 AND l.plant_code = f.plant AND l.part && f.part
         AND tstzrange(l.starts_at, l.ends_at) && tstzrange(f.starts_at, f.ends_at)
       JOIN certificate c ON c.ledger_id = l.ledger_id AND c.certificate_id = l.certificate_id
       ORDER BY f.n, c.starts_at`,
      [
        tx.ledgerId,
        certificates.map(({ plantCode }) => plantCode),
        certificates.map(({ startMs }) => new Date(startMs)),
        certificates.map(({ endMs }) => new Date(endMs)),
        certificates.map(partOf),
      ],
    );
    return new Map(rows.map(({ n, ...row }) => [Number(n) - 1, row]));
  }

  /** Adds certificates in the order of their rows. */
  async append(
    tx: LedgerTx,
    { eventId, recordedAt }: { readonly eventId: string; readonly recordedAt: Date },
    certificates: readonly IssuedCertificate[],
  ): Promise<void> {
    const { ledgerId } = tx;
    for (let from = 0; from < certificates.length; from += INSERT_PAGE) {
      const page = certificates.slice(from, from + INSERT_PAGE);
      await tx.query(
        `INSERT INTO certificate (ledger_id, event_id, recorded_at, row_index, certificate_id,
           plant_code, starts_at, ends_at, wh, external_id, issuer, status, source_line,
           range_start, owner_code, facts, signed_by, flags, origin)
         SELECT $1, $2, $3, $4 + c.n - 1, c.id, c.plant, to_timestamp(c.start_ms / 1000),
           to_timestamp(c.end_ms / 1000), c.wh, c.external_id, c.issuer, c.status, c.line,
           c.range_start, c.owner, c.facts::jsonb, c.signed_by, c.flags::text[], c.origin::jsonb
         FROM unnest($5::uuid[], $6::text[], $7::double precision[], $8::double precision[],
                $9::bigint[], $10::text[], $11::text[], $12::text[], $13::integer[],
                $14::bigint[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[])
           WITH ORDINALITY
           AS c (id, plant, start_ms, end_ms, wh, external_id, issuer, status, line,
             range_start, owner, facts, signed_by, flags, origin, n)`,
        [
          ledgerId,
          eventId,
          recordedAt,
          from,
          page.map(({ certificateId }) => certificateId),
          page.map(({ plantCode }) => plantCode),
          page.map(({ startMs }) => startMs),
          page.map(({ endMs }) => endMs),
          page.map(({ wh }) => wh),
          page.map(({ externalId }) => externalId),
          page.map(({ issuer }) => issuer),
          page.map(({ status }) => status),
          page.map(({ sourceLine }) => sourceLine),
          page.map(({ rangeStart }) => rangeStart),
          page.map(({ ownerCode }) => ownerCode),
          page.map(({ facts }) => JSON.stringify(facts)),
          page.map(({ signedBy }) => signedBy),
          page.map(({ flags }) => `{${flags.join(',')}}`),
          page.map(({ origin }) => (origin === null ? null : JSON.stringify(origin))),
        ],
      );
      await tx.query(
        `INSERT INTO live_certificate
           (ledger_id, certificate_id, plant_code, starts_at, ends_at, part)
         SELECT c.ledger_id, c.certificate_id, c.plant_code, c.starts_at, c.ends_at, p.part
         FROM unnest($2::uuid[], $3::int8range[]) AS p (certificate_id, part)
         JOIN certificate c ON c.ledger_id = $1 AND c.certificate_id = p.certificate_id
         WHERE c.status <> 'Withdrawn'`,
        [ledgerId, page.map(({ certificateId }) => certificateId), page.map(partOf)],
      );
    }
  }
}

/** Key of a certificate by its issuer's id. */
export function issuerKey({
  issuer,
  externalId,
}: Pick<Certificate, 'issuer' | 'externalId'>): string {
  return JSON.stringify([issuer, externalId]);
}

function toCertificate(row: CertificateEntity): IssuedCertificate {
  const { certificateId, plantCode, wh, externalId, issuer, status, sourceLine } = row;
  const { rangeStart, ownerCode, facts, signedBy, flags, origin } = row;
  const span = { startMs: row.startsAt.getTime(), endMs: row.endsAt.getTime() };
  return {
    certificateId,
    plantCode,
    ...span,
    wh,
    externalId,
    issuer,
    status,
    sourceLine,
    rangeStart,
    ownerCode,
    facts,
    signedBy,
    flags,
    origin,
  };
}
