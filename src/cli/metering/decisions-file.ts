import { createReadStream } from 'node:fs';
import { DomainError, type PointerProblem } from '../../core/errors.js';
import type { TextEncoding } from '../../core/tabular/text-encoding.js';
import { readCsv } from '../../platform/files/formats/csv.js';
import { requireFiles } from '../shell/arguments.js';

/** One decision of a file; `finding` as it was written there. */
export interface FiledDecision {
  readonly finding: string;
  readonly action: string;
  readonly reason: string;
  readonly values: { start: string; wh: number }[];
  /** Line of its first row. */
  readonly row: number;
}

const COLUMNS = ['finding', 'action', 'reason', 'start', 'wh'] as const;
type Column = (typeof COLUMNS)[number];

/**
 * Reads decisions from CSV with the columns `finding,action,reason` and, for overrides, `start,wh`: a
 * row for each interval. Action and reason of a finding that has several rows stand on its first, and
 * may stand on all.
 *
 * @param onEncoding  Told what its text is written in.
 * @throws DomainError `import.file_unreadable`; `request.invalid` with row and column of every problem
 */
export async function readDecisions(
  file: string,
  onEncoding: (encoding: TextEncoding) => void,
): Promise<readonly FiledDecision[]> {
  requireFiles(file);
  const problems: PointerProblem[] = [];
  const found = new Map<string, FiledDecision>();
  let at: ReadonlyMap<Column, number> | null = null;
  for await (const { line, values } of readCsv(createReadStream(file), file, { onEncoding })) {
    if (at === null) {
      at = columnsOf(values, problems);
      continue;
    }
    if (values.every((value) => value.trim() === '')) continue;
    const cell = (name: Column): string => values[at!.get(name) ?? -1]?.trim() ?? '';
    const finding = cell('finding');
    const known = found.get(finding);
    const one: FiledDecision = known ?? {
      finding,
      action: cell('action'),
      reason: cell('reason'),
      values: [],
      row: line,
    };
    found.set(finding, one);
    const wrong = (column: Column, rule: string, detail: string): void => {
      problems.push({ pointer: `row ${line}, ${column}`, rule, detail });
    };
    if (finding === '')
      wrong('finding', 'finding.named', 'Which exception? Its id, or the beginning of it.');
    for (const name of ['action', 'reason'] as const) {
      const text = cell(name);
      const isOther = known !== undefined && text !== '' && text !== one[name];
      if (isOther)
        wrong(name, 'decision.one', `Row ${one.row} says “${one[name]}” of this exception.`);
    }
    if (cell('start') === '' && cell('wh') === '') continue;
    const wh = cell('wh');
    if (!/^\d{1,16}$/.test(wh))
      wrong('wh', 'wh.whole', `${JSON.stringify(wh)} is no whole number of Wh.`);
    one.values.push({ start: cell('start'), wh: Number(wh) });
  }
  if (found.size === 0 && problems.length === 0) {
    problems.push({ pointer: 'row 2', rule: 'decisions.some', detail: 'The file has no row.' });
  }
  if (problems.length > 0) throw new DomainError('request.invalid', { errors: problems });
  return [...found.values()];
}

function columnsOf(
  header: readonly string[],
  problems: PointerProblem[],
): ReadonlyMap<Column, number> {
  const names = header.map((name) => name.trim().toLowerCase());
  const lacking = ['finding', 'action', 'reason'].filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !COLUMNS.some((one) => one === name));
  const fix = `Its columns: ${COLUMNS.join(',')}; the last two are for overrides.`;
  for (const name of lacking) {
    problems.push({
      pointer: `row 1, ${name}`,
      rule: 'column.missing',
      detail: 'It is missing.',
      fix,
    });
  }
  for (const name of unknown) {
    const detail = 'This column has no meaning here.';
    problems.push({ pointer: `row 1, ${name}`, rule: 'column.known', detail, fix });
  }
  return new Map(COLUMNS.map((name) => [name, names.indexOf(name)]));
}
