import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { canonicalJson } from '../../core/ledger/canonical.js';
import { formIn, type TextEncoding } from '../../core/tabular/text-encoding.js';
import type { Fault } from '../../core/ledger/verify.js';
import type { Actor } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { type Account, FileStore, type KeptFile } from '../../platform/files/file-store.js';
import { encodingOf } from '../../platform/files/formats/text-bytes.js';
import { type EventPlace, LedgerService, type Recorded } from '../ledger/ledger.service.js';
import type {
  FileFrom,
  FileToImport,
  ImportContext,
  ImportOutcome,
  Take,
} from './file-intake.port.js';
import type { FileLine, ImportFileEntity } from './import-file.entity.js';
import {
  changing,
  type FileInTurn,
  type FileReading,
  FileReadingService,
} from './file-reading.service.js';
import { IMPORT_REGISTERS, importJson } from './imports.registers.js';
import { ImportsRepository } from './imports.repository.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';

export type { FileLine, ImportKind } from './import-file.entity.js';

interface InEncoding<Read> {
  readonly read: Read;
  readonly encoding: TextEncoding;
}

/** What the rows of a file did, with the encoding that they were read in: it is part of how. */
async function inEncoding(
  encoding: TextEncoding,
  taken: Promise<ImportOutcome>,
): Promise<ImportOutcome> {
  const outcome = await taken;
  return encoding === 'utf-8' ? outcome : { ...outcome, format: formIn('text', [encoding]) };
}

/** What a file to take in is read by, with what is known of it. */
interface At<Basis> {
  readonly basis: Basis;
  /** How it is read. */
  readonly readAs: string;
  /** The same bytes, read in the same way before. */
  readonly known: ImportFileEntity | null;
}

/** A file that is compared in a moment. */
const LITTLE_BYTES = 1_048_576;

/**
 * Result of an import; `alreadyImported` when the same bytes came before and nothing was done,
 * `isDryRun` when all was done but the writing: the ids of the file then name nothing.
 */
export interface ImportResult {
  readonly file: Readonly<ImportFileEntity>;
  readonly alreadyImported: boolean;
  readonly isDryRun?: boolean;
}

/** The one way for files: keep the bytes, know them again, commit whole or not at all, seal. */
@Injectable()
export class ImportsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly imports: ImportsRepository,
    private readonly files: FileStore,
    private readonly reading: FileReadingService,
  ) {}

  /** Files that were imported: their register, and their bytes. */
  replayed(): Replayed {
    return {
      tables: IMPORT_REGISTERS,
      checks: [(tx) => this.filesAgree(tx)],
      files: async (tx) =>
        (await this.imports.list(tx)).map(({ importId, fileName, fileSha256, eventId }) => ({
          sha256: fileSha256,
          what: `import ${importId} (${fileName})`,
          eventId,
        })),
    };
  }

  /**
   * Keeps a file, reads it, and takes it in. The same bytes a second time change nothing and give the
   * first result. A dry run meets every refusal that the import would, also those of the database.
   *
   * @param take  Compares what was read with what is known and writes it, inside the transaction; may
   *              be called again with the same reading.
   */
  async importFile<Basis, Read>(
    actor: Actor,
    { bytes, signal, dryRun = false, ...from }: FileFrom,
    reading: FileReading<Basis, Read>,
    take: Take<Basis, Read>,
  ): Promise<ImportResult> {
    const file = await this.keep(bytes, actor);
    return this.inTurn({ ledgerId: actor.ledgerId, file, signal }, async (whole) => {
      const to = { ...from, file, signal: whole, isRehearsed: dryRun };
      const result = await this.commit(actor, to, this.withEncoding(reading), (at, read, basis) =>
        inEncoding(read.encoding, take(at, read.read, basis)),
      );
      return dryRun ? { ...result, isDryRun: true } : result;
    });
  }

  /** A reading that also says what the text of its file is written in. */
  private withEncoding<Basis, Read>({
    basis,
    read,
  }: FileReading<Basis, Read>): FileReading<Basis, InEncoding<Read>> {
    return {
      basis,
      read: async (by, file, signal) => ({
        read: await read(by, file, signal),
        encoding: await encodingOf(this.open(file, signal) as AsyncIterable<Buffer>),
      }),
    };
  }

  /** Does work on a kept file when it is its ledger's turn, within its time. */
  inTurn<T>(
    of: Omit<FileInTurn, 'signal'> & { readonly signal?: AbortSignal | undefined },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.reading.inTurn(of, work);
  }

  /**
   * Takes a kept file in, in its turn: reads it, then compares and writes in one transaction that finds
   * the ledger as it was read from; where that has changed meanwhile, the file is read again. A
   * rehearsal is taken back at its end.
   *
   * @throws DomainError `service.unavailable` when it changes all the time
   */
  async commit<Basis, Read>(
    actor: Actor,
    to: FileToImport<Basis> & { readonly signal: AbortSignal },
    reading: FileReading<Basis, Read>,
    take: Take<Basis, Read>,
  ): Promise<ImportResult> {
    const { ledgerId } = actor;
    const { file, signal, isRehearsed = false } = to;
    const place = { ledgerId, lock: INTAKE_LOCK };
    const lane = isRehearsed ? 'rehearse' : 'write';
    const readings = this.reading.readings({ ledgerId, file, signal }, this.ifNew(to, reading));
    for await (const { basis: at, read, stands } of readings) {
      if (at.known !== null) {
        // Where the bytes were lost since, these take their place.
        if (!isRehearsed) await this.settle(file.sha256, actor);
        return { file: at.known, alreadyImported: true };
      }
      const result = await this.scope[lane](place, async (tx) =>
        (await stands(tx))
          ? this.write(tx, actor, { to, readAs: at.readAs }, (by) => take(by, read!, at.basis))
          : null,
      );
      if (result !== null) return result;
    }
    throw changing();
  }

  /**
   * Reads a file and looks at what it would do, with nothing written. What is long is compared through
   * a connection among those of long readings: others who read a little go on meanwhile.
   */
  async examine<Basis, Read, T>(
    of: FileInTurn,
    reading: FileReading<Basis, Read>,
    look: (tx: LedgerTx, read: Read, basis: Basis) => Promise<T>,
  ): Promise<T> {
    const lane = of.file.byteCount <= LITTLE_BYTES ? 'read' : 'readHeavy';
    for await (const { basis, read, stands } of this.reading.readings(of, reading)) {
      const seen = await this.scope[lane](of.ledgerId, async (tx) =>
        (await stands(tx)) ? { found: await look(tx, read, basis) } : null,
      );
      if (seen !== null) return seen.found;
    }
    throw changing();
  }

  /** A reading that leaves out what was imported before: then there is nothing to read. */
  private ifNew<Basis, Read>(
    { kind, file, readAs = '' }: FileToImport<Basis>,
    reading: FileReading<Basis, Read>,
  ): FileReading<At<Basis>, Read | null> {
    return {
      basis: async (tx) => {
        const basis = await reading.basis(tx);
        const as = typeof readAs === 'string' ? readAs : readAs(basis);
        const key = { ledgerId: tx.ledgerId, kind, fileSha256: file.sha256, readAs: as };
        return { basis, readAs: as, known: await this.imports.known(tx, key) };
      },
      read: ({ basis, known }, of, signal) =>
        known === null ? reading.read(basis, of, signal) : Promise.resolve(null),
    };
  }

  private async write<Basis>(
    tx: LedgerTx,
    actor: Actor,
    { to, readAs }: { readonly to: FileToImport<Basis>; readonly readAs: string },
    take: (context: ImportContext) => Promise<ImportOutcome>,
  ): Promise<ImportResult> {
    const { kind, fileName, file, ids } = to;
    const record = async ({
      ledgerId,
      eventId,
      recordedAt,
    }: EventPlace): Promise<Recorded<ImportResult>> => {
      const outcome = await take({ tx, eventId, recordedAt, file });
      const { rowCount, newCount, identicalCount, changedCount, totalWh } = outcome;
      const { rejectedCount = 0, format = null } = outcome;
      const row: ImportFileEntity = {
        ledgerId,
        importId: ids?.importId ?? this.ledger.nextId(),
        kind,
        fileName,
        fileSha256: file.sha256,
        byteCount: file.byteCount,
        rowCount,
        newCount,
        identicalCount,
        changedCount,
        totalWh,
        eventId,
        recordedAt,
        readAs,
        rejectedCount,
        format,
      };
      if (to.isRehearsed !== true) await this.settle(file.sha256, actor);
      await this.imports.add(tx, row);
      return {
        type: 'import.committed',
        validFrom: outcome.validFrom,
        validTo: outcome.validTo,
        sourceRef: file.sha256,
        body: {
          rows: outcome.rowDomain,
          import: importJson(row),
          ...(outcome.signature === undefined ? {} : { signature: outcome.signature }),
        },
        rows: outcome.rows,
        result: { file: row, alreadyImported: false },
      };
    };
    return this.ledger.record(tx, actor, record, ids?.eventId);
  }

  /** A new id. */
  nextId(): string {
    return this.ledger.nextId();
  }

  /** Keeps the bytes of a file, before anything is made of them, on account of a key. */
  keep(bytes: Readable, account: Account): Promise<KeptFile> {
    return this.files.keep(bytes, account);
  }

  /** Keeps a file for ever, as evidence is kept: before the event that leans on it. */
  settle(sha256: string, account: Account): Promise<void> {
    return this.files.settle(sha256, account);
  }

  /** Whether the bytes of a file are still here. */
  isThere(sha256: string): boolean {
    return this.files.isThere(sha256);
  }

  /** The kept bytes of a file; ended by the signal. */
  open(file: KeptFile, signal?: AbortSignal): Readable {
    return this.files.open(file.sha256, signal);
  }

  list(ledgerId: string): Promise<ImportFileEntity[]> {
    return this.scope.read(ledgerId, (tx) => this.imports.list(tx));
  }

  /** @throws DomainError `import.not_found` */
  async get(ledgerId: string, importId: string): Promise<ImportFileEntity> {
    const found = await this.scope.read(ledgerId, (tx) => this.imports.find(tx, importId));
    if (found === null) throw new DomainError('import.not_found', { importId });
    return found;
  }

  /** The file line behind a row that an import event sealed. */
  async lineOf(tx: LedgerTx, eventId: string, line: number): Promise<FileLine> {
    const file = (await this.imports.ofEvent(tx, eventId))!;
    const { importId, fileName, fileSha256 } = file;
    return { importId, fileName, fileSha256, line };
  }

  /** The event that took a file in. */
  eventOf(tx: LedgerTx, importId: string): Promise<string> {
    return this.imports.eventOf(tx, importId);
  }

  /** Ids of the imports that brought these certificates, ascending. */
  certificateImports(tx: LedgerTx, certificateIds: readonly string[]): Promise<string[]> {
    return this.imports.ofCertificates(tx, certificateIds);
  }

  /** The register of files must say what their events say. */
  private async filesAgree(tx: LedgerTx): Promise<Fault | null> {
    for (const file of await this.imports.list(tx)) {
      const sealed = await this.ledger.bodyOf(tx, file.eventId);
      if (canonicalJson(sealed['import'] ?? null) !== canonicalJson(importJson(file))) {
        const seq = await this.ledger.seqOf(tx, file.eventId);
        return { seq, check: 'import_file', detail: 'The import is not the one that was sealed.' };
      }
    }
    return null;
  }
}

/** Imports and matching runs of a ledger wait for each other: a run sees whole files only. */
export const INTAKE_LOCK = 'intake';
