import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { type CheckedPack, checkPack, type PackCheck } from '../../core/packs/checks/check-pack.js';
import type { Trust } from '../../core/packs/checks/pack-keys.js';
import { type Recomputed, recomputePack } from '../../core/packs/recompute.js';
import { checkSampleProofs, isSampleProofs } from '../../core/engagements/check-sample-proofs.js';
import { DomainError } from '../../core/errors.js';
import type { PackFiles } from '../../core/packs/manifest.js';
import { originOf, readCheckpointText } from '../../core/proofs/checkpoint.js';
import { checkRowProof, isRowProof } from '../../core/proofs/row-proof.js';
import { type NoteKey, readSignedNote, readVerifierKey } from '../../core/proofs/signed-note.js';
import { AttestationsService } from '../../features/attestation/attestations.service.js';
import { PacksService } from '../../features/attestation/packs.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { readSmallFile } from '../../platform/files/formats/json-text.js';
import { readPack } from '../../platform/files/packed/pack-reader.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { AttestationRequest } from '../../features/attestation/attestation.schemas.js';
import { LedgerCommand, type LedgerOptions, READ, TerminalCommand } from '../shell/base.command.js';
import { requirePlaceFor } from '../shell/new-file.js';
import { answer } from '../shell/output.js';

/** Largest note and proof of a row that are read. */
const NOTE_BYTES = 1_000_000;
const PROOF_BYTES = 16_000_000;

interface AttestOptions extends LedgerOptions {
  readonly site?: string;
  readonly since?: string;
  readonly out?: string;
}

@Command({
  name: 'attest',
  arguments: '<month>',
  description:
    'Write a month’s attestation pack: statements, the events, rows and files behind them, and the proofs with which ' +
    'anybody checks them away from the ledger',
})
export class AttestCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly attestations: AttestationsService,
    private readonly packs: PacksService,
  ) {
    super();
  }

  @Option({
    flags: '--site <code>',
    description: 'Site, where the month has statements of several',
  })
  parseSite(code: string): string {
    return code;
  }

  @Option({
    flags: '--since <file>',
    description: 'A checkpoint that was kept: the pack shows that the log only grew since',
  })
  parseSince(file: string): string {
    return file;
  }

  @Option({ flags: '--out <file>', description: 'New file to write (default: pack-MONTH.zip)' })
  parseOut(file: string): string {
    return file;
  }

  async run([month]: string[], { site, since, out, ...options }: AttestOptions): Promise<void> {
    const { data, error } = AttestationRequest.safeParse({
      month,
      ...(site === undefined ? {} : { siteCode: site }),
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const file = out ?? `pack-${month}.zip`;
    requirePlaceFor('/options/out', file);
    const actor = await this.actor(options, ...READ);
    const sizes = since === undefined ? [] : [sizeOf(since, actor.ledgerId)];
    const attestation = await this.attestations.attest(actor, {
      month: data.month,
      siteCode: data.siteCode ?? null,
    });
    const manifest = await this.packs.write(actor.ledgerId, attestation, { file, since: sizes });
    const { label, siteCode, population, checkpoint, files } = manifest;
    const text =
      `Wrote ${file}: ${label} pack of ${siteCode} for ${month}, ${files.length} files, ` +
      `${population.count} events, signed at ${checkpoint.size} events by ${checkpoint.kid}`;
    answer({ document: { file, ...manifest }, text }, options.json);
  }
}

interface CheckOptions {
  readonly json?: boolean | undefined;
  readonly key?: string;
  readonly since?: string;
}

@Command({
  name: 'verify',
  arguments: '<file>',
  description:
    'Check an attestation pack, the proofs of a sample, or the proof of a row, with nothing but the file and what you bring along: the key of the log ' +
    '(--key), a checkpoint that you kept (--since); exit 1 when a check fails, 2 when the file is none of them',
})
export class VerifyCommand extends TerminalCommand {
  @Option({
    flags: '--key <key>',
    description: 'Key that is trusted to sign the log, NAME+ID+KEY as `checkpoint` prints it',
  })
  parseKey(key: string): string {
    return key;
  }

  @Option({
    flags: '--since <file>',
    description: 'A checkpoint of the log that you kept: the pack must go on from it',
  })
  parseSince(file: string): string {
    return file;
  }

  async run([file]: string[], options: CheckOptions): Promise<void> {
    const key = trustedKey(options.key);
    const proof = proofIn(file!);
    if (proof !== null) return verifyRow(proof, key, options.json);
    const files = await readPack(file!);
    if (isSampleProofs(files)) return verifySample(files, key, options.json);
    const { checks } = checkedFiles(files, options, key);
    answer(
      { document: { ok: isOk(checks), checks }, text: checks.map(checkText).join('\n') },
      options.json,
    );
    if (!isOk(checks)) process.exitCode = 1;
  }
}

@Command({
  name: 'recompute',
  arguments: '<pack>',
  description:
    'Check an attestation pack and run matching, carbon, billing and settlement again from the inputs in it; exit 1 when ' +
    'anything differs, 2 when an engine that is not here made some of it',
})
export class RecomputeCommand extends TerminalCommand {
  @Option({
    flags: '--key <key>',
    description: 'Key that is trusted to sign the log, NAME+ID+KEY as `checkpoint` prints it',
  })
  parseKey(key: string): string {
    return key;
  }

  async run([file]: string[], options: CheckOptions): Promise<void> {
    const { checks, pack } = checkedFiles(await readPack(file!), options, trustedKey(options.key));
    const again: Recomputed[] = isOk(checks) && pack !== null ? [...recomputePack(pack)] : [];
    const lines = [...checks, ...again];
    const ok = lines.every(({ outcome }) => outcome !== 'FAIL');
    const isComputed = again.every(({ outcome }) => outcome !== 'NOT COMPUTED');
    const text = lines.map(checkText).join('\n');
    answer({ document: { ok, isComputed, checks, recomputed: again }, text }, options.json);
    if (!ok) process.exitCode = 1;
    else if (!isComputed) process.exitCode = 2;
  }
}

/** One check as a line. */
export const checkText = ({ check, outcome, detail }: PackCheck | Recomputed): string =>
  `${outcome.padEnd(4)} ${check}: ${detail}`;

const isOk = (checks: readonly PackCheck[]): boolean =>
  checks.every(({ outcome }) => outcome !== 'FAIL');

function checkedFiles(files: PackFiles, { since }: CheckOptions, key: NoteKey | null): CheckedPack {
  const note = since === undefined ? null : readSmallFile(since, NOTE_BYTES).toString('utf8');
  const trust: Trust = { key, since: note };
  return checkPack(files, trust);
}

/** Checks the proofs of a sample against the one key that is trusted. */
function verifySample(files: PackFiles, key: NoteKey | null, json: boolean | undefined): void {
  const checks = checkSampleProofs(files, requiredKey(key));
  const text = checks.map(checkText).join('\n');
  answer({ document: { ok: isOk(checks), checks }, text }, json);
  if (!isOk(checks)) process.exitCode = 1;
}

/** Proofs that name no key of their own are checked with the one that is given. */
function requiredKey(key: NoteKey | null): NoteKey {
  if (key !== null) return key;
  const detail = 'A proof is checked with the key of its log, NAME+ID+KEY: give it with --key.';
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/options/key', rule: 'signing_key.form', detail }],
  });
}

function trustedKey(text: string | undefined): NoteKey | null {
  if (text === undefined) return null;
  const key = readVerifierKey(text);
  if (key !== null) return key;
  const detail = 'A key is NAME+ID+KEY, as `mizan checkpoint` prints it.';
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/options/key', rule: 'signing_key.form', detail }],
  });
}

/** The text of a row's proof; null for a file that is none. */
function proofIn(file: string): string | null {
  try {
    const bytes = readSmallFile(file, PROOF_BYTES);
    return isRowProof(bytes) ? bytes.toString('utf8') : null;
  } catch (error) {
    const isLarge = error instanceof DomainError && error.code === 'import.limit_exceeded';
    if (isLarge) return null;
    throw error;
  }
}

/** Checks a row's proof against the one key that is trusted: nothing in the file is. */
function verifyRow(text: string, given: NoteKey | null, json: boolean | undefined): void {
  const key = requiredKey(given);
  const found = checkRowProof(text, { origin: key.name, trusted: [key] });
  if (!found.isProven) {
    answer({ document: found, text: `FAIL proof: ${found.fault}` }, json);
    process.exitCode = 1;
    return;
  }
  const { row, checkpoint } = found;
  const of = `${checkpoint.size} events of ${checkpoint.origin}`;
  const document = { isProven: true, row, size: checkpoint.size, origin: checkpoint.origin };
  answer({ document, text: `ok   proof: this row is among ${of}\n${row}` }, json);
}

/** Size of the log that a kept checkpoint is of; whose signature it bears is asked when the pack is checked. */
function sizeOf(file: string, ledgerId: string): number {
  const note = readSignedNote(readSmallFile(file, NOTE_BYTES).toString('utf8'));
  const checkpoint = note === null ? null : readCheckpointText(note.text);
  if (checkpoint !== null && checkpoint.origin === originOf(ledgerId)) return checkpoint.size;
  const detail = 'The file is no checkpoint of this ledger’s log.';
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/options/since', rule: 'checkpoint.form', detail }],
  });
}
