import Table from 'cli-table3';
import { toldDetails } from '../../core/error-help.js';
import { DomainError } from '../../core/errors.js';
import { Decimal } from '../../core/units/money.js';
import type { Figure } from '../../core/statements/figure.js';
import type { Verification } from '../../features/ledger/replay/verification.document.js';
import type { StatementDocument } from '../../features/statements/statements.service.js';

const LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** A table without lines; numbers stand right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightColumns: readonly number[] = [],
): string {
  const rendered = new Table({
    head: [...head],
    chars: LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, at) => (rightColumns.includes(at) ? 'right' : 'left')),
  });
  rendered.push(...rows.map((row) => [...row]));
  return rendered
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A number with thin groups of thousands, its decimals untouched. */
export function grouped(value: string | number): string {
  const [whole, decimals] = String(value).split('.');
  const groups = whole!.replace(/\B(?=(\d{3})+$)/g, ' ');
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}

/** Wh shown as MWh with every digit. */
export function mwh(wh: number | string): string {
  return grouped(new Decimal(wh).dividedBy(1_000_000).toFixed(6));
}

export function shown({ value, unit }: Figure): readonly [string, string] {
  if (value === null) return ['not applicable', ''];
  return unit === 'Wh' ? [mwh(value), 'MWh'] : [grouped(value), unit];
}

/** What a verification found, a line each: that the ledger holds, or where it is broken. */
export function outcomeText(found: Verification): readonly string[] {
  const { eventCount, rowCount, chainHash, faults, fileCount } = found;
  const files = fileCount === null ? '' : `, ${fileCount} kept files`;
  if (faults.length === 0) {
    return [
      `The ledger holds: ${eventCount} events, ${rowCount} sealed rows${files}, head ${chainHash}`,
    ];
  }
  return faults.map(
    ({ seq, check, detail }) => `BROKEN at event ${seq ?? '(none)'}, check ${check}: ${detail}`,
  );
}

/** A statement for the terminal: every figure with its unit and id, then the data-quality line. */
export function statementText(document: StatementDocument): string {
  const { kind, version, siteCode, period, figures } = document;
  const of = document.tenant === undefined ? '' : ` OF ${document.tenant.code}`;
  const title = `${kind.toUpperCase()} STATEMENT${of} ${period.month}`;
  const rows = figures.map((figure) => [figure.label, ...shown(figure), figure.id]);
  return [
    `${title}, site ${siteCode}, version ${version}`,
    `Statement ${document.statementId}; ${period.start} to ${period.end}`,
    '',
    table(['Figure', 'Value', 'Unit', 'Id'], rows, [1]),
    '',
    ...(kind !== 'billing' ? [qualityLine(document['dataQuality'] as Quality)] : []),
    ...changeLines(document['changes'] as readonly Change[]),
    ...(document['disclosures'] as readonly string[]).map((line) => `Note: ${line}`),
  ].join('\n');
}

interface Change {
  readonly id: string;
  readonly unit: string;
  readonly before: number | string | null;
  readonly after: number | string | null;
}

/** What a version says otherwise than the one before: never restate silently. */
function changeLines(changes: readonly Change[]): readonly string[] {
  return changes.map(({ id, unit, before, after }) => {
    const text = (value: number | string | null): string =>
      value === null ? 'not applicable' : unit === 'Wh' ? `${mwh(value)} MWh` : `${value} ${unit}`;
    return `Changed since the version before: ${id} from ${text(before)} to ${text(after)}`;
  });
}

interface Quality {
  readonly expectedIntervals: number;
  readonly presentIntervals: number;
  readonly missingIntervals: number;
  readonly incompleteMeterHours: number;
  readonly excludedMeterHours: number;
  readonly measuredPct: string | null;
  readonly calculatedPct: string | null;
  readonly estimatedPct: string | null;
  readonly unvalidatedPct: string | null;
  readonly acceptedSuspect?: {
    readonly meterHours: number;
    readonly wh: number;
    readonly meterCodes: readonly string[];
    readonly reasons: readonly string[];
  };
}

function qualityLine(quality: Quality): string {
  const { expectedIntervals, presentIntervals, missingIntervals, acceptedSuspect } = quality;
  const accepted =
    acceptedSuspect === undefined
      ? ''
      : `\nSUSPECT, taken as measured: ${grouped(acceptedSuspect.meterHours)} meter-hours, ` +
        `${mwh(acceptedSuspect.wh)} MWh, of ${acceptedSuspect.meterCodes.join(', ')}: ` +
        acceptedSuspect.reasons.map((reason) => `“${reason}”`).join(', ');
  return (
    `Data quality: ${grouped(presentIntervals)} of ${grouped(expectedIntervals)} intervals present, ` +
    `${missingIntervals} missing; measured ${quality.measuredPct} %, ` +
    `calculated ${quality.calculatedPct} %, estimated ${quality.estimatedPct} %, ` +
    `unvalidated ${quality.unvalidatedPct} %; meter-hours left out: ` +
    `${quality.incompleteMeterHours} incomplete, ${quality.excludedMeterHours} not billable${accepted}`
  );
}

const ROWS_TOLD = 50;

const cellText = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);

/** A list of things with the same members, as a table; null for what is none. */
function rowsText(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const rows = value as readonly Readonly<Record<string, unknown>>[];
  if (rows.some((row) => typeof row !== 'object' || row === null)) return null;
  const head = Object.keys(rows[0]!);
  const told = rows.slice(0, ROWS_TOLD).map((row) => head.map((name) => cellText(row[name])));
  const more = rows.length - told.length;
  const lines = table(head, told).split('\n');
  return ['', ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n    ');
}

/** A refusal for the terminal: its code, and each problem with where it is and how to mend it. */
export function refusalText(error: DomainError): string {
  const { errors, fix, ...rest } = toldDetails(error) as {
    readonly errors?: readonly Record<string, unknown>[];
    readonly fix: string;
  };
  const facts = Object.entries(rest).map(
    ([name, value]) => `  ${name}: ${rowsText(value) ?? JSON.stringify(value)}`,
  );
  const told = (errors ?? []).slice(0, ROWS_TOLD);
  const more = (errors ?? []).length - told.length;
  const problems = told.map((problem) => {
    const way = typeof problem['fix'] === 'string' ? ` ${problem['fix']}` : '';
    return 'row' in problem
      ? `  row ${String(problem['row'])}, ${String(problem['column'])}: ` +
          `${JSON.stringify(problem['value'])} breaks ${String(problem['rule'])}. ` +
          `${String(problem['detail'])}${way}`
      : `  ${String(problem['pointer']) || '/'}: ${String(problem['detail'])}${way}`;
  });
  if (more > 0) problems.push(`  and ${grouped(more)} more; --json names all that are kept`);
  const { code } = error;
  return [`Refused: ${code}`, ...facts, ...problems, `  ${fix} (mizan help ${code})`].join('\n');
}
