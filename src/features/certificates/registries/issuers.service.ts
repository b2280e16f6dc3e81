import { Injectable } from '@nestjs/common';
import { checkSignature } from '../../../core/certificates/signature.js';
import { DomainError } from '../../../core/errors.js';
import { Clock } from '../../../platform/clock.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { KeptFile } from '../../../platform/files/file-store.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import type { RowOf } from '../../../platform/records/record-kind.js';
import { ImportsService } from '../../imports/imports.service.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import type { FileCertificate } from '../certificates/certificate-file.service.js';
import { ISSUER } from './issuer.kind.js';

/** An issuer as other services of the feature see it. */
export type Issuer = RowOf<typeof ISSUER>;

/** A file whose issuers are looked for. */
export interface SignedFile {
  readonly rows: readonly FileCertificate[];
  /** Detached JWS over the file's bytes; null = none came. */
  readonly signature: string | null;
  readonly known: ReadonlyMap<string, Issuer>;
  readonly signal: AbortSignal;
}

/** Who may certify, and whether a file is theirs. */
@Injectable()
export class IssuersService {
  constructor(
    private readonly records: RecordsService,
    private readonly imports: ImportsService,
    private readonly clock: Clock,
  ) {}

  /** Latest versions of all issuers, by code. */
  async all(tx: LedgerTx): Promise<ReadonlyMap<string, Issuer>> {
    const latest = await this.records.latestOfAll(tx, ISSUER);
    return new Map(latest.map((issuer) => [issuer.code, issuer]));
  }

  /**
   * The key that signed a file, once it is known to be its issuers': signed by the one issuer of all
   * its certificates, or unsigned, which is null, where each allows it.
   *
   * @throws DomainError `import.rows_rejected` naming rows of unknown issuers;
   *   `certificate.signature_missing`, `certificate.signature_invalid`
   */
  async ofFile(
    file: KeptFile,
    { rows, signature, known, signal }: SignedFile,
  ): Promise<string | null> {
    const problems = new RowProblems();
    for (const { issuer, sourceLine } of rows) {
      if (known.has(issuer)) continue;
      problems.add({
        row: sourceLine,
        column: 'issuer',
        value: issuer,
        rule: 'issuer.known',
        detail: 'There is no such issuer.',
        fix: 'Create the issuer, with its keys or with files allowed that are not signed.',
      });
    }
    problems.refuseIfAny(file);
    const named = [...new Set(rows.map(({ issuer }) => issuer))].map((code) => known.get(code)!);
    if (signature === null) {
      for (const issuer of named) await this.signatureOf(file, issuer, null);
      return null;
    }
    return this.signerOf(file, named, { signature, signal });
  }

  private async signerOf(
    file: KeptFile,
    named: readonly Issuer[],
    { signature, signal }: { readonly signature: string; readonly signal: AbortSignal },
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
    return (await this.signatureOf(file, issuer!, signature, signal))!;
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
    signal?: AbortSignal,
  ): Promise<string | null> {
    const { code: issuer, keys, isUnsignedAllowed } = signer;
    if (signature === null) {
      if (isUnsignedAllowed) return null;
      const fix = 'Send the file with its detached JWS (X-Mizan-Signature, or --signature).';
      throw new DomainError('certificate.signature_missing', { issuer, fix });
    }
    const chunks: Buffer[] = [];
    for await (const chunk of this.imports.open(file, signal)) chunks.push(chunk as Buffer);
    const nowMs = this.clock.now().getTime();
    const checked = checkSignature(Buffer.concat(chunks), signature, keys, nowMs);
    if (checked.ok) return checked.kid;
    const { detail } = checked;
    throw new DomainError('certificate.signature_invalid', { issuer, detail, fix: FIX });
  }
}

const FIX = 'Ask the issuer for the file again, with its signature, or add its key.';
