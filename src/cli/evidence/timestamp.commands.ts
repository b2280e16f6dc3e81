import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { sha256 } from '../../core/ledger/merkle.js';
import { certificatesOf, openTimestamp } from '../../core/proofs/timestamps/token.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { toStampedCheckpoint } from '../../features/signing/stamps/checkpoint-stamps.schemas.js';
import { CheckpointStampsService } from '../../features/signing/stamps/checkpoint-stamps.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { readSmallFile } from '../../platform/files/formats/json-text.js';
import { LedgerCommand, type LedgerOptions, READ, TerminalCommand } from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { answer } from '../shell/output.js';

const FILE_BYTES = 1_000_000;

interface CheckOptions {
  readonly ca: string;
  readonly json?: boolean;
}

@Command({
  name: 'timestamp',
  description:
    'Write the last signed state that a time-stamp authority stamped, and its token: keep both elsewhere',
})
export class TimestampCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly stamps: CheckpointStampsService,
  ) {
    super();
  }

  @Option({
    flags: '--out <file>',
    description: 'New file to write the signed note to; the token goes to FILE.tst beside it',
  })
  parseOut(file: string): string {
    return file;
  }

  async run(_: string[], options: LedgerOptions & { readonly out?: string }): Promise<void> {
    const { out } = options;
    if (out !== undefined) {
      requirePlaceFor('/options/out', out);
      requirePlaceFor('/options/out', `${out}.tst`);
    }
    const { ledgerId } = await this.actor(options, ...READ, 'admin');
    const [last] = await this.stamps.list(ledgerId);
    if (last === undefined) {
      const fix =
        'Set MIZAN_TSA_URL and have the log signed (`mizan checkpoint`): the server has it stamped.';
      throw new DomainError('checkpoint.not_found', { ledgerId, fix });
    }
    const stamped = toStampedCheckpoint(last);
    if (out !== undefined) {
      writeNewFile('/options/out', out, stamped.note);
      writeNewFile('/options/out', `${out}.tst`, last.token);
    }
    const wrote = out === undefined ? '' : `\nWrote ${out} and ${out}.tst`;
    const text = `${stamped.note}\nStamped at ${stamped.stampedAt}, says the token.${wrote}`;
    answer({ document: stamped, text }, options.json);
  }
}

@Command({
  name: 'verify-timestamp',
  arguments: '<note> <token>',
  description:
    'Check the token of a signed note, with nothing but the two and the certificates that you trust (--ca); exit 1 when it ' +
    'does not hold',
})
export class VerifyTimestampCommand extends TerminalCommand {
  @Option({
    flags: '--ca <file>',
    description: 'Certificates of authorities that you trust, in PEM',
    required: true,
  })
  parseCa(file: string): string {
    return file;
  }

  run([note, token]: string[], options: CheckOptions): Promise<void> {
    const trusted = certificatesOf(readSmallFile(options.ca, FILE_BYTES).toString('utf8'));
    if (trusted === null) {
      const detail = 'The file holds no certificates in PEM.';
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/options/ca', rule: 'timestamp.certificates', detail }],
      });
    }
    const opened = openTimestamp(readSmallFile(token!, FILE_BYTES), {
      sha256: sha256(readSmallFile(note!, FILE_BYTES)),
      nonce: null,
      trusted,
    });
    if ('fault' in opened) {
      answer(
        { document: { isStamped: false, ...opened }, text: `FAIL ${opened.fault}` },
        options.json,
      );
      process.exitCode = 1;
      return Promise.resolve();
    }
    const { timeMs, ...of } = opened;
    const stampedAt = new Date(timeMs).toISOString();
    const text = `ok   ${note} existed by ${stampedAt}, says ${of.authority}`;
    answer({ document: { isStamped: true, stampedAt, ...of }, text }, options.json);
    return Promise.resolve();
  }
}
