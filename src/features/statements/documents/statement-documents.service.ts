import { Injectable } from '@nestjs/common';
import { documentCsvs, tableCsv } from '../../../core/documents/csv.js';
import { sayIn } from '../../../core/documents/messages/messages.js';
import { type DocumentModel, type Language, tablesOf } from '../../../core/documents/model.js';
import type { IssuedPeriod } from '../../../core/documents/statements/issued-period.js';
import { periodDocument } from '../../../core/documents/statements/period-document.js';
import {
  ATTACHED,
  statementDocument,
} from '../../../core/documents/statements/statement-document.js';
import { documentWorkbook } from '../../../core/documents/xlsx/workbook.js';
import { DomainError } from '../../../core/errors.js';
import type { DocumentFile } from '../../../platform/documents/document-reply.js';
import { PdfRenderer } from '../../../platform/documents/pdf-renderer.js';
import { AllStatementsService, type AnyStatement, isOfPeriod } from '../all-statements.service.js';
import { parsePeriodStatement } from '../periods/period-statements.service.js';
import { bare, StatementPartsService } from './statement-parts.service.js';

/** Formats that a document is given in; `csv` is one of its tables, `zip` all of them. */
export const FORMATS = ['json', 'csv', 'zip', 'xlsx', 'pdf'] as const;
/** One of them. */
export type Format = (typeof FORMATS)[number];

/** Media type of each format. */
export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  zip: 'application/zip',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
};

/** What of a document is wanted. */
export interface Wanted {
  readonly format: Format;
  readonly language: Language;
  /** Id of the table, where one table is wanted. */
  readonly table: string;
}

/** Statements as documents: the bytes that were issued, tables, a workbook, a PDF. */
@Injectable()
export class StatementDocumentsService {
  constructor(
    private readonly statements: AllStatementsService,
    private readonly parts: StatementPartsService,
    private readonly pdf: PdfRenderer,
  ) {}

  /**
   * Gives a statement as a document. As JSON it is the very bytes that were issued; everything else is
   * made of them, of the hours of the run that they name and of the statements issued before, so that
   * the same program gives the same bytes each time.
   *
   * @throws DomainError `statement.not_found`, `document.table_unknown`, `document.pdf_unavailable`
   */
  async render(ledgerId: string, statementId: string, wanted: Wanted): Promise<DocumentFile> {
    const { format, language, table } = wanted;
    const statement = await this.statements.get(ledgerId, statementId);
    const mediaType = MEDIA_TYPES[format];
    if (format === 'json') {
      const document = bareDocument(statement, language);
      const { fileName } = document.identity;
      return { bytes: statement.document, mediaType, fileName: `${fileName}.json` };
    }
    const document = isOfPeriod(statement)
      ? bareDocument(statement, language)
      : statementDocument(await this.parts.partsOf(ledgerId, statement), language);
    const named = `${document.identity.fileName}-${language}`;
    switch (format) {
      case 'csv':
        return {
          bytes: Buffer.from(tableCsv(tableOf(document, table))),
          mediaType,
          fileName: `${named}-${table}.csv`,
        };
      case 'zip':
        return { bytes: documentCsvs(document), mediaType, fileName: `${named}.zip` };
      case 'xlsx':
        return { bytes: documentWorkbook(document), mediaType, fileName: `${named}.xlsx` };
      case 'pdf':
        return {
          bytes: await this.pdfOf(document, statement),
          mediaType,
          fileName: `${named}.pdf`,
        };
    }
  }

  private pdfOf(document: DocumentModel, statement: AnyStatement): Promise<Buffer> {
    const description = sayIn(document.language)('attachment');
    return this.pdf.render(document, [
      { name: ATTACHED, mimeType: 'application/json', description, bytes: statement.document },
    ]);
  }
}

/** A statement as a document of what it says itself: all there is of a period. */
function bareDocument(statement: AnyStatement, language: Language): DocumentModel {
  if (!isOfPeriod(statement)) return statementDocument(bare(statement), language);
  const issued = parsePeriodStatement(statement) as unknown as IssuedPeriod;
  return periodDocument(issued, statement.sha256.toString('hex'), language);
}

function tableOf(document: DocumentModel, id: string): ReturnType<typeof tablesOf>[number] {
  const tables = tablesOf(document);
  const found = tables.find((table) => table.id === id);
  if (found !== undefined) return found;
  const known = tables.map((table) => table.id);
  throw new DomainError('document.table_unknown', { table: id, known });
}
