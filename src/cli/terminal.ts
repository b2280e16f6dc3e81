import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { CommandFactory, type CommandRunner } from 'nest-commander';
import { runOnApplication } from './commands.js';
import { unknownWord } from './system/explain-code.js';

@Module({})
export class CliModule {
  static with(app: DynamicModule, commands: readonly Type<CommandRunner>[]): DynamicModule {
    return { module: CliModule, imports: [app], providers: [...commands] };
  }
}

/** Runs a command line on the application. */
export async function runTerminal(args: readonly string[]): Promise<void> {
  await runOnApplication(args, async (app, commands) => {
    requireCommand(args, commands);
    let thrown: unknown = null;
    await CommandFactory.run(CliModule.with(app, commands) as unknown as Type, {
      logger: false,
      abortOnError: false,
      cliName: 'mizan',
      errorHandler: (error) => {
        throw error;
      },
      serviceErrorHandler: (error) => {
        thrown = error;
      },
    });
    if (thrown !== null) throw thrown as Error;
  });
}

/** Asked for the help of what is no command, the library shows all of the program's. */
function requireCommand(
  [first, word]: readonly string[],
  commands: readonly Type<CommandRunner>[],
): void {
  if (first !== 'help' || word === undefined || word.startsWith('-')) return;
  const names = commands.flatMap((one) => {
    const meta = Reflect.getMetadata('CommandBuilder:Command:Meta', one) as { name: string } | null;
    return meta?.name ?? [];
  });
  if (!['help', ...names].includes(word)) throw unknownWord(word, names);
}
