import { type Canonical, canonicalJson } from '../ledger/canonical.js';

import { type CsvCell, csvNumber, csvRepeated, csvTable } from '../tabular/csv-text.js';
import { formatInstant, MINUTE_MS, utcDayStartMs } from '../time/interval.js';
import { compareIds } from '../text.js';
import type { PackLog } from './pack-log.js';
import { bookEntries, rowsOf, textOf } from './placed-rows.js';

/** What a pack's tables are made of. */
export interface TableSource {
  readonly log: PackLog;
  /** Civil month, ms. */
  readonly period: { readonly startMs: number; readonly endMs: number };
  /** Texts of statements and of settlement runs, by path. */
  readonly statements: ReadonlyMap<string, string>;
  readonly settlements: ReadonlyMap<string, string>;
  /** Files as received. */
  readonly fileCount: number;
}

type Line = readonly CsvCell[];

/** A table: its lines, and which column holds the Wh that are summed, where it has energy. */
interface Table {
  readonly head: readonly string[];
  readonly lines: Iterable<Line>;
  readonly whAt?: number;
}

/** Acts of persons on what was measured, or on what others ask for (PACK section 6). */
const INTERVENTIONS: ReadonlySet<string> = new Set([
  'readings.estimated',
  'exception.decided',
  'certificates.acted',
  'supplier_invoice.decided',
  'supplier_invoice.voided',
]);

/** The tables of a pack for people, made of what was sealed, by path (PACK section 6). */
export function packTables(source: TableSource): ReadonlyMap<string, string> {
  const tables: Record<string, Table> = {
    imports: importsOf(source.log),
    intervals: intervalsOf(source),
    certificates: certificatesOf(source),
    book: bookOf(source),
    figures: figuresOf(source.statements),
    'settlement-lines': settlementLinesOf(source.settlements),
    interventions: interventionsOf(source.log),
  };
  const written = new Map(Object.entries(tables).map(([name, table]) => [name, writtenOf(table)]));
  const texts = [...written].map(([name, { text }]) => [`data/${name}.csv`, text] as const);
  const countOf = (name: string): Canonical => written.get(name)!.control;
  const { headers, rows } = source.log;
  const controls = canonicalJson({
    events: { count: headers.length },
    rows: { count: rows.reduce((sum, { length }) => sum + length, 0) },
    files: { count: source.fileCount },
    imports: countOf('imports'),
    intervals: countOf('intervals'),
    certificates: countOf('certificates'),
    book: countOf('book'),
  });
  return new Map([...texts, ['data/controls.json', controls]]);
}

/** The text of a table, and how many lines and Wh it has. A month has millions of lines: no two are held at once. */
function writtenOf({ head, lines, whAt }: Table): {
  readonly text: string;
  readonly control: Canonical;
} {
  let [count, wh] = [0, 0];
  function* all(): Generator<Line> {
    yield head;
    for (const line of lines) {
      count += 1;
      if (whAt !== undefined) wh += line[whAt] as number;
      yield line;
    }
  }
  const text = csvTable(all());
  return { text, control: whAt === undefined ? { count } : { count, wh } };
}

/** Cells of instants: a month has few, on many lines each. */
function instantCells(): (atMs: number) => CsvCell {
  const cells = new Map<number, CsvCell>();
  return (atMs) => {
    const known = cells.get(atMs) ?? csvRepeated(formatInstant(atMs));
    cells.set(atMs, known);
    return known;
  };
}

function importsOf({ headers }: PackLog): Table {
  const imports = headers.filter(({ type }) => type === 'import.committed');
  return {
    head: [
      'seq',
      'event_id',
      'recorded_at',
      'kind',
      'file_sha256',
      'byte_count',
      'row_count',
      'new_count',
      'changed_count',
      'identical_count',
      'rejected_count',
      'total_wh',
    ],
    lines: imports.map(({ seq, eventId, recordedAt, body }) => {
      const said = (body['import'] ?? {}) as { readonly [name: string]: Canonical };
      const number = (name: string): CsvCell => {
        const value = said[name];
        return typeof value === 'number' ? value : '';
      };
      return [
        seq,
        eventId,
        recordedAt,
        textOf(said['kind']),
        textOf(said['fileSha256']),
        number('byteCount'),
        number('rowCount'),
        number('newCount'),
        number('changedCount'),
        number('identicalCount'),
        number('rejectedCount'),
        number('totalWh'),
      ];
    }),
  };
}

interface BlockRow {
  readonly meterCode: string;
  readonly utcDay: string;
  readonly intervalMinutes: number;
  readonly revision: number;
  readonly wh: readonly (number | null)[];
  readonly quality: readonly number[];
}

function intervalsOf({ log, period: { startMs, endMs } }: TableSource): Table {
  const blocks = [...rowsOf(log, ['mizan/row/interval-block/1'])].map(({ seq, row, value }) => ({
    seq,
    row,
    block: value as unknown as BlockRow,
  }));
  const latest = new Map<string, number>();
  const keyOf = ({ meterCode, utcDay }: BlockRow): string => `${utcDay} ${meterCode}`;
  for (const { block } of blocks) {
    latest.set(keyOf(block), Math.max(latest.get(keyOf(block)) ?? 0, block.revision));
  }
  const instantOf = instantCells();
  function* lines(): Generator<Line> {
    for (const { seq, row, block } of blocks) {
      const { utcDay, intervalMinutes, revision, wh, quality } = block;
      const meter = csvRepeated(block.meterCode);
      const dayMs = utcDayStartMs(utcDay);
      const isLatest = latest.get(keyOf(block)) === revision ? 1 : 0;
      for (let place = 0; place < wh.length; place += 1) {
        const value = wh[place]!;
        const atMs = dayMs + place * intervalMinutes * MINUTE_MS;
        if (value === null || atMs < startMs || atMs >= endMs) continue;
        const interval = [instantOf(atMs), intervalMinutes, value, quality[place]!] as const;
        yield [seq, row, meter, ...interval, revision, isLatest];
      }
    }
  }
  const head = [
    'seq',
    'row',
    'meter',
    'start',
    'minutes',
    'wh',
    'quality',
    'revision',
    'is_latest',
  ];
  return { head, lines: lines(), whAt: head.indexOf('wh') };
}

function certificatesOf({ log, period: { startMs, endMs } }: TableSource): Table {
  const domains = ['mizan/row/certificate/1', 'mizan/row/certificate/2'];
  const lines: Line[] = [];
  for (const { seq, row, value } of rowsOf(log, domains)) {
    const start = textOf(value['start']);
    const atMs = Date.parse(start);
    if (atMs < startMs || atMs >= endMs) continue;
    const wh = value['wh'] as number;
    const who = [textOf(value['certificateId']), textOf(value['plantCode'])] as const;
    const rest = [textOf(value['externalId']), textOf(value['issuer']), textOf(value['status'])];
    lines.push([seq, row, ...who, start, textOf(value['end']), wh, ...rest]);
  }
  const head = [
    ...(['seq', 'row', 'certificate_id', 'plant', 'start'] as const),
    ...(['end', 'wh', 'external_id', 'issuer', 'status'] as const),
  ];
  return { head, lines, whAt: head.indexOf('wh') };
}

function bookOf({ log, period }: TableSource): Table {
  const instantOf = instantCells();
  function* lines(): Generator<Line> {
    for (const { seq, row, move, hourMs, subject, wh } of bookEntries(log, period)) {
      yield [seq, row, move, instantOf(hourMs), subject, wh];
    }
  }
  const head = ['seq', 'row', 'move', 'hour', 'subject', 'wh'];
  return { head, lines: lines(), whAt: head.indexOf('wh') };
}

const byPath = (texts: ReadonlyMap<string, string>): [string, string][] =>
  [...texts].toSorted(([a], [b]) => compareIds(a, b));

function figuresOf(statements: ReadonlyMap<string, string>): Table {
  const lines = byPath(statements).flatMap(([path, text]) => {
    const { figures } = JSON.parse(text) as {
      readonly figures: readonly {
        readonly id: string;
        readonly value: number | string | null;
        readonly unit: string;
        readonly formula: string;
      }[];
    };
    return figures.map(({ id, value, unit, formula }): Line => {
      const cell = value === null ? '' : csvNumber(String(value));
      return [path, id, cell, unit, formula];
    });
  });
  return { head: ['statement', 'id', 'value', 'unit', 'formula'], lines };
}

function settlementLinesOf(settlements: ReadonlyMap<string, string>): Table {
  const lines = byPath(settlements).flatMap(([path, text]) => {
    const { settlement } = JSON.parse(text) as {
      readonly settlement: {
        readonly lines: readonly {
          readonly kind: string;
          readonly label: string;
          readonly quantity: string;
          readonly unit: string;
          readonly price: string | null;
          readonly amountMad: string;
        }[];
      };
    };
    return settlement.lines.map(({ kind, label, quantity, unit, price, amountMad }): Line => {
      const priced = price === null ? '' : csvNumber(price);
      return [path, kind, label, csvNumber(quantity), unit, priced, csvNumber(amountMad)];
    });
  });
  const head = ['settlement', 'kind', 'label', 'quantity', 'unit', 'price', 'amount_mad'];
  return { head, lines };
}

function interventionsOf({ headers }: PackLog): Table {
  const acts = headers.filter(({ type, body }) => {
    const changed = (body['import'] as { readonly changedCount?: unknown } | undefined)
      ?.changedCount;
    return INTERVENTIONS.has(type) || (type === 'import.committed' && Number(changed ?? 0) > 0);
  });
  return {
    head: ['seq', 'event_id', 'recorded_at', 'type', 'actor', 'reason', 'supersedes'],
    lines: acts.map(({ seq, eventId, recordedAt, type, actor, body, supersedes }): Line => {
      const reason = textOf(body['reason']);
      return [seq, eventId, recordedAt, type, actor, reason, supersedes.join(' ')];
    }),
  };
}
