import { Inject } from '@nestjs/common';
import { CommandRunner, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import type { LedgerService } from '../../features/ledger/ledger.service.js';
import { ShortIdsService } from '../../features/ledger/short-ids.service.js';
import { parseKey } from '../../platform/auth/api-key.js';
import { readKeyFile } from '../../platform/auth/key-file.js';
import { READ_LISTENER, type ReadListener } from '../../platform/auth/heard-reads.js';
import { KEY_RING, type KeyRing } from '../../platform/auth/key.guard.js';
import { type Actor, atTerminal, type Role } from '../../platform/auth/roles.js';
import { uuidv7 } from '../../platform/http/request-id.js';
import { type Config, ConfigError } from '../../platform/config.js';

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

  /** Read with the settings of the process, before there is a command. */
  @Option({ flags: '--clock-ok', description: 'Believe a clock far ahead of all that is known' })
  parseClockOk(): boolean {
    return true;
  }
}

type Command = Parameters<CommandRunner['setCommand']>[0];

/** A command that works on one ledger. */
export abstract class LedgerCommand extends TerminalCommand {
  protected abstract readonly config: Config;
  protected abstract readonly ledgers: LedgerService;

  @Inject(KEY_RING)
  protected readonly keyRing!: KeyRing;

  @Inject(READ_LISTENER)
  protected readonly readListener!: ReadListener;

  /** Beginnings of ids stand for them, in arguments and on lists. */
  @Inject(ShortIdsService)
  protected readonly ids!: ShortIdsService;

  @Option({ flags: '--ledger <name>', description: 'Name of the ledger (default: MIZAN_LEDGER)' })
  parseLedger(name: string): string {
    return name;
  }

  /**
   * Who acts, in the ledger that the options name: the key of `MIZAN_KEY_FILE`, or the terminal.
   *
   * @param roles  Roles that may; the terminal acts as the first.
   * @throws DomainError `auth.forbidden` for a key of another role; ConfigError for a key that is
   *   none, or of another ledger
   */
  protected async actor(
    { ledger }: LedgerOptions,
    ...roles: readonly [Role, ...Role[]]
  ): Promise<Actor> {
    const name = ledger ?? this.config.ledgerName;
    const ledgerId = await this.ledgers.idOf(name);
    const { keyFile } = this.config;
    if (keyFile === null) return atTerminal(ledgerId, roles[0]);
    const key = parseKey(readKeyFile(keyFile));
    if (key === null) throw new ConfigError('MIZAN_KEY_FILE holds no key: `mzk_…` is expected.');
    if (key.ledgerId !== ledgerId) {
      throw new ConfigError(`MIZAN_KEY_FILE holds a key of another ledger than ${name}.`);
    }
    const actor = await this.keyRing.actorOf(key);
    if (actor === null) throw new ConfigError('The key of MIZAN_KEY_FILE is no longer valid.');
    if (!roles.includes(actor.role)) {
      throw new DomainError('auth.forbidden', { role: actor.role, allowed: roles });
    }
    this.readListener.heard({
      actor,
      readId: uuidv7(),
      route: `mizan ${this.command.name()}`,
      path: this.command.args.join(' '),
      query: null,
      status: null,
    });
    return actor;
  }
}

/** Who may read figures at the terminal: as over HTTP; without a key, as an auditor. */
export const READ = ['auditor', 'energy-manager', 'finance'] as const;

/** Who may see what was sent: as over HTTP. */
export const SEE = ['energy-manager', 'auditor', 'finance', 'operator'] as const;

/** Options that every command takes. */
const OF_ALL = ['json', 'ledger', 'clockOk'];

/**
 * Requires that what was asked for uses every option that was given: one that is passed over does
 * something else than its user means.
 *
 * @param asked  The command with its act or kind, for example `import certificates`.
 * @param used   Names of the options that it uses, as the parser gives them: `dryRun`.
 * @throws DomainError `request.invalid`, with each of the others
 */
export function requireUsed(asked: string, options: object, used: readonly string[]): void {
  const others = Object.keys(options).filter((name) => ![...OF_ALL, ...used].includes(name));
  if (others.length === 0) return;
  const taken = used.length === 0 ? 'none of its own' : used.map(flagOf).join(', ');
  throw new DomainError('request.invalid', {
    errors: others.map((name) => ({
      pointer: `/options/${name}`,
      rule: 'option.used',
      detail: `${flagOf(name)} is no option of "${asked}". Its options: ${taken}.`,
    })),
  });
}

const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
