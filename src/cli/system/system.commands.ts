import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { AppModule } from '../../app.module.js';
import { DomainError } from '../../core/errors.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { TerminalCommand } from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { answer, writeFully } from '../shell/output.js';

@Command({ name: 'serve', description: 'Serve the API until Ctrl-C (the same as npm start)' })
export class ServeCommand extends TerminalCommand {
  async run(): Promise<void> {
    // What answers over HTTP is loaded by who does so: no other command waits for it.
    const { serve } = await import('../../serve.js');
    await serve();
  }
}

@Command({
  name: 'worker',
  description: 'Do background jobs until Ctrl-C, beside `serve` (MIZAN_SERVE_JOBS=false there)',
})
export class WorkerCommand extends TerminalCommand {
  async run(): Promise<void> {
    const { work } = await import('../../worker.js');
    await work();
  }
}

@Command({ name: 'openapi', description: 'Print the API’s description (OpenAPI 3.1), or write it' })
export class OpenApiCommand extends TerminalCommand {
  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
  }

  @Option({ flags: '--out <file>', description: 'New file to write' })
  parseOut(file: string): string {
    return file;
  }

  async run(_: string[], { out, json }: { out?: string; json?: boolean }): Promise<void> {
    if (out !== undefined) requirePlaceFor('/options/out', out);
    const { buildHttp, describeApi } = await import('../../http.js');
    const nowhere = 'postgres://nobody@127.0.0.1:1/none';
    const app = await buildHttp(
      AppModule.on(nowhere, this.config, { connect: false }),
      this.config,
    );
    const text = `${JSON.stringify(describeApi(app), null, 2)}\n`;
    if (out === undefined) writeFully(text);
    else {
      writeNewFile('/options/out', out, text);
      answer({ document: { file: out }, text: `Wrote ${out}` }, json);
    }
  }
}

/** A command of the plan that is not built says so, instead of doing something else. */
abstract class PlannedCommand extends TerminalCommand {
  protected abstract readonly feature: string;
  protected abstract readonly instead: string;

  async run(): Promise<void> {
    const detail = `Not built yet. ${this.instead}`;
    throw new DomainError('feature.not_built', { feature: this.feature, detail });
  }
}

@Command({ name: 'close', arguments: '[month]', description: '(not built yet) Close a month' })
export class CloseCommand extends PlannedCommand {
  protected readonly feature = 'close';
  protected readonly instead = 'Statements are versioned: a later version names the earlier one.';
}

@Command({ name: 'invoice', arguments: '[args...]', description: '(not built yet) Invoices' })
export class InvoiceCommand extends PlannedCommand {
  protected readonly feature = 'invoice';
  protected readonly instead = '`statement MONTH billing` gives priced lines with VAT.';
}
