import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { openCheckpoint, originOf } from '../../core/proofs/checkpoint.js';
import type { NoteKey } from '../../core/proofs/signed-note.js';
import { isConsistent } from '../../core/proofs/tree-proofs.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CheckpointsService, noteKeyOf } from '../../features/signing/checkpoints.service.js';
import { LogProofsService } from '../../features/signing/log-proofs.service.js';
import {
  RenewKeyRequest,
  RevokeKeyRequest,
  RowProofQuery,
  toCheckpointResponse,
  toSigningKeyResponse,
} from '../../features/signing/signing.schemas.js';
import {
  type SigningKey,
  SigningKeysService,
} from '../../features/signing/signing-keys.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { readSmallFile } from '../../platform/files/formats/json-text.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { answer } from '../shell/output.js';

interface CheckpointOptions extends LedgerOptions {
  readonly newKey?: boolean;
  readonly revoke?: string;
  readonly compromisedSince?: string;
  readonly reason?: string;
  readonly since?: string;
  readonly out?: string;
}

/** Largest note that is read: some signatures, of whatever kind. */
const NOTE_BYTES = 1_000_000;

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
    private readonly proofs: LogProofsService,
  ) {
    super();
  }

  @Option({ flags: '--new-key', description: 'Take a new signing key first (an admin, --reason)' })
  parseNewKey(): boolean {
    return true;
  }

  @Option({
    flags: '--revoke <kid>',
    description:
      'Say in the log that others had this signing key (an admin, --compromised-since, --reason); nothing is signed',
  })
  parseRevoke(kid: string): string {
    return kid;
  }

  @Option({ flags: '--compromised-since <instant>', description: 'With --revoke: from when on' })
  parseCompromisedSince(instant: string): string {
    return instant;
  }

  @Option({ flags: '--reason <text>', description: 'With --new-key or --revoke: why' })
  parseReason(text: string): string {
    return text;
  }

  @Option({
    flags: '--since <file>',
    description:
      'A signed note that was kept: prove that the log only grew since; exit 1 where not',
  })
  parseSince(file: string): string {
    return file;
  }

  @Option({ flags: '--out <file>', description: 'New file to write the signed note to, as it is' })
  parseOut(file: string): string {
    return file;
  }

  async run(
    _: string[],
    { newKey, reason, since, out, revoke, compromisedSince, ...options }: CheckpointOptions,
  ): Promise<void> {
    if (revoke !== undefined) return this.revoke(revoke, { compromisedSince, reason }, options);
    if (out !== undefined) requirePlaceFor('/options/out', out);
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
    const { ledgerId } = await this.actor(options, ...READ, 'admin');
    const checkpoint = toCheckpointResponse(await this.checkpoints.sign(ledgerId));
    const keys = await this.keys.list(ledgerId);
    const key = keys.find(({ kid }) => kid === checkpoint.kid)!;
    const { verifierKey } = toSigningKeyResponse(ledgerId, key);
    if (out !== undefined) writeNewFile('/options/out', out, checkpoint.note);
    const grown = since === undefined ? null : await this.grownSince(ledgerId, since, checkpoint);
    const lines = [`${checkpoint.note}\nChecked with: ${verifierKey}`];
    if (grown !== null) {
      lines.push(
        grown.isConsistent
          ? `The log only grew since: its first ${grown.sinceSize} events are those of ${since}.`
          : `FAIL: the first ${grown.sinceSize} events are others than those of ${since}.`,
      );
    }
    if (typeof grown?.sinceKeyCompromised === 'string') {
      lines.push(
        `Others had the key that signed ${since} from ${grown.sinceKeyCompromised} on: the note counts only if you have had it ` +
          'since before.',
      );
    }
    const document = { ...checkpoint, verifierKey, ...grown };
    answer({ document, text: lines.join('\n') }, options.json);
    if (grown?.isConsistent === false) process.exitCode = 1;
  }

  /** Notes that others had a key. */
  private async revoke(kid: string, said: object, options: LedgerOptions): Promise<void> {
    const request = RevokeKeyRequest.safeParse(said);
    if (!request.success) throw refused(request.error.issues);
    const actor = await this.actor(options, 'admin');
    const key = toSigningKeyResponse(
      actor.ledgerId,
      await this.keys.revoke(actor, kid, request.data),
    );
    const text =
      `Others had the key ${kid} from ${key.compromisedSince} on: event ${key.revokedSeq} says so.\n` +
      'Whoever trusts it is to be told, and given the key that signs now: `mizan checkpoint`.';
    answer({ document: key, text }, options.json);
  }

  /** Whether the log begins with the state of a note that was kept, by a proof that is checked here. */
  private async grownSince(
    ledgerId: string,
    file: string,
    { size, root }: { readonly size: number; readonly root: string },
  ): Promise<{
    readonly sinceSize: number;
    readonly isConsistent: boolean;
    /** From when on others had the one key that signed the note; null where that is not so. */
    readonly sinceKeyCompromised: string | null;
  }> {
    const origin = originOf(ledgerId);
    const text = readSmallFile(file, NOTE_BYTES).toString('utf8');
    const keys = await this.keys.list(ledgerId);
    const trusted = keys.map((key) => noteKeyOf(origin, key));
    const kept = openCheckpoint(text, { origin, trusted });
    if ('fault' in kept) throw notANote(kept.fault);
    const compromised = compromisedOf(kept.signers, keys);
    const of = { size1: kept.size, root1: kept.root, size2: size, root2: bytesOfHex(root) };
    const found = { sinceSize: kept.size, sinceKeyCompromised: compromised };
    if (kept.size > size) return { ...found, isConsistent: false };
    const { hashes } = await this.proofs.consistency(ledgerId, kept.size, size);
    return { ...found, isConsistent: isConsistent(of, hashes) };
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

  @Option({
    flags: '--out <file>',
    description: 'New file to write (default: EVENT-ROW.tlog-proof)',
  })
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
    const file = options.out ?? `${eventId}-${rowIndex}.tlog-proof`;
    requirePlaceFor('/options/out', file);
    const proof = await this.proofs.row(ledgerId, eventId, rowIndex);
    writeNewFile('/options/out', file, proof);
    answer({ document: { file, eventId, row: rowIndex }, text: `Wrote ${file}` }, options.json);
  }
}

/** From when on others had the keys of a note; null where one of its signers is nobody else's. */
function compromisedOf(signers: readonly NoteKey[], keys: readonly SigningKey[]): string | null {
  const since = signers.map(({ publicKey }) => {
    const x = Buffer.from(publicKey).toString('base64url');
    return keys.find((key) => key.x === x)?.compromisedSince ?? null;
  });
  return since.includes(null) ? null : (since[0] ?? null);
}

const bytesOfHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

/** What `--since` names is no signed state of this log. */
const notANote = (fault: string): DomainError =>
  new DomainError('request.invalid', {
    errors: [{ pointer: '/options/since', rule: 'checkpoint.kept', detail: fault }],
  });

const refused = (issues: Parameters<typeof pointerProblems>[0]): DomainError =>
  new DomainError('request.invalid', { errors: pointerProblems(issues) });
