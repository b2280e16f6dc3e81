import { CommandRunner, Option } from 'nest-commander';
import type { Actor, Role } from '../platform/auth/roles.js';
import type { Config } from '../platform/config.js';
import type { LedgerService } from '../features/ledger/ledger.service.js';

/** Options that every command on a ledger takes. */
export interface LedgerOptions {
  readonly ledger?: string;
  readonly json?: boolean;
}

/** A command whose usage errors are thrown, so that the process exits by our own codes. */
export abstract class TerminalCommand extends CommandRunner {
  override setCommand(command: Command): this {
    command.exitOverride();
    return super.setCommand(command);
  }

  @Option({ flags: '--json', description: 'Print one JSON document on stdout' })
  parseJson(): boolean {
    return true;
  }
}

type Command = Parameters<CommandRunner['setCommand']>[0];

/** A command that works on one ledger. */
export abstract class LedgerCommand extends TerminalCommand {
  protected abstract readonly config: Config;
  protected abstract readonly ledgers: LedgerService;

  @Option({ flags: '--ledger <name>', description: 'Name of the ledger (default: MIZAN_LEDGER)' })
  parseLedger(name: string): string {
    return name;
  }

  /** Who acts at the terminal, in the ledger that the options name. */
  protected async actor({ ledger }: LedgerOptions, role: Role): Promise<Actor> {
    const ledgerId = await this.ledgers.idOf(ledger ?? this.config.ledgerName);
    return { ledgerId, id: 'cli', role };
  }
}
