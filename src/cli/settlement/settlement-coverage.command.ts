import { Inject } from '@nestjs/common';
import { Command } from 'nest-commander';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  CoverageDifferenceService,
  type SettlementCoverage,
} from '../../features/settlement/questions/coverage-difference.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { table } from '../shell/render.js';

@Command({
  name: 'settlement-coverage',
  arguments: '<run>',
  description:
    'Coverage of a settlement beside that of the month’s statement, and what parts them: settlement-coverage 01a2…',
})
export class SettlementCoverageCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly differences: CoverageDifferenceService,
  ) {
    super();
  }

  async run([name = '']: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const runId = await this.ids.resolve(ledgerId, 'settlement run', name);
    const document = await this.differences.of(ledgerId, runId);
    answer({ document, text: coverageText(document) }, options.json);
  }
}

/** Both coverages, and the way from one to the other. */
function coverageText(coverage: SettlementCoverage): string {
  const { statement, settlement, reasons, contractCode, period } = coverage;
  const row = (name: string, side: SettlementCoverage['statement']): string[] => [
    name,
    side.matchedMwh,
    side.loadMwh,
    side.excessMwh,
    side.coveragePct === null ? '–' : `${side.coveragePct} %`,
  ];
  const rows = [
    row('Statement', statement),
    ...(settlement === null ? [] : [row('Settlement', settlement)]),
  ];
  const why =
    settlement === null
      ? ['The settlement knows no load, and so no coverage.']
      : reasons.length === 0
        ? ['Both count the same.']
        : reasons.map(({ reason, mwh, says }) => `${mwh} MWh, ${reason}: ${says}`);
  return [
    `${contractCode} ${period}`,
    table(['Counted by', 'Matched MWh', 'Load', 'Excess', 'Coverage'], rows, [1, 2, 3, 4]),
    ...why,
  ].join('\n');
}
