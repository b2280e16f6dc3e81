import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { FactorFileQuery } from '../../features/factors/factor-files.schemas.js';
import { FactorFilesService } from '../../features/factors/factor-files.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { readJsonFile } from '../../platform/files/formats/json-text.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { requireFiles } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { grouped } from '../shell/render.js';

interface FactorsOptions extends LedgerOptions {
  readonly step?: string;
  readonly facts?: string;
  readonly dryRun?: boolean;
}

@Command({
  name: 'factors',
  arguments: '<code> <file>',
  description:
    'Take in the values of an emission factor, by month, by hour or finer: factors CODE FILE.csv --step 60 [--facts FACTS.json] [--dry-run]',
})
export class FactorsCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly files: FactorFilesService,
  ) {
    super();
  }

  @Option({
    flags: '--step <step>',
    description: 'Minutes from one row to the next: 5, 10, 15, 30, 60; or month',
  })
  parseStep(step: string): string {
    return step;
  }

  @Option({
    flags: '--facts <file>',
    description: 'JSON: kind, zone, basis, publisher, title, vintage …; absent = as it is',
  })
  parseFacts(file: string): string {
    return file;
  }

  @Option({ flags: '--dry-run', description: 'Show what would be new, changed, missing' })
  parseDryRun(): boolean {
    return true;
  }

  async run([code, file]: string[], options: FactorsOptions): Promise<void> {
    const { facts: factsFile, step } = options;
    const actor = await this.actor(options, 'energy-manager');
    requireFiles(file!, ...(factsFile === undefined ? [] : [factsFile]));
    const facts =
      factsFile === undefined
        ? await this.files.factsOf(actor.ledgerId, code!)
        : (readJsonFile(factsFile) as object);
    const { data, error } = FactorFileQuery.safeParse({
      ...facts,
      code,
      step,
      fileName: basename(file!),
      dryRun: String(options.dryRun === true),
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { signal } = new AbortController();
    const document = await this.files.importFile(
      actor,
      { ...data, signal },
      createReadStream(file!),
    );
    const { newCount, changedCount, identicalCount, gapCount, rowCount, version } = document;
    const { validFrom, validTo, incompleteHours, roundedCount, isDryRun } = document;
    const lines = [
      `${basename(file!)}: ${grouped(rowCount)} rows; ${grouped(newCount)} new, ` +
        `${grouped(identicalCount)} identical, ${grouped(changedCount)} changed.`,
      `${code} then holds ${grouped(document.valueCount)} values, ${document.resolution}, ` +
        `from ${validFrom} to ${validTo}; ${grouped(gapCount)} of them missing: ` +
        'a coarser factor stands in for these.',
      ...(incompleteHours === 0
        ? []
        : [`${grouped(incompleteHours)} hours lack a part and have no value.`]),
      ...(roundedCount === 0
        ? []
        : [
            `${grouped(roundedCount)} rows had more than three decimals, and were rounded half up.`,
          ]),
      isDryRun ? 'Nothing was written.' : `It is version ${version}.`,
    ];
    answer({ document, text: lines.join('\n') }, options.json);
  }
}
