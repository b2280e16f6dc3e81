import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import type { EvidenceCheck, NotedHead } from '../../core/evidence/verify-evidence.js';
import { DomainError } from '../../core/errors.js';
import { checkRowProof, isRowProof } from '../../core/proofs/row-proof.js';
import { readVerifierKey } from '../../core/proofs/signed-note.js';
import { duplicateMember } from '../../core/tabular/json-duplicates.js';
import { EvidenceService } from '../../features/evidence/evidence.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import {
  LedgerCommand,
  type LedgerOptions,
  READ,
  requireUsed,
  TerminalCommand,
} from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { answer } from '../shell/output.js';
import {
  EVIDENCE_LIMITS,
  parseJsonFile,
  readSmallFile,
} from '../../platform/files/formats/json-text.js';

@Command({
  name: 'evidence',
  arguments: '<month>',
  description: 'Write a month’s statements with the log and rows to check them offline',
})
export class EvidenceCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly evidence: EvidenceService,
  ) {
    super();
  }

  @Option({
    flags: '--out <file>',
    description: 'New file to write (default: evidence-MONTH.json)',
  })
  parseOut(file: string): string {
    return file;
  }

  @Option({
    flags: '--site <code>',
    description: 'Site, where the month has statements of several',
  })
  parseSite(code: string): string {
    return code;
  }

  async run(
    [month]: string[],
    options: LedgerOptions & { out?: string; site?: string },
  ): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const file = options.out ?? `evidence-${month}.json`;
    requirePlaceFor('/options/out', file);
    const evidence = await this.evidence.gather(ledgerId, month!, options.site ?? null);
    writeNewFile('/options/out', file, `${JSON.stringify(evidence)}\n`);
    const { chainHash, events } = evidence;
    const text = `Wrote ${file}: ${events.length} events, head ${chainHash}`;
    answer({ document: { file, eventCount: events.length, chainHash }, text }, options.json);
  }
}

@Command({
  name: 'verify',
  arguments: '<file>',
  description:
    'Check an evidence file with nothing but the file: that it is whole, and every figure; exit 1 when a check fails, 2 when an engine ' +
    'that is not here made what it holds. Or the proof of a row, with the key of its log (--key)',
})
export class VerifyCommand extends TerminalCommand {
  constructor(private readonly evidence: EvidenceService) {
    super();
  }

  @Option({
    flags: '--head <head>',
    description:
      'Compare with a head that was noted elsewhere: HASH, or EVENTS:HASH with its place',
  })
  parseHead(head: string): string {
    return head;
  }

  @Option({
    flags: '--key <key>',
    description: 'Key that is trusted to sign the log of a row’s proof, as `checkpoint` prints it',
  })
  parseKey(key: string): string {
    return key;
  }

  async run([file]: string[], { json, head, key }: VerifyOptions): Promise<void> {
    const noted = head === undefined ? null : notedHead(head);
    const bytes = readSmallFile(file!, EVIDENCE_LIMITS.bytes);
    if (isRowProof(bytes)) {
      requireUsed('verify PROOF', head === undefined ? {} : { head }, ['key']);
      return this.verifyRow(bytes.toString('utf8'), { json, key });
    }
    requireUsed('verify EVIDENCE', key === undefined ? {} : { key }, ['head']);
    const document = parseJsonFile(file!, bytes, EVIDENCE_LIMITS);
    const twice = duplicateMember(bytes.toString('utf8'));
    const checks = twice === null ? this.evidence.verify(document, noted) : [duplicated(twice)];
    const ok = checks.every((check) => check.ok);
    const isComputed = checks.every(({ notComputed }) => notComputed !== true);
    const lines = checks.map(checkText);
    const caveat =
      noted === null
        ? 'The file alone cannot show that the log was not rewritten as a whole: compare its head with one ' +
          'that was noted elsewhere (--head).'
        : 'The head that was noted shows that nothing before it was rewritten; it says nothing of what ' +
          'came after it.';
    answer(
      { document: { ok, isComputed, checks, caveat }, text: [...lines, caveat].join('\n') },
      json,
    );
    // Neither a failure nor silent: what cannot be computed here is said by an exit code of its own.
    if (!ok) process.exitCode = 1;
    else if (!isComputed) process.exitCode = 2;
  }

  /** Checks a row's proof against the one key that is trusted: nothing in the file is. */
  private verifyRow(text: string, { json, key = '' }: Pick<VerifyOptions, 'json' | 'key'>): void {
    const trusted = readVerifierKey(key);
    if (trusted === null) {
      const detail =
        'A proof is checked with the key of its log, NAME+ID+KEY, as `mizan checkpoint` prints it.';
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/options/key', rule: 'signing_key.form', detail }],
      });
    }
    const checked = checkRowProof(text, { origin: trusted.name, trusted: [trusted] });
    if (!checked.isProven) {
      answer({ document: checked, text: `FAIL proof: ${checked.fault}` }, json);
      process.exitCode = 1;
      return;
    }
    const { row, checkpoint } = checked;
    const of = `${checkpoint.size} events of ${checkpoint.origin}`;
    const document = { isProven: true, row, size: checkpoint.size, origin: checkpoint.origin };
    answer({ document, text: `ok   proof: this row is among ${of}\n${row}` }, json);
  }
}

/** Options of `verify`: a noted head goes with an evidence file, a key with a proof. */
interface VerifyOptions {
  readonly json?: boolean | undefined;
  readonly head?: string;
  readonly key?: string | undefined;
}

const duplicated = (pointer: string): EvidenceCheck => ({
  check: 'format',
  ok: false,
  detail: `${pointer} is there twice in one object.`,
});

/** A head as it was noted: of how many events, where that was noted too. */
function notedHead(text: string): NotedHead {
  const found = /^(?:(\d{1,15}):)?([0-9a-fA-F]{64})$/.exec(text);
  if (found === null) {
    const detail = 'A head is 64 hexadecimal digits, with the events before it as EVENTS:HASH.';
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/options/head', rule: 'head.noted', detail }],
    });
  }
  const [, size, chainHash] = found;
  return { chainHash: chainHash!, size: size === undefined ? null : Number(size) };
}

/** One check as a line. */
export function checkText({ check, ok, detail, notComputed }: EvidenceCheck): string {
  const outcome = ok ? (notComputed === true ? 'NOT COMPUTED' : 'ok  ') : 'FAIL';
  return `${outcome} ${check}: ${detail}`;
}
