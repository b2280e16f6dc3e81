import { MOROCCO_LEGAL_TIME } from '../../time/legal-time.js';
import { HOUR_MS } from '../../time/interval.js';
import { cellText, dateText, instantText, mwhText, numberText, percentText } from '../format.js';
import { tableCsv } from '../csv.js';
import { LANGUAGES, type Table, tablesOf } from '../model.js';
import { MESSAGES, sayIn } from '../messages/messages.js';
import { placeholdersOf } from '../messages/format.js';
import { printedDocument } from '../print/printed.js';
import type { IssuedHour, IssuedStatement, StatementParts } from './issued.js';
import { statementDocument } from './statement-document.js';

const START_MS = Date.parse('2026-10-01T00:00:00Z');

function hoursFrom(startMs: number, count: number): IssuedHour[] {
  return Array.from({ length: count }, (_, at) => ({
    hourMs: startMs + at * HOUR_MS,
    loadWh: 1_000 + at,
    generationWh: 2_000,
    matchedWh: at % 2 === 0 ? 1_000 + at : 0,
    isEstimated: at === 3,
    isKnown: true,
  }));
}

const figure = (
  id: string,
  value: number | string | null,
  unit: string,
  plantCode: string | null = null,
) => ({
  id,
  label: `label of ${id}`,
  value,
  unit,
  formula: 'Σ',
  measure: 'load' as const,
  plantCode,
  sources: [{ kind: 'matching-run' as const, id: 'run' }],
});

const STATEMENT: IssuedStatement = {
  statementId: '01a220f0-fc34-75dc-b3b8-fa1d5daaa71c',
  ledgerId: 'e23a1374-babd-5a73-85de-f6d444b647e7',
  kind: 'carbon',
  version: 1,
  supersedes: null,
  issuedAt: '2026-11-02T06:56:33.844Z',
  siteCode: 'CASA-1',
  siteName: 'Data centre',
  boundary: 'MA',
  deliveryPoint: '225 kV',
  meterCodes: ['HALL-A'],
  period: {
    month: '2026-10',
    start: '2026-10-01T00:00:00Z',
    end: '2026-11-01T00:00:00Z',
    hours: 744,
    legalTime: 'morocco/1',
  },
  methodology: 'mizan-method/1',
  contract: { code: 'PPA-1', version: 1, name: 'PPA' },
  matching: { runId: 'run', policy: 'pro-rata', inputSha256: 'aa', resultRoot: 'bb' },
  disclosures: [
    'No residual mix is published for this market; the grid average stands in for it.',
    'Something else.',
  ],
  changes: [],
  figures: [
    figure('loadWh', 25_041_627_969, 'Wh'),
    figure('matchedWh.PV-1', 4_844_663_239, 'Wh', 'PV-1'),
    figure('contractedCfePct', '65.71', '%'),
    figure('hoursFullyMatchedPct', null, '%'),
    figure('locationBasedT', '13727.820', 't CO2e'),
    figure('novelty', '1.5', 'h'),
  ],
};

const parts = (
  changed: Partial<IssuedStatement> = {},
  hours = hoursFrom(START_MS, 744),
): StatementParts => ({
  statement: { ...STATEMENT, ...changed },
  sha256: 'cc',
  hours,
  months: [{ month: '2026-10', figures: STATEMENT.figures }],
});

const tableOf = (id: string, from: StatementParts = parts(), language: 'en' | 'fr' = 'en'): Table =>
  tablesOf(statementDocument(from, language)).find((table) => table.id === id)!;

describe('numbers and dates of a document', () => {
  it.each([
    [numberText('1234567.50', 'en'), '1,234,567.50'],
    [numberText('1234567.50', 'fr'), '1\u202f234\u202f567,50'],
    [numberText(-1234, 'fr'), '\u22121\u202f234'],
    [numberText('-0.004', 'en', 2), '0.00'],
    [mwhText(25_041_627_969, 'fr'), '25\u202f041,627969'],
    [mwhText('7469077683.2', 'en'), '7,469.0776832'],
    [mwhText(50_000, 'en', 1), '0.1'],
    [percentText('99.99', 'fr'), '99,99\u202f%'],
    [percentText('99.99', 'en'), '99.99%'],
    [dateText('2026-10-01', 'fr'), '1er\u00a0octobre\u00a02026'],
    [dateText('2026-10-02', 'en'), '2\u00a0October\u00a02026'],
    [instantText('2026-11-02T06:56:33.844Z', 'fr'), '2\u00a0novembre\u00a02026, 06:56:33\u00a0UTC'],
    [cellText({ type: 'mad', value: '0.50', unit: 'MAD' }, 'fr', '–'), '0,50\u00a0MAD'],
    [cellText({ type: 'wh', value: null }, 'fr', 'sans objet'), 'sans objet'],
  ])('write %j', (written, wanted) => {
    expect(written).toBe(wanted);
  });
});

describe('messages', () => {
  it('take the same values in every language', () => {
    for (const [key, english] of Object.entries(MESSAGES.en)) {
      for (const language of LANGUAGES) {
        const message = MESSAGES[language][key as keyof typeof MESSAGES.en];
        expect([key, placeholdersOf(message)]).toEqual([key, placeholdersOf(english)]);
      }
    }
  });

  it('count by the plural rule of the language, and never read a value as a message', () => {
    const hours = (count: number) => [
      sayIn('en')('hours', { count }),
      sayIn('fr')('hours', { count }),
    ];
    expect([hours(0), hours(1), hours(2_000)]).toEqual([
      ['0 hours', '0 heure'],
      ['1 hour', '1 heure'],
      ['2,000 hours', '2\u202f000 heures'],
    ]);
    expect(sayIn('en')('fact.parties.text', { seller: '{buyer}', buyer: 'B' })).toBe(
      '{buyer} to B',
    );
  });
});

describe('a statement as a document', () => {
  it('names and defines each figure in its language, and what it does not know as it was issued', () => {
    const labels = (language: 'en' | 'fr') =>
      tableOf('figures', parts(), language).rows.map(([id, label]) => [id, label]);
    expect(labels('fr')).toEqual([
      ['loadWh', 'Consommation'],
      ['matchedWh.PV-1', 'Appariée, de PV-1'],
      ['contractedCfePct', 'CFE pondéré par l’énergie'],
      ['hoursFullyMatchedPct', 'Heures entièrement appariées'],
      ['locationBasedT', 'Scope 2, fondé sur la localisation'],
      ['novelty', 'label of novelty'],
    ]);
    expect(labels('en')[1]).toEqual(['matchedWh.PV-1', 'Matched from PV-1']);
  });

  it('shows both CFE metrics under names of their own, and what is not applicable as that', () => {
    expect(statementDocument(parts(), 'fr').keyFigures.slice(0, 3)).toMatchObject([
      { label: 'CFE pondéré par l’énergie', text: '65,71\u202f%' },
      { label: 'Heures entièrement appariées', text: 'sans objet' },
      { label: 'Consommation', text: '25\u202f041,6', unit: 'MWh' },
    ]);
  });

  it('prints neither zero nor "not applicable" for what is not stated, and leaves the last line of criteria open', () => {
    const statement: IssuedStatement = {
      ...STATEMENT,
      apart: [{ line: 'biogenic', emissionsT: null, factors: [] }],
      criteria: [
        {
          instrumentClass: 'certificates',
          isApplied: true,
          answers: [{ criterion: 2, answer: 'met', evidence: 'unique' }],
        },
      ],
    };
    const printed = printedDocument(statementDocument({ ...parts(), statement }, 'en'), []);
    const rows = printed.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'table' ? block.rows : [])),
    );
    expect(rows).toContainEqual(['Biogenic CO2, outside the scopes', '–', 'not stated, no factor']);
    expect(rows).toContainEqual(['', 'Applied to market-based figures', '', '']);
  });

  it('says that it is preliminary, and what it replaces', () => {
    const calm = statementDocument(parts(), 'en');
    expect([calm.status, calm.notices]).toEqual([null, []]);
    const change = { id: 'loadWh', unit: 'Wh', before: 1, after: 25_041_627_969 };
    const restated = { status: 'preliminary', version: 2, supersedes: 'S-1', changes: [change] };
    const { status, notices } = statementDocument(parts(restated), 'fr');
    expect(status?.label).toBe('Provisoire');
    expect(notices).toEqual([
      'La version 2 remplace la version 1 (relevé S-1), qui reste inchangée dans le registre. 1 chiffre diffère et figure ci-dessous.',
    ]);
    expect(tableCsv(tableOf('changes', parts(restated)))).toBe(
      'figure,label,before,after,unit\nloadWh,Consumption,1,25041627969,Wh\n',
    );
  });

  it('translates what is disclosed, and keeps what it does not know', () => {
    const { sections } = statementDocument(parts(), 'fr');
    const texts = sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'paragraphs' ? block.texts : [])),
    );
    expect(texts).toContain(
      'Aucun mix résiduel n’est publié pour ce marché ; la moyenne du réseau en tient lieu.',
    );
    expect(texts).toContain('Something else.');
  });

  it('draws no hours that it cannot make again, and says so', () => {
    const { sections } = statementDocument({ ...parts(), hours: null }, 'en');
    const kinds = sections.flatMap(({ blocks }) => blocks.map(({ kind }) => kind));
    expect(kinds).not.toContain('heat-map');
    expect(kinds).toContain('month-bars');
    expect(JSON.stringify(sections)).toContain('are not drawn');
  });

  it('places every hour in site time, on a day of 25 hours too', () => {
    // Legal time went from UTC+1 to UTC+0 on 2026-09-20 at 01:00Z.
    const started = MOROCCO_LEGAL_TIME.find(({ validFromUtc }) =>
      validFromUtc.startsWith('2026-09'),
    );
    expect(started?.offsetMinutes).toBe(0);
    const startMs = Date.parse('2026-08-31T23:00:00Z');
    const hours = hoursFrom(startMs, 30 * 24 + 1);
    const september = {
      month: '2026-09',
      start: '2026-08-31T23:00:00Z',
      end: '2026-10-01T00:00:00Z',
      hours: 721,
      legalTime: 'm',
    };
    const of = parts({ period: september }, hours);
    const { sections } = statementDocument(of, 'en');
    const map = sections
      .flatMap(({ blocks }) => blocks)
      .find((block) => block.kind === 'heat-map')!;
    expect([map.dayLabels.length, map.cells.length]).toEqual([30, 721]);
    const doubled = map.cells.filter(({ isDoubled }) => isDoubled);
    expect(doubled.map(({ day, hour, isRepeat }) => [day, hour, isRepeat])).toEqual([
      [19, 1, false],
      [19, 1, true],
    ]);
    const twice = tableOf('hours', of).rows.filter(
      ([, local]) => typeof local === 'string' && local.startsWith('2026-09-20T01'),
    );
    expect(twice.map(([utc, local]) => [utc, local])).toEqual([
      ['2026-09-20T00:00:00Z', '2026-09-20T01:00+01:00'],
      ['2026-09-20T01:00:00Z', '2026-09-20T01:00+00:00'],
    ]);
  });

  it('calls an hour whole only when nothing of it is missing', () => {
    const [hour] = hoursFrom(START_MS, 1);
    const hours = [
      { ...hour!, loadWh: 1_000_000, matchedWh: 999_999 },
      { ...hour!, hourMs: START_MS + HOUR_MS, loadWh: 0, matchedWh: 0 },
      { ...hour!, hourMs: START_MS + 2 * HOUR_MS, loadWh: 0, matchedWh: 0, isKnown: false },
    ];
    const { sections } = statementDocument(parts({}, hours), 'en');
    const map = sections
      .flatMap(({ blocks }) => blocks)
      .find((block) => block.kind === 'heat-map')!;
    expect(map.cells.map(({ state, shareMille }) => [state, shareMille])).toEqual([
      ['part', 999],
      ['no-load', null],
      ['missing', null],
    ]);
    expect(
      tableCsv(tableOf('hours', parts({}, hours)))
        .split('\n')
        .slice(1, 4),
    ).toEqual([
      '2026-10-01T00:00:00Z,2026-10-01T00:00+00:00,1000000,2000,999999,1,99.99,false',
      '2026-10-01T01:00:00Z,2026-10-01T01:00+00:00,0,2000,0,0,,false',
      '2026-10-01T02:00:00Z,2026-10-01T02:00+00:00,,2000,,,,false',
    ]);
  });

  it('names its file by what every file system takes', () => {
    const { identity } = statementDocument(parts({ siteCode: 'A/B "..\n' }), 'en');
    expect(identity.fileName).toBe('carbon-A-B-..--2026-10-v1');
  });

  it('is harmless as CSV, whatever names hold', () => {
    const plants = [
      {
        code: 'P',
        name: '=cmd|calc',
        technology: 't',
        capacityW: 1_500_000,
        commissionedOn: '2026-06-01',
        lossFactor: '0.02',
        directFactorGPerKwh: '0',
      },
    ];
    expect(tableCsv(tableOf('plants', parts({ plants })))).toBe(
      'plant,name,technology,commissioned_on,capacity_mw,loss_factor,direct_factor_g_per_kwh\n' +
        "P,'=cmd|calc,t,2026-06-01,1.5,0.02,0\n",
    );
  });
});
