import { Command, Option } from 'nest-commander';
import { TerminalCommand } from '../shell/base.command.js';
import { calc, ENGINES } from './calc.js';

/** For `--help`; the program runs `calc` itself, without loading anything that it does not need. */
@Command({
  name: 'calc',
  arguments: '<engine>',
  description: 'Run an engine with nothing around it: JSON on stdin, JSON on stdout, no database',
  argsDescription: { engine: `One of ${ENGINES.join(', ')}` },
})
export class CalcCommand extends TerminalCommand {
  @Option({ flags: '--schema', description: 'Print the JSON Schema of the input and stop' })
  parseSchema(): boolean {
    return true;
  }

  run([name]: string[], options: { schema?: boolean } = {}): Promise<void> {
    return calc(name!, options);
  }
}
