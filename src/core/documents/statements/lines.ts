import { mwhText, numberText, withUnit } from '../format.js';
import { isMessageKey, type MessageKey, type Say } from '../messages/messages.js';
import type { Block, Cell, Fact, Language, Table } from '../model.js';
import type { IssuedLines, IssuedStatement } from './issued.js';

interface Words {
  readonly say: Say;
  readonly language: Language;
}

/** A message of a family, by what was issued; that itself, where the catalogue does not know it. */
function said(family: string, issued: string, { say }: Words, values = {}): string {
  const key = `${family}.${issued}`;
  return isMessageKey(key) ? say(key, values) : issued;
}

/** Who reports, how, and who answers for it (METHOD 7.1, lines 2, 5, 17 to 20, 23, 24). */
export function entityFacts(statement: IssuedLines, words: Words): Block | null {
  const { entity, ruleSet, anchor, estimation, exclusions = [] } = statement;
  if (entity === undefined) return null;
  const { say, language } = words;
  const none = say('fact.notStated');
  const text = (key: MessageKey, value: string | null): Fact => ({
    label: say(key),
    value: { type: 'text', value: value ?? none },
  });
  const approach = entity.consolidationApproach;
  const facts = [
    text('fact.entity', say('fact.named', { name: entity.name, code: entity.code })),
    text('fact.ice', entity.ice),
    text('fact.taxId', entity.taxId),
    text('fact.tradeRegister', entity.tradeRegister),
    text('fact.consolidation', approach === null ? null : said('consolidation', approach, words)),
    text('fact.baseYear', entity.baseYear),
    text('fact.recalculation', entity.recalculationPolicy),
    text(
      'fact.exclusions',
      exclusions
        .map(({ what, count, siteCode, month }) =>
          said('exclusion', what, words, {
            count: numberText(count, language),
            month: `${siteCode ?? ''} ${month ?? ''}`,
          }),
        )
        .join(say('list.join')) || say('answer.not_applicable'),
    ),
    text('fact.estimated', estimatedText(estimation, words)),
    text('fact.uncertainty', null),
    text('fact.responsibility', say('fact.responsibility.text', { name: entity.name })),
    text(
      'fact.signature',
      [entity.signatory ?? '', say('fact.unsigned')].filter(Boolean).join(', '),
    ),
  ];
  const code = (key: MessageKey, value: string): Fact => ({
    label: say(key),
    value: { type: 'code', value },
  });
  if (ruleSet !== undefined) facts.push(code('fact.ruleSet', ruleSet.sha256));
  if (anchor !== undefined) {
    const size = numberText(anchor.size, language);
    facts.push(code('fact.anchor', say('fact.anchor.text', { size, root: anchor.root })));
  }
  return { kind: 'facts', facts };
}

function estimatedText(
  estimation: IssuedLines['estimation'],
  { say, language }: Words,
): string | null {
  if (estimation === undefined) return null;
  return say('fact.estimated.text', {
    mwh: withUnit(mwhText(estimation.wh, language), 'MWh'),
    meterHours: say('meterHours', { count: estimation.meterHours }),
  });
}

/** Certificates by plant (lines 7 and 8). */
export function certificatesTable({ certificates = [] }: IssuedLines, say: Say): Table | null {
  if (certificates.length === 0) return null;
  return {
    kind: 'table',
    id: 'certificates',
    title: say('table.certificates'),
    columns: [
      { id: 'plant', title: say('column.plant'), type: 'code' },
      { id: 'tracking_system', title: say('column.system'), type: 'code' },
      { id: 'count', title: say('column.count'), type: 'decimal' },
      { id: 'issued_wh', title: say('column.issued'), type: 'wh' },
      { id: 'eligible_wh', title: say('column.eligible'), type: 'wh' },
      { id: 'matched_wh', title: say('column.matchedMwh'), type: 'wh' },
      { id: 'unmatched_wh', title: say('column.unmatched'), type: 'wh' },
      { id: 'beneficiary', title: say('column.beneficiary'), type: 'code' },
      { id: 'first_id', title: say('column.firstId'), type: 'code', isFileOnly: true },
      { id: 'last_id', title: say('column.lastId'), type: 'code', isFileOnly: true },
    ],
    rows: certificates.map((line) => [
      line.plantCode,
      line.trackingSystems.join(', '),
      line.certificateCount,
      line.issuedWh,
      line.eligibleWh,
      line.matchedWh,
      line.unmatchedWh,
      line.beneficiary,
      line.firstId,
      line.lastId,
    ]),
  };
}

/** The market-based figure by class and tier (line 12). */
export function tiersTable({ tiers = [] }: IssuedLines, words: Words): Table | null {
  const { say } = words;
  if (tiers.length === 0) return null;
  return {
    kind: 'table',
    id: 'tiers',
    title: say('table.tiers'),
    columns: [
      { id: 'tier', title: say('column.tier'), type: 'decimal' },
      { id: 'class', title: say('column.class'), type: 'text' },
      { id: 'plant', title: say('column.plant'), type: 'code' },
      { id: 'wh', title: say('column.energy'), type: 'wh' },
      { id: 'g_per_kwh', title: say('column.gPerKwh'), type: 'decimal' },
      { id: 'emissions_t', title: say('column.emissions'), type: 'decimal' },
    ],
    rows: tiers.map((line) => [
      line.tier,
      said('class', line.instrumentClass, words),
      line.plantCode,
      line.wh,
      line.gPerKwh,
      line.emissionsT,
    ]),
  };
}

/** Answers with what their evidence names. */
interface IssuedCriteria extends Pick<IssuedLines, 'criteria' | 'certificates'> {
  readonly boundary: string;
  /** Of a month; of a period `contractNames`. */
  readonly contract?: IssuedStatement['contract'];
  readonly contractNames?: string;
}

/** The eight answers of each class of instruments (line 15). */
export function criteriaTable(statement: IssuedCriteria, words: Words): Table | null {
  const { criteria = [] } = statement;
  const { say } = words;
  if (criteria.length === 0) return null;
  const rows = criteria.flatMap(({ instrumentClass, isApplied, answers }): (readonly Cell[])[] => {
    const name = said('class', instrumentClass, words);
    return [
      ...answers.map(({ criterion, answer, evidence }) => [
        name,
        String(criterion),
        say(`criterion.${criterion}` as MessageKey),
        said('answer', answer, words),
        evidenceText(statement, { instrumentClass, criterion, answer, evidence }, words),
      ]),
      [name, '', say(isApplied ? 'class.applied' : 'class.notApplied'), '', ''],
    ];
  });
  return {
    kind: 'table',
    id: 'criteria',
    title: say('table.criteria'),
    columns: [
      { id: 'class', title: say('column.class'), type: 'text', isFileOnly: criteria.length === 1 },
      { id: 'number', title: '', type: 'text' },
      { id: 'criterion', title: say('column.criterion'), type: 'text' },
      { id: 'answer', title: say('column.answer'), type: 'text' },
      { id: 'evidence', title: say('column.evidence'), type: 'text' },
    ],
    rows,
  };
}

function evidenceText(
  { boundary, contract, contractNames, certificates }: IssuedCriteria,
  one: {
    readonly instrumentClass: string;
    readonly criterion: number;
    readonly answer: string;
    readonly evidence: string;
  },
  { say }: Words,
): string {
  const { instrumentClass, criterion, answer, evidence } = one;
  if (criterion === 8) {
    const isThere = evidence.startsWith('A residual mix is published');
    return say(isThere ? 'evidence.residualMix.present' : 'evidence.residualMix.absent');
  }
  const key = `evidence.${instrumentClass}.${criterion}.${answer}`;
  if (!isMessageKey(key)) return evidence;
  return say(key, {
    boundary,
    beneficiary: certificates?.[0]?.beneficiary ?? '',
    contract: contractNames ?? `${contract!.code}@${contract!.version}`,
  });
}

/** Biogenic CO2, grid losses, upstream: outside of Scope 2 (lines 16 and 21); avoided stand by themselves. */
export function apartTable(
  { apart = [] }: IssuedLines,
  words: Words,
  isAvoided: boolean,
): Table | null {
  const { say } = words;
  const lines = apart.filter(({ line }) => (line === 'avoided') === isAvoided);
  if (lines.length === 0) return null;
  return {
    kind: 'table',
    id: isAvoided ? 'avoided' : 'apart',
    title: say(isAvoided ? 'apart.avoided' : 'table.apart'),
    columns: [
      { id: 'line', title: say('column.item'), type: 'text' },
      { id: 'emissions_t', title: say('column.emissions'), type: 'decimal', nullText: '–' },
      { id: 'factor', title: say('column.factor'), type: 'text' },
    ],
    rows: lines.map(({ line, emissionsT, factors }) => [
      said('apart', line, words),
      emissionsT,
      emissionsT === null
        ? say('apart.notStated')
        : factors.map(({ code, version }) => `${code}@${version}`).join(', '),
    ]),
  };
}

/** The checks that passed before it was issued (METHOD 7.2). */
export function checksTable({ releaseChecks = [] }: IssuedLines, words: Words): Table | null {
  const { say } = words;
  if (releaseChecks.length === 0) return null;
  return {
    kind: 'table',
    id: 'checks',
    title: say('table.checks'),
    columns: [
      { id: 'check', title: say('column.id'), type: 'code', isFileOnly: true },
      { id: 'label', title: say('column.check'), type: 'text' },
    ],
    rows: releaseChecks.map((check) => [check, said('check', check, words)]),
  };
}

/** What a version was made from that the one before was not, and the other way round (line 20). */
export function restatementTable({ restatement }: IssuedLines, say: Say): Table | null {
  if (restatement === undefined || restatement === null) return null;
  const { engine, gone, come } = restatement;
  const rows = [
    ...(engine === null ? [] : [[say('restatement.engine'), `${engine.before} → ${engine.after}`]]),
    ...gone.map((id) => [say('restatement.gone'), id]),
    ...come.map((id) => [say('restatement.come'), id]),
  ];
  if (rows.length === 0) return null;
  return {
    kind: 'table',
    id: 'restatement',
    title: say('table.restatement'),
    columns: [
      { id: 'change', title: say('column.change'), type: 'text' },
      { id: 'source', title: say('column.source'), type: 'code' },
    ],
    rows,
  };
}
