import { closeSync, writeSync } from 'node:fs';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { Instant } from '../../core/shapes/values.shape.js';
import { toKeyResponse } from '../../features/access/access.schemas.js';
import {
  AccessService,
  type IssuedKey,
  type KeyRequest,
} from '../../features/access/access.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { VerificationJobsService } from '../../features/verification/verification-jobs.service.js';
import { type Actor, atTerminal, type Role, ROLES } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { argument } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions, READ, requireUsed } from '../shell/base.command.js';
import { openNewFile, removeNewFile } from '../shell/new-file.js';
import { answer } from '../shell/output.js';
import { outcomeText, table } from '../shell/render.js';

@Command({
  name: 'open',
  arguments: '<name>',
  description: 'Open a ledger and print its first admin key, once',
})
export class OpenCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly access: AccessService,
  ) {
    super();
  }

  async run([name]: string[], options: LedgerOptions): Promise<void> {
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name!)) {
      const detail = 'A ledger name has lower-case letters, digits and hyphens, at most 40.';
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/name', rule: 'ledger.name', detail }],
      });
    }
    const { ledgerId, isNew } = await this.ledgers.open(name!);
    if (!isNew) throw new DomainError('ledger.exists', { name: name! });
    const { key } = await this.access.issue(atTerminal(ledgerId, 'admin'), {
      name: 'first admin',
      role: 'admin',
      expiresAt: null,
    });
    const text = `Ledger ${name} is open (${ledgerId}).\nAdmin key, shown once:\n  ${key}`;
    answer({ document: { ledgerId, name, adminKey: key }, text }, options.json);
  }
}

interface VerifyOptions extends LedgerOptions {
  readonly files?: boolean;
  readonly incremental?: boolean;
}

@Command({
  name: 'verify-ledger',
  description:
    'Replay the whole log from the first event and name the first broken one; exit 1 when there is one',
})
export class VerifyLedgerCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly verifications: VerificationJobsService,
  ) {
    super();
  }

  @Option({
    flags: '--incremental',
    description:
      'Hash only what came after the last verification: what was edited before, only a full one sees',
  })
  parseIncremental(): boolean {
    return true;
  }

  @Option({ flags: '--files', description: 'Hash the kept files again too' })
  parseFiles(): boolean {
    return true;
  }

  async run(_: string[], options: VerifyOptions): Promise<void> {
    const actor = await this.actor(options, ...READ);
    const isFull = options.incremental !== true;
    const found = await this.verifications.runNow(actor, {
      isFull,
      hasFiles: options.files === true,
    });
    const { faults, notes } = found;
    const outcome = outcomeText(found);
    const how = isFull ? [] : [found.how];
    answer({ document: found, text: [...outcome, ...how, ...notes].join('\n') }, options.json);
    if (faults.length > 0) process.exitCode = 1;
  }
}

interface KeyOptions extends LedgerOptions {
  readonly role?: Role;
  readonly name?: string;
  readonly out?: string;
  readonly expires?: string;
}

const KEY_USAGE =
  'key issue --role ROLE --name NAME [--expires INSTANT], key confirm KEY, key list, key revoke KEY, ' +
  'key erase-name PRINCIPAL';

/** Options of each act. */
const OPTIONS_OF: Readonly<Record<string, readonly (keyof KeyOptions)[]>> = {
  issue: ['role', 'name', 'out', 'expires'],
  confirm: [],
  list: [],
  revoke: [],
  'erase-name': [],
};

@Command({
  name: 'key',
  arguments: '<act> [id]',
  description: `Issue, confirm, list or revoke API keys: ${KEY_USAGE}`,
})
export class KeyCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly access: AccessService,
  ) {
    super();
  }

  @Option({
    flags: '--role <role>',
    description: `One of ${ROLES.join(', ')}`,
    choices: [...ROLES],
  })
  parseRole(role: string): string {
    return role;
  }

  @Option({ flags: '--name <name>', description: 'Whose key it is: one name, one principal' })
  parseName(name: string): string {
    return name;
  }

  @Option({
    flags: '--out <file>',
    description: 'Write a new key there (mode 0600), not to stdout',
  })
  parseOut(file: string): string {
    return file;
  }

  @Option({
    flags: '--expires <instant>',
    description: 'Instant at which a new key ends, UTC (an auditor’s: the end of the engagement)',
  })
  parseExpires(instant: string): string {
    return instant;
  }

  async run([act = '', word]: string[], options: KeyOptions): Promise<void> {
    if (Object.hasOwn(OPTIONS_OF, act)) requireUsed(`key ${act}`, options, OPTIONS_OF[act]!);
    const actor = await this.actor(options, 'admin');
    if (act === 'issue' && options.role !== undefined && options.name !== undefined) {
      return this.issue(actor, { role: options.role, name: options.name }, options);
    }
    if (act === 'list') return this.list(actor, options);
    const kind = act === 'erase-name' ? 'principal' : 'key';
    const id = word === undefined ? word : await this.ids.resolve(actor.ledgerId, kind, word);
    if (act === 'confirm' && id !== undefined) {
      const document = toKeyResponse(await this.access.confirm(actor, id));
      return answer({ document, text: `Key ${id} is confirmed, and works.` }, options.json);
    }
    if (act === 'revoke' && id !== undefined) {
      await this.access.revoke(actor, id);
      const document = { keyId: id, revoked: true };
      return answer({ document, text: `Key ${id} is revoked.` }, options.json);
    }
    if (act === 'erase-name' && id !== undefined) {
      await this.access.eraseName(actor, id);
      const document = { principalId: id, erased: true };
      return answer({ document, text: `The name of principal ${id} is erased.` }, options.json);
    }
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '', rule: 'usage', detail: `Use: ${KEY_USAGE}` }],
    });
  }

  private async issue(
    actor: Actor,
    { role, name }: { readonly role: Role; readonly name: string },
    { json, out, expires }: KeyOptions,
  ): Promise<void> {
    const expiresAt =
      expires === undefined ? null : new Date(argument('/options/expires', Instant, expires));
    // Before the key is issued: one that nobody can be shown would be of no use.
    const file = out === undefined ? null : openNewFile('/options/out', out, 0o600);
    const issued = await this.issued(actor, { role, name, expiresAt }, out);
    if (file !== null) {
      writeSync(file, `${issued.key}\n`);
      closeSync(file);
    }
    const shown = out === undefined ? `shown once:\n  ${issued.key}` : `written to ${out}`;
    const waits =
      issued.state === 'PENDING'
        ? `\nIt waits for another admin: \`npx mizan key confirm ${issued.keyId}\`.`
        : '';
    const document = { ...toKeyResponse(issued), key: out === undefined ? issued.key : null };
    answer({ document, text: `Key of ${name} (${role}), ${shown}${waits}` }, json);
  }

  /** A key that is refused leaves no file behind. */
  private async issued(
    actor: Actor,
    request: KeyRequest,
    out: string | undefined,
  ): Promise<IssuedKey> {
    try {
      return await this.access.issue(actor, request);
    } catch (error) {
      if (out !== undefined) removeNewFile(out);
      throw error;
    }
  }

  private async list({ ledgerId }: Actor, { json }: KeyOptions): Promise<void> {
    const items = (await this.access.list(ledgerId)).map(toKeyResponse);
    const keys = items.map(({ keyId }) => keyId);
    const principals = items.map(({ principalId }) => principalId);
    const shortKey = await this.ids.shortest(ledgerId, 'key', keys);
    const shortPrincipal = await this.ids.shortest(ledgerId, 'principal', principals);
    const rows = items.map((key) => [
      shortKey.get(key.keyId)!,
      key.role,
      key.name ?? '(erased)',
      shortPrincipal.get(key.principalId)!,
      `${key.state}${key.expiresAt === null ? '' : ` until ${key.expiresAt}`}${
        key.bootstrap ? ', without a second person' : ''
      }`,
    ]);
    const text = table(['Key', 'Role', 'Name', 'Principal', 'State'], rows);
    answer({ document: { items }, text }, json);
  }
}
