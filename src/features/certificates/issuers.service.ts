import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { checkSignature } from '../../core/certificates/signature.js';
import { DomainError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import type { KeptFile } from '../../platform/files/file-store.js';
import { RowProblems } from '../../platform/files/row-problems.js';
import type { RecordStore } from '../../platform/http/record-controller.js';
import { ImportsService } from '../imports/imports.service.js';
import { type RecordKind, RecordsService } from '../ledger/records.service.js';
import type { FileCertificate } from './certificate-file.service.js';
import { IssuerEntity } from './issuer.entity.js';
import type { IssuerAttributes } from './issuers.schemas.js';

const ISSUER: RecordKind<IssuerEntity, IssuerAttributes> = {
  kind: 'issuer',
  entity: IssuerEntity,
  references: () => [],
};

/** An issuer as other services of the feature see it. */
export type Issuer = Readonly<IssuerEntity>;

/** Who may certify, and whether a file is theirs. */
@Injectable()
export class IssuersService {
  readonly issuers: RecordStore<IssuerAttributes, IssuerEntity>;

  constructor(
    private readonly records: RecordsService,
    private readonly imports: ImportsService,
    private readonly clock: Clock,
  ) {
    this.issuers = records.store(ISSUER);
  }

  /** Latest versions of all issuers, by code. */
  async all(tx: EntityManager, ledgerId: string): Promise<ReadonlyMap<string, Issuer>> {
    const latest = await this.records.latestOfAll(tx, ledgerId, ISSUER);
    return new Map(latest.map((issuer) => [issuer.code, issuer]));
  }

  /**
   * The issuers of a file's certificates, once the file is known to be theirs: signed by the one
   * issuer of all of them, or unsigned where each allows it.
   *
   * @param signature  Detached JWS over the file's bytes; null = none came.
   * @throws DomainError `import.rows_rejected` naming rows of unknown issuers;
   *   `certificate.signature_missing`, `certificate.signature_invalid`
   */
  async ofFile(
    tx: EntityManager,
    ledgerId: string,
    file: KeptFile,
    { rows, signature }: { rows: readonly FileCertificate[]; signature: string | null },
  ): Promise<{ readonly issuers: ReadonlyMap<string, Issuer>; readonly signedBy: string | null }> {
    const known = await this.all(tx, ledgerId);
    const problems = new RowProblems();
    for (const { issuer, sourceLine } of rows) {
      if (known.has(issuer)) continue;
      problems.add({
        ...{ row: sourceLine, column: 'issuer', value: issuer, rule: 'issuer.known' },
        detail: 'There is no such issuer.',
        fix: 'Create the issuer, with its keys or with files allowed that are not signed.',
      });
    }
    problems.refuseIfAny(file);
    const named = [...new Set(rows.map(({ issuer }) => issuer))].map((code) => known.get(code)!);
    if (signature === null) {
      for (const issuer of named) await this.signatureOf(file, issuer, null);
      return { issuers: known, signedBy: null };
    }
    return { issuers: known, signedBy: await this.signerOf(file, named, signature) };
  }

  private async signerOf(
    file: KeptFile,
    named: readonly Issuer[],
    signature: string,
  ): Promise<string> {
    const [issuer, other] = named;
    if (other !== undefined) {
      const detail = `The signed file holds certificates of ${issuer!.code} too.`;
      throw new DomainError('certificate.signature_invalid', {
        issuer: other.code,
        detail,
        fix: FIX,
      });
    }
    return (await this.signatureOf(file, issuer!, signature))!;
  }

  /**
   * The key of a signer that signed a file; null for one without a signature, where that is allowed.
   *
   * @throws DomainError `certificate.signature_missing`, `certificate.signature_invalid`
   */
  async signatureOf(
    file: KeptFile,
    signer: Pick<Issuer, 'code' | 'keys' | 'isUnsignedAllowed'>,
    signature: string | null,
  ): Promise<string | null> {
    const { code: issuer, keys, isUnsignedAllowed } = signer;
    if (signature === null) {
      if (isUnsignedAllowed) return null;
      const fix = 'Send the file with its detached JWS (X-Mizan-Signature, or --signature).';
      throw new DomainError('certificate.signature_missing', { issuer, fix });
    }
    const chunks: Buffer[] = [];
    for await (const chunk of this.imports.open(file)) chunks.push(chunk as Buffer);
    const nowMs = this.clock.now().getTime();
    const checked = checkSignature(Buffer.concat(chunks), signature, keys, nowMs);
    if (checked.ok) return checked.kid;
    const { detail } = checked;
    throw new DomainError('certificate.signature_invalid', { issuer, detail, fix: FIX });
  }
}

const FIX = 'Ask the issuer for the file again, with its signature, or add its key.';
