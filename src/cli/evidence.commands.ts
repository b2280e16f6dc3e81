import { writeFileSync } from 'node:fs';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import type { EvidenceCheck } from '../core/evidence/verify-evidence.js';
import { EvidenceService } from '../features/evidence/evidence.service.js';
import { LedgerService } from '../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../platform/config.js';
import { LedgerCommand, type LedgerOptions, READ, TerminalCommand } from './base.command.js';
import { answer } from './output.js';
import { EVIDENCE_LIMITS, readJsonFile } from '../platform/files/json-text.js';

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

  @Option({ flags: '--out <file>', description: 'File to write (default: evidence-MONTH.json)' })
  parseOut(file: string): string {
    return file;
  }

  async run([month]: string[], options: LedgerOptions & { out?: string }): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const evidence = await this.evidence.gather(ledgerId, month!, null);
    const file = options.out ?? `evidence-${month}.json`;
    writeFileSync(file, `${JSON.stringify(evidence)}\n`);
    const { chainHash, events } = evidence;
    const text = `Wrote ${file}: ${events.length} events, head ${chainHash}`;
    answer({ document: { file, eventCount: events.length, chainHash }, text }, options.json);
  }
}

@Command({
  name: 'verify',
  arguments: '<file>',
  description:
    'Check an evidence file with nothing but the file; exit 1 when a check fails, 2 when an engine ' +
    'that is not here made what it holds',
})
export class VerifyCommand extends TerminalCommand {
  constructor(private readonly evidence: EvidenceService) {
    super();
  }

  async run([file]: string[], { json }: { json?: boolean }): Promise<void> {
    const checks = this.evidence.verify(readJsonFile(file!, EVIDENCE_LIMITS));
    const ok = checks.every((check) => check.ok);
    const isComputed = checks.every(({ notComputed }) => notComputed !== true);
    const lines = checks.map(checkText);
    const caveat =
      'The file alone cannot show that the log was not rewritten as a whole: compare its head with one ' +
      'that was noted elsewhere.';
    answer(
      { document: { ok, isComputed, checks, caveat }, text: [...lines, caveat].join('\n') },
      json,
    );
    // Neither a failure nor silent: what cannot be computed here is said by an exit code of its own.
    if (!ok) process.exitCode = 1;
    else if (!isComputed) process.exitCode = 2;
  }
}

/** One check as a line. */
export function checkText({ check, ok, detail, notComputed }: EvidenceCheck): string {
  const outcome = ok ? (notComputed === true ? 'NOT COMPUTED' : 'ok  ') : 'FAIL';
  return `${outcome} ${check}: ${detail}`;
}
