import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { issuanceFacts } from '../../core/certificates/bundle.js';
import {
  CERTIFICATE_DOMAIN,
  certificateRow,
  type IssuedCertificate,
  issuedCertificateRow,
  PLAIN_CERTIFICATE_DOMAIN,
} from '../../core/certificates/certificate.js';
import { flagsOf } from '../../core/certificates/plausibility.js';
import type { Place } from '../../core/time/sun.js';
import { factorMgPerKwh } from '../../core/units/emissions.js';
import { formatInstant } from '../../core/time/interval.js';
import { sumWattHours } from '../../core/units/energy.js';
import { RowProblems } from '../../platform/files/row-problems.js';
import type { Actor } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { AssetsService, type Plant } from '../assets/assets.service.js';
import {
  type FileLine,
  type ImportContext,
  type ImportOutcome,
  type ImportResult,
  ImportsService,
} from '../imports/imports.service.js';
import {
  CertificateFileService,
  type CertificateFormat,
  type FileCertificate,
} from './certificate-file.service.js';
import { type Issuer, IssuersService } from './issuers.service.js';
import {
  type CertificateRange,
  CertificatesRepository,
  issuerKey,
  type ListedCertificate,
} from './certificates.repository.js';

/** How a file of certificates comes. */
export interface CertificateFileOptions {
  readonly fileName: string;
  readonly format: CertificateFormat;
  /** Detached JWS of the issuer over the file's bytes; null or absent = none came. */
  readonly signature?: string | null;
}

/** Generation certificates: import and look up. */
@Injectable()
export class CertificatesService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly assets: AssetsService,
    private readonly imports: ImportsService,
    private readonly files: CertificateFileService,
    private readonly certificates: CertificatesRepository,
    private readonly issuers: IssuersService,
  ) {
    imports.registerRows(CERTIFICATE_DOMAIN, async (tx, { ledgerId, eventId }) =>
      (await this.certificates.ofEvent(tx, ledgerId, eventId)).map(issuedCertificateRow),
    );
    imports.registerRows(PLAIN_CERTIFICATE_DOMAIN, async (tx, { ledgerId, eventId }) =>
      (await this.certificates.ofEvent(tx, ledgerId, eventId)).map(certificateRow),
    );
  }

  /**
   * Takes in a file of certificates, whole or not at all. A certificate that is known already, with
   * the same content, is skipped; with other content it is refused: an issuer's correction is a
   * withdrawal and a re-issue, never an edit (METHOD 3.4).
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes;
   *                     `certificate.signature_missing`, `certificate.signature_invalid`;
   *                     `energy.serial_overlaps` when a plant already has a certificate for the time.
   */
  async importFile(
    actor: Actor,
    { signature = null, ...options }: CertificateFileOptions,
    bytes: Readable,
  ): Promise<ImportResult> {
    const file = await this.imports.keep(bytes);
    const { fileName } = options;
    return this.imports.commit(actor, { kind: 'certificates', fileName, file }, (context) =>
      this.take(context, { ...options, signature }),
    );
  }

  /** Certificates of plants over a period, by start, plant and external id. */
  inPeriod(tx: EntityManager, range: CertificateRange): Promise<ListedCertificate[]> {
    return this.certificates.inPeriod(tx, range);
  }

  /** Certificates of plants over a period, outside a transaction. */
  list(
    ledgerId: string,
    range: Omit<CertificateRange, 'ledgerId' | 'beforeSeq' | 'plantCodes'> & {
      readonly plantCode: string | null;
    },
  ): Promise<ListedCertificate[]> {
    return this.scope.read(ledgerId, async (tx) => {
      const plants = await this.assets.allPlants(tx, ledgerId);
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
  ofEvent(tx: EntityManager, ledgerId: string, eventId: string): Promise<IssuedCertificate[]> {
    return this.certificates.ofEvent(tx, ledgerId, eventId);
  }

  /** The id after the last one of a device. */
  async nextIdOf(tx: EntityManager, ledgerId: string, plantCode: string): Promise<number> {
    return (await this.certificates.nextIds(tx, ledgerId)).get(plantCode) ?? 0;
  }

  /** Adds certificates that an event of another feature issues; that event seals them. */
  issueIn(
    tx: EntityManager,
    at: { readonly ledgerId: string; readonly eventId: string; readonly recordedAt: Date },
    certificates: readonly IssuedCertificate[],
  ): Promise<void> {
    return this.certificates.append(tx, at, certificates);
  }

  /** The file line behind a certificate; null where no file brought it. */
  async originOf(
    tx: EntityManager,
    ledgerId: string,
    certificateId: string,
  ): Promise<FileLine | null> {
    const row = (await this.certificates.byId(tx, ledgerId, certificateId))!;
    if (row.origin?.kind === 'storage') return null;
    return this.imports.lineOf(tx, ledgerId, row.eventId, row.sourceLine);
  }

  private async take(
    context: ImportContext,
    options: CertificateFileOptions & { readonly signature: string | null },
  ): Promise<ImportOutcome> {
    const { tx, ledgerId, file } = context;
    const plants = await this.assets.allPlants(tx, ledgerId);
    const read = await this.files.read(file, options, plants);
    const { signature } = options;
    const by = await this.issuers.ofFile(tx, ledgerId, file, { rows: read, signature });
    const known = await this.certificates.known(tx, ledgerId, read);
    const problems = new RowProblems();
    const fresh: FileCertificate[] = [];
    for (const certificate of read) {
      const before = known.get(issuerKey(certificate));
      if (before === undefined) fresh.push(certificate);
      else if (!isSame(before, certificate)) {
        problems.add({
          row: certificate.sourceLine,
          column: 'external_id',
          value: certificate.externalId,
          rule: 'certificate.never_edited',
          detail: 'A certificate of this issuer and id is known with other content.',
          fix: 'Send the original row; a correction needs a new id after the issuer withdraws this one.',
        });
      }
    }
    problems.refuseIfAny(file);
    const issued = await this.issue(context, fresh, { plants, ...by });
    await this.certificates.append(tx, context, issued);
    const starts = read.map(({ startMs }) => startMs);
    const ends = read.map(({ endMs }) => endMs);
    return {
      rowCount: read.length,
      newCount: issued.length,
      identicalCount: read.length - issued.length,
      changedCount: 0,
      totalWh: sumWattHours(read.map(({ wh }) => wh)),
      ...(signature === null ? {} : { signature }),
      rowDomain: CERTIFICATE_DOMAIN,
      rows: issued.map(issuedCertificateRow),
      validFrom: formatInstant(starts.reduce((a, b) => Math.min(a, b))),
      validTo: formatInstant(ends.reduce((a, b) => Math.max(a, b))),
    };
  }

  /** Gives each certificate its range of ids: the next ones of its device, in the order of the rows. */
  private async issue(
    { tx, ledgerId }: ImportContext,
    fresh: readonly FileCertificate[],
    by: {
      readonly plants: readonly Plant[];
      readonly issuers: ReadonlyMap<string, Issuer>;
      readonly signedBy: string | null;
    },
  ): Promise<IssuedCertificate[]> {
    const nextIds = await this.certificates.nextIds(tx, ledgerId);
    const plantOf = new Map(by.plants.map((plant) => [plant.code, plant]));
    return fresh.map((one) => {
      const plant = plantOf.get(one.plantCode)!;
      const { code, technology, organisationCode } = plant;
      const rangeStart = nextIds.get(code) ?? 0;
      nextIds.set(code, rangeStart + one.wh);
      const directFactorMgPerKwh = factorMgPerKwh(plant.directFactorGPerKwh);
      const device = { code, technology, directFactorMgPerKwh };
      return {
        ...{
          ...one,
          certificateId: this.imports.nextId(),
          rangeStart,
          ownerCode: organisationCode,
        },
        facts: issuanceFacts(one, device, by.issuers.get(one.issuer)!),
        signedBy: by.signedBy,
        origin: null,
        flags: flagsOf(one, { ...plant, place: placeOf(plant) }),
      };
    });
  }
}

function isSame(a: FileCertificate, b: FileCertificate): boolean {
  return (
    a.plantCode === b.plantCode &&
    a.startMs === b.startMs &&
    a.endMs === b.endMs &&
    a.wh === b.wh &&
    a.status === b.status
  );
}

function placeOf({ latitudeDeg, longitudeDeg }: Plant): Place | null {
  if (latitudeDeg === null || longitudeDeg === null) return null;
  return { latitudeDeg: Number(latitudeDeg), longitudeDeg: Number(longitudeDeg) };
}
