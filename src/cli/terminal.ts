import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { CommandFactory, type CommandRunner } from 'nest-commander';
import { runOnApplication } from './commands.js';

@Module({})
export class CliModule {
  static with(app: DynamicModule, commands: readonly Type<CommandRunner>[]): DynamicModule {
    return { module: CliModule, imports: [app], providers: [...commands] };
  }
}

/** Runs a command line on the application. */
export async function runTerminal(args: readonly string[]): Promise<void> {
  await runOnApplication(args, async (app, commands) => {
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
