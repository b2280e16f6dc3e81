import { createHash } from 'node:crypto';
import { canonicalJson } from '../../src/core/ledger/canonical.js';
import { rowRoot, toHex, treeRoot } from '../../src/core/ledger/merkle.js';
import {
  consistencyOf,
  type Json,
  jsonBytes,
  leavesOf,
  leftOutOf,
  linesBytes,
  listFiles,
  packCheckpoint,
  type PackFiles,
  packJws,
  type PackKey,
  packKey,
} from './pack-writing.js';

/** A pack of one day of two meters and two plants, small enough to be reckoned by hand, with what it was made of. */
export interface PackOfMonth {
  readonly ledgerId: string;
  readonly files: PackFiles;
  readonly key: PackKey;
  /** Checkpoint of the first five events, for which the pack has a proof. */
  readonly since: string;
  /** Every event of the log, also those that the pack leaves out. */
  readonly texts: readonly string[];
}

const LEDGER = '5b1e0000-0000-5000-8000-000000000001';
const SITE = 'CASA-1';
const MONTH = '2026-10';
const PERIOD = { start: '2026-10-01T00:00:00Z', end: '2026-11-01T00:00:00Z' };
const DAY = '2026-10-14';
const RUN = '01a00000-0000-7000-8000-00000000000b';
const sha256Hex = (text: Buffer | string): string =>
  createHash('sha256').update(text).digest('hex');
const uuid = (at: number): string => `01a00000-0000-7000-8000-${String(at).padStart(12, '0')}`;

interface ToSeal {
  readonly type: string;
  readonly body: Json;
  readonly rows?: readonly Json[];
  readonly valid?: readonly [from: string, to: string];
  readonly sourceRef?: string;
  readonly supersedes?: readonly string[];
  readonly eventId?: string;
}

interface Sealed {
  readonly seq: number;
  readonly event: Json;
  readonly text: string;
  readonly rows: readonly Json[];
}

function seal(seq: number, draft: ToSeal): Sealed {
  const rows = draft.rows ?? [];
  const event: Json = {
    '@': 'mizan/event/1',
    actor: 'cli',
    actorPrincipal: 'terminal',
    actorRole: 'admin',
    body: draft.body,
    eventId: draft.eventId ?? uuid(seq),
    ledgerId: LEDGER,
    recordedAt: `2026-11-02T08:00:${String(seq).padStart(2, '0')}.123Z`,
    rowCount: rows.length,
    rowRoot: toHex(rowRoot(rows.map(canonicalJson))),
    schemaVersion: 2,
    seq,
    sourceRef: draft.sourceRef ?? null,
    supersedes: draft.supersedes ?? [],
    type: draft.type,
    validFrom: draft.valid?.[0] ?? null,
    validTo: draft.valid?.[1] ?? null,
  };
  return { seq, event, text: canonicalJson(event), rows };
}

const INTERVALS_FILE = Buffer.from('meter,start,wh\nHALL-A,…\n');
const CERTIFICATES_FILE = Buffer.from('certificate,plant,wh\nPV-1-…\n');

/** Load of HALL-A by hour; COOLING takes a tenth. Plants have made 1,000 Wh and 500 Wh in each of the hours 10 and 11. */
const LOAD_WH = Array.from({ length: 24 }, (_, hour) => 1_000 + hour);
const certificate = (at: number, plantCode: string, hour: number, wh: number): Json => ({
  '@': 'mizan/row/certificate/2',
  certificateId: uuid(900 + at),
  plantCode,
  start: `${DAY}T${hour}:00:00Z`,
  end: `${DAY}T${hour + 1}:00:00Z`,
  wh,
  externalId: `${plantCode}-${hour}`,
  issuer: '=ISSUER',
  status: 'active',
});
const CERTIFICATES = [
  certificate(0, 'PV-1', 10, 1_000),
  certificate(1, 'WIND-1', 10, 500),
  certificate(2, 'PV-1', 11, 1_000),
  certificate(3, 'WIND-1', 11, 500),
];

const block = (meterCode: string, wh: readonly (number | null)[], revision: number): Json => ({
  '@': 'mizan/row/interval-block/1',
  intervalMinutes: 60,
  meterCode,
  quality: wh.map(() => 0),
  revision,
  utcDay: DAY,
  wh,
});

const posting = (
  move: string,
  start: string,
  subjects: readonly string[],
  wh: readonly number[],
): Json => ({
  '@': 'mizan/row/posting/2',
  move,
  start,
  subjects,
  wh,
});

const hours = (values: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: 24 }, (_, hour) => values[hour] ?? 0);
const coolingWh = LOAD_WH.map((wh) => Math.floor(wh / 10));

/** In hour 10 all of HALL-A's 1,010 Wh and COOLING's 101 Wh are covered, in hour 11 less. */
const POSTINGS = [
  posting('issue', `${DAY}T10:00:00Z`, [uuid(900), uuid(901)], [1_000, 500]),
  posting('issue', `${DAY}T11:00:00Z`, [uuid(902), uuid(903)], [1_000, 500]),
  posting('match_supply', `${DAY}T10:00:00Z`, [uuid(900), uuid(901)], [741, 370]),
  posting('match_supply', `${DAY}T11:00:00Z`, [uuid(902), uuid(903)], [600, 300]),
  posting('consume', `${DAY}T00:00:00Z`, ['HALL-A'], LOAD_WH),
  posting('consume', `${DAY}T00:00:00Z`, ['COOLING'], coolingWh),
  posting('match_demand', `${DAY}T00:00:00Z`, ['HALL-A'], hours({ 10: 1_010, 11: 850 })),
  posting('match_demand', `${DAY}T00:00:00Z`, ['COOLING'], hours({ 10: 101, 11: 100 })),
  posting('unmatch_demand', `${DAY}T00:00:00Z`, ['COOLING'], hours({ 11: 50 })),
];

/**
 * By hand: load Σ 1,000 … 1,023 is 24,276 Wh and a tenth of each cut 2,418, so 26,694 Wh; matched 1,111 in hour 10
 * and 900 in hour 11, 2,011 Wh; of PV-1 1,341, of WIND-1 670; generation 3,000 Wh. Grid 548.2 g/kWh, PV 0, wind 11.5.
 */
const FIGURES: readonly (readonly [id: string, value: number | string, unit: string])[] = [
  ['loadWh', 26_694, 'Wh'],
  ['generationWh', 3_000, 'Wh'],
  ['matchedWh', 2_011, 'Wh'],
  ['residualWh', 24_683, 'Wh'],
  ['excessWh', 989, 'Wh'],
  ['matchedWh.PV-1', 1_341, 'Wh'],
  ['matchedWh.WIND-1', 670, 'Wh'],
  ['contractedCfePct', '7.53', '%'],
  ['contractedCfeEnginePct', '7.533528', '%'],
  ['hoursFullyMatched', '1', 'h'],
  ['hoursFullyMatchedPct', '4.16', '%'],
  ['volumetricPct', '11.238481', '%'],
  ['locationBasedT', '0.015', 't CO2e'],
  ['marketHourlyT', '0.014', 't CO2e'],
];

/** The hour's value where there is one, else the month's, never the year's: 548.2 g/kWh in every hour. */
const factor = (code: string, resolution: string, more: Json): Json => ({
  '@': 'mizan/row/emission-factor/1',
  basis: 'direct',
  cfePpm: (more['mgPerKwh'] as readonly unknown[]).map(() => null),
  code,
  kind: 'grid_average',
  resolution,
  version: 1,
  zone: 'MA',
  ...more,
});
const FACTORS = [
  factor('MA-GRID', 'annual', {
    mgPerKwh: [9_000_000],
    validFrom: '2025-12-31T23:00:00.000Z',
    validTo: '2027-01-01T00:00:00.000Z',
  }),
  factor('MA-HOURS', 'hourly', {
    mgPerKwh: Array.from({ length: 14 }, (_, hour) => (hour === 3 ? null : 548_200)),
    validFrom: `${DAY}T08:00:00.000Z`,
    validTo: `${DAY}T22:00:00.000Z`,
  }),
  factor('MA-MONTHS', 'monthly', {
    mgPerKwh: [8_000_000, 548_200],
    stepStarts: ['2026-08-31T23:00:00Z', '2026-10-01T00:00:00Z'],
    validFrom: '2026-08-31T23:00:00.000Z',
    validTo: '2026-11-01T00:00:00.000Z',
  }),
];

const common = { siteCode: SITE, period: { ...PERIOD, month: MONTH } };
const figure = ([id, value, unit]: (typeof FIGURES)[number]): Json => ({
  formula: id === 'loadWh' ? 'Σ load, "of meters"' : `Σ ${id}`,
  id,
  unit,
  value,
});
const CARBON: Json = {
  ...common,
  factors: FACTORS.map(({ code, version }) => ({ code: code!, version: version! })),
  figures: FIGURES.map(figure),
  kind: 'carbon',
  matching: { runId: RUN },
  meterCodes: ['HALL-A', 'COOLING'],
  plants: [
    { code: 'PV-1', directFactorGPerKwh: '0' },
    { code: 'WIND-1', directFactorGPerKwh: '11.5' },
  ],
  statementId: uuid(700),
  version: 1,
};
/** 2,000 Wh less 2 % at 550.55 MAD/MWh: 1.079078 MAD, 1.08; VAT 10 %: 0.108, 0.11. */
const BILLING: Json = {
  ...common,
  billing: {
    lines: [
      {
        deliveredWh: '1960',
        from: '2026-10-14',
        generationWh: 2_000,
        grossMad: '1.19',
        lossFactor: '0.02',
        netMad: '1.08',
        plantCode: 'PV-1',
        strikePriceMadPerMwh: '550.55',
        vatMad: '0.11',
        vatRatePct: '10',
      },
    ],
    totalGrossMad: '1.19',
    totalNetMad: '1.08',
    totalVatMad: '0.11',
  },
  figures: [
    { formula: 'Σ net', id: 'totalNetMad', unit: 'MAD', value: '1.08' },
    { formula: 'Σ VAT', id: 'totalVatMad', unit: 'MAD', value: '0.11' },
    { formula: 'Σ gross', id: 'totalGrossMad', unit: 'MAD', value: '1.19' },
    {
      formula: 'Σ certificates',
      id: 'PV-1 from 2026-10-14.generationWh',
      unit: 'Wh',
      value: 2_000,
    },
    { formula: 'less losses', id: 'PV-1 from 2026-10-14.deliveredWh', unit: 'Wh', value: '1960' },
    { formula: 'net', id: 'PV-1 from 2026-10-14.netMad', unit: 'MAD', value: '1.08' },
    { formula: 'VAT', id: 'PV-1 from 2026-10-14.vatMad', unit: 'MAD', value: '0.11' },
    { formula: 'net + VAT', id: 'PV-1 from 2026-10-14.grossMad', unit: 'MAD', value: '1.19' },
  ],
  kind: 'billing',
  statementId: uuid(701),
  version: 1,
};
const SETTLEMENT: Json = {
  runId: uuid(800),
  settlement: {
    lines: [
      {
        amountMad: '-12.50',
        kind: 'CREDIT',
        label: '-credit',
        price: null,
        quantity: '1.5',
        unit: 'MWh',
      },
    ],
  },
};

const statementRow = (statement: Json): Json => ({
  '@': 'mizan/row/statement/1',
  kind: statement['kind']!,
  month: MONTH,
  sha256: sha256Hex(jsonBytes(statement)),
  siteCode: SITE,
  statementId: statement['statementId']!,
  version: 1,
});

const WHOLE: readonly [string, string] = [PERIOD.start, PERIOD.end];

function drafts(key: PackKey): ToSeal[] {
  const imported = (file: Buffer, more: Json): Json => ({
    import: { byteCount: file.length, fileSha256: sha256Hex(file), ...more },
  });
  const counts = { changedCount: 0, identicalCount: 0, rejectedCount: 0 };
  const intervals = { ...counts, kind: 'intervals', newCount: 48, rowCount: 48, totalWh: 26_694 };
  const corrected = { ...intervals, changedCount: 1, newCount: 0, rowCount: 1, totalWh: 1_000 };
  const certificates = { kind: 'certificates', newCount: 4, rowCount: 4, totalWh: 3_000 };
  const issued = (statement: Json): ToSeal => ({
    type: 'statement.issued',
    body: { kind: statement['kind']! },
    rows: [statementRow(statement)],
    valid: WHOLE,
  });
  return [
    { type: 'ledger.opened', body: { name: 'test' } },
    { type: 'signing_key.activated', body: { kid: key.kid, x: key.jwk['x']! } },
    { type: 'record.versioned', body: {}, rows: FACTORS },
    // Of two years before: left out of the pack.
    { type: 'import.committed', body: {}, valid: ['2024-10-01T00:00:00Z', '2024-11-01T00:00:00Z'] },
    { type: 'matching.run', body: { run: { month: '2024-10' } }, valid: WHOLE },
    {
      type: 'import.committed',
      body: imported(INTERVALS_FILE, intervals),
      rows: [block('HALL-A', [null, ...LOAD_WH.slice(1)], 1), block('COOLING', coolingWh, 1)],
      valid: WHOLE,
      sourceRef: sha256Hex(INTERVALS_FILE),
    },
    {
      type: 'import.committed',
      body: imported(INTERVALS_FILE, corrected),
      rows: [block('HALL-A', LOAD_WH, 2)],
      valid: WHOLE,
      sourceRef: sha256Hex(INTERVALS_FILE),
      supersedes: [uuid(5)],
    },
    {
      type: 'import.committed',
      body: imported(CERTIFICATES_FILE, certificates),
      rows: CERTIFICATES,
      valid: WHOLE,
      sourceRef: sha256Hex(CERTIFICATES_FILE),
    },
    {
      type: 'matching.run',
      body: { run: { month: MONTH } },
      rows: POSTINGS,
      valid: WHOLE,
      eventId: RUN,
    },
    issued(CARBON),
    issued(BILLING),
    {
      type: 'settlement.run',
      body: {},
      rows: [
        {
          '@': 'mizan/row/settlement-run/1',
          runId: uuid(800),
          sha256: sha256Hex(jsonBytes(SETTLEMENT)),
        },
      ],
      valid: WHOLE,
    },
  ];
}

/** What a pack leaves out: the two events of 2024. */
const LEFT_OUT = [3, 4];

/** A pack that holds: one day of October 2026. */
export function packOfMonth(): PackOfMonth {
  const key = packKey();
  const before = drafts(key).map((draft, seq) => seal(seq, draft));
  const population = before.filter(({ seq }) => !LEFT_OUT.includes(seq));
  const sealed = {
    before: before.length,
    count: population.length,
    root: toHex(treeRoot(leavesOf(population.map(({ text }) => text)))),
  };
  const said = { attestationId: uuid(999), label: 'PRELIMINARY', month: MONTH, siteCode: SITE };
  const statements = [CARBON, BILLING].map((statement) => ({
    sha256: sha256Hex(jsonBytes(statement)),
    statementId: statement['statementId']!,
  }));
  const attestation = seal(before.length, {
    type: 'attestation.issued',
    body: {
      ...said,
      leftOut: { 'import.committed': 1, 'matching.run': 1 },
      population: sealed,
      statements,
    },
    valid: WHOLE,
  });
  const after = seal(before.length + 1, { type: 'ledger.resumed', body: {} });
  const texts = [...before, attestation, after].map(({ text }) => text);
  const leaves = leavesOf(texts);
  const events = [...population, attestation];
  const files: PackFiles = new Map([
    ['checkpoint', Buffer.from(packCheckpoint(LEDGER, leaves, key))],
    ['keys/jwks.json', jsonBytes({ keys: [key.jwk] })],
    ['consistency/5.json', jsonBytes(consistencyOf(leaves, 5))],
    ['log/events.jsonl', linesBytes(events.map(({ text }) => text))],
    [
      'log/left-out.json',
      jsonBytes(
        leftOutOf(
          leaves,
          events.map(({ seq }) => seq),
        ),
      ),
    ],
    ['log/rows.jsonl', linesBytes(events.flatMap(({ rows }) => rows.map(canonicalJson)))],
    [`settlements/${uuid(800)}.json`, jsonBytes(SETTLEMENT)],
    [`files/${sha256Hex(INTERVALS_FILE)}`, INTERVALS_FILE],
    [`files/${sha256Hex(CERTIFICATES_FILE)}`, CERTIFICATES_FILE],
    ['report.pdf', Buffer.from('%PDF-1.7\n')],
    ['HOWTO.txt', Buffer.from('node verify.mjs PACK.zip\n')],
    ...tablesOf(events),
  ]);
  for (const statement of [CARBON, BILLING]) {
    const path = `statements/${statement['kind'] as string}-v1`;
    files.set(`${path}.json`, jsonBytes(statement));
    files.set(`${path}.jws`, packJws(jsonBytes(statement), 'mizan-statement+jws', key));
  }
  const manifest: Json = {
    '@': 'mizan/pack/1',
    ...said,
    checkpoint: { size: leaves.length, root: toHex(treeRoot(leaves)), kid: key.kid },
    engines: { carbon: '1' },
    files: [],
    ledgerId: LEDGER,
    period: PERIOD,
    population: sealed,
    seq: attestation.seq,
  };
  files.set('manifest.json', jsonBytes(manifest));
  listFiles(files, key);
  return {
    ledgerId: LEDGER,
    files,
    key,
    since: packCheckpoint(LEDGER, leaves.slice(0, 5), key),
    texts,
  };
}

const csv = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(''));
const recorded = (seq: number): string => `2026-11-02T08:00:${String(seq).padStart(2, '0')}.123Z`;
const hourOf = (hour: number): string => `${DAY}T${String(hour).padStart(2, '0')}:00:00Z`;

function intervalLines(): string[] {
  const blocks: [seq: number, row: number, meter: string, revision: number, isLatest: number][] = [
    [5, 0, 'HALL-A', 1, 0],
    [5, 1, 'COOLING', 1, 1],
    [6, 0, 'HALL-A', 2, 1],
  ];
  return blocks.flatMap(([seq, row, meter, revision, isLatest]) =>
    (meter === 'HALL-A' ? LOAD_WH : coolingWh)
      .map(
        (wh, hour) => `${seq},${row},${meter},${hourOf(hour)},60,${wh},0,${revision},${isLatest}`,
      )
      .slice(seq === 5 && row === 0 ? 1 : 0),
  );
}

interface PostingRow {
  readonly move: string;
  readonly start: string;
  readonly subjects: readonly string[];
  readonly wh: readonly number[];
}

function bookLines(): { readonly line: string; readonly wh: number }[] {
  const demand = ['consume', 'consume_reversal', 'match_demand', 'unmatch_demand'];
  return POSTINGS.flatMap((row, at) => {
    const { move, start, subjects, wh } = row as unknown as PostingRow;
    return wh.flatMap((amount, place) => {
      const isDemand = demand.includes(move);
      const about = isDemand ? `${hourOf(place)},${subjects[0]!}` : `${start},${subjects[place]!}`;
      return amount === 0 ? [] : [{ line: `8,${at},${move},${about},${amount}`, wh: amount }];
    });
  });
}

interface StatementFigures {
  readonly kind: string;
  readonly figures: readonly {
    readonly id: string;
    readonly value: number | string;
    readonly unit: string;
    readonly formula: string;
  }[];
}

const figureLines = (): string[] =>
  [BILLING, CARBON].flatMap((statement) => {
    const { kind, figures } = statement as unknown as StatementFigures;
    return figures.map(({ id, value, unit, formula }) => {
      const cell = formula.includes('"') ? `"${formula.replaceAll('"', '""')}"` : formula;
      return `statements/${kind}-v1.json,${id},${value},${unit},${cell}`;
    });
  });

/** The tables, as they are written by hand from the events above. */
function tablesOf(events: readonly Sealed[]): [string, Buffer][] {
  const intervalsHash = sha256Hex(INTERVALS_FILE);
  const certificatesHash = sha256Hex(CERTIFICATES_FILE);
  const [i, c] = [INTERVALS_FILE.length, CERTIFICATES_FILE.length];
  const [intervals, book] = [intervalLines(), bookLines()];
  const loadWh = [...LOAD_WH, ...coolingWh].reduce((sum, wh) => sum + wh, 0);
  const controls = {
    events: { count: events.length },
    rows: { count: events.reduce((sum, { rows }) => sum + rows.length, 0) },
    files: { count: 2 },
    imports: { count: 3 },
    intervals: { count: intervals.length, wh: loadWh + 24_276 - 1_000 },
    certificates: { count: 4, wh: 3_000 },
    book: { count: book.length, wh: book.reduce((sum, { wh }) => sum + wh, 0) },
  };
  return [
    [
      'data/imports.csv',
      csv([
        'seq,event_id,recorded_at,kind,file_sha256,byte_count,row_count,new_count,changed_count,identical_count,rejected_count,total_wh',
        `5,${uuid(5)},${recorded(5)},intervals,${intervalsHash},${i},48,48,0,0,0,26694`,
        `6,${uuid(6)},${recorded(6)},intervals,${intervalsHash},${i},1,0,1,0,0,1000`,
        `7,${uuid(7)},${recorded(7)},certificates,${certificatesHash},${c},4,4,,,,3000`,
      ]),
    ],
    [
      'data/intervals.csv',
      csv(['seq,row,meter,start,minutes,wh,quality,revision,is_latest', ...intervals]),
    ],
    [
      'data/certificates.csv',
      csv([
        'seq,row,certificate_id,plant,start,end,wh,external_id,issuer,status',
        ...CERTIFICATES.map((one, row) => {
          const of = one as Readonly<Record<string, string>>;
          const about = `${of['certificateId']},${of['plantCode']},${of['start']},${of['end']},${of['wh']}`;
          return `7,${row},${about},${of['externalId']},'=ISSUER,active`;
        }),
      ]),
    ],
    ['data/book.csv', csv(['seq,row,move,hour,subject,wh', ...book.map(({ line }) => line)])],
    ['data/figures.csv', csv(['statement,id,value,unit,formula', ...figureLines()])],
    [
      'data/settlement-lines.csv',
      csv([
        'settlement,kind,label,quantity,unit,price,amount_mad',
        `settlements/${uuid(800)}.json,CREDIT,'-credit,1.5,MWh,,-12.50`,
      ]),
    ],
    [
      'data/interventions.csv',
      csv([
        'seq,event_id,recorded_at,type,actor,reason,supersedes',
        `6,${uuid(6)},${recorded(6)},import.committed,cli,,${uuid(5)}`,
      ]),
    ],
    ['data/controls.json', jsonBytes(controls)],
  ];
}
