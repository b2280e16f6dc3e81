import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { type Canonical, canonicalJson } from '../../core/ledger/canonical.js';
import type { SealedRows } from '../../core/ledger/merkle.js';
import type { Fault } from '../../core/ledger/verify.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { FileStore, type KeptFile } from '../../platform/files/file-store.js';
import { Ids } from '../../platform/ids.js';
import { LedgerService, type RowReader } from '../ledger/ledger.service.js';
import type { ImportFileEntity } from './import-file.entity.js';
import { ImportsRepository } from './imports.repository.js';

/** A file to take in. */
export interface FileToImport {
  readonly kind: ImportFileEntity['kind'];
  readonly fileName: string;
  readonly file: KeptFile;
  /** How it is read, where there is a choice: the same bytes read in another way are another import. */
  readonly readAs?: string | ((tx: EntityManager) => Promise<string>);
  /** Drawn before, so that a repeated attempt writes the same ids. */
  readonly ids?: { readonly importId: string; readonly eventId: string };
}

/** What a committed import is, beside its rows. */
export interface ImportContext {
  readonly tx: EntityManager;
  readonly ledgerId: string;
  readonly eventId: string;
  readonly recordedAt: Date;
  readonly file: KeptFile;
}

/** What the rows of a file did. */
export interface ImportOutcome {
  readonly rowCount: number;
  readonly newCount: number;
  readonly identicalCount: number;
  readonly changedCount: number;
  readonly totalWh: number;
  readonly rejectedCount?: number;
  readonly format?: string;
  /** Detached JWS that came with the file and was found to be its issuer's. */
  readonly signature?: string;
  /** Domain of the sealed rows, and the rows in order. */
  readonly rowDomain: string;
  readonly rows: readonly string[] | SealedRows;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** Result of an import; `alreadyImported` when the same bytes came before and nothing was done. */
export interface ImportResult {
  readonly file: Readonly<ImportFileEntity>;
  readonly alreadyImported: boolean;
}

/** Where a row of the ledger came from. */
export interface FileLine {
  readonly importId: string;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly line: number;
}

/** The one way for files: keep the bytes, know them again, commit whole or not at all, seal. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly imports: ImportsRepository,
    private readonly files: FileStore,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    ledger.registerCheck((tx, ledgerId) => this.filesAgree(tx, ledgerId));
  }

  /**
   * Takes a file in. The same bytes a second time change nothing and give the first result.
   *
   * @param take  Reads, validates and writes the rows inside the transaction.
   */
  async commit(
    actor: Actor,
    { kind, fileName, file, readAs: how = '', ids }: FileToImport,
    take: (context: ImportContext) => Promise<ImportOutcome>,
  ): Promise<ImportResult> {
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, async (tx) => {
      const { ledgerId } = actor;
      const readAs = typeof how === 'string' ? how : await how(tx);
      const known = await this.imports.known(tx, {
        ledgerId,
        kind,
        fileSha256: file.sha256,
        readAs,
      });
      if (known !== null) return { file: known, alreadyImported: true };

      const eventId = ids?.eventId ?? this.ledger.nextId();
      const recordedAt = this.clock.now();
      const outcome = await take({ tx, ledgerId, eventId, recordedAt, file });
      const { rowCount, newCount, identicalCount, changedCount, totalWh } = outcome;
      const { rejectedCount = 0, format = null } = outcome;
      const row: ImportFileEntity = {
        ...{
          ledgerId,
          importId: ids?.importId ?? this.ids.next(),
          kind,
          fileName,
          fileSha256: file.sha256,
        },
        ...{ byteCount: file.byteCount, rowCount, newCount, identicalCount, changedCount },
        ...{ totalWh, eventId, recordedAt, readAs, rejectedCount, format },
      };
      await this.imports.add(tx, row);
      await this.ledger.append(tx, actor, {
        eventId,
        type: 'import.committed',
        validFrom: outcome.validFrom,
        validTo: outcome.validTo,
        sourceRef: file.sha256,
        supersedes: [],
        body: {
          ...{ rows: outcome.rowDomain, import: importJson(row) },
          ...(outcome.signature === undefined ? {} : { signature: outcome.signature }),
        },
        rows: outcome.rows,
      });
      return { file: row, alreadyImported: false };
    });
  }

  /** A new id. */
  nextId(): string {
    return this.ids.next();
  }

  /** Keeps the bytes of a file, before anything is made of them. */
  keep(bytes: Readable): Promise<KeptFile> {
    return this.files.keep(bytes);
  }

  /** Says who can rebuild the rows that imports of a domain sealed. */
  registerRows(domain: string, reader: RowReader): void {
    this.ledger.registerRows(domain, reader);
  }

  /** The kept bytes of a file. */
  open(file: KeptFile): Readable {
    return this.files.open(file.sha256);
  }

  list(ledgerId: string): Promise<ImportFileEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.imports.list(tx, ledgerId));
  }

  /** @throws DomainError `import.not_found` */
  async get(ledgerId: string, importId: string): Promise<ImportFileEntity> {
    const found = await this.scope.read(ledgerId, (tx) =>
      this.imports.find(tx, ledgerId, importId),
    );
    if (found === null) throw new DomainError('import.not_found', { importId });
    return found;
  }

  /** The file line behind a row that an import event sealed. */
  async lineOf(
    tx: EntityManager,
    ledgerId: string,
    eventId: string,
    line: number,
  ): Promise<FileLine> {
    const file = (await this.imports.ofEvent(tx, ledgerId, eventId))!;
    const { importId, fileName, fileSha256 } = file;
    return { importId, fileName, fileSha256, line };
  }

  /** Ids of the imports that brought these certificates, ascending. */
  certificateImports(
    tx: EntityManager,
    ledgerId: string,
    certificateIds: readonly string[],
  ): Promise<string[]> {
    return this.imports.ofCertificates(tx, ledgerId, certificateIds);
  }

  /** The register of files must say what their events say. */
  private async filesAgree(tx: EntityManager, ledgerId: string): Promise<Fault | null> {
    for (const file of await this.imports.list(tx, ledgerId)) {
      const sealed = await this.ledger.bodyOf(tx, ledgerId, file.eventId);
      if (canonicalJson(sealed['import'] ?? null) !== canonicalJson(importJson(file))) {
        const seq = await this.ledger.seqOf(tx, ledgerId, file.eventId);
        return { seq, check: 'import_file', detail: 'The import is not the one that was sealed.' };
      }
    }
    return null;
  }
}

/** Imports and matching runs of a ledger wait for each other: a run sees whole files only. */
export const INTAKE_LOCK = 'intake';

function importJson(row: ImportFileEntity): Canonical {
  const { importId, kind, fileSha256, byteCount, rowCount } = row;
  const { newCount, identicalCount, changedCount, totalWh } = row;
  const { format, readAs, rejectedCount } = row;
  return {
    ...{ importId, kind, fileSha256, byteCount, rowCount },
    ...{ newCount, identicalCount, changedCount, totalWh },
    // What imports say of themselves since files have forms; earlier ones were sealed without it.
    ...(format === null ? {} : { format, readAs, rejectedCount }),
  };
}
