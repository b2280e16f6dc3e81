import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../core/errors.js';
import { AccessService } from '../features/access/access.service.js';
import { LedgerService } from '../features/ledger/ledger.service.js';
import { type Role, ROLES } from '../platform/auth/roles.js';
import { CONFIG, type Config } from '../platform/config.js';
import { LedgerCommand, type LedgerOptions } from './base.command.js';
import { answer } from './output.js';
import { table } from './render.js';

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
    const { key } = await this.access.issue(
      { ledgerId, id: 'cli', role: 'admin' },
      { name: 'first admin', role: 'admin', expiresAt: null },
    );
    const text = `Ledger ${name} is open (${ledgerId}).\nAdmin key, shown once:\n  ${key}`;
    answer({ document: { ledgerId, name, adminKey: key }, text }, options.json);
  }
}

@Command({
  name: 'verify-ledger',
  description: 'Replay the whole log and name the first broken event; exit 1 when there is one',
})
export class VerifyLedgerCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
  ) {
    super();
  }

  async run(_: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, 'auditor');
    const found = await this.ledgers.verify(ledgerId);
    const { eventCount, rowCount, chainHash, fault } = found;
    const text =
      fault === null
        ? `The ledger holds: ${eventCount} events, ${rowCount} sealed rows, head ${chainHash}`
        : `BROKEN at event ${fault.seq ?? '(none)'}, check ${fault.check}: ${fault.detail}`;
    answer({ document: found, text }, options.json);
    if (fault !== null) process.exitCode = 1;
  }
}

interface KeyOptions extends LedgerOptions {
  readonly role?: Role;
  readonly name?: string;
}

@Command({
  name: 'key',
  arguments: '<act> [keyId]',
  description:
    'Issue, list or revoke API keys: key issue --role ROLE --name NAME, key list, key revoke ID',
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

  @Option({ flags: '--name <name>', description: 'Whose key it is' })
  parseName(name: string): string {
    return name;
  }

  async run([act, keyId]: string[], options: KeyOptions): Promise<void> {
    const actor = await this.actor(options, 'admin');
    if (act === 'issue' && options.role !== undefined && options.name !== undefined) {
      const { role, name } = options;
      const issued = await this.access.issue(actor, { name, role, expiresAt: null });
      const document = { keyId: issued.keyId, role, name, key: issued.key };
      answer(
        { document, text: `Key of ${name} (${role}), shown once:\n  ${issued.key}` },
        options.json,
      );
    } else if (act === 'list') {
      const items = (await this.access.list(actor.ledgerId)).map((key) => ({
        keyId: key.keyId,
        name: key.name,
        role: key.role,
        createdAt: key.createdAt.toISOString(),
        revokedAt: key.revokedAt?.toISOString() ?? null,
      }));
      const rows = items.map((key) => [key.keyId, key.role, key.name, key.revokedAt ?? 'live']);
      const text = table(['Key', 'Role', 'Name', 'State'], rows);
      answer({ document: { items }, text }, options.json);
    } else if (act === 'revoke' && keyId !== undefined) {
      await this.access.revoke(actor, keyId);
      answer(
        { document: { keyId, revoked: true }, text: `Key ${keyId} is revoked.` },
        options.json,
      );
    } else {
      const detail = 'Use: key issue --role ROLE --name NAME | key list | key revoke ID';
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '', rule: 'usage', detail }],
      });
    }
  }
}
