/** The log: every line at its place under the root, and the population that the month's attestation fixed (PACK 4). */
import { fromHex, isHash, toHex } from '../base/bytes.js';
import { isCount, isRecord } from '../base/canonical.js';
import { completeSpans, leafHash, rootOf, Tree } from '../base/tree.js';
import { linesOfFile, parsedFile, readSealed } from '../contents.js';
import { isInstant } from './manifest.js';

const FILE = 'log/events.jsonl';
const LEFT_OUT = 'log/left-out.json';
const ROWS = 'log/rows.jsonl';
const DAY_MS = 86_400_000;

/** What each member of an event that is read here must be; others are hashed with it and pass. */
const MEMBERS = {
  '@': (value) => value === 'mizan/event/1',
  seq: isCount,
  eventId: (value) => typeof value === 'string',
  type: (value) => typeof value === 'string',
  recordedAt: isInstant,
  validFrom: (value) => value === null || isInstant(value),
  validTo: (value) => value === null || isInstant(value),
  sourceRef: (value) => value === null || isHash(value),
  supersedes: Array.isArray,
  rowCount: isCount,
  rowRoot: isHash,
  body: isRecord,
};

/**
 * Events in the order of their lines, as far as they can be read.
 *
 * @param {(code: string, values: object) => void} fail
 * @returns {Promise<{seq: number, type: string, leaf: Uint8Array, value: object}[]>}
 */
export async function readEvents(files, manifest, fail, breathe) {
  const events = [];
  for (const { bytes, number, isEnded } of linesOfFile(files.get(FILE) ?? new Uint8Array())) {
    await breathe();
    if (!isEnded) fail('lines.not_ended', { file: FILE, line: number });
    const { value, problem } = readSealed(bytes);
    if (problem !== undefined) {
      fail(`line.${problem}`, { file: FILE, line: number });
      continue;
    }
    const wrong = Object.keys(MEMBERS).find((name) => !MEMBERS[name](value[name]));
    if (wrong !== undefined) {
      fail('event.member', { file: FILE, line: number, member: wrong });
      continue;
    }
    const { seq, type, ledgerId } = value;
    if (ledgerId !== manifest.ledgerId) fail('event.other_ledger', { file: FILE, event: seq });
    if (events.length > 0 && events.at(-1).seq >= seq) {
      fail('event.order', { file: FILE, line: number, event: seq });
      continue;
    }
    events.push({ seq, type, value, leaf: leafHash(bytes) });
  }
  return events;
}

/** That lines and gaps cover every place once, and come to the root of the checkpoint. */
export function checkLog(check, files, { manifest, events }) {
  if (!files.has(FILE)) check.fail('file.missing', { file: FILE });
  const { size, root } = manifest.checkpoint;
  const gaps = gapsOf(check, files, size);
  if (gaps === null) return;
  const tree = new Tree();
  const lines = events.map(({ seq, leaf }) => ({ begin: seq, end: seq + 1, nodes: [leaf] }));
  for (const { begin, end, nodes } of [...lines, ...gaps].sort((a, b) => a.begin - b.begin)) {
    if (begin !== tree.size) {
      check.fail(begin > tree.size ? 'log.uncovered' : 'log.covered_twice', {
        file: begin > tree.size ? `${FILE}, ${LEFT_OUT}` : LEFT_OUT,
        event: Math.min(begin, tree.size),
      });
      return;
    }
    const spans = completeSpans(begin, end);
    if (spans.length !== nodes.length) {
      check.fail('log.nodes', { file: LEFT_OUT, begin, end, is: nodes.length, due: spans.length });
      return;
    }
    nodes.forEach((node, at) => tree.add(node, spans[at]));
  }
  if (tree.size !== size) {
    check.fail('log.size', { file: `${FILE}, ${LEFT_OUT}`, is: tree.size, size });
  } else if (toHex(tree.root()) !== root) {
    check.fail('log.root', { file: `${FILE}, ${LEFT_OUT}`, is: toHex(tree.root()), root });
  }
  check.pass('log.ok', { count: events.length, leftOut: size - events.length, size });
}

function gapsOf(check, files, size) {
  const leftOut = parsedFile(check, files, LEFT_OUT);
  if (leftOut === null) return null;
  const isGap = (gap) =>
    isRecord(gap) &&
    isCount(gap.begin) &&
    isCount(gap.end) &&
    gap.begin < gap.end &&
    gap.end <= size &&
    Array.isArray(gap.nodes) &&
    gap.nodes.every(isHash);
  if (leftOut.size !== size || !Array.isArray(leftOut.gaps) || !leftOut.gaps.every(isGap)) {
    check.fail('log.gaps', { file: LEFT_OUT, size });
    return null;
  }
  return leftOut.gaps.map(({ begin, end, nodes }) => ({ begin, end, nodes: nodes.map(fromHex) }));
}

/** That the events are those that matter to the month, and those that the attestation counted. */
export function checkPopulation(check, { manifest, events }) {
  const last = events.at(-1);
  if (last === undefined || last.seq !== manifest.seq || last.type !== 'attestation.issued') {
    check.fail('population.no_attestation', { file: FILE, event: manifest.seq });
    return;
  }
  const population = events.slice(0, -1);
  const { before } = manifest.population;
  if (before > last.seq) {
    check.fail('population.before', { file: 'manifest.json', before, seq: last.seq });
  }
  const matters = rulesOf(manifest.month);
  for (const event of population) {
    if (!matters(event) || event.seq >= before) {
      check.fail('population.stranger', { file: FILE, event: event.seq, type: event.type });
    }
  }
  const is = {
    before,
    count: population.length,
    root: toHex(rootOf(population.map(({ leaf }) => leaf))),
  };
  const { body } = last.value;
  const sealed = isRecord(body.population) ? body.population : {};
  const sealedIn = { file: FILE, event: last.seq };
  compare(check, { is, due: sealed, at: sealedIn, code: 'population.other' });
  const due = manifest.population;
  compare(check, { is, due, at: { file: 'manifest.json' }, code: 'population.other' });
  for (const name of ['attestationId', 'label', 'month', 'siteCode']) {
    if (body[name] === manifest[name]) continue;
    const values = { file: 'manifest.json', event: last.seq, member: name };
    check.fail('population.member', {
      is: manifest[name],
      due: body[name],
      file: values.file,
      event: values.event,
      member: name,
    });
  }
  const counts = isRecord(body.leftOut) ? Object.values(body.leftOut) : [null];
  const leftOut = counts.every(isCount) ? counts.reduce((sum, count) => sum + count, 0) : null;
  if (leftOut !== before - population.length) {
    check.fail('population.left_out', {
      file: FILE,
      event: last.seq,
      is: leftOut,
      due: before - population.length,
    });
  }
  check.pass('population.ok', { count: is.count, seq: last.seq });
}

function compare(check, { is, due, at, code }) {
  for (const name of ['before', 'count', 'root']) {
    if (is[name] === due[name]) continue;
    check.fail(code, {
      file: at.file,
      event: at.event,
      member: name,
      is: is[name],
      due: due[name],
    });
  }
}

/** Which events matter to a month. */
function rulesOf(month) {
  const [year, of] = month.split('-').map(Number);
  const startMs = Date.UTC(year, of - 1);
  const endMs = Date.UTC(year, of);
  return ({ type, value }) => {
    if (type === 'attestation.issued') return false;
    if (value.validFrom === null) return true;
    if (type === 'matching.run') return value.body.run?.month === month;
    return (
      (value.validTo === null || Date.parse(value.validTo) > startMs - DAY_MS) &&
      Date.parse(value.validFrom) < endMs + DAY_MS
    );
  };
}

/**
 * That the rows are those that the events sealed.
 *
 * @returns {Promise<{seq: number, row: number, value: object}[]>} rows that can be read, in their order
 */
export async function checkRows(check, files, { events }, breathe) {
  const bytes = files.get(ROWS);
  if (bytes === undefined) {
    check.fail('file.missing', { file: ROWS });
    return [];
  }
  const rows = [];
  const lines = linesOfFile(bytes);
  for (const {
    seq,
    value: { rowCount, rowRoot },
  } of events) {
    const tree = new Tree();
    while (tree.size < rowCount) {
      const { value: line, done } = lines.next();
      if (done) {
        check.fail('rows.missing', { file: ROWS, event: seq, is: tree.size, due: rowCount });
        return rows;
      }
      const value = readRow(check, line, seq);
      if (value !== null) rows.push({ seq, row: tree.size, value });
      tree.add(leafHash(line.bytes));
      await breathe();
    }
    const is = toHex(tree.root());
    if (is !== rowRoot) check.fail('rows.root', { file: ROWS, event: seq, is, due: rowRoot });
  }
  const { value: more } = lines.next();
  if (more !== undefined) check.fail('rows.left_over', { file: ROWS, line: more.number });
  check.pass('rows.ok', { count: rows.length });
  return rows;
}

function readRow(check, { bytes, number, isEnded }, seq) {
  if (!isEnded) check.fail('lines.not_ended', { file: ROWS, line: number });
  const { value, problem } = readSealed(bytes);
  if (problem !== undefined) {
    check.fail(`line.${problem}`, { file: ROWS, event: seq, line: number });
    return null;
  }
  if (/^mizan\/row\/[a-z0-9-]+\/[1-9]\d*$/.test(value['@'])) return value;
  check.fail('rows.domain', { file: ROWS, event: seq, line: number });
  return null;
}
