import { existsSync } from 'node:fs';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { z } from 'zod';
import { DomainError, type ErrorDetails, type PointerProblem } from '../../core/errors.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { toSavedRecords } from '../../features/ledger/records/record-batch.schemas.js';
import {
  type GivenRecord,
  type RecordAnswer,
  RecordBatchService,
} from '../../features/ledger/records/record-batch.service.js';
import type { Actor } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { exampleRecords } from '../../platform/http/examples.js';
import { type RecordDoor, RecordDoors } from '../../platform/records/record-doors.js';
import { FOR_GOOD } from '../../platform/records/record-stores.js';
import { LedgerCommand, type LedgerOptions, requireUsed, SEE } from '../shell/base.command.js';
import { interview, personAt } from './interview.js';
import { answer } from '../shell/output.js';
import { type FiledRecord, readRecordFiles, revisionIn } from './record-files.js';
import { table } from '../shell/render.js';

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
    protected readonly doors: RecordDoors,
  ) {
    super();
  }
}

const KINDS =
  'organisation, site, meter, plant, contract, vat-rate, factor, tariff, price-index, fx-series, tariff-grid …';

interface CreateOptions extends LedgerOptions {
  readonly schema?: boolean;
  readonly example?: boolean;
  readonly interactive?: boolean;
  readonly dryRun?: boolean;
}

@Command({
  name: 'create',
  arguments: '<kind> [files...]',
  description:
    `Create records from JSON files: one of a kind (create meter hall-a.json), or all of a file or folder, of any ` +
    `kinds, together or not at all (create records/). Kinds: ${KINDS}`,
})
export class CreateCommand extends RecordCommand {
  constructor(
    @Inject(CONFIG) config: Config,
    ledgers: LedgerService,
    doors: RecordDoors,
    private readonly batch: RecordBatchService,
  ) {
    super(config, ledgers, doors);
  }

  @Option({ flags: '--schema', description: 'Print the JSON Schema of the kind, and stop' })
  parseSchema(): boolean {
    return true;
  }

  @Option({ flags: '--example', description: 'Print a record of the kind that can be created' })
  parseExample(): boolean {
    return true;
  }

  @Option({ flags: '--interactive', description: 'Ask for each field, and before it is saved' })
  parseInteractive(): boolean {
    return true;
  }

  @Option({ flags: '--dry-run', description: 'Say what would come of it; nothing is saved' })
  parseDryRun(): boolean {
    return true;
  }

  async run([first = '', ...files]: string[], options: CreateOptions): Promise<void> {
    if (options.schema === true || options.example === true) {
      this.show(first, files, options);
    } else if (options.interactive === true) {
      await this.ask(first, files, options);
    } else {
      await this.fromFiles(first, files, options);
    }
  }

  private show(kind: string, files: readonly string[], options: CreateOptions): void {
    const shape = options.schema === true ? 'schema' : 'example';
    requireUsed(`create --${shape}`, options, [shape]);
    requireNone(`create --${shape}`, files);
    const { document } = this.doors.of(kind);
    const shown =
      shape === 'schema'
        ? z.toJSONSchema(document, { io: 'input', unrepresentable: 'any' })
        : exampleRecords().find((one) => one.kind === kind)!.document;
    answer({ document: shown, text: JSON.stringify(shown, null, 2) }, true);
  }

  private async ask(kind: string, files: readonly string[], options: CreateOptions): Promise<void> {
    requireUsed('create --interactive', options, ['interactive']);
    requireNone('create --interactive', files);
    const door = this.doors.of(kind);
    const actor = await this.actor(options, ...door.write);
    // The answer goes to stdout; what is asked is for the person alone.
    const person = personAt(process.stdin, process.stderr);
    const attempt = (document: object) => this.problemsOf({ kind, document }, actor);
    const document = await interview(door, person, attempt).finally(() => person.end());
    if (document === null) {
      answer({ document: { saved: null }, text: 'Nothing was saved.' }, options.json);
      return;
    }
    const saved = await door.create(actor, document);
    answer({ document: saved, text: `Saved ${kind} ${saved.code}.` }, options.json);
  }

  /** What would be refused of a record. */
  private async problemsOf(record: GivenRecord, actor: Actor): Promise<readonly PointerProblem[]> {
    try {
      await this.batch.save([record], { isDryRun: true, actorOf: () => actor });
      return [];
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'records.refused') throw error;
      const { errors } = error.details as ErrorDetails['records.refused'];
      return errors.map((one) => ({ ...one, pointer: one.pointer.replace(IN_BATCH, '') }));
    }
  }

  private async fromFiles(
    first: string,
    files: readonly string[],
    options: CreateOptions,
  ): Promise<void> {
    const kind = this.doors.find(first)?.kind ?? null;
    // A word that is neither a kind nor there to be read is a kind that was mistyped.
    if (kind === null && !existsSync(first)) this.doors.of(first);
    const paths = kind === null ? [first, ...files] : files;
    if (paths.length === 0) throw nothingNamed(first);
    const records = readRecordFiles(paths, kind, this.doors);
    const isDryRun = options.dryRun === true;
    const [only] = records;
    if (records.length === 1 && only!.kind === kind && !isDryRun) {
      const door = this.doors.of(kind);
      const saved = await door.create(await this.actor(options, ...door.write), only!.document);
      answer({ document: saved, text: JSON.stringify(saved, null, 2) }, options.json);
      return;
    }
    const answers = await this.batch
      .save(records, { isDryRun, actorOf: await this.actorsOf(records, options) })
      .catch((error: unknown) => {
        throw inFiles(error, records);
      });
    const text = savedText(answers, records, isDryRun);
    answer({ document: toSavedRecords(answers, isDryRun), text }, options.json);
  }

  /** Who creates each kind: a key that may not write one of them is refused before anything is done. */
  private async actorsOf(
    records: readonly GivenRecord[],
    options: LedgerOptions,
  ): Promise<(door: RecordDoor) => Actor | null> {
    const actors = new Map<string, Actor>();
    for (const kind of new Set(records.map((one) => one.kind))) {
      const door = this.doors.find(kind);
      if (door !== null) actors.set(kind, await this.actor(options, ...door.write));
    }
    return ({ kind }) => actors.get(kind) ?? null;
  }
}

const IN_BATCH = /^\/records\/(\d+)(\/document)?/;

/** Says where things are by file and row. */
function inFiles(error: unknown, records: readonly FiledRecord[]): unknown {
  if (!(error instanceof DomainError) || error.code !== 'records.refused') return error;
  const details = error.details as ErrorDetails['records.refused'];
  return new DomainError('records.refused', {
    ...details,
    errors: details.errors.map((one) => {
      const at = Number(IN_BATCH.exec(one.pointer)![1]);
      const { recordCode } = details.answers[at]!;
      const of = recordCode === null ? '' : ` (${recordCode})`;
      const inside = one.pointer.replace(IN_BATCH, '');
      return { ...one, pointer: `${records[at]!.place}${of}${inside === '' ? '' : `, ${inside}`}` };
    }),
  });
}

function savedText(
  answers: readonly RecordAnswer[],
  records: readonly FiledRecord[],
  isDryRun: boolean,
): string {
  const rows = answers.map(({ index, kind, saved }) => [
    kind,
    saved!.code,
    String(saved!.version),
    records[index]!.place,
  ]);
  const count = `${answers.length} ${answers.length === 1 ? 'record' : 'records'}`;
  const end = isDryRun
    ? `${count} would be saved. Nothing was written. ${FOR_GOOD}`
    : `${count} saved.`;
  return `${table(['Kind', 'Code', 'Version', 'From'], rows, [2])}\n\n${end}`;
}

function requireNone(asked: string, files: readonly string[]): void {
  if (files.length === 0) return;
  const detail = `"${asked}" reads no file; ${files.join(', ')} would be passed over.`;
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/files', rule: 'argument.used', detail }],
  });
}

function nothingNamed(kind: string): DomainError {
  const detail = `Which ${kind}? Name a file of JSON.`;
  const fix = `\`mizan create ${kind} --example\` prints one, \`--interactive\` asks for it.`;
  return new DomainError('request.invalid', {
    errors: [{ pointer: '/file', rule: 'file.named', detail, fix }],
  });
}

@Command({
  name: 'revise',
  arguments: '<kind> <code> <file>',
  description: 'Add a version of a record from a JSON file; earlier versions are kept',
})
export class ReviseCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, doors: RecordDoors) {
    super(config, ledgers, doors);
  }

  @Option({ flags: '--if-version <n>', description: 'Only when this is still the latest' })
  parseIfVersion(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--dry-run', description: 'Try it, with every refusal; write nothing' })
  parseDryRun(): boolean {
    return true;
  }

  async run(
    [kind, code, file]: string[],
    options: LedgerOptions & { ifVersion?: number; dryRun?: boolean },
  ): Promise<void> {
    const door = this.doors.of(kind!);
    const actor = await this.actor(options, ...door.write);
    const given = revisionIn(file!, kind!, code!);
    const document = await door.revise(actor, code!, given, {
      ...(options.ifVersion === undefined ? {} : { seen: options.ifVersion }),
      dryRun: options.dryRun ?? false,
    });
    answer({ document, text: JSON.stringify(document, null, 2) }, options.json);
  }
}

@Command({
  name: 'show',
  arguments: '<kind> <code>',
  description: 'Show a record: its latest version, or --record-version N, or --versions for all',
})
export class ShowCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, doors: RecordDoors) {
    super(config, ledgers, doors);
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
    const found = this.doors.of(kind!);
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
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, doors: RecordDoors) {
    super(config, ledgers, doors);
  }

  async run([kind]: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const items = await this.doors.of(kind!).list(ledgerId);
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
