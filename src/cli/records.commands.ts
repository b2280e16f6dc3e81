import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { LedgerService } from '../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../platform/config.js';
import { readJsonFile } from '../platform/files/json-text.js';
import { LedgerCommand, type LedgerOptions, SEE } from './base.command.js';
import { answer } from './output.js';
import { table } from './render.js';
import { Shelves, writersOf } from './shelves.js';

interface Listed {
  readonly code: string;
  readonly version: number;
  readonly name?: string;
  readonly title?: string;
}

abstract class RecordCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    protected readonly shelves: Shelves,
  ) {
    super();
  }
}

const KINDS =
  'organisation, site, meter, plant, contract, vat-rate, factor, tariff, price-index, fx-series, tariff-grid …';

@Command({
  name: 'create',
  arguments: '<kind> <file>',
  description: `Create a record from a JSON file: ${KINDS}`,
})
export class CreateCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  async run([kind, file]: string[], options: LedgerOptions): Promise<void> {
    const shelf = this.shelves.of(kind!);
    const actor = await this.actor(options, ...writersOf(kind!));
    const document = await shelf.create(actor, readJsonFile(file!));
    answer({ document, text: JSON.stringify(document, null, 2) }, options.json);
  }
}

@Command({
  name: 'revise',
  arguments: '<kind> <code> <file>',
  description: 'Add a version of a record from a JSON file; earlier versions are kept',
})
export class ReviseCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  @Option({ flags: '--if-version <n>', description: 'Only when this is still the latest' })
  parseIfVersion(text: string): number {
    return Number(text);
  }

  async run(
    [kind, code, file]: string[],
    options: LedgerOptions & { ifVersion?: number },
  ): Promise<void> {
    const shelf = this.shelves.of(kind!);
    const actor = await this.actor(options, ...writersOf(kind!));
    const document = await shelf.revise(actor, code!, readJsonFile(file!), options.ifVersion);
    answer({ document, text: JSON.stringify(document, null, 2) }, options.json);
  }
}

@Command({
  name: 'show',
  arguments: '<kind> <code>',
  description: 'Show a record: its latest version, or --record-version N, or --versions for all',
})
export class ShowCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  @Option({ flags: '--record-version <n>', description: 'An earlier version' })
  parseVersion(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--versions', description: 'All versions, oldest first' })
  parseVersions(): boolean {
    return true;
  }

  async run(
    [kind, code]: string[],
    options: LedgerOptions & { recordVersion?: number; versions?: boolean },
  ): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const found = this.shelves.of(kind!);
    const document =
      options.versions === true
        ? { items: await found.versions(ledgerId, code!) }
        : await found.get(ledgerId, code!, options.recordVersion);
    answer({ document, text: JSON.stringify(document, null, 2) }, options.json);
  }
}

@Command({
  name: 'list',
  arguments: '<kind>',
  description: `List the latest versions of a kind: ${KINDS}`,
})
export class ListCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  async run([kind]: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const items = await this.shelves.of(kind!).list(ledgerId);
    const rows = items.map((item) => {
      const { code, version, name, title } = item as Listed;
      return [code, String(version), name ?? title ?? ''];
    });
    answer(
      { document: { items }, text: table(['Code', 'Version', 'Name'], rows, [1]) },
      options.json,
    );
  }
}
