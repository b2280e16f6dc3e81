import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';

/**
 * A pack of a month of one meter and one plant, written by hand from the description of the format:
 * it shares nothing with the program that makes packs, nor with those that verify them.
 */
export interface HandMadePack {
  /** Every file but `manifest.json` and `manifest.jws`. */
  readonly files: Map<string, Buffer>;
  readonly manifest: Record<string, unknown>;
  /** The key of the log, as `NAME+ID+KEY`, and its thumbprint. */
  readonly key: string;
  readonly kid: string;
  /** A checkpoint of the log of so many events, to be kept; or of another root, signed all the same. */
  readonly noteOf: (size: number, root?: Buffer) => string;
}

const LEDGER = '5b1e0000-0000-5000-8000-000000000000';
const ORIGIN = `mizan/ledger/${LEDGER}`;
const NOON = '2026-10-14T12:00:00Z';
const ONE = '2026-10-14T13:00:00Z';

export const sha256 = (...parts: readonly (Buffer | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hex = (bytes: Buffer | string): string => sha256(bytes).toString('hex');

/** Canonical JSON of what has neither fractions nor names beyond the basic plane. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  const members = value as Record<string, unknown>;
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`).join(',')}}`;
}

const leafOf = (bytes: string): Buffer => sha256('\0', bytes);

export function treeRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length < 2) return leaves[0] ?? sha256('');
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha256('\x01', treeRoot(leaves.slice(0, half)), treeRoot(leaves.slice(half)));
}

/** RFC 6962 section 2.1.2. */
function proofOf(size: number, leaves: readonly Buffer[], isWhole = true): Buffer[] {
  if (size === leaves.length) return isWhole ? [] : [treeRoot(leaves)];
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return size <= half
    ? [...proofOf(size, left, isWhole), treeRoot(right)]
    : [...proofOf(size - half, right, false), treeRoot(left)];
}

/** Seed of RFC 8037 appendix A.1: published, of no key that is used. */
const SEED = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
const X = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
const secret = (): KeyObject =>
  createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: SEED, x: X }, format: 'jwk' });
const kidOf = (x: string): string =>
  sha256(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).toString('base64url');

export function jwsOf(bytes: Buffer, typ: string): Buffer {
  const kid = kidOf(createPublicKey(secret()).export({ format: 'jwk' }).x!);
  const header = Buffer.from(canonical({ alg: 'EdDSA', kid, typ })).toString('base64url');
  const signature = sign(
    null,
    Buffer.from(`${header}.${bytes.toString('base64url')}`),
    secret(),
  ).toString('base64url');
  return Buffer.from(`${header}..${signature}`);
}

interface Sealed {
  readonly text: string;
  readonly rows: readonly string[];
  readonly isLeftOut: boolean;
}

class Log {
  readonly events: Sealed[] = [];

  add(type: string, body: object, more: EventMore = {}): string {
    const seq = this.events.length;
    const rows = (more.rows ?? []).map(canonical);
    const eventId = `01a22000-0000-7000-8000-${String(seq).padStart(12, '0')}`;
    const text = canonical({
      '@': 'mizan/event/1',
      actor: 'key-1',
      actorPrincipal: 'P1',
      actorRole: 'admin',
      body,
      eventId,
      ledgerId: LEDGER,
      recordedAt: `2026-11-02T08:00:${String(seq).padStart(2, '0')}.250Z`,
      rowCount: rows.length,
      rowRoot: treeRoot(rows.map(leafOf)).toString('hex'),
      schemaVersion: 2,
      seq,
      sourceRef: more.sourceRef ?? null,
      supersedes: [],
      type,
      validFrom: more.valid?.[0] ?? null,
      validTo: more.valid?.[1] ?? null,
    });
    this.events.push({ text, rows, isLeftOut: more.isLeftOut ?? false });
    return eventId;
  }
}

interface EventMore {
  readonly rows?: readonly object[];
  readonly sourceRef?: string;
  readonly valid?: readonly [string, string];
  readonly isLeftOut?: boolean;
}

const MONTH = ['2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'] as const;
const CERTIFICATES = 'certificates';
const READINGS = 'readings "of October"';
/** Nulls of a day but at noon and one. */
const atNoon = <T>(noon: T, one: T): (T | null)[] =>
  Array.from({ length: 24 }, (_, hour) => (hour === 12 ? noon : hour === 13 ? one : null));
const day = (noon: number, one: number): number[] => atNoon(noon, one).map((wh) => wh ?? 0);

const FACTOR = {
  '@': 'mizan/row/emission-factor/1',
  code: 'GRID',
  kind: 'grid_average',
  zone: 'MA',
  basis: 'direct',
  mgPerKwh: [548200],
  cfePpm: [null],
  resolution: 'annual',
  validFrom: '2025-12-31T23:00:00.000Z',
  validTo: '2027-01-01T00:00:00.000Z',
  version: 1,
};

function certificate(id: string, start: string, end: string, wh: number): object {
  return {
    '@': 'mizan/row/certificate/2',
    certificateId: id,
    end,
    externalId: `=${id}`,
    issuer: 'ISSUER, "of" it',
    plantCode: 'PV-1',
    start,
    status: 'Active',
    wh,
  };
}

const posting = (move: string, start: string, subjects: string[], wh: number[]): object => ({
  '@': 'mizan/row/posting/2',
  move,
  start,
  subjects,
  wh,
});

function importOf(kind: string, file: string, count: number, totalWh: number): object {
  return {
    import: {
      byteCount: file.length,
      changedCount: 0,
      fileSha256: hex(file),
      identicalCount: 0,
      kind,
      newCount: count,
      rowCount: count,
      totalWh,
    },
  };
}

function carbon(runId: string): object {
  const figures = [
    ['loadWh', 160000],
    ['generationWh', 150000],
    ['matchedWh', 140000],
    ['residualWh', 20000],
    ['excessWh', 10000],
    ['matchedWh.PV-1', 140000],
    ['contractedCfePct', '87.50'],
    ['contractedCfeEnginePct', '87.500000'],
    ['hoursFullyMatchedPct', '50.00'],
    ['hoursFullyMatched', '1'],
    ['volumetricPct', '93.750000'],
    ['locationBasedT', '0.088'],
    ['marketHourlyT', '0.011'],
  ].map(([id, value]) => ({ formula: 'Σ', id, unit: 'u', value }));
  return {
    factors: [{ code: 'GRID', version: 1 }],
    figures,
    kind: 'carbon',
    matching: { runId },
    meterCodes: ['M1'],
    period: { end: MONTH[1], start: MONTH[0] },
    plants: [{ code: 'PV-1', directFactorGPerKwh: '0' }],
    siteCode: 'SITE',
    statementId: 'S1',
    version: 1,
  };
}

function billing(): object {
  const line = {
    deliveredWh: '147000',
    generationWh: 150000,
    grossMad: '88.94',
    lossFactor: '0.02',
    netMad: '80.85',
    plantCode: 'PV-1',
    strikePriceMadPerMwh: '550.00',
    vatMad: '8.09',
    vatRatePct: '10',
  };
  const { deliveredWh, generationWh, netMad, vatMad, grossMad } = line;
  const totals = { totalGrossMad: '88.94', totalNetMad: '80.85', totalVatMad: '8.09' };
  const figures = [
    ...Object.entries({ generationWh, deliveredWh, netMad, vatMad, grossMad }).map(
      ([id, value]) => [`PV-1.${id}`, value] as const,
    ),
    ...Object.entries(totals),
  ].map(([id, value]) => ({ formula: 'Σ', id, unit: 'u', value }));
  return {
    billing: {
      currency: 'MAD',
      lines: [line],
      totalGrossMad: totals.totalGrossMad,
      totalNetMad: totals.totalNetMad,
      totalVatMad: totals.totalVatMad,
    },
    figures,
    kind: 'billing',
    siteCode: 'SITE',
    statementId: 'S2',
    version: 1,
  };
}

/** The log of the month, up to what the pack's population is taken of. */
function logOf(files: Map<string, Buffer>, hasMarch: boolean): Log {
  const log = new Log();
  log.add('ledger.opened', { origin: ORIGIN });
  log.add('signing_key.activated', { kid: kidOf(X), x: X });
  log.add('record.versioned', {}, { rows: [FACTOR] });
  for (const file of [CERTIFICATES, READINGS]) files.set(`files/${hex(file)}`, Buffer.from(file));
  log.add('import.committed', importOf('certificates', CERTIFICATES, 2, 150000), {
    rows: [
      certificate('C1', NOON, ONE, 80000),
      certificate('C2', ONE, '2026-10-14T14:00:00Z', 70000),
    ],
    sourceRef: hex(CERTIFICATES),
    valid: MONTH,
  });
  log.add('import.committed', importOf('intervals', READINGS, 2, 160000), {
    rows: [
      {
        '@': 'mizan/row/interval-block/1',
        intervalMinutes: 60,
        meterCode: 'M1',
        quality: atNoon(0, 3),
        revision: 1,
        sourceLine: atNoon(2, 3),
        utcDay: '2026-10-14',
        wh: atNoon(100000, 60000),
      },
    ],
    sourceRef: hex(READINGS),
    valid: MONTH,
  });
  log.add('import.committed', importOf('intervals', 'of March', 1, 5), {
    valid: ['2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'],
    isLeftOut: !hasMarch,
  });
  const runId = log.add(
    'matching.run',
    { run: { month: '2026-10' } },
    {
      rows: [
        posting('issue', NOON, ['C1'], [80000]),
        posting('consume', '2026-10-14T00:00:00Z', ['M1'], day(100000, 60000)),
        posting('match_supply', NOON, ['C1'], [80000]),
        posting('match_supply', ONE, ['C2'], [60000]),
        posting('match_demand', '2026-10-14T00:00:00Z', ['M1'], day(80000, 60000)),
      ],
      valid: MONTH,
    },
  );
  for (const statement of [carbon(runId), billing()]) {
    const { kind, statementId } = statement as { kind: string; statementId: string };
    const text = Buffer.from(canonical(statement));
    files.set(`statements/${kind}-v1.json`, text);
    files.set(`statements/${kind}-v1.jws`, jwsOf(text, 'mizan-statement+jws'));
    const sha = sha256(text).toString('hex');
    const row = {
      '@': 'mizan/row/statement/1',
      kind,
      month: '2026-10',
      sha256: sha,
      siteCode: 'SITE',
      statementId,
      version: 1,
    };
    log.add('statement.issued', {}, { rows: [row], valid: MONTH });
  }
  return log;
}

const TABLES = (): Record<string, string[]> => ({
  imports: [
    'seq,event_id,recorded_at,kind,file_sha256,byte_count,row_count,new_count,changed_count,identical_count,rejected_count,total_wh',
    `3,01a22000-0000-7000-8000-000000000003,2026-11-02T08:00:03.250Z,certificates,${hex(CERTIFICATES)},12,2,2,0,0,,150000`,
    `4,01a22000-0000-7000-8000-000000000004,2026-11-02T08:00:04.250Z,intervals,${hex(READINGS)},21,2,2,0,0,,160000`,
  ],
  intervals: [
    'seq,row,meter,start,minutes,wh,quality,revision,is_latest',
    `4,0,M1,${NOON},60,100000,0,1,1`,
    `4,0,M1,${ONE},60,60000,3,1,1`,
  ],
  certificates: [
    'seq,row,certificate_id,plant,start,end,wh,external_id,issuer,status',
    `3,0,C1,PV-1,${NOON},${ONE},80000,'=C1,"ISSUER, ""of"" it",Active`,
    `3,1,C2,PV-1,${ONE},2026-10-14T14:00:00Z,70000,'=C2,"ISSUER, ""of"" it",Active`,
  ],
  book: [
    'seq,row,move,hour,subject,wh',
    `6,0,issue,${NOON},C1,80000`,
    `6,1,consume,${NOON},M1,100000`,
    `6,1,consume,${ONE},M1,60000`,
    `6,2,match_supply,${NOON},C1,80000`,
    `6,3,match_supply,${ONE},C2,60000`,
    `6,4,match_demand,${NOON},M1,80000`,
    `6,4,match_demand,${ONE},M1,60000`,
  ],
  'settlement-lines': ['settlement,kind,label,quantity,unit,price,amount_mad'],
  interventions: ['seq,event_id,recorded_at,type,actor,reason,supersedes'],
});

function figureLines(files: Map<string, Buffer>): string[] {
  const paths = [...files.keys()].filter((path) => /^statements.*json$/.test(path)).sort();
  return paths.flatMap((path) => {
    const { figures } = JSON.parse(files.get(path)!.toString()) as {
      figures: { id: string; value: string | number; unit: string; formula: string }[];
    };
    return figures.map(({ id, value, unit, formula }) =>
      [path, id, value, unit, formula].join(','),
    );
  });
}

function noteText(size: number, root: Buffer): string {
  const text = `${ORIGIN}\n${size}\n${root.toString('base64')}\n`;
  const signature = sign(null, Buffer.from(text), secret());
  return `${text}\n— ${ORIGIN} ${Buffer.concat([keyId(), signature]).toString('base64')}\n`;
}

/** What a program that does not keep to the format would seal: an import of another month, fewer statements. */
export interface Misdeeds {
  readonly hasMarch?: boolean;
  readonly named?: readonly string[];
}

export function handMadePack(misdeeds: Misdeeds = {}): HandMadePack {
  const { hasMarch = false, named = ['carbon', 'billing'] } = misdeeds;
  const files = new Map<string, Buffer>();
  const log = logOf(files, hasMarch);
  const population = log.events.filter(({ isLeftOut }) => !isLeftOut);
  const seq = log.events.length;
  const sealed = {
    before: seq,
    count: population.length,
    root: treeRoot(population.map(({ text }) => leafOf(text))).toString('hex'),
  };
  const statements = named.map((kind, at) => ({
    sha256: hex(files.get(`statements/${kind}-v1.json`)!),
    statementId: `S${at + 1}`,
  }));
  log.add('attestation.issued', {
    attestationId: 'A1',
    label: 'PRELIMINARY',
    leftOut: hasMarch ? {} : { 'import.committed': 1 },
    month: '2026-10',
    population: sealed,
    siteCode: 'SITE',
    statements,
  });
  log.add('journal.exported', {}, { isLeftOut: true });
  const leaves = log.events.map(({ text }) => leafOf(text));
  const size = leaves.length;
  const noteOf = (until: number, root = treeRoot(leaves.slice(0, until))): string =>
    noteText(until, root);
  const inPack = log.events.filter(({ isLeftOut }) => !isLeftOut);
  const lines = (texts: readonly string[]): Buffer =>
    Buffer.from(texts.map((text) => `${text}\n`).join(''));
  const gap = (at: number): object => ({
    begin: at,
    end: at + 1,
    nodes: [leaves[at]!.toString('hex')],
  });
  const json = (path: string, value: unknown): void => {
    files.set(path, Buffer.from(canonical(value)));
  };
  files.set('checkpoint', Buffer.from(noteOf(size)));
  json('keys/jwks.json', {
    keys: [{ alg: 'EdDSA', crv: 'Ed25519', kid: kidOf(X), kty: 'OKP', use: 'sig', x: X }],
  });
  for (const from of [4, 7])
    json(`consistency/${from}.json`, {
      from,
      hashes: proofOf(from, leaves).map((hash) => hash.toString('hex')),
      size,
    });
  files.set('log/events.jsonl', lines(inPack.map(({ text }) => text)));
  files.set('log/rows.jsonl', lines(inPack.flatMap(({ rows }) => rows)));
  json('log/left-out.json', { gaps: hasMarch ? [gap(10)] : [gap(5), gap(10)], size });
  const tables = TABLES();
  tables.figures = ['statement,id,value,unit,formula', ...figureLines(files)];
  for (const [name, rows] of Object.entries(tables))
    files.set(`data/${name}.csv`, Buffer.from(rows.map((row) => `${row}\n`).join('')));
  json('data/controls.json', {
    events: { count: 9 },
    rows: { count: 11 },
    files: { count: 2 },
    imports: { count: 2 },
    intervals: { count: 2, wh: 160000 },
    certificates: { count: 2, wh: 150000 },
    book: { count: 7, wh: 520000 },
  });
  files.set('report.pdf', Buffer.from('%PDF-1.4'));
  files.set('HOWTO.txt', Buffer.from('python3 verify.py PACK'));
  const manifest = {
    '@': 'mizan/pack/1',
    ledgerId: LEDGER,
    siteCode: 'SITE',
    month: '2026-10',
    period: { start: MONTH[0], end: MONTH[1] },
    label: 'PRELIMINARY',
    attestationId: 'A1',
    seq,
    checkpoint: { size, root: treeRoot(leaves).toString('hex'), kid: kidOf(X) },
    population: sealed,
    engines: { matching: 2 },
  };
  const vkey = Buffer.concat([Buffer.from([1]), Buffer.from(X, 'base64url')]).toString('base64');
  return {
    files,
    manifest,
    key: `${ORIGIN}+${keyId().toString('hex')}+${vkey}`,
    kid: kidOf(X),
    noteOf,
  };
}

const keyId = (): Buffer => sha256(ORIGIN, '\n\x01', Buffer.from(X, 'base64url')).subarray(0, 4);

/** The files, with a manifest that lists them and is signed, or has the signature that is given. */
export function manifestOf(
  { files, manifest }: Pick<HandMadePack, 'files' | 'manifest'>,
  signature?: Buffer,
): Map<string, Buffer> {
  const all = new Map(files);
  const listed = [...files].sort(byPath).map(([path, bytes]) => ({
    path,
    byteCount: bytes.length,
    sha256: hex(bytes),
  }));
  const text = Buffer.from(canonical(Object.assign({ files: listed }, manifest)));
  all.set('manifest.json', text);
  all.set('manifest.jws', signature ?? jwsOf(text, 'mizan-pack+jws'));
  return all;
}

export const packed = (
  pack: Pick<HandMadePack, 'files' | 'manifest'>,
  signature?: Buffer,
): Buffer => archiveOf(manifestOf(pack, signature));

const byPath = ([a]: readonly [string, Buffer], [b]: readonly [string, Buffer]): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A ZIP archive as a pack is one: by path, deflated, dated 1980-01-01. */
export function archiveOf(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const listing: Buffer[] = [];
  let at = 0;
  for (const [path, bytes] of [...files].sort(byPath)) {
    const data = deflateRawSync(bytes);
    const name = Buffer.from(path);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt16LE(0x21, 8);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    listing.push(Buffer.from('PK\x01\x02\x14\0'), facts, more, name);
    parts.push(Buffer.from('PK\x03\x04'), facts, name, data);
    at += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(Buffer.concat(listing).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...listing, end]);
}
