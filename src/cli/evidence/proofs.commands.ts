import { writeFileSync } from 'node:fs';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CheckpointsService } from '../../features/signing/checkpoints.service.js';
import { LogProofsService } from '../../features/signing/log-proofs.service.js';
import {
  RenewKeyRequest,
  RowProofQuery,
  toCheckpointResponse,
  toSigningKeyResponse,
} from '../../features/signing/signing.schemas.js';
import { SigningKeysService } from '../../features/signing/signing-keys.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { answer } from '../shell/output.js';

interface CheckpointOptions extends LedgerOptions {
  readonly newKey?: boolean;
  readonly reason?: string;
}

@Command({
  name: 'checkpoint',
  description:
    'Have the log signed as it ends now, and print the signed note and the key that it is checked with: keep both ' +
    'elsewhere',
})
export class CheckpointCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly checkpoints: CheckpointsService,
    private readonly keys: SigningKeysService,
  ) {
    super();
  }

  @Option({ flags: '--new-key', description: 'Take a new signing key first (an admin, --reason)' })
  parseNewKey(): boolean {
    return true;
  }

  @Option({ flags: '--reason <text>', description: 'With --new-key: why' })
  parseReason(text: string): string {
    return text;
  }

  async run(_: string[], { newKey, reason, ...options }: CheckpointOptions): Promise<void> {
    if ((newKey === true) !== (reason !== undefined)) {
      const detail = 'A new key is taken for a reason: --new-key and --reason go together.';
      const pointer = `/options/${newKey === true ? 'reason' : 'newKey'}`;
      throw new DomainError('request.invalid', {
        errors: [{ pointer, rule: 'signing_key.reason', detail }],
      });
    }
    if (newKey === true) {
      const request = RenewKeyRequest.safeParse({ reason });
      if (!request.success) throw refused(request.error.issues);
      await this.keys.renew(await this.actor(options, 'admin'), request.data.reason);
    }
    const actor = await this.actor(options, ...READ, 'admin');
    const checkpoint = toCheckpointResponse(await this.checkpoints.sign(actor));
    const keys = await this.keys.list(actor.ledgerId);
    const key = keys.find(({ kid }) => kid === checkpoint.kid)!;
    const { verifierKey } = toSigningKeyResponse(actor.ledgerId, key);
    const text = `${checkpoint.note}\nChecked with: ${verifierKey}`;
    answer({ document: { ...checkpoint, verifierKey }, text }, options.json);
  }
}

@Command({
  name: 'prove',
  arguments: '<event> <row>',
  description:
    'Write the proof that a row is in the log, under the last state that was signed (`checkpoint`)',
})
export class ProveCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly proofs: LogProofsService,
  ) {
    super();
  }

  @Option({ flags: '--out <file>', description: 'File to write (default: EVENT-ROW.tlog-proof)' })
  parseOut(file: string): string {
    return file;
  }

  async run(
    [event, row]: string[],
    options: LedgerOptions & { readonly out?: string },
  ): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const asked = RowProofQuery.safeParse({ eventId: event, row });
    if (!asked.success) throw refused(asked.error.issues);
    const { eventId, row: rowIndex } = asked.data;
    const proof = await this.proofs.row(ledgerId, eventId, rowIndex);
    const file = options.out ?? `${eventId}-${rowIndex}.tlog-proof`;
    writeFileSync(file, proof);
    answer({ document: { file, eventId, row: rowIndex }, text: `Wrote ${file}` }, options.json);
  }
}

const refused = (issues: Parameters<typeof pointerProblems>[0]): DomainError =>
  new DomainError('request.invalid', { errors: pointerProblems(issues) });
