/** Statements, settlements and files as they were received: each that the rows name, and no other (PACK 5). */
import { isHash, toHex } from '../base/bytes.js';
import { isRecord } from '../base/canonical.js';
import { sha256 } from '../base/sha256.js';
import { parsedFile } from '../contents.js';
import { checkJws } from './keys.js';

const ROWS = 'log/rows.jsonl';

/** @returns {string | null} path of the statement that a row names, without its ending; null for a row that names none */
function pathOf({ kind, version, tenantCode }) {
  if (!Number.isSafeInteger(version) || typeof kind !== 'string') return null;
  const isTenant = typeof tenantCode === 'string';
  return `statements/${isTenant ? `tenant-${tenantCode}` : kind}-v${version}`;
}

/**
 * @param {{manifest: object, rows: object[], events: object[], keys: Map<string, object>}} pack
 * @returns {Promise<{file: string, row: object, value: object}[]>} statements that can be read, by path
 */
export async function checkStatements(check, files, { manifest, rows, events, keys }) {
  const named = new Map();
  const isOurs = ({ month, siteCode }) =>
    month === manifest.month && siteCode === manifest.siteCode;
  for (const { seq, value } of rows) {
    if (value['@'] !== 'mizan/row/statement/1' || !isOurs(value)) continue;
    const path = pathOf(value);
    if (path === null || !isHash(value.sha256))
      check.fail('statements.row', { file: ROWS, event: seq });
    else if (named.has(path)) check.fail('statements.twice', { file: ROWS, event: seq, path });
    else named.set(path, { seq, row: value });
  }
  checkSealedList(check, { rows, named, attestation: events.at(-1) });
  const statements = [];
  const signers = new Set();
  for (const [path, { seq, row }] of [...named].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const file = `${path}.json`;
    if (!hasHash(check, files, { file, seq, hash: row.sha256 })) continue;
    const value = parsedFile(check, files, file);
    if (value === null) continue;
    const isSame =
      value.statementId === row.statementId &&
      value.version === row.version &&
      value.kind === row.kind &&
      value.siteCode === row.siteCode &&
      (row.kind !== 'carbon' || isPeriod(value.period, manifest.period));
    if (!isSame) check.fail('statements.other', { file, event: seq });
    const jws = { file: `${path}.jws`, signed: file, typ: 'mizan-statement+jws', keys };
    signers.add(await checkJws(check, files, jws));
    statements.push({ file, row, value });
  }
  for (const file of files.keys()) {
    const [, path] = /^(statements\/.*)\.(?:json|jws)$/.exec(file) ?? [];
    if (path !== undefined && !named.has(path)) check.fail('statements.unnamed', { file });
  }
  check.pass('statements.ok', { count: statements.length });
  return statements;
}

const isPeriod = (period, { start, end }) =>
  Date.parse(period?.start) === Date.parse(start) && Date.parse(period?.end) === Date.parse(end);

/** That the attestation lists the statements of the month, and none that no row of the pack names. */
function checkSealedList(check, { rows, named, attestation }) {
  if (attestation?.type !== 'attestation.issued') return;
  const key = ({ statementId, sha256: hash }) => `${statementId} ${hash}`;
  const { statements } = attestation.value.body;
  const listed = Array.isArray(statements) && statements.every(isRecord) ? statements : [];
  const isListed = new Set(listed.map(key));
  const ofRows = rows.filter(({ value }) => value['@'] === 'mizan/row/statement/1');
  const isRow = new Set(ofRows.map(({ value }) => key(value)));
  const isWhole = [...named.values()].every(({ row }) => isListed.has(key(row)));
  if (isWhole && listed.every((one) => isRow.has(key(one)))) return;
  check.fail('statements.list', { file: 'log/events.jsonl', event: attestation.seq });
}

function hasHash(check, files, { file, seq, hash }) {
  const bytes = files.get(file);
  if (bytes === undefined) {
    check.fail('file.missing', { file, event: seq });
    return false;
  }
  const is = toHex(sha256(bytes));
  if (is !== hash) check.fail('file.hash_sealed', { file, event: seq, is, due: hash });
  return is === hash;
}

/** @returns {{file: string, value: object}[]} documents that can be read, by path */
export function checkSettlements(check, files, { rows }) {
  const named = new Map();
  for (const { seq, value } of rows) {
    if (value['@'] !== 'mizan/row/settlement-run/1') continue;
    if (typeof value.runId === 'string' && isHash(value.sha256)) {
      named.set(`settlements/${value.runId}.json`, { seq, hash: value.sha256 });
    } else {
      check.fail('settlements.row', { file: ROWS, event: seq });
    }
  }
  const documents = [];
  for (const [file, { seq, hash }] of [...named].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!hasHash(check, files, { file, seq, hash })) continue;
    const value = parsedFile(check, files, file);
    if (value !== null) documents.push({ file, value });
  }
  for (const file of files.keys()) {
    if (file.startsWith('settlements/') && !named.has(file)) {
      check.fail('settlements.unnamed', { file });
    }
  }
  check.pass('settlements.ok', { count: documents.length });
  return documents;
}

/** That files are those that events came from. */
export async function checkFiles(check, files, { events }, breathe) {
  const named = new Set();
  for (const { seq, value } of events) {
    const { sourceRef } = value;
    const file = `files/${sourceRef}`;
    if (sourceRef === null || named.has(file)) continue;
    named.add(file);
    hasHash(check, files, { file, seq, hash: sourceRef });
    await breathe();
  }
  for (const file of files.keys()) {
    if (file.startsWith('files/') && !named.has(file)) check.fail('files.unnamed', { file });
  }
  check.pass('files.ok', { count: named.size });
}
