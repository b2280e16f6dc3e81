import { Decimal } from '../../units/money.js';
import { claimPct } from '../../units/ratio.js';
import { dateText, instantText, monthText, numberText } from '../format.js';
import { type Say, sayIn } from '../messages/messages.js';
import type { Block, DocumentModel, Fact, Language, Section } from '../model.js';
import { energyBarsOf } from './charts.js';
import { figuresTable, KEY_FIGURES, nameOf, noteOf, shownFigure, sourcesTable } from './figures.js';
import type { IssuedPeriod } from './issued-period.js';
import {
  apartTable,
  certificatesTable,
  checksTable,
  criteriaTable,
  entityFacts,
  restatementTable,
  tiersTable,
} from './lines.js';
import {
  changedMonthsTable,
  effectsTable,
  matchedMonthsTable,
  methodsTable,
  sitesTable,
  sumOfMonthsTable,
  viewLinesTable,
  viewsTable,
} from './period-tables.js';
import {
  ATTACHED,
  fileNameOf,
  noticesOf,
  qualityBlocks,
  siteTimeText,
  periodText,
} from './statement-document.js';
import { changesTable, factorsTable, plantsTable } from './tables.js';

interface Words {
  readonly say: Say;
  readonly language: Language;
}

/**
 * A carbon statement of a period as a document, in one language (METHOD 7.1): of what was issued alone, so
 * that the same statement always makes the same document.
 *
 * @param sha256  Of its exact bytes, hex.
 */
export function periodDocument(
  statement: IssuedPeriod,
  sha256: string,
  language: Language,
): DocumentModel {
  const words = { say: sayIn(language), language };
  const { say } = words;
  const { version, period, statementId, issuedAt, siteCode, entity } = statement;
  const title = say('title.carbon');
  const name = nameOfPeriod(period, words);
  const of = siteCode === null ? entity.name : statement.sites[0]!.name;
  return {
    language,
    kind: 'carbon-statement',
    title,
    subtitle: say('subtitle', { site: of, month: name }),
    status: { label: say('status.preliminary'), text: say('period.status.text') },
    notices: noticesOf(statement, say),
    facts: factsOf(statement, name, words),
    keyFigures: KEY_FIGURES.carbon.map((id) => {
      const figure = statement.figures.find((one) => one.id === id)!;
      const { label, definition } = nameOf('period', figure, words);
      const { text, unit } = shownFigure(figure, words);
      return { label, text, unit, definition };
    }),
    sections: sectionsOf(statement, sha256, words),
    identity: {
      id: statementId,
      version,
      issuedAt,
      sha256,
      fileName: fileNameOf(['carbon', siteCode ?? entity.code, period.name, `v${version}`]),
      footer: say('footer', { title, month: name, version: numberText(version, language) }),
    },
  };
}

function nameOfPeriod(
  { name, kind, firstMonth, lastMonth }: IssuedPeriod['period'],
  { say, language }: Words,
): string {
  const [year = '', quarter = ''] = name.split('-Q');
  const values = {
    name,
    year,
    quarter,
    month: monthText(firstMonth, language),
    from: monthText(firstMonth, language),
    to: monthText(lastMonth, language),
  };
  return say(`period.${kind}`, values);
}

function factsOf(statement: IssuedPeriod, name: string, words: Words): readonly Fact[] {
  const { say, language } = words;
  const { period, siteCode, entity, sites, months, standard = '' } = statement;
  const text = (label: string, value: string): Fact => ({ label, value: { type: 'text', value } });
  const code = (label: string, value: string): Fact => ({ label, value: { type: 'code', value } });
  const list = (values: readonly string[]): string => [...new Set(values)].join(', ');
  const site = sites[0]!;
  const of =
    siteCode === null
      ? say('period.allSites', { name: entity.name, code: entity.code })
      : say('fact.named', { name: site.name, code: site.code });
  return [
    text(say('fact.site'), of),
    text(say('fact.period'), `${name}: ${periodText(period, words)}`),
    text(
      say('period.months'),
      say('period.months.text', {
        from: dateText(`${period.firstMonth}-01`, language),
        to: monthText(period.lastMonth, language),
        count: months.length,
      }),
    ),
    text(say('fact.siteTime'), siteTimeText(period, say)),
    text(say('fact.deliveryPoint'), list(sites.map(({ deliveryPoint }) => deliveryPoint))),
    code(say('fact.boundary'), list(sites.map(({ boundary }) => boundary))),
    code(say('fact.meters'), list(sites.flatMap(({ meterCodes }) => meterCodes))),
    code(say('fact.contract'), list(months.flatMap(({ contracts }) => contracts))),
    text(say('fact.standard'), standard),
    code(say('fact.methodology'), statement.methodology),
    text(say('fact.issued'), instantText(statement.issuedAt, language)),
    code(say('fact.statement'), statement.statementId),
    text(say('fact.version'), numberText(statement.version, language)),
  ];
}

function sectionsOf(statement: IssuedPeriod, sha256: string, words: Words): readonly Section[] {
  const { say } = words;
  const section = (title: string, ...blocks: readonly (Block | null)[]): Section => ({
    title,
    blocks: blocks.filter((block) => block !== null),
  });
  const notes = [...statement.disclosures.map((one) => noteOf(one, say)), say('note.language')];
  const text = (...texts: readonly string[]): Block => ({ kind: 'paragraphs', texts });
  const named = { ...statement, kind: 'period' as const };
  const all = [
    section(say('section.months'), barsOf(statement, words)),
    section(say('section.sumOfMonths'), sumOfMonthsTable(statement, words)),
    section(say('section.sites'), sitesTable(statement, say), text(say('period.sites.text'))),
    section(
      say('section.changes'),
      changesTable(named, words),
      changedMonthsTable(statement, say),
      restatementTable(statement, say),
    ),
    section(say('section.entity'), entityFacts(statement, words)),
    section(say('section.figures'), figuresTable(named, words), sourcesTable(statement, say)),
    section(
      say('section.instruments'),
      certificatesTable(statement, say),
      tiersTable(statement, words),
      criteriaTable(withContract(statement), words),
    ),
    section(
      say('section.views'),
      viewsTable(statement, say),
      viewLinesTable(statement, say),
      text(say('period.views.text')),
    ),
    section(say('section.apart'), apartTable(statement, words, false)),
    section(
      say('section.quality'),
      ...qualityBlocks(statement.dataQuality, words),
      methodsTable(statement, say),
      effectsTable(statement, words),
    ),
    section(say('section.matchedMonths'), matchedMonthsTable(statement, say)),
    section(say('section.basis'), plantsTable(statement, say), factorsTable(statement, say)),
    section(say('section.notes'), text(...notes), checksTable(statement, words)),
    verifySection(statement, sha256, say),
    {
      ...section(say('apart.avoided'), apartTable(statement, words, true)),
      isOwnPage: true as const,
    },
  ];
  return all.filter(({ blocks }) => blocks.length > 0);
}

/** The months of the period, all sites together. */
function barsOf({ months }: IssuedPeriod, words: Words): Block {
  const byMonth = Map.groupBy(months, ({ month }) => month);
  const bars = [...byMonth]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, all]) => {
      const sum = (name: string): number =>
        all.reduce((total, { figures }) => total + Number(figures[name]), 0);
      const [load, matched] = [sum('loadWh'), sum('matchedWh')];
      const share = claimPct(new Decimal(matched), new Decimal(load));
      return {
        month,
        figures: [
          { id: 'loadWh', value: load },
          { id: 'matchedWh', value: matched },
          { id: 'residualWh', value: load - matched },
          { id: 'contractedCfePct', value: share },
        ],
      };
    });
  const chart = energyBarsOf(bars, 'contractedCfePct', words);
  return {
    ...chart,
    title: words.say('chart.periodMonths'),
    caption: words.say('chart.periodMonths.caption'),
  };
}

/** The criteria name the contract that lacks an answer: of a period there may be several. */
function withContract(statement: IssuedPeriod): Parameters<typeof criteriaTable>[0] {
  const names = [...new Set(statement.months.flatMap(({ contracts }) => contracts))];
  const boundary = [...new Set(statement.sites.map((site) => site.boundary))].join(', ');
  return { ...statement, boundary, contractNames: names.join(', ') };
}

function verifySection(statement: IssuedPeriod, sha256: string, say: Say): Section {
  const { statementId, ledgerId } = statement;
  const code = (label: string, value: string): Fact => ({ label, value: { type: 'code', value } });
  return {
    title: say('section.verify'),
    blocks: [
      {
        kind: 'facts',
        facts: [
          code(say('verify.sha256'), sha256),
          code(say('fact.statement'), statementId),
          code(say('verify.ledgerId'), ledgerId),
        ],
      },
      {
        kind: 'paragraphs',
        texts: [say('verify.hash', { file: ATTACHED }), say('verify.limit')],
      },
      {
        kind: 'facts',
        facts: [
          code(say('verify.trace'), `mizan trace ${statementId} matchedWh`),
          code(say('verify.ledger'), 'mizan verify-ledger'),
        ],
      },
    ],
  };
}
