import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import {
  KEYED_DOCUMENT_COLUMNS,
  KEYED_LINE_COLUMNS,
  KEYED_OPTIONAL_COLUMNS,
  type KeyedColumn,
  type KeyedRow,
  readKeyed,
} from '../../../core/invoicing/documents/read-keyed.js';
import { readUbl } from '../../../core/invoicing/documents/read-ubl.js';
import type { SupplierInvoice } from '../../../core/invoicing/documents/supplier-invoice.js';
import { xmlTree } from '../../../core/tabular/xml.js';
import { readFieldRows } from '../../../platform/files/formats/field-rows.js';
import type { TextEncoding } from '../../../core/tabular/text-encoding.js';
import { encodingOf, TextFault, utf8Bytes } from '../../../platform/files/formats/text-bytes.js';
import {
  type Account,
  type FileNamed,
  FileStore,
  type KeptFile,
} from '../../../platform/files/file-store.js';
import { ReadingAttempts } from '../../../platform/files/reading-attempts.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import { readXml } from '../../../platform/files/formats/xml.js';

const DOCUMENT_LIMIT_BYTES = 8 * 1024 * 1024;
/** All elements of a document are held. */
const TREE_LIMITS = { textBytes: DOCUMENT_LIMIT_BYTES, elements: 100_000 } as const;

/** A document as it was read, and what its text is written in. */
export interface DocumentRead {
  readonly invoice: SupplierInvoice;
  readonly encoding: TextEncoding;
}

/** Reads suppliers' documents: UBL 2.1, or keyed into a table. */
@Injectable()
export class SupplierInvoiceFileService {
  constructor(
    private readonly files: FileStore,
    private readonly attempts: ReadingAttempts,
  ) {}

  keep(bytes: Readable, account: Account): Promise<KeptFile> {
    return this.files.keep(bytes, account);
  }

  /** Keeps a document for ever, before the event that names it. */
  settle({ sha256 }: KeptFile, account: Account): Promise<void> {
    return this.files.settle(sha256, account);
  }

  /**
   * Reads one document, whole or not at all. XML is told by its first character.
   *
   * @throws DomainError `import.rows_rejected` with what is wrong, by line; `import.file_unreadable`,
   *                     `import.limit_exceeded`
   */
  read(ledgerId: string, file: KeptFile, { fileName, signal }: FileNamed): Promise<DocumentRead> {
    return this.attempts.take({ ledgerId, file, signal }, (ended) =>
      this.readWhole(file, fileName, ended),
    );
  }

  private async readWhole(
    file: KeptFile,
    fileName: string,
    signal: AbortSignal,
  ): Promise<DocumentRead> {
    if (file.byteCount > DOCUMENT_LIMIT_BYTES) {
      const limit = { limit: 'bytes in one document', allowed: DOCUMENT_LIMIT_BYTES };
      throw new DomainError('import.limit_exceeded', limit);
    }
    const bytes = Buffer.concat(await this.files.open(file.sha256, signal).toArray());
    const isXml = /^[\s\ufeff]*</.test(bytes.subarray(0, 1_024).toString('utf8'));
    const problems = new RowProblems();
    const invoice = isXml
      ? await readXmlDocument(bytes, fileName, problems)
      : await readTable(bytes, fileName, problems);
    problems.refuseIfAny(file);
    if (invoice === null || invoice.lines.length === 0) {
      const detail = 'The document has no line.';
      throw new DomainError('import.file_unreadable', { file: fileName, detail });
    }
    return { invoice, encoding: await encodingOf(Readable.from([bytes])) };
  }
}

async function readXmlDocument(
  bytes: Buffer,
  fileName: string,
  problems: RowProblems,
): Promise<SupplierInvoice | null> {
  const tree = xmlTree();
  // An invoice may carry its own printed form, which is text of any length.
  try {
    await readXml(utf8Bytes(Readable.from([bytes])), fileName, tree, TREE_LIMITS);
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    const detail = 'It holds bytes that are no text of the encoding that it says.';
    throw new DomainError('import.file_unreadable', { file: fileName, detail }, { cause: error });
  }
  const root = tree.root();
  return root === null ? null : readUbl(root, (problem) => problems.add(problem));
}

async function readTable(
  bytes: Buffer,
  fileName: string,
  problems: RowProblems,
): Promise<SupplierInvoice | null> {
  const rows: KeyedRow[] = [];
  const columns = {
    names: [...KEYED_DOCUMENT_COLUMNS, ...KEYED_LINE_COLUMNS],
    optional: KEYED_OPTIONAL_COLUMNS,
  };
  const source = readFieldRows<KeyedColumn>(Readable.from([bytes]), fileName, columns, problems);
  for await (const row of source) rows.push(row);
  return rows.length === 0 ? null : readKeyed(rows, (problem) => problems.add(problem));
}
