import type { Readable } from 'node:stream';
import type { SealedRows } from '../../core/ledger/merkle.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import type { KeptFile } from '../../platform/files/file-store.js';
import type { ImportFileEntity } from './import-file.entity.js';

/** A file to take in. */
export interface FileToImport<Basis = unknown> {
  readonly kind: ImportFileEntity['kind'];
  readonly fileName: string;
  readonly file: KeptFile;
  /** How it is read, where there is a choice: the same bytes read in another way are another import. */
  readonly readAs?: string | ((basis: Basis) => string);
  /** All is done but the writing, which is taken back: the bytes do not become evidence. */
  readonly isRehearsed?: boolean;
  /** Drawn before, so that a repeated attempt writes the same ids. */
  readonly ids?: { readonly importId: string; readonly eventId: string };
}

/** What a committed import is, beside its rows. */
export interface ImportContext {
  readonly tx: LedgerTx;
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

/** Compares what was read with what is known, and writes it. */
export type Take<Basis, Read> = (
  context: ImportContext,
  read: Read,
  basis: Basis,
) => Promise<ImportOutcome>;

/** A file on its way in. */
export interface FileFrom extends Omit<FileToImport, 'file' | 'readAs' | 'ids' | 'isRehearsed'> {
  readonly bytes: Readable;
  readonly readAs?: string;
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
