import { Injectable } from '@nestjs/common';
import {
  CERTIFICATE_DOMAIN,
  certificateRow,
  type IssuedCertificate,
  issuedCertificateRow,
  PLAIN_CERTIFICATE_DOMAIN,
} from '../../../core/certificates/certificate.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { eachAs, type RowsOfEvent } from '../../../platform/database/rows/pages.js';
import { AssetsService } from '../../assets/assets.service.js';
import { type FileLine, ImportsService } from '../../imports/imports.service.js';
import {
  type CertificateRange,
  CertificatesRepository,
  type ListedCertificate,
} from './certificates.repository.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';

/** Generation certificates: what there is. */
@Injectable()
export class CertificatesService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly assets: AssetsService,
    private readonly imports: ImportsService,
    private readonly certificates: CertificatesRepository,
  ) {}

  /** Rows of files of certificates, and of those from before flags and ranges were sealed. */
  replayed(): Replayed {
    return {
      rows: {
        [CERTIFICATE_DOMAIN]: (tx, event) =>
          eachAs(this.certificates.ofEvent(tx, event), issuedCertificateRow),
        [PLAIN_CERTIFICATE_DOMAIN]: (tx, event) =>
          eachAs(this.certificates.ofEvent(tx, event), certificateRow),
      },
    };
  }

  /** Certificates of plants over a period, by start, plant and external id. */
  inPeriod(tx: LedgerTx, range: CertificateRange): Promise<ListedCertificate[]> {
    return this.certificates.inPeriod(tx, range);
  }

  /** Certificates of plants over a period, outside a transaction. */
  list(
    ledgerId: string,
    range: Omit<CertificateRange, 'ledgerId' | 'beforeSeq' | 'plantCodes'> & {
      readonly plantCode: string | null;
    },
  ): Promise<ListedCertificate[]> {
    return this.scope.readOver(ledgerId, range, async (tx) => {
      const plants = await this.assets.allPlants(tx);
      const codes = plants.map(({ code }) => code);
      const plantCodes = range.plantCode === null ? codes : [range.plantCode];
      const { startMs, endMs } = range;
      return this.certificates.inPeriod(tx, {
        ledgerId,
        plantCodes,
        startMs,
        endMs,
        beforeSeq: null,
      });
    });
  }

  /** Certificates that an event issued, in the order of their rows. */
  ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<IssuedCertificate[]> {
    return this.certificates.ofEvent(tx, event);
  }

  /** The id after the last one of a device. */
  async nextIdOf(tx: LedgerTx, plantCode: string): Promise<number> {
    return (await this.certificates.nextIds(tx, [plantCode])).get(plantCode) ?? 0;
  }

  /** Adds certificates that an event of another feature issues; that event seals them. */
  issueIn(
    tx: LedgerTx,
    at: { readonly ledgerId: string; readonly eventId: string; readonly recordedAt: Date },
    certificates: readonly IssuedCertificate[],
  ): Promise<void> {
    return this.certificates.append(tx, at, certificates);
  }

  /** The row of an event that a certificate is. */
  async placeOf(
    tx: LedgerTx,
    certificateId: string,
  ): Promise<{ readonly eventId: string; readonly row: number }> {
    const { eventId, rowIndex } = (await this.certificates.byId(tx, certificateId))!;
    return { eventId, row: rowIndex };
  }

  /** The line of a file that brought a certificate; null for one that no file brought. */
  async originOf(tx: LedgerTx, certificateId: string): Promise<FileLine | null> {
    const row = (await this.certificates.byId(tx, certificateId))!;
    if (row.origin?.kind === 'storage') return null;
    return this.imports.lineOf(tx, row.eventId, row.sourceLine);
  }
}
