import { relative } from 'node:path';
import { Command } from 'nest-commander';
import { TerminalCommand } from '../shell/base.command.js';
import { writeFully } from '../shell/output.js';
import { DemoSteps } from './demo.steps.js';

@Command({ name: 'demo', description: 'Run the main job on the demonstration files, start to end' })
export class DemoCommand extends TerminalCommand {
  constructor(private readonly steps: DemoSteps) {
    super();
  }

  async run(_: string[], { json }: { json?: boolean } = {}): Promise<void> {
    const startedMs = performance.now();
    const say = (line: string): void => {
      if (json !== true) writeFully(`${line}\n`);
    };
    const result = await this.steps.run(say);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    if (json === true) writeFully(`${JSON.stringify({ ...result, seconds }, null, 2)}\n`);
    say(`\nWritten, in ${seconds} s:`);
    for (const file of result.files) say(`  ${relative(process.cwd(), file)}`);
    say(
      result.adminKey === null
        ? '\nThe admin key was shown at the first run; make another with `mizan key issue --role admin --name YOU`.'
        : `\nAdmin key of ledger demo, shown once:\n  ${result.adminKey}`,
    );
    if (!result.holds) process.exitCode = 1;
  }
}
