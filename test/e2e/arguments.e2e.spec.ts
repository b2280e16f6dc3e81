import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CommandRunner } from 'nest-commander';
import { startApp, type TestApp } from '../support/app.js';
import { NO_RATES } from '../support/rates.js';
import { createGrid } from '../support/make.js';

// Commands write to the terminal itself; what is right here is only that they refuse.
jest.unstable_mockModule('../../src/cli/shell/output.js', () => ({
  answer: () => {},
  writeFully: () => {},
}));
const { CliModule } = await import('../../src/cli/terminal.js');
const { PROVIDERS } = await import('../../src/cli/commands.js');
const { AppModule } = await import('../../src/app.module.js');
const { DomainError } = await import('../../src/core/errors.js');
const { readConfig } = await import('../../src/platform/config.js');
const { requireFolderFor, writeNewFile } = await import('../../src/cli/shell/new-file.js');
const { TracedPlaces } = await import('../../src/cli/evidence/trace.command.js');
const { RecordDoors } = await import('../../src/platform/records/record-doors.js');
const { explain } = await import('../../src/start.js');

/** No program is given a NUL, or half of a character, as an argument. */
const WRONG = [
  '',
  ' ',
  'é',
  'x'.repeat(5_000),
  '-1',
  '1e999',
  'NaN',
  'null',
  '{}',
  '%',
  '__proto__',
  'toString',
  '../file',
  '/dev/null',
  '/',
  "'; DROP TABLE ledger; --",
  '0000-01',
  '99999-01',
  '2026-00',
  '2026-13',
  '2026-13-01',
  '2026-09-31',
  '2026-02-30',
  '2026-13-01T00:00Z',
  '2026-10-01T25:00Z',
  '2026-10-01T00:00',
  '9999-12-31T23:59:59Z',
  '00000000-0000-7000-8000-000000000000',
  'mzk_x',
  '12',
  '0',
];
/** Commands that serve, or go through a whole month whatever they are given. */
const LEFT_OUT = new Set(['serve', 'worker', 'demo', 'openapi', 'backup', 'restore']);

interface Meta {
  readonly name: string;
  readonly arguments?: string;
}

/** Lines that a command would take, and in whose place something wrong is put, one word after the other. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  act: ['cancel', 'transfer', 'expire', 'withdraw', 'reserve'],
  key: ['list', ...['issue', 'confirm', 'revoke', 'erase-name'].map((act) => `${act} x`)],
  journal: ['export 2026-10', 'list', 'file x', 'reverse x'],
  mwh: ['convert', 'reconcile', 'alarms'],
  'supplier-invoice': [
    'receive x',
    'list',
    'check x',
    'pack x FOLDER',
    ...['accept', 'dispute', 'review', 'expert', 'resolve', 'lapse', 'void'].map(
      (act) => `${act} x`,
    ),
  ],
  storage: ['trace BESS-1', 'report BESS-1'],
  contract: ['lint x'],
  import: ['intervals', 'certificates', 'storage-records', 'bundles', 'mwh-cancellations', 'x'].map(
    (kind) => `${kind} FILE`,
  ),
  factors: ['GRID FILE'],
  create: ['meter FILE', 'contract FILE'],
  revise: ['meter LOAD-1 FILE'],
  show: ['meter LOAD-1'],
  list: ['meter'],
  calc: ['match'],
  statement: ['2026-10 carbon'],
  coverage: ['2026-09 2026-10'],
  decide: ['00000000-0000-7000-8000-000000000000 accept'],
  document: ['00000000-0000-7000-8000-000000000000'],
  trace: ['00000000-0000-7000-8000-000000000000 matchedWh', 'x 1'],
  diff: ['LOAD-1 2026-10-01'],
  losses: ['LOAD-1 2026-10'],
  readings: ['LOAD-1 2026-10-01T00:00Z 2026-10-02T00:00Z'],
  certificates: ['2026-10-01T00:00Z 2026-10-02T00:00Z'],
  explain: ['2026-10-14T12:00Z'],
};

/** Names of a command’s options, as its parser gives them, and how their words are read. */
function optionsOf(
  command: CommandRunner,
): readonly (readonly [string, (word: string) => unknown])[] {
  const found = new Map<string, (word: string) => unknown>();
  for (
    let at: object = command;
    at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object
  ) {
    for (const key of Object.getOwnPropertyNames(at)) {
      const method = Object.getOwnPropertyDescriptor(at, key)?.value as unknown;
      if (typeof method !== 'function') continue;
      const meta = Reflect.getMetadata('CommandBuilder:Option:Meta', method) as
        { readonly flags: string } | undefined;
      const [, flag] = /--([a-z-]+) </.exec(meta?.flags ?? '') ?? [];
      if (flag === undefined || flag === 'ledger') continue;
      const name = flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      found.set(name, (word) => Reflect.apply(method, command, [word]) as unknown);
    }
  }
  return [...found];
}

describe('arguments and options of commands', () => {
  let app: TestApp;
  let cli: INestApplicationContext;
  const scratch = mkdtempSync(join(tmpdir(), 'mizan-arguments-'));
  const file = join(scratch, 'file');
  const before = process.cwd();
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const config = readConfig({ ...NO_RATES, MIZAN_DATA_DIR: scratch, MIZAN_LEDGER: 'test' });
    const module = CliModule.with(AppModule.on(app.database.appUrl, config), PROVIDERS);
    cli = await NestFactory.createApplicationContext(module, {
      logger: false,
      abortOnError: false,
    });
    writeFileSync(file, 'x');
    // What is written to a wrong name is written here, and one folder up at most.
    const deep = join(scratch, 'a', 'folder');
    mkdirSync(deep, { recursive: true });
    process.chdir(deep);
  });
  afterAll(async () => {
    process.chdir(before);
    await cli.close();
    await app.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const commands = PROVIDERS.flatMap((type) => {
    const meta = Reflect.getMetadata('CommandBuilder:Command:Meta', type) as Meta | undefined;
    return meta === undefined || LEFT_OUT.has(meta.name) ? [] : [[meta.name, type, meta] as const];
  });

  it.each(commands)(
    'are refused with a sentence: %s',
    async (name, type, meta) => {
      const command = cli.get(type as Type<CommandRunner>);
      const count = (meta.arguments ?? '').split(' ').filter((one) => one !== '').length;
      const lines = LINES[name] ?? [Array.from({ length: count }, () => '2026-10').join(' ')];
      const faults: string[] = [];
      const run = async (args: string[], options: () => object): Promise<void> => {
        try {
          await command.run(args, { ledger: 'test', ...options() });
        } catch (error) {
          const isTold = error instanceof DomainError || explain(error) !== null;
          const { stack } = error as Error;
          if (!isTold) faults.push(`${JSON.stringify([args, safely(options)])}: ${stack}`);
        }
        process.exitCode = undefined;
      };
      for (const line of lines) {
        const words = line.split(' ').map((word) => (word === 'FILE' ? file : word));
        for (const [at] of words.entries()) {
          for (const wrong of WRONG) await run(words.with(at, wrong), () => ({}));
        }
        for (const [option, read] of optionsOf(command)) {
          for (const wrong of WRONG) await run(words, () => ({ [option]: read(wrong) }));
        }
      }
      expect(faults).toEqual([]);
    },
    120_000,
  );

  it('call a kind of record as the terminal does, or as its rows do', () => {
    const doors = cli.get(RecordDoors, { strict: false });
    expect(doors.of('emission-factor').kind).toBe('factor');
    expect(doors.of('factor').kind).toBe('factor');
    expect(doors.find('toString')).toBeNull();
  });

  it('name no hour where there is none to open', async () => {
    const received = [{ row: { number: 'FAC-1', invoiceId: 'a' } }];
    const places = new TracedPlaces(
      {} as never,
      {} as never,
      { summaries: () => Promise.resolve(received) } as never,
      { trace: () => Promise.resolve({}) } as never,
      {} as never,
      {} as never,
    );
    const asked = places.trace('ledger', 'FAC-1', { at: 1, hour: '2026-10-05T12:00:00Z' });
    expect(await asked.catch(ruleOf)).toBe('option.used');
  });

  it('write no file over, and to no place that there is not', async () => {
    const kept = join(scratch, 'kept.json');
    const pack = join(scratch, 'pack');
    const link = join(scratch, 'link');
    mkdirSync(pack);
    for (const one of [kept, join(pack, 'hours.csv')]) writeFileSync(one, 'kept');
    symlinkSync(join(scratch, 'gone', 'away'), link);
    const places = [kept, scratch, join(scratch, 'none', 'new'), join(kept, 'new'), link, ''];
    const lines: readonly (readonly [string, readonly string[], string, object?])[] = [
      ['attest', ['2026-10'], 'out'],
      ['audit', ['population', '00000000-0000-7000-8000-000000000000', 'load'], 'out'],
      ['document', ['00000000-0000-7000-8000-000000000000'], 'out', { format: 'csv' }],
      ['journal', ['file', 'x'], 'out'],
      ['openapi', [], 'out'],
      ['checkpoint', [], 'out'],
      ['timestamp', [], 'out'],
      ['prove', ['00000000-0000-7000-8000-000000000000', '0'], 'out'],
      ['profile', ['guess', file], 'out'],
      ['import', ['intervals', file], 'rejects'],
      ['key', ['issue'], 'out', { role: 'auditor', name: 'hind' }],
    ];
    const commandOf = new Map<string, CommandRunner>();
    for (const type of PROVIDERS) {
      const meta = Reflect.getMetadata('CommandBuilder:Command:Meta', type) as Meta | undefined;
      if (meta !== undefined) commandOf.set(meta.name, cli.get(type as Type<CommandRunner>));
    }
    // Whatever writes a file is in this table.
    const writers = [...commandOf].filter(([, command]) =>
      optionsOf(command).some(([option]) => option === 'out' || option === 'rejects'),
    );
    expect(writers.map(([name]) => name).toSorted()).toEqual(
      lines.map(([name]) => name).toSorted(),
    );
    for (const [name, args, option, others] of lines) {
      for (const place of places) {
        const refused = commandOf
          .get(name)!
          .run([...args], { ledger: 'test', ...others, [option]: place });
        expect([name, place, await refused.catch(ruleOf)]).toEqual([name, place, 'file.writable']);
      }
    }
    expect(readFileSync(kept, 'utf8')).toBe('kept');
  });

  it('writes into a folder only what is not there yet', () => {
    const folder = join(scratch, 'made', 'folder');
    requireFolderFor('/folder', folder, ['a.json']);
    writeNewFile('/folder', join(folder, 'a.json'), '{}');
    for (const wrong of [folder, join(folder, 'a.json'), join(folder, 'a.json', 'under')]) {
      expect(() => requireFolderFor('/folder', wrong, ['a.json'])).toThrow('request.invalid');
    }
    expect(() => writeNewFile('/folder', join(folder, 'a.json'), '[]')).toThrow('request.invalid');
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe('{}');
  });
});

/** The rule by which a command was refused; anything else as it is. */
function ruleOf(error: unknown): unknown {
  if (!(error instanceof DomainError)) return String(error);
  const { errors } = error.details as { readonly errors?: readonly { readonly rule: string }[] };
  return errors?.[0]?.rule ?? error.code;
}

function safely(options: () => object): object | string {
  try {
    return options();
  } catch (error) {
    return String(error);
  }
}
