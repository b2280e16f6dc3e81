import { sha256, toHex } from '../ledger/merkle.js';
import type { Evidence, EventHeader, EvidenceLog } from './evidence.js';
import { matters, type SealedStatement, statementName } from './members.js';

/** A statement of the file with the event that sealed it. */
export interface StatementInFile {
  readonly sealed: EventHeader;
  readonly text: string;
}

/** What came of comparing a file's members with its log. */
export interface Completeness {
  readonly check: 'completeness' | 'statement';
  /** What is missing, twice there or of another month or site, by name; null where nothing is. */
  readonly fault: string | null;
  readonly detail: string;
  readonly statements: readonly StatementInFile[];
}

/** How many members a sentence names. */
const NAMED_MAX = 10;

/**
 * Compares what an evidence file holds with what its log says there is: the rows of every event that
 * matters to the month, and every statement of the month and site, once.
 *
 * @param log  The file's log, its chain and rows already checked.
 */
export function completeness(
  { siteCode, month, statements }: Pick<Evidence, 'siteCode' | 'month' | 'statements'>,
  log: EvidenceLog,
): Completeness {
  const wrong = (fault: string, check: Completeness['check'] = 'completeness'): Completeness => ({
    check,
    fault,
    detail: '',
    statements: [],
  });
  const leftOut = log.headers.filter(
    (header, at) => header.rowCount > 0 && log.rows[at] === null && matters(header, month),
  );
  if (leftOut.length > 0) {
    const named = leftOut.map(({ seq, type }) => `event ${seq} (${type})`);
    return wrong(`Rows that matter to ${month} are left out: ${listed(named)}.`);
  }
  const sealed = sealedStatements(log);
  const found: (StatementInFile & { readonly row: SealedStatement })[] = [];
  for (const text of statements) {
    const hash = toHex(sha256(text));
    const own = sealed.find(({ sealed: { body } }) => body['sha256'] === hash);
    if (own === undefined) return wrong('A statement is not one that was sealed.', 'statement');
    const { row } = own;
    const name = statementName(row);
    if (row.month !== month) return wrong(`${name} is not of the file’s month ${month}.`);
    if (row.siteCode !== siteCode) return wrong(`${name} is not of the file’s site ${siteCode}.`);
    if (found.some((one) => one.row.statementId === row.statementId)) {
      return wrong(`${name} is there twice.`);
    }
    found.push({ ...own, text });
  }
  const ofMonth = sealed.filter(({ row }) => row.month === month && row.siteCode === siteCode);
  const held = new Set(found.map(({ row }) => row.statementId));
  const missing = ofMonth.filter(({ row }) => !held.has(row.statementId));
  if (missing.length > 0) {
    const named = missing.map(({ row }) => statementName(row));
    return wrong(`The log seals statements that the file leaves out: ${listed(named)}.`);
  }
  if (ofMonth.length === 0) {
    return wrong(`The log seals no statement of ${siteCode} for ${month}: the file shows nothing.`);
  }
  const count = `${ofMonth.length} statement${ofMonth.length === 1 ? '' : 's'}`;
  const detail = `${count} of ${siteCode} for ${month}: all that the log seals, each once`;
  return { check: 'completeness', fault: null, detail, statements: found };
}

/** Statements that the log seals, as far as their rows are in the file. */
function sealedStatements(
  log: EvidenceLog,
): { readonly sealed: EventHeader; readonly row: SealedStatement }[] {
  return log.headers.flatMap((sealed, at) =>
    sealed.type === 'statement.issued'
      ? (log.rows[at] ?? []).map((text) => ({ sealed, row: JSON.parse(text) as SealedStatement }))
      : [],
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_MAX).join(', ');
  return names.length <= NAMED_MAX ? shown : `${shown} and ${names.length - NAMED_MAX} more`;
}
