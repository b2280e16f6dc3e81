import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import type { Explanation } from '../../core/matching/explain.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  ExplanationsService,
  type PolicyOutcome,
} from '../../features/matching/questions/explanations.service.js';
import {
  CoverageQuery,
  toCoverageItem,
} from '../../features/statements/coverage/coverage.schemas.js';
import { CoverageService } from '../../features/statements/coverage/coverage.service.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { Instant } from '../../core/shapes/values.shape.js';
import { argument } from '../shell/arguments.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { mwh, table } from '../shell/render.js';
import { undecidedText } from './suspect.text.js';

interface SiteOptions extends LedgerOptions {
  readonly site?: string;
}

abstract class SiteCommand extends LedgerCommand {
  @Option({ flags: '--site <code>', description: 'Code of the site (default: the only one)' })
  parseSite(code: string): string {
    return code;
  }
}

@Command({
  name: 'explain',
  arguments: '<instant>',
  description: 'Explain an hour: explain 2026-10-14T19:00Z',
})
export class ExplainCommand extends SiteCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly explanations: ExplanationsService,
  ) {
    super();
  }

  async run([instant]: string[], options: SiteOptions): Promise<void> {
    // People leave the seconds out.
    const at = argument('/instant', Instant, instant!.replace(/T(\d\d:\d\d)Z$/, 'T$1:00Z'));
    const { ledgerId } = await this.actor(options, ...READ);
    const document = await this.explanations.explain(ledgerId, at, options.site ?? null);
    answer({ document, text: explanationText(document) }, options.json);
  }
}

@Command({
  name: 'compare',
  arguments: '<month>',
  description: 'Run a civil month under each policy and roll it back: nothing is posted',
})
export class CompareCommand extends SiteCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly explanations: ExplanationsService,
  ) {
    super();
  }

  async run([month]: string[], options: SiteOptions): Promise<void> {
    const actor = await this.actor(options, 'energy-manager');
    const items = await this.explanations.compare(actor, month!, options.site ?? null);
    answer({ document: { month, items }, text: comparisonText(items) }, options.json);
  }
}

function comparisonText(items: readonly PolicyOutcome[]): string {
  const rows = items.map((item) => [
    `${item.policy}${item.isContracted ? ' (contract)' : ''}`,
    item.matchedWh === null ? '-' : mwh(item.matchedWh),
    item.maximumWh === null ? '-' : mwh(item.maximumWh),
    item.demandWh === null ? '-' : mwh(item.demandWh),
    item.refusal ?? '',
  ]);
  const head = ['Policy', 'Matched MWh', 'Most MWh', 'Load MWh', ''];
  return `${table(head, rows, [1, 2, 3])}\n\nNothing was posted.`;
}

function suspectMark({ suspect }: Explanation, meterCode: string): string {
  const one = suspect.find((row) => row.meterCode === meterCode);
  return one === undefined ? '' : `SUSPECT, accepted: ${one.acceptedBecause}`;
}

function explanationText(hour: Explanation): string {
  const covered = hour.loadWh === 0 ? 'nothing was used' : `${mwh(hour.matchedWh)} MWh matched`;
  const supply = hour.supply.map((row) => [
    row.plantCode,
    mwh(row.wh),
    mwh(row.eligibleWh),
    mwh(row.matchedWh),
    mwh(row.unusedWh),
    row.barred.map(({ rule, wh }) => `${mwh(wh)} barred by ${rule}`).join('; '),
  ]);
  const demand = hour.demand.map((row) => [
    row.meterCode,
    mwh(row.wh),
    mwh(row.matchedWh),
    mwh(row.unmetWh),
    row.isEstimated ? 'estimated' : suspectMark(hour, row.meterCode),
  ]);
  const pairs = hour.pairs.map((pair) => [pair.plantCode, pair.meterCode, mwh(pair.wh)]);
  const rules = [...new Set(hour.pairs.map(({ rule }) => rule))];
  const rest = hour.wouldHaveCovered.map(({ what, wh }) => [mwh(wh), what]);
  const left = hour.suspect.filter(({ acceptedBecause }) => acceptedBecause === null);
  return [
    `${hour.hour}, ${hour.policy}: ${mwh(hour.loadWh)} MWh used, ${covered}, ` +
      `${mwh(hour.unmetWh)} short, ${mwh(hour.unusedWh)} unused`,
    '',
    table(['Plant', 'Certified', 'Eligible', 'Matched', 'Unused', ''], supply, [1, 2, 3, 4]),
    '',
    table(['Meter', 'Used', 'Matched', 'Short', ''], demand, [1, 2, 3]),
    '',
    table(['From', 'To', 'MWh'], pairs, [2]),
    ...rules.map((rule) => `Rule: ${rule}`),
    ...left.map(({ meterCode, wh }) => `Left out: ${meterCode}, ${mwh(wh)} MWh, SUSPECT`),
    ...(rest.length === 0 ? [] : ['', table(['MWh', 'Would have covered the rest'], rest, [0])]),
  ].join('\n');
}

@Command({
  name: 'coverage',
  arguments: '<from> [to]',
  description: 'Show coverage by hour, day, month or year: coverage 2026-09 2026-10 --by day',
})
export class CoverageCommand extends SiteCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly coverage: CoverageService,
  ) {
    super();
  }

  @Option({ flags: '--by <bucket>', description: 'hour, day, month (default) or year' })
  parseBy(bucket: string): string {
    return bucket;
  }

  async run([from, to]: string[], options: SiteOptions & { by?: string }): Promise<void> {
    const { data, error } = CoverageQuery.safeParse({
      from,
      to: to ?? from,
      by: options.by ?? 'month',
      ...(options.site === undefined ? {} : { siteCode: options.site }),
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { ledgerId } = await this.actor(options, ...READ);
    const { siteCode, buckets } = await this.coverage.byBucket(ledgerId, data);
    const rows = buckets.map((one) => [
      one.bucket,
      mwh(one.loadWh),
      mwh(one.matchedWh),
      one.energyWeightedClaimPct ?? '-',
      one.timeAveragedPct ?? '-',
      one.volumetricPct ?? '-',
      one.cfeWithGridPct ?? '-',
    ]);
    const head = ['', 'Load MWh', 'Matched MWh', 'Hourly matched %', 'Time-averaged %'];
    const more = ['Volumetric %', 'CFE with grid %'];
    const shown = table([...head, ...more], rows, [1, 2, 3, 4, 5, 6]);
    const text = [shown, ...undecidedText(buckets)].join('\n');
    answer({ document: { siteCode, items: buckets.map(toCoverageItem) }, text }, options.json);
  }
}
