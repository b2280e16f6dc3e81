/** Tables for people: each line made again from the row that it is of (PACK 6). */
import { fromUtf8 } from '../base/bytes.js';
import { canonicalJson, isCount, isRecord } from '../base/canonical.js';
import { parsedFile } from '../contents.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SUPPLY = [
  'issue',
  'match_supply',
  'unmatch_supply',
  'withdraw',
  'withdraw_cancelled',
  'expire',
  'cancel',
  'cancel_for_storage',
];
const DEMAND = ['consume', 'consume_reversal', 'match_demand', 'unmatch_demand'];
const HOURS_OF_DAY = 24;
const ACTS = [
  'readings.estimated',
  'exception.decided',
  'certificates.acted',
  'supplier_invoice.decided',
  'supplier_invoice.voided',
];

const COLUMNS = {
  imports:
    'seq,event_id,recorded_at,kind,file_sha256,byte_count,row_count,new_count,changed_count,identical_count,rejected_count,total_wh',
  intervals: 'seq,row,meter,start,minutes,wh,quality,revision,is_latest',
  certificates: 'seq,row,certificate_id,plant,start,end,wh,external_id,issuer,status',
  book: 'seq,row,move,hour,subject,wh',
  figures: 'statement,id,value,unit,formula',
  'settlement-lines': 'settlement,kind,label,quantity,unit,price,amount_mad',
  interventions: 'seq,event_id,recorded_at,type,actor,reason,supersedes',
};

/** A month has few instants and millions of lines: what was written once is kept, as many as fit a month of minutes. */
const KEPT = 50_000;

/** As `make`, which is asked the same again and again. */
function kept(make) {
  const made = new Map();
  return (of) => {
    let text = made.get(of);
    if (text === undefined) {
      text = make(of);
      if (made.size >= KEPT) made.clear();
      made.set(of, text);
    }
    return text;
  };
}

const instantOf = kept((ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`);

/** Columns whose cells are numbers, also where a number is decimal text. */
const NUMBERS =
  /^(seq|row|minutes|wh|total_wh|quality|revision|is_latest|value|quantity|price|amount_mad|.*_count)$/;
/** Text that a spreadsheet would compute. */
const COMPUTED = /^([\t\r]|['\s]*[=+\-@\t\r\0])/;

const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const textCell = kept((text) => quoted(COMPUTED.test(text) ? `'${text}` : text));

/** A cell: nothing for what is not there; a text that a spreadsheet would compute gets an apostrophe. */
function cell(value, isNumber) {
  // A number is no text that a spreadsheet computes, unless it stands below zero among texts.
  if (typeof value === 'number' && (isNumber || value >= 0)) return `${value}`;
  if (value === null || value === undefined) return '';
  return isNumber ? quoted(String(value)) : textCell(String(value));
}

/** Compares a file with lines as they are made, so that no table is held twice. */
class Table {
  constructor(check, files, name) {
    this.check = check;
    this.file = `data/${name}.csv`;
    this.count = 0;
    this.wh = 0;
    this.at = 0;
    const bytes = files.get(this.file);
    this.text = bytes === undefined ? null : fromUtf8(bytes);
    if (bytes === undefined) check.fail('file.missing', { file: this.file });
    else if (this.text === null) check.fail('json.utf8', { file: this.file });
    this.isOff = this.text === null;
    this.areNumbers = COLUMNS[name].split(',').map((column) => NUMBERS.test(column));
    this.#expect(`${COLUMNS[name]}\n`, 1);
  }

  /** @param {unknown[]} values  the cells of the next line; `wh` is what it adds to the sum */
  add(values, wh = 0) {
    this.addText(this.isOff ? '' : this.cells(values), values[0], wh);
  }

  /** @param {string} text  a line that was written from its cells; `first` is the first of them */
  addText(text, first, wh = 0) {
    this.count += 1;
    this.wh += wh;
    this.#expect(`${text}\n`, this.count + 1, first);
  }

  /** @returns {string} cells that stand beside each other; the first is in column `from` */
  cells(values, from = 0) {
    let line = cell(values[0], this.areNumbers[from]);
    for (let at = 1; at < values.length; at += 1)
      line += `,${cell(values[at], this.areNumbers[from + at])}`;
    return line;
  }

  #expect(line, number, first) {
    if (this.isOff) return;
    if (this.text.startsWith(line, this.at)) {
      this.at += line.length;
      return;
    }
    const end = this.text.indexOf('\n', this.at);
    const is = this.text.slice(this.at, end < 0 ? undefined : end);
    const event = typeof first === 'number' ? { event: first } : {};
    this.check.fail('tables.line', {
      file: this.file,
      ...event,
      line: number,
      is,
      due: line.trimEnd(),
    });
    this.isOff = true;
  }

  end() {
    if (!this.isOff && this.at < this.text.length) {
      this.check.fail('tables.left_over', { file: this.file, line: this.count + 2 });
    }
    return { count: this.count, wh: this.wh };
  }
}

/**
 * @param {{manifest: object, events: object[], rows: object[], statements: object[], settlements: object[]}} pack
 * @returns {Promise<{seq: number, move: string, hourMs: number, subject: string, wh: number}[]>} entries of the book in
 *   the period, by `seq`, `row`, place
 */
export async function checkTables(check, files, pack, breathe) {
  const { manifest, events, rows, statements, settlements } = pack;
  const period = {
    startMs: Date.parse(manifest.period.start),
    endMs: Date.parse(manifest.period.end),
  };
  const imports = importsTable(check, files, events);
  const intervals = await intervalsTable(check, files, rows, period, breathe);
  const certificates = await certificatesTable(check, files, rows, period, breathe);
  const entries = await bookEntries(check, rows, period, breathe);
  const book = new Table(check, files, 'book');
  for (const { seq, row, move, hourMs, subject, wh } of entries) {
    book.add([seq, row, move, instantOf(hourMs), subject, wh], wh);
    await breathe();
  }
  const sums = { imports, intervals, certificates, book: book.end() };
  figuresTable(check, files, statements);
  settlementLinesTable(check, files, settlements);
  interventionsTable(check, files, events);
  checkControls(check, files, { events, rows, sums });
  check.pass('tables.ok', { count: Object.keys(COLUMNS).length });
  return entries;
}

function importsTable(check, files, events) {
  const table = new Table(check, files, 'imports');
  for (const { seq, type, value } of events) {
    if (type !== 'import.committed') continue;
    const of = isRecord(value.body.import) ? value.body.import : {};
    table.add([
      seq,
      value.eventId,
      value.recordedAt,
      of.kind,
      of.fileSha256,
      of.byteCount,
      of.rowCount,
      of.newCount,
      of.changedCount,
      of.identicalCount,
      of.rejectedCount,
      of.totalWh,
    ]);
  }
  return { count: table.end().count };
}

const blockKey = ({ meterCode, utcDay }) => `${meterCode} ${utcDay}`;

async function intervalsTable(check, files, rows, { startMs, endMs }, breathe) {
  const table = new Table(check, files, 'intervals');
  const blocks = rows.filter(({ value }) => value['@'] === 'mizan/row/interval-block/1');
  const latest = new Map();
  for (const { value } of blocks) {
    const key = blockKey(value);
    latest.set(key, Math.max(latest.get(key) ?? 0, value.revision));
  }
  for (const { seq, row, value } of blocks) {
    const { meterCode, intervalMinutes, utcDay, revision, wh, quality } = value;
    const dayMs = Date.parse(`${utcDay}T00:00:00Z`);
    const isForm = isCount(intervalMinutes) && Array.isArray(wh) && Array.isArray(quality);
    if (!isForm || Number.isNaN(dayMs)) {
      check.fail('tables.row', { file: 'log/rows.jsonl', event: seq, row });
      continue;
    }
    const isLatest = latest.get(blockKey(value)) === revision ? 1 : 0;
    // What every reading of a block repeats is written once.
    const head = table.cells([seq, row, meterCode]);
    const tail = table.cells([revision, isLatest], 7);
    const minutes = cell(intervalMinutes, true);
    for (let place = 0; place < wh.length; place += 1) {
      const amountWh = wh[place];
      const atMs = dayMs + place * intervalMinutes * MINUTE_MS;
      if (amountWh === null || atMs < startMs || atMs >= endMs) continue;
      const of = `${cell(amountWh, true)},${cell(quality[place], true)}`;
      table.addText(`${head},${instantOf(atMs)},${minutes},${of},${tail}`, seq, amountWh);
    }
    await breathe();
  }
  return table.end();
}

async function certificatesTable(check, files, rows, { startMs, endMs }, breathe) {
  const table = new Table(check, files, 'certificates');
  for (const { seq, row, value } of rows) {
    if (!/^mizan\/row\/certificate\/[12]$/.test(value['@'])) continue;
    const { certificateId, plantCode, start, end, wh, externalId, issuer, status } = value;
    const [fromMs, toMs] = [Date.parse(start), Date.parse(end)];
    if (Number.isNaN(fromMs) || Number.isNaN(toMs)) {
      check.fail('tables.row', { file: 'log/rows.jsonl', event: seq, row });
      continue;
    }
    if (fromMs < startMs || fromMs >= endMs) continue;
    const times = [instantOf(fromMs), instantOf(toMs)];
    table.add([seq, row, certificateId, plantCode, ...times, wh, externalId, issuer, status], wh);
    await breathe();
  }
  return table.end();
}

async function bookEntries(check, rows, { startMs, endMs }, breathe) {
  const entries = [];
  for (const { seq, row, value } of rows) {
    const read = entriesOf(seq, row, value);
    if (read === null) check.fail('tables.row', { file: 'log/rows.jsonl', event: seq, row });
    for (const entry of read ?? []) {
      if (entry.hourMs >= startMs && entry.hourMs < endMs) entries.push(entry);
    }
    await breathe();
  }
  return entries;
}

/** The entries of a posting; none of another row; null for a posting that is none. */
function entriesOf(seq, row, value) {
  const { move } = value;
  if (value['@'] === 'mizan/row/posting/1') {
    const hourMs = Date.parse(value.hour);
    const isForm =
      [...SUPPLY, ...DEMAND].includes(move) && !Number.isNaN(hourMs) && isCount(value.wh);
    return isForm ? [{ seq, row, move, hourMs, subject: value.subject, wh: value.wh }] : null;
  }
  if (value['@'] !== 'mizan/row/posting/2') return [];
  const { start, subjects, wh } = value;
  const startMs = Date.parse(start);
  const isDemand = DEMAND.includes(move);
  const isForm =
    (isDemand || SUPPLY.includes(move)) &&
    !Number.isNaN(startMs) &&
    Array.isArray(subjects) &&
    Array.isArray(wh) &&
    wh.every(isCount) &&
    (isDemand
      ? subjects.length === 1 && wh.length === HOURS_OF_DAY
      : subjects.length === wh.length);
  if (!isForm) return null;
  const entries = [];
  for (let at = 0; at < wh.length; at += 1) {
    if (wh[at] === 0) continue;
    const hourMs = isDemand ? startMs + at * HOUR_MS : startMs;
    const subject = isDemand ? subjects[0] : subjects[at];
    entries.push({ seq, row, move, hourMs, subject, wh: wh[at] });
  }
  return entries;
}

function figuresTable(check, files, statements) {
  const table = new Table(check, files, 'figures');
  for (const { file, value } of statements) {
    for (const { id, value: is, unit, formula } of recordsOf(value.figures)) {
      table.add([file, id, is, unit, formula]);
    }
  }
  table.end();
}

const recordsOf = (list) => (Array.isArray(list) ? list.filter(isRecord) : []);

function settlementLinesTable(check, files, settlements) {
  const table = new Table(check, files, 'settlement-lines');
  for (const { file, value } of settlements) {
    for (const line of recordsOf(value.settlement?.lines)) {
      const { kind, label, quantity, unit, price, amountMad } = line;
      table.add([file, kind, label, quantity, unit, price, amountMad]);
    }
  }
  table.end();
}

function interventionsTable(check, files, events) {
  const table = new Table(check, files, 'interventions');
  for (const { seq, type, value } of events) {
    const { eventId, recordedAt, actor, body, supersedes } = value;
    const isChange = type === 'import.committed' && body.import?.changedCount > 0;
    if (!isChange && !ACTS.includes(type)) continue;
    table.add([seq, eventId, recordedAt, type, actor, body.reason, supersedes.join(' ')]);
  }
  table.end();
}

function checkControls(check, files, { events, rows, sums }) {
  const file = 'data/controls.json';
  const controls = parsedFile(check, files, file);
  if (controls === null) return;
  const fileCount = [...files.keys()].filter((path) => path.startsWith('files/')).length;
  const due = {
    events: { count: events.length },
    rows: { count: rows.length },
    files: { count: fileCount },
    ...sums,
  };
  for (const [name, of] of Object.entries(due)) {
    const is = canonicalJson(controls[name] ?? null);
    const wanted = canonicalJson(of);
    if (is !== wanted) check.fail('tables.control', { file, name, is, due: wanted });
  }
  for (const name of Object.keys(controls)) {
    if (!Object.hasOwn(due, name)) check.fail('tables.control', { file, name, is: '', due: '' });
  }
}
