import { Injectable } from '@nestjs/common';
import type { Certificate } from '../../../core/certificates/certificate.js';
import {
  CERTIFICATE_FIELDS,
  type CertificateField,
  type CertificateFields,
  readCertificate,
} from '../../../core/certificates/certificate-row.js';
import {
  MWH_COLUMNS,
  type MwhColumn,
  type MwhReference,
  readMwhReference,
} from '../../../core/certificates/mwh-columns.js';
import { STORAGE_TECHNOLOGIES } from '../../../core/storage/record-row.js';
import { readFieldRows } from '../../../platform/files/formats/field-rows.js';
import { readJsonItems } from '../../../platform/files/formats/json-items.js';
import type { KeptFile } from '../../../platform/files/file-store.js';
import type { Plant } from '../../assets/assets.service.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import { ImportsService } from '../../imports/imports.service.js';

/** A certificate of a file, not yet in the ledger. */
export type FileCertificate = Omit<Certificate, 'certificateId'> & {
  /** The MWh certificate that it was made from; null = none. */
  readonly mwh: MwhReference | null;
};

type FileFields = CertificateFields & Readonly<Record<MwhColumn, string>>;

/** How a file is written. */
export type CertificateFormat = 'csv' | 'json';

/** How to read a file, and when to stop. */
export interface HowToReadCertificates {
  readonly fileName: string;
  readonly format: CertificateFormat;
  readonly signal: AbortSignal;
}

const ALL_FIELDS: readonly (CertificateField | MwhColumn)[] = CERTIFICATE_FIELDS;

const JSON_NAMES: Readonly<Record<CertificateField | MwhColumn, string>> = {
  plant: 'plant',
  start: 'start',
  end: 'end',
  wh: 'wh',
  external_id: 'externalId',
  issuer: 'issuer',
  status: 'status',
  tracking_system: 'trackingSystem',
  mwh_certificate: 'mwhCertificate',
};

/** Reads files of certificates: CSV with a header, or a JSON array of objects. */
@Injectable()
export class CertificateFileService {
  constructor(private readonly imports: ImportsService) {}

  /**
   * Reads a file and checks every row.
   *
   * @param plants  Every plant of the ledger.
   * @throws DomainError `import.rows_rejected`, `import.file_unreadable`, `import.limit_exceeded`
   */
  async read(
    file: KeptFile,
    { fileName, format, signal }: HowToReadCertificates,
    plants: readonly Plant[],
  ): Promise<readonly FileCertificate[]> {
    const reader = new CertificateReader(plants, format);
    const bytes = this.imports.open(file, signal);
    if (format === 'csv') {
      const columns = { names: ALL_FIELDS, optional: MWH_COLUMNS };
      for await (const { line, fields } of readFieldRows(
        bytes,
        fileName,
        columns,
        reader.problems,
      )) {
        reader.take(line, fields);
      }
    } else {
      let row = 0;
      for await (const item of readJsonItems(bytes, fileName)) reader.takeJson((row += 1), item);
    }
    return reader.finish(file);
  }
}

/** One pass over the rows of one file. */
class CertificateReader {
  readonly problems = new RowProblems();
  private readonly plants: ReadonlyMap<string, Plant>;
  private readonly certificates: FileCertificate[] = [];
  private readonly lineOfId = new Map<string, number>();

  constructor(
    plants: readonly Plant[],
    private readonly format: CertificateFormat,
  ) {
    this.plants = new Map(plants.map((plant) => [plant.code, plant]));
  }

  takeJson(row: number, item: unknown): void {
    const index = row - 1;
    const object = typeof item === 'object' && item !== null ? item : {};
    const entries = new Map(Object.entries(object));
    const extra = [...entries.keys()].find((name) => !Object.values(JSON_NAMES).includes(name));
    if (extra !== undefined) {
      this.reject(
        { row, column: `/${index}/${extra}`, value: '', rule: 'property.known' },
        'Unknown property.',
        `Use ${Object.values(JSON_NAMES).join(', ')}.`,
      );
      return;
    }
    const wrong = [...CERTIFICATE_FIELDS, ...MWH_COLUMNS].find((name) => {
      const isOptional = name === 'tracking_system' || name === 'mwh_certificate';
      const value = entries.get(JSON_NAMES[name]) ?? (isOptional ? '' : undefined);
      return name === 'wh' ? typeof value !== 'number' : typeof value !== 'string';
    });
    if (wrong !== undefined) {
      const column = `/${index}/${JSON_NAMES[wrong]}`;
      const detail = wrong === 'wh' ? 'A whole number is needed.' : 'Text is needed.';
      this.reject(
        { row, column, value: String(entries.get(JSON_NAMES[wrong])), rule: 'property.type' },
        detail,
        'Send every property with its type.',
      );
      return;
    }
    const fields = [...CERTIFICATE_FIELDS, ...MWH_COLUMNS].map((name) => [
      name,
      String(entries.get(JSON_NAMES[name]) ?? '').trim(),
    ]);
    this.take(row, Object.fromEntries(fields) as FileFields);
  }

  finish(file: KeptFile): readonly FileCertificate[] {
    if (this.certificates.length === 0 && this.problems.isEmpty) {
      this.reject(
        { row: 1, column: 'file', value: '', rule: 'file.not_empty' },
        'The file has no certificates.',
        'Send a file with at least one certificate.',
      );
    }
    this.problems.refuseIfAny(file);
    return this.certificates;
  }

  take(row: number, fields: FileFields): void {
    const at = (
      name: CertificateField | MwhColumn,
    ): { row: number; column: string; value: string } => ({
      row,
      column: this.format === 'csv' ? name : `/${row - 1}/${JSON_NAMES[name]}`,
      value: fields[name],
    });
    const plant = this.plants.get(fields.plant);
    if (plant === undefined) {
      this.problems.add({
        ...at('plant'),
        rule: 'plant.known',
        detail: 'There is no such plant.',
        fix: 'Create the plant, or correct its code.',
      });
      return;
    }
    if (STORAGE_TECHNOLOGIES.includes(plant.technology)) {
      this.problems.add({
        ...at('plant'),
        rule: 'plant.generates',
        detail: `${plant.code} stores: what it gives back is certified by tracing it.`,
        fix: 'Take in its storage records, then trace its discharges.',
      });
      return;
    }
    const certificate = readCertificate(fields, plant);
    if ('rule' in certificate) {
      const { column, ...fault } = certificate;
      this.problems.add({ ...at(column), ...fault });
      return;
    }
    const mwh = readMwhReference(fields);
    if (mwh !== null && 'rule' in mwh) {
      const { column, ...fault } = mwh;
      this.problems.add({ ...at(column), ...fault });
      return;
    }
    const key = JSON.stringify([certificate.issuer, certificate.externalId]);
    const earlier = this.lineOfId.get(key);
    if (earlier !== undefined) {
      this.problems.add({
        ...at('external_id'),
        rule: 'certificate.once_in_file',
        detail: `Row ${earlier} has the same issuer and id.`,
        fix: 'Keep one row of the two.',
      });
      return;
    }
    this.lineOfId.set(key, row);
    this.certificates.push({ ...certificate, mwh, sourceLine: row });
  }

  private reject(
    where: {
      readonly row: number;
      readonly column: string;
      readonly value: string;
      readonly rule: string;
    },
    detail: string,
    fix: string,
  ): void {
    this.problems.add({ ...where, detail, fix });
  }
}
