import { createHash } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { type Engagement, POPULATIONS } from '../../core/engagements/engagement.js';
import { DomainError } from '../../core/errors.js';
import type { EngagementResponse } from '../../features/engagements/engagement/engagements.schemas.js';
import {
  Population,
  type SampleResponse,
} from '../../features/engagements/samples/samples.schemas.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import type { Actor } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { readSmallFile } from '../../platform/files/formats/json-text.js';
import { argument } from '../shell/arguments.js';
import { LedgerCommand, requireUsed } from '../shell/base.command.js';
import { requirePlaceFor, writeNewFile } from '../shell/new-file.js';
import { type Answer, answer } from '../shell/output.js';
import { ACTS, type AuditOptions } from './audit.acts.js';
import { AuditTraces } from './audit.traces.js';
import { AuditSteps } from './audit.steps.js';
import {
  completenessText,
  engagementsText,
  engagementText,
  interventionsText,
  readsText,
  sampleText,
  traceText,
} from './audit.text.js';

/** A report that is named by its hash: a person's document. */
const REPORT_BYTES = 100_000_000;

@Command({
  name: 'audit',
  arguments: '<act> [words...]',
  description:
    'The auditor’s work: open --months 2026-10, list, show, completeness, interventions, reads, fix, nonce, population, sample, items, trace, proofs, table, result, request, finding, answer, close, sign-off; ' +
    `populations: ${POPULATIONS.join(', ')}`,
})
export class AuditCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly steps: AuditSteps,
    private readonly traces: AuditTraces,
  ) {
    super();
  }

  @Option({ flags: '--months <months>', description: 'open: 2026-10, or 2026-10..2026-12' })
  parseMonths(months: string): string {
    return months;
  }

  @Option({ flags: '--site <code>', description: 'open: the site, where there are several' })
  parseSite(code: string): string {
    return code;
  }

  @Option({
    flags: '--standard <name>',
    description: 'open: ISAE3000R, ISAE3410, ISSA5000 or ISO14064-3',
  })
  parseStandard(name: string): string {
    return name;
  }

  @Option({ flags: '--level <level>', description: 'open: limited or reasonable' })
  parseLevel(level: string): string {
    return level;
  }

  @Option({ flags: '--from <instant>', description: 'open: when access begins, UTC' })
  parseFrom(instant: string): string {
    return instant;
  }

  @Option({ flags: '--to <instant>', description: 'open: when access ends, UTC' })
  parseTo(instant: string): string {
    return instant;
  }

  @Option({
    flags: '--auditor <key>',
    description: 'open: an auditor’s key, by its id (`key list`); may stand there again',
  })
  parseAuditor(key: string, before: readonly string[] = []): readonly string[] {
    return [...before, key];
  }

  @Option({ flags: '--text <text>', description: 'request, finding, answer, close: what is said' })
  parseText(text: string): string {
    return text;
  }

  @Option({ flags: '--due <day>', description: 'request, finding: day of an answer' })
  parseDue(day: string): string {
    return day;
  }

  @Option({ flags: '--sample <sample>', description: 'request, finding: with --item' })
  parseSample(sample: string): string {
    return sample;
  }

  @Option({ flags: '--item <item>', description: 'request, finding: item of the sample' })
  parseItem(item: string): string {
    return item;
  }

  @Option({
    flags: '--tolerable <units>',
    description: 'sample: misstatement that is tolerable, whole Wh, grams or centimes',
  })
  parseTolerable(units: string): string {
    return units;
  }

  @Option({ flags: '--confidence <percent>', description: 'sample: 95 (default) or 90' })
  parseConfidence(percent: string): string {
    return percent;
  }

  @Option({ flags: '--count <items>', description: 'sample: so many of all strata' })
  parseCount(items: string): string {
    return items;
  }

  @Option({
    flags: '--frequency <word>',
    description: 'sample: daily, weekly, monthly or quarterly, of a control that is tested',
  })
  parseFrequency(word: string): string {
    return word;
  }

  @Option({ flags: '--note <text>', description: 'result: what was seen' })
  parseNote(text: string): string {
    return text;
  }

  @Option({
    flags: '--report <file>',
    description: 'sign-off: the practitioner’s own report; its SHA-256 is kept, not the file',
  })
  parseReport(file: string): string {
    return file;
  }

  @Option({ flags: '--out <file>', description: 'population, table, proofs: new file to write' })
  parseOut(file: string): string {
    return file;
  }

  async run([name = '', ...words]: string[], options: AuditOptions): Promise<void> {
    const act = Object.hasOwn(ACTS, name) ? ACTS[name]! : null;
    if (act === null) throw usage(`Acts: ${Object.keys(ACTS).join(', ')}`);
    requireUsed(`audit ${name}`, options, act.options);
    if (words.length !== act.words.length) {
      throw usage(`Use: npx mizan audit ${[name, ...act.words].join(' ')}`);
    }
    if (options.out !== undefined) requirePlaceFor('/options/out', options.out);
    const actor = await this.actor(options, ...act.roles);
    answer(await this.answered(name, actor, { words, options }), options.json);
  }

  private async answered(name: string, actor: Actor, given: Given): Promise<Answer> {
    if (name === 'open') return shownEngagement(await this.open(actor, given.options));
    if (name === 'list') {
      const items = await this.steps.list(actor);
      return { document: { items }, text: engagementsText(items) };
    }
    const engagement = await this.steps.find(actor.ledgerId, given.words[0]!);
    if (name === 'completeness') {
      const document = await this.steps.complete(actor, engagement);
      return { document, text: completenessText(document) };
    }
    if (name === 'interventions') {
      const document = await this.steps.interventions(actor, engagement);
      return { document, text: interventionsText(document) };
    }
    if (name === 'reads') {
      const document = await this.traces.reads(actor, engagement);
      return { document, text: readsText(document) };
    }
    if (TRACING.has(name)) return this.tracing(name, actor, { ...given, engagement });
    return SAMPLING.has(name)
      ? this.sampling(name, actor, { ...given, engagement })
      : shownEngagement(await this.step(name, actor, { ...given, engagement }));
  }

  private async open(actor: Actor, options: AuditOptions): Promise<EngagementResponse> {
    const [from = '', to = from] = (options.months ?? '').split('..');
    const auditorKeyIds: string[] = [];
    for (const key of options.auditor ?? []) {
      auditorKeyIds.push(await this.ids.resolve(actor.ledgerId, 'key', key));
    }
    // What is left out is refused by the shape, which says what belongs there.
    return this.steps.open(actor, {
      siteCode: options.site ?? null,
      months: { from, to },
      standard: options.standard as 'ISSA5000',
      level: options.level as 'limited',
      access: { from: options.from!, to: options.to! },
      auditorKeyIds,
    });
  }

  private step(name: string, actor: Actor, of: GivenIn): Promise<EngagementResponse> {
    const { engagement, words, options } = of;
    const [, threadId = ''] = words;
    const text = options.text ?? '';
    switch (name) {
      case 'fix':
        return this.steps.fix(actor, engagement);
      case 'nonce':
        return this.steps.giveNonce(actor, engagement, words[1]!);
      case 'request':
      case 'finding': {
        const { sample, item } = options;
        const isAbout = sample !== undefined || item !== undefined;
        return this.steps.raise(actor, engagement, {
          kind: name,
          text,
          dueOn: options.due ?? null,
          about: isAbout ? { sampleId: sample ?? '', key: item ?? '' } : null,
        });
      }
      case 'answer':
        return this.steps.answer(actor, engagement, { threadId, text });
      case 'close':
        return this.steps.close(actor, engagement, { threadId, outcome: text });
      case 'sign-off':
        return this.steps.signOff(actor, engagement, hashOf(options.report));
      default:
        return this.steps.show(actor, engagement);
    }
  }

  private async tracing(name: string, actor: Actor, of: GivenIn): Promise<Answer> {
    const { engagement, words, options } = of;
    const [, sample, item] = words;
    if (name === 'trace') {
      const document = await this.traces.trace(actor, engagement, { sample: sample!, item: item! });
      return { document, text: traceText(document) };
    }
    if (name === 'table') {
      const csv = await this.traces.sampleTable(actor, engagement, sample!);
      return written(options.out, csv);
    }
    const { sampleId, bytes } = await this.traces.proofs(actor, engagement, sample!);
    const file = options.out ?? `sample-${sampleId}.zip`;
    requirePlaceFor('/options/out', file);
    writeNewFile('/options/out', file, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { document: { sampleId, file, sha256 }, text: `Wrote ${file}, SHA-256 ${sha256}` };
  }

  private async sampling(name: string, actor: Actor, of: GivenIn): Promise<Answer> {
    const { engagement, words, options } = of;
    const [, word, key, audited] = words;
    if (name === 'items') return shownSample(await this.steps.sample(actor, engagement, word!));
    if (name === 'result') {
      const result = { key, audited: numberOf(audited), note: options.note ?? null };
      const recorded = { sampleId: word!, results: [result] };
      return shownSample(await this.steps.record(actor, engagement, recorded));
    }
    const population = argument('/population', Population, word);
    if (name === 'population') {
      const csv = await this.steps.table(actor, engagement, population);
      const { document, text } = written(options.out, csv);
      return { document: { population, ...document }, text };
    }
    const isUnits = options.tolerable !== undefined;
    requireUsed(
      `audit sample ${isUnits ? 'by units' : 'of all strata'}`,
      options,
      isUnits ? ['tolerable', 'confidence'] : ['count', 'frequency'],
    );
    const request =
      options.tolerable === undefined
        ? {
            method: 'stratified',
            population,
            count: options.count === undefined ? null : numberOf(options.count),
            frequency: options.frequency ?? null,
          }
        : {
            method: 'monetary-unit',
            population,
            tolerable: numberOf(options.tolerable),
            confidencePct: numberOf(options.confidence ?? '95'),
          };
    return shownSample(await this.steps.draw(actor, engagement, request));
  }
}

/** Acts that show what items of a sample rest on. */
const TRACING = new Set(['trace', 'proofs', 'table']);

interface Given {
  readonly words: readonly string[];
  readonly options: AuditOptions;
}

interface GivenIn extends Given {
  readonly engagement: Engagement;
}

/** Acts that answer with a sample or its population. */
const SAMPLING = new Set(['population', 'sample', 'items', 'result']);

const shownEngagement = (document: EngagementResponse): Answer => ({
  document,
  text: engagementText(document),
});

const shownSample = (document: SampleResponse): Answer => ({
  document,
  text: sampleText(document),
});

/** A table, printed or written into a new file. */
function written(
  out: string | undefined,
  csv: string,
): {
  readonly document: { readonly sha256: string; readonly file: string | null };
  readonly text: string;
} {
  if (out !== undefined) writeNewFile('/options/out', out, csv);
  const sha256 = createHash('sha256').update(csv).digest('hex');
  return {
    document: { sha256, file: out ?? null },
    text: out === undefined ? csv : `Wrote ${out}, SHA-256 ${sha256}`,
  };
}

const usage = (detail: string): DomainError =>
  new DomainError('request.invalid', { errors: [{ pointer: '', rule: 'usage', detail }] });

/** What is no number stays what it is, and is refused by the shape. */
const numberOf = (text: string | undefined): number =>
  /^-?\d+$/.test(text ?? '') ? Number(text) : Number.NaN;

function hashOf(file: string | undefined): string | null {
  if (file === undefined) return null;
  return createHash('sha256').update(readSmallFile(file, REPORT_BYTES)).digest('hex');
}
