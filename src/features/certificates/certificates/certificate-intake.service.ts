import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { issuanceFacts } from '../../../core/certificates/bundle.js';
import {
  type Certificate,
  CERTIFICATE_DOMAIN,
  type IssuedCertificate,
  issuedCertificateRow,
} from '../../../core/certificates/certificate.js';
import { flagsOf } from '../../../core/certificates/plausibility.js';
import { factorMgPerKwh } from '../../../core/units/emissions.js';
import { formatInstant } from '../../../core/time/interval.js';
import { sumWattHours } from '../../../core/units/energy.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { AssetsService, type Plant, placeOf } from '../../assets/assets.service.js';
import type { ImportContext, ImportOutcome } from '../../imports/file-intake.port.js';
import { type ImportResult, ImportsService } from '../../imports/imports.service.js';
import {
  CertificateFileService,
  type CertificateFormat,
  type FileCertificate,
} from './certificate-file.service.js';
import { CertificateWritingService } from './certificate-writing.service.js';
import { CertificateSourcesService } from './certificate-sources.service.js';
import { type Issuer, IssuersService } from '../registries/issuers.service.js';
import { issuerKey } from './certificates.repository.js';

const CSV_NAMES = { start: 'start', externalId: 'external_id' } as const;

/** How a file of certificates comes. */
export interface CertificateFileOptions {
  readonly fileName: string;
  readonly format: CertificateFormat;
  /** Detached JWS of the issuer over the file's bytes; null or absent = none came. */
  readonly signature?: string | null;
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the certificates of a file are read by. */
interface Basis {
  readonly plants: readonly Plant[];
  readonly issuers: ReadonlyMap<string, Issuer>;
}

/** What a file says, and the key that signed it. */
interface SignedCertificates {
  readonly rows: readonly FileCertificate[];
  readonly signature: string | null;
  readonly signedBy: string | null;
}

/** Takes in files of certificates. */
@Injectable()
export class CertificateIntakeService {
  constructor(
    private readonly assets: AssetsService,
    private readonly imports: ImportsService,
    private readonly files: CertificateFileService,
    private readonly issuers: IssuersService,
    private readonly sources: CertificateSourcesService,
    private readonly writing: CertificateWritingService,
  ) {}

  /**
   * Takes in a file of certificates, whole or not at all. A certificate that is known already, with
   * the same content, is skipped; with other content it is refused: an issuer's correction is a
   * withdrawal and a re-issue, never an edit (METHOD 3.4).
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes;
   *                     `certificate.signature_missing`, `certificate.signature_invalid`;
   *                     `energy.serial_overlaps` when a plant already has a certificate for the time.
   */
  importFile(
    actor: Actor,
    { signature = null, fileName, format, dryRun, signal }: CertificateFileOptions,
    bytes: Readable,
  ): Promise<ImportResult> {
    return this.imports.importFile(
      actor,
      { kind: 'certificates', fileName, bytes, dryRun, signal },
      {
        basis: async (tx) => ({
          plants: await this.assets.allPlants(tx),
          issuers: await this.issuers.all(tx),
        }),
        read: async ({ plants, issuers: known }, file, ended) => {
          const rows = await this.files.read(file, { fileName, format, signal: ended }, plants);
          const of = { rows, signature, known, signal: ended };
          return { rows, signature, signedBy: await this.issuers.ofFile(file, of) };
        },
      },
      (context, read, basis) => this.take(context, { ...read, format }, basis),
    );
  }

  private async take(
    context: ImportContext,
    {
      rows: read,
      signature,
      signedBy,
      format,
    }: SignedCertificates & { readonly format: CertificateFormat },
    { plants, issuers }: Basis,
  ): Promise<ImportOutcome> {
    const { tx, file } = context;
    const known = await this.writing.known(tx, read);
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
    await this.sources.check(tx, { rows: fresh, issuers }, problems);
    problems.refuseIfAny(file);
    const issued = await this.issue(context, fresh, { plants, issuers, signedBy });
    await this.writing.write(context, issued, (row, field) =>
      format === 'csv' ? CSV_NAMES[field] : `/${row - 1}/${field}`,
    );
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
    { tx }: ImportContext,
    fresh: readonly FileCertificate[],
    by: {
      readonly plants: readonly Plant[];
      readonly issuers: ReadonlyMap<string, Issuer>;
      readonly signedBy: string | null;
    },
  ): Promise<IssuedCertificate[]> {
    const nextIds = await this.writing.nextIds(
      tx,
      fresh.map(({ plantCode }) => plantCode),
    );
    const plantOf = new Map(by.plants.map((plant) => [plant.code, plant]));
    return fresh.map(({ mwh, ...one }) => {
      const plant = plantOf.get(one.plantCode)!;
      const { code, technology, organisationCode } = plant;
      const rangeStart = nextIds.get(code) ?? 0;
      nextIds.set(code, rangeStart + one.wh);
      const directFactorMgPerKwh = factorMgPerKwh(plant.directFactorGPerKwh);
      const device = { code, technology, directFactorMgPerKwh };
      return {
        ...one,
        certificateId: this.imports.nextId(),
        rangeStart,
        ownerCode: organisationCode,
        facts: issuanceFacts(one, device, by.issuers.get(one.issuer)!),
        signedBy: by.signedBy,
        origin: mwh === null ? null : { kind: 'mwh', ...mwh },
        flags: flagsOf(one, { ...plant, place: placeOf(plant) }),
      };
    });
  }
}

function isSame(
  a: Omit<Certificate, 'certificateId'>,
  b: Omit<Certificate, 'certificateId'>,
): boolean {
  return (
    a.plantCode === b.plantCode &&
    a.startMs === b.startMs &&
    a.endMs === b.endMs &&
    a.wh === b.wh &&
    a.status === b.status
  );
}
