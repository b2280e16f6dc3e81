import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  DocumentQuery,
  wantedOf,
} from '../../features/statements/documents/statement-documents.schemas.js';
import { StatementDocumentsService } from '../../features/statements/documents/statement-documents.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { parsed } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { answer } from '../shell/output.js';

interface DocumentOptions extends LedgerOptions {
  readonly format?: string;
  readonly lang?: string;
  readonly table?: string;
  readonly out?: string;
}

@Command({
  name: 'document',
  arguments: '<statement>',
  description:
    'Write a statement as a file: document STATEMENT [--format pdf|xlsx|csv|zip|json] [--lang en|fr]',
})
export class DocumentCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly documents: StatementDocumentsService,
  ) {
    super();
  }

  @Option({ flags: '--format <format>', description: 'pdf (default), xlsx, csv, zip or json' })
  parseFormat(format: string): string {
    return format;
  }

  @Option({ flags: '--lang <language>', description: 'en (default) or fr' })
  parseLang(language: string): string {
    return language;
  }

  @Option({ flags: '--table <id>', description: 'Of csv: which table (default: figures)' })
  parseTable(id: string): string {
    return id;
  }

  @Option({
    flags: '--out <file>',
    description: 'Where to write (default: a name of its own, here)',
  })
  parseOut(file: string): string {
    return file;
  }

  async run([what = '']: string[], options: DocumentOptions): Promise<void> {
    const { format = 'pdf', lang, table, out } = options;
    const wanted = wantedOf(parsed(DocumentQuery, { format, lang, table }));
    if (out !== undefined) requirePlaceFor('/options/out', out);
    const { ledgerId } = await this.actor(options, ...READ);
    const statementId = await this.ids.resolve(ledgerId, 'statement', what);
    const document = await this.documents.render(ledgerId, statementId, wanted);
    const file = out ?? document.fileName;
    writeNewFile('/options/out', file, document.bytes);
    const { length: byteCount } = document.bytes;
    const told = { file, statementId, format: wanted.format, language: wanted.language, byteCount };
    answer({ document: told, text: `Wrote ${file}` }, options.json);
  }
}
