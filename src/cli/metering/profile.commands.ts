import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  GuessQuery,
  type ProfileGuess,
  toAnswers,
} from '../../features/metering/profiles/profile-guess.schemas.js';
import { ProfileGuessService } from '../../features/metering/profiles/profile-guess.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { RecordDoors } from '../../platform/records/record-doors.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { requireFiles } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions } from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { answer } from '../shell/output.js';
import { grouped, table } from '../shell/render.js';

interface GuessOptions extends LedgerOptions {
  readonly zone?: string;
  readonly label?: string;
  readonly unit?: string;
  readonly dateOrder?: string;
  readonly decimalMark?: string;
  readonly quality?: string;
  readonly column?: string;
  readonly map?: readonly string[];
  readonly out?: string;
  readonly save?: string;
}

@Command({
  name: 'profile',
  arguments: '<act> <file>',
  description:
    'Find the import profile of a file: profile guess FILE [--zone Europe/Paris …] shows its first rows as they would be read; --out FILE.json writes the profile, --save CODE keeps it',
})
export class ProfileCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly guesses: ProfileGuessService,
    private readonly doors: RecordDoors,
  ) {
    super();
  }

  @Option({
    flags: '--zone <zone>',
    description: 'Europe/Paris, MA, UTC or an offset such as +01:00',
  })
  parseZone(text: string): string {
    return text;
  }

  @Option({ flags: '--label <start|end>', description: 'What a time names of its interval' })
  parseLabel(text: string): string {
    return text;
  }

  @Option({ flags: '--unit <unit>', description: 'wh, kwh, mwh, w, kw or mw' })
  parseUnit(text: string): string {
    return text;
  }

  @Option({ flags: '--date-order <order>', description: 'YMD, DMY or MDY' })
  parseDateOrder(text: string): string {
    return text;
  }

  @Option({ flags: '--decimal-mark <mark>', description: '. or ,' })
  parseDecimalMark(text: string): string {
    return text;
  }

  @Option({ flags: '--quality <quality>', description: 'Of readings that state none' })
  parseQuality(text: string): string {
    return text;
  }

  @Option({ flags: '--column <name>', description: 'Column that the readings are in' })
  parseColumn(text: string): string {
    return text;
  }

  @Option({
    flags: '--map <name=code>',
    description: 'Meter of a name of the source, NAME=- to leave it out; may be repeated',
  })
  parseMap(text: string, before: readonly string[] = []): readonly string[] {
    return [...before, text];
  }

  @Option({
    flags: '--out <file>',
    description: 'Write the profile as JSON, for create import-profile',
  })
  parseOut(file: string): string {
    return file;
  }

  @Option({ flags: '--save <code>', description: 'Create the profile under this code' })
  parseSave(code: string): string {
    return code;
  }

  async run([act, file]: string[], options: GuessOptions): Promise<void> {
    if (act !== 'guess') {
      const errors = [{ pointer: '/act', rule: 'act.known', detail: 'Acts: guess.' }];
      throw new DomainError('request.invalid', { errors });
    }
    requireFiles(file!);
    const { json, out, save } = options;
    const { zone, label, unit, dateOrder, decimalMark, quality, column, map } = options;
    const answers = { zone, label, unit, dateOrder, decimalMark, quality, column, map };
    if (out !== undefined) requirePlaceFor('/options/out', out);
    const fileName = basename(file!);
    const { data, error } = GuessQuery.safeParse({ ...answers, fileName });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const found = await this.guesses.guess(createReadStream(file!), fileName, toAnswers(data));
    const profile = { code: save ?? codeOf(fileName), name: fileName, settings: found.settings };
    if (save !== undefined) await this.save(profile, found, options);
    if (out !== undefined)
      writeNewFile('/options/out', out, `${JSON.stringify(profile, null, 2)}\n`);
    const document = { ...found, profile, writtenTo: out ?? null, savedAs: save ?? null };
    answer({ document, text: guessText(found, profile) }, json);
  }

  /** A profile that nothing can be read by is not kept. */
  private async save(profile: object, found: ProfileGuess, options: GuessOptions): Promise<void> {
    const open = found.questions.filter(({ isNeeded }) => isNeeded);
    if (open.length > 0) {
      const errors = open.map(({ setting, option, detail }) => ({
        pointer: `/options/${option.replace(/^--/, '')}`,
        rule: `${setting}.needed`,
        detail,
      }));
      throw new DomainError('request.invalid', { errors });
    }
    const door = this.doors.of('import-profile');
    await door.create(await this.actor(options, ...door.write), profile);
  }
}

/** A code from the name of a file. */
function codeOf(fileName: string): string {
  const plain = fileName
    .replace(/\.[a-z0-9.]+$/i, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return plain === '' ? 'SOURCE' : plain;
}

/** A table of readings without a column that names their meter. */
function isOfOneMeter({ settings }: ProfileGuess): boolean {
  const { format, columns } = settings as {
    readonly format?: string;
    readonly columns?: { readonly meter?: string | null };
  };
  return (format === 'csv-long' || format === 'json') && columns?.meter === null;
}

/** What was found, for the terminal. */
function guessText(found: ProfileGuess, profile: object): string {
  const { fileName, intervalMinutes, rows, areLocal, questions, problems, rejectedCount } = found;
  const shown = rows.map(({ line, meter, start, wh, quality }) => [
    `line ${line}`,
    meter,
    start,
    grouped(wh ?? '–'),
    quality,
  ]);
  const asked = questions.map(({ setting, option, taken, detail, isNeeded }) => [
    isNeeded ? 'needed' : 'look at',
    setting,
    option,
    taken,
    detail,
  ]);
  const wrong = problems.map(({ row, column, value, rule, detail, fix }) => [
    `line ${row}`,
    column,
    value.slice(0, 30),
    rule,
    `${detail} ${fix}`,
  ]);
  const length = intervalMinutes === null ? 'no length was found' : `${intervalMinutes} minutes`;
  return [
    JSON.stringify(profile, null, 2),
    `Its text is ${found.encoding}.`,
    '',
    `${fileName}: intervals of ${length}; ${grouped(found.rowCount)} readings looked at, ${grouped(rejectedCount)} would be rejected`,
    ...(isOfOneMeter(found)
      ? ['No column says whose they are: name the meter at import (--meter CODE).']
      : []),
    ...(rows.length === 0
      ? []
      : [
          '',
          table(['', 'Meter', areLocal ? 'Start (local)' : 'Start', 'Wh', 'Quality'], shown, [3]),
        ]),
    ...(wrong.length === 0
      ? []
      : [
          '',
          'Would be rejected',
          table(['', 'Column', 'Value', 'Rule', 'What is wrong, and how to mend it'], wrong),
        ]),
    ...(asked.length === 0
      ? []
      : ['', 'Not said by the file', table(['', 'Setting', 'Option', 'Taken', 'Why'], asked)]),
  ].join('\n');
}
