import { MINUTE_MS, parseInstant } from '../../time/interval.js';
import { dateText, instantText, monthText, mwhText, numberText, withUnit } from '../format.js';
import { type Say, sayIn } from '../messages/messages.js';
import type { Block, DocumentModel, Fact, Language, Section } from '../model.js';
import {
  billBarsOf,
  durationCurveOf,
  energyBarsOf,
  heatMapOf,
  hoursTable,
  offsetsIn,
  siteTime,
} from './charts.js';
import { figuresTable, KEY_FIGURES, nameOf, noteOf, shownFigure, sourcesTable } from './figures.js';
import type { IssuedQuality, IssuedStatement, StatementParts } from './issued.js';
import {
  apartTable,
  certificatesTable,
  checksTable,
  criteriaTable,
  entityFacts,
  restatementTable,
  tiersTable,
} from './lines.js';
import { changesTable, factorsTable, linesTable, plantsTable, qualityTable } from './tables.js';

interface Words {
  readonly say: Say;
  readonly language: Language;
}

/**
 * A statement as a document, in one language: what was issued, the hours of its matching run, and
 * the months before it. Nothing else goes in, so that the same statement always makes the same
 * document (METHOD 7.1).
 */
export function statementDocument(parts: StatementParts, language: Language): DocumentModel {
  const { statement, sha256 } = parts;
  const words = { say: sayIn(language), language };
  const { say } = words;
  const { kind, version, period, siteCode, tenant, statementId, issuedAt } = statement;
  const month = monthText(period.month, language);
  const title = say(`title.${kind}`);
  const of = tenant === undefined ? [] : [tenant.code];
  return {
    language,
    kind: `${kind}-statement`,
    title,
    subtitle: subtitleOf(statement, month, say),
    status: statusOf(statement, say),
    notices: noticesOf(statement, say),
    facts: factsOf(statement, words),
    keyFigures: keyFiguresOf(statement, words),
    sections: sectionsOf(parts, words),
    identity: {
      id: statementId,
      version,
      issuedAt,
      sha256,
      fileName: fileNameOf([kind, siteCode, ...of, period.month, `v${version}`]),
      footer: say('footer', { title, month, version: numberText(version, language) }),
    },
  };
}

/** A name that every file system takes. */
export function fileNameOf(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(/[^A-Za-z0-9._-]+/g, '-')).join('-');
}

function subtitleOf({ siteName, tenant }: IssuedStatement, month: string, say: Say): string {
  if (tenant === undefined) return say('subtitle', { site: siteName, month });
  return say('subtitle.tenant', { tenant: tenant.name, site: siteName, month });
}

function statusOf({ status }: IssuedStatement, say: Say): DocumentModel['status'] {
  if (status?.toLowerCase() !== 'preliminary') return null;
  return { label: say('status.preliminary'), text: say('status.preliminary.text') };
}

/** What a version replaces. */
export function noticesOf(
  { supersedes, version, changes }: Pick<IssuedStatement, 'supersedes' | 'version' | 'changes'>,
  say: Say,
): readonly string[] {
  if (supersedes === null) return [];
  const count = changes.length;
  return [say('notice.supersedes', { version, before: version - 1, supersedes, count })];
}

function factsOf(statement: IssuedStatement, words: Words): readonly Fact[] {
  const { say, language } = words;
  const { period, contract, tenant, standard, sellerCode, buyerCode } = statement;
  const text = (label: string, value: string): Fact => ({ label, value: { type: 'text', value } });
  const code = (label: string, value: string): Fact => ({ label, value: { type: 'code', value } });
  const named = (name: string, of: string): string => say('fact.named', { name, code: of });
  return [
    text(say('fact.site'), named(statement.siteName, statement.siteCode)),
    ...(tenant === undefined ? [] : [text(say('fact.tenant'), named(tenant.name, tenant.code))]),
    ...(tenant?.gpuHours == null
      ? []
      : [text(say('fact.gpuHours'), numberText(tenant.gpuHours, language))]),
    text(say('fact.period'), periodText(period, words)),
    text(say('fact.siteTime'), siteTimeText(period, say)),
    text(say('fact.deliveryPoint'), statement.deliveryPoint),
    code(say('fact.boundary'), statement.boundary),
    code(say('fact.meters'), statement.meterCodes.join(', ')),
    text(
      say('fact.contract'),
      say('fact.contract.text', {
        code: contract.code,
        version: contract.version,
        name: contract.name,
      }),
    ),
    ...(sellerCode === undefined || buyerCode === undefined
      ? []
      : [
          text(
            say('fact.parties'),
            say('fact.parties.text', { seller: sellerCode, buyer: buyerCode }),
          ),
        ]),
    ...(standard === undefined ? [] : [text(say('fact.standard'), standard)]),
    code(say('fact.methodology'), statement.methodology),
    code(say('fact.policy'), statement.matching.policy),
    text(say('fact.issued'), instantText(statement.issuedAt, language)),
    code(say('fact.statement'), statement.statementId),
    text(say('fact.version'), numberText(statement.version, language)),
  ];
}

/** Civil dates of the site, the last day included, and how many hours lie between. */
export function periodText(
  { start, end, hours }: Pick<IssuedStatement['period'], 'start' | 'end' | 'hours'>,
  { say, language }: Words,
): string {
  const from = siteTime(parseInstant(start)!).local;
  const to = siteTime(parseInstant(end)! - MINUTE_MS).local;
  return say('fact.period.text', {
    from: dateText(from, language),
    to: dateText(to, language),
    hours: say('hours', { count: hours }),
  });
}

/** What the clocks of the site show over a period. */
export function siteTimeText(
  { start, end, legalTime }: Pick<IssuedStatement['period'], 'start' | 'end' | 'legalTime'>,
  say: Say,
): string {
  const offsets = offsetsIn(parseInstant(start)!, parseInstant(end)!);
  if (offsets.length === 1) {
    return say('fact.siteTime.one', { offset: offsets[0]!, source: legalTime });
  }
  return say('fact.siteTime.many', { offsets: offsets.join(', UTC'), source: legalTime });
}

function keyFiguresOf(statement: IssuedStatement, words: Words): DocumentModel['keyFigures'] {
  const { kind, figures } = statement;
  return KEY_FIGURES[kind].flatMap((id) => {
    const figure = figures.find((one) => one.id === id);
    if (figure === undefined) return [];
    const { label, definition } = nameOf(kind, figure, words);
    const { text, unit } = shownFigure(figure, words);
    return [{ label, text, unit, definition }];
  });
}

function sectionsOf(parts: StatementParts, words: Words): readonly Section[] {
  const { statement } = parts;
  const { say } = words;
  const section = (title: string, ...blocks: readonly (Block | null)[]): Section => ({
    title,
    blocks: blocks.filter((block) => block !== null),
  });
  const { dataQuality, disclosures } = statement;
  const notes = [...disclosures.map((one) => noteOf(one, say)), say('note.language')];
  const all = [
    section(say('section.months'), monthsOf(parts, words)),
    section(say('section.lines'), linesTable(statement, say)),
    section(say('section.month'), ...chartsOf(parts, words)),
    section(
      say('section.changes'),
      changesTable(statement, words),
      restatementTable(statement, say),
    ),
    section(say('section.entity'), entityFacts(statement, words)),
    section(say('section.figures'), figuresTable(statement, words), sourcesTable(statement, say)),
    section(
      say('section.instruments'),
      certificatesTable(statement, say),
      tiersTable(statement, words),
      criteriaTable(statement, words),
    ),
    section(say('section.apart'), apartTable(statement, words, false)),
    section(say('section.quality'), ...qualityBlocks(dataQuality, words)),
    section(say('section.basis'), plantsTable(statement, say), factorsTable(statement, say)),
    section(
      say('section.notes'),
      { kind: 'paragraphs', texts: notes },
      checksTable(statement, words),
    ),
    verifySection(parts, words),
    {
      ...section(say('apart.avoided'), apartTable(statement, words, true)),
      isOwnPage: true as const,
    },
  ];
  return all.filter(({ blocks }) => blocks.length > 0);
}

/** The months up to this one: where the site comes from. */
function monthsOf({ statement, months }: StatementParts, words: Words): Block {
  const { kind } = statement;
  if (kind === 'billing') return billBarsOf(months, words);
  return energyBarsOf(months, kind === 'tenant' ? 'coveragePct' : 'contractedCfePct', words);
}

function chartsOf({ statement, hours }: StatementParts, words: Words): readonly Block[] {
  const { say } = words;
  const { kind, period } = statement;
  if (kind === 'billing') return [];
  if (hours === null) return [{ kind: 'paragraphs', texts: [say('charts.none')] }];
  return [
    heatMapOf(hours, period.month, words),
    durationCurveOf(hours, words),
    hoursTable(hours, say),
  ];
}

/** How well the consumption is known, and what was accepted. */
export function qualityBlocks(
  quality: IssuedQuality | undefined,
  { say, language }: Words,
): readonly Block[] {
  if (quality === undefined) return [];
  const texts = [say('quality.text')];
  const { acceptedSuspect } = quality;
  if (acceptedSuspect !== undefined) {
    const { meterHours, wh, meterCodes, reasons } = acceptedSuspect;
    const accepted = {
      meterHours: say('meterHours', { count: meterHours }),
      meters: meterCodes.join(', '),
      mwh: withUnit(mwhText(wh, language), 'MWh'),
      reasons: reasons.map((reason) => `“${reason}”`).join(', '),
    };
    texts.push(say('quality.accepted', accepted));
  }
  return [qualityTable(quality, say), { kind: 'paragraphs', texts }];
}

function verifySection({ statement, sha256 }: StatementParts, { say }: Words): Section {
  const { statementId, period, matching, ledgerId, kind } = statement;
  const code = (label: string, value: string): Fact => ({ label, value: { type: 'code', value } });
  const figure = kind === 'billing' ? 'generationWh' : 'matchedWh';
  return {
    title: say('section.verify'),
    blocks: [
      {
        kind: 'facts',
        facts: [
          code(say('verify.sha256'), sha256),
          code(say('fact.statement'), statementId),
          code(say('verify.ledgerId'), ledgerId),
          code(say('verify.run'), matching.runId),
          code(say('verify.input'), matching.inputSha256),
          code(say('verify.result'), matching.resultRoot),
        ],
      },
      {
        kind: 'paragraphs',
        texts: [say('verify.hash', { file: ATTACHED }), say('verify.same'), say('verify.limit')],
      },
      {
        kind: 'facts',
        facts: [
          code(say('verify.trace'), `mizan trace ${statementId} ${figure}`),
          code(say('verify.ledger'), 'mizan verify-ledger'),
          code(say('verify.evidence'), `mizan attest ${period.month}`),
        ],
      },
    ],
  };
}

/** Name of the canonical JSON inside a PDF. */
export const ATTACHED = 'statement.json';
