import { Injectable } from '@nestjs/common';
import { type IssuedCertificate, partOf } from '../../../core/certificates/certificate.js';
import { DomainError, type RowProblem } from '../../../core/errors.js';
import { formatInstant } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { insertRows } from '../../../platform/database/rows/refused-rows.js';
import type { ImportContext } from '../../imports/file-intake.port.js';
import { CertificatesRepository, type StandingCertificate } from './certificates.repository.js';

/** Names a field of a file as its format does. */
export type ColumnOf = (row: number, field: CertificateCell) => string;
/** Fields of a certificate that the record may refuse. */
export type CertificateCell = 'start' | 'externalId';

const ONE_PER_INSTANT = 'one_live_certificate_per_plant_and_instant';
const ERRORS_KEPT = 100;

/** Writes the certificates of files, and names the rows that the record refuses. */
@Injectable()
export class CertificateWritingService {
  constructor(private readonly certificates: CertificatesRepository) {}

  /** Certificates that are known by their issuer's ids, by that id. */
  known(
    tx: LedgerTx,
    keys: Parameters<CertificatesRepository['known']>[1],
  ): ReturnType<CertificatesRepository['known']> {
    return this.certificates.known(tx, keys);
  }

  /** The id after the last one of each device that has any. */
  nextIds(tx: LedgerTx, plantCodes: Iterable<string>): Promise<Map<string, number>> {
    return this.certificates.nextIds(tx, plantCodes);
  }

  /**
   * Writes the certificates of a file. Each is alone on its plant for its time: every row that is not
   * is named, with the certificate that stands there.
   *
   * @throws DomainError `energy.serial_overlaps`, `constraint.violated`, with the rows
   */
  async write(
    context: ImportContext,
    issued: readonly IssuedCertificate[],
    columnOf: ColumnOf,
  ): Promise<void> {
    const { tx } = context;
    const cellOf = ({ sourceLine: row, externalId: value }: IssuedCertificate) => ({
      row,
      column: columnOf(row, 'externalId'),
      value,
    });
    const handedOver = issued.filter(({ origin }) => origin?.kind === 'registry');
    await insertRows(tx, {
      rows: handedOver,
      cellOf,
      insert: (rows) => this.certificates.claimTransferred(tx, rows),
    });
    const live = issued.filter(({ status }) => status !== 'Withdrawn');
    const standing = await this.certificates.standing(tx, live);
    const errors = live.flatMap((one, index): RowProblem[] => {
      const other = standing.get(index);
      return other === undefined ? [] : [taken(one, columnOf, stands(other))];
    });
    const all = [...errors, ...within(live, columnOf)].toSorted((a, b) => a.row - b.row);
    if (all.length > 0) {
      const shown = { constraint: ONE_PER_INSTANT, errors: all.slice(0, ERRORS_KEPT) };
      throw new DomainError('energy.serial_overlaps', shown);
    }
    await insertRows(tx, {
      rows: issued,
      cellOf,
      insert: (rows) => this.certificates.append(tx, context, rows),
    });
  }
}

/** Rows of one file that want the same time of a plant: the later of each two. */
function within(live: readonly IssuedCertificate[], columnOf: ColumnOf): RowProblem[] {
  // Parts of an interval are the record's to tell apart.
  const whole = live.filter((one) => partOf(one) === '(,)');
  const ordered = whole.toSorted((a, b) =>
    a.plantCode === b.plantCode ? a.startMs - b.startMs : a.plantCode < b.plantCode ? -1 : 1,
  );
  const found: RowProblem[] = [];
  let before: IssuedCertificate | undefined;
  for (const one of ordered) {
    if (before?.plantCode === one.plantCode && one.startMs < before.endMs) {
      const [first, later] = before.sourceLine < one.sourceLine ? [before, one] : [one, before];
      const detail = `row ${first.sourceLine} of the file, ${first.externalId}`;
      found.push(taken(later, columnOf, detail));
    }
    if (before?.plantCode !== one.plantCode || one.endMs > before.endMs) before = one;
  }
  return found;
}

const stands = ({
  externalId,
  issuer,
  status,
  startsAt,
  endsAt,
  wh,
}: StandingCertificate): string =>
  `${externalId} of ${issuer}, ${status}, ${wh} Wh, ${formatInstant(startsAt.getTime())} to ${formatInstant(endsAt.getTime())}`;

function taken(
  { sourceLine: row, plantCode, startMs, endMs, externalId }: IssuedCertificate,
  columnOf: ColumnOf,
  other: string,
): RowProblem {
  return {
    row,
    column: columnOf(row, 'start'),
    value: formatInstant(startMs),
    rule: ONE_PER_INSTANT,
    detail: `${externalId} is for ${plantCode} from ${formatInstant(startMs)} to ${formatInstant(endMs)}, and so is another certificate: ${other}.`,
    fix: 'Leave the row out. If it replaces the other, the issuer withdraws that one first.',
  };
}
