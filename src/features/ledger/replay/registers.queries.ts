import type { Fault } from '../../../core/ledger/verify.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { Register, RowsOfEvents } from './replay.port.js';

/** Longest time from the reading of a row's instant to that of its event, in one transaction. */
const DATED_WITHIN = `interval '15 minutes'`;
/** A clock may be put right by so much in between. */
const CLOCK_STEP = `interval '1 second'`;

/** What came of comparing a register with the log. */
export interface Compared {
  readonly faults: readonly Fault[];
  /** Rows whose instant is near their event's and not the same: not proven to the second. */
  readonly looselyDatedCount: number;
}

/** Every column that a register speaks of. */
export function columnsOf(register: Register): string[] {
  const { of, sealed, derived = {}, notProven = {}, isDated = false } = register;
  return [
    ...new Set([
      'ledger_id',
      ...(of === null ? [] : [of.column ?? 'event_id']),
      ...(of?.rowsAfter === undefined ? [] : ['row_index']),
      ...(isDated ? ['recorded_at'] : []),
      ...sealed,
      ...Object.keys(derived),
      ...Object.keys(notProven),
    ]),
  ];
}

/** Compares a register with the log, both ways: each row has its event, each event has its rows. */
export async function compareRegister(tx: LedgerTx, register: Register): Promise<Compared> {
  const twice = await rowsTwice(tx, register);
  if (register.of === null) return { faults: twice, looselyDatedCount: 0 };
  const rows = await tx.query<{ seq: string | null; wrong: string; count: string }[]>(
    rowsSql(register, register.of),
    [tx.ledgerId, register.of.types],
  );
  const loose = rows.find(({ wrong }) => wrong === LOOSE);
  const missing = await missingRows(tx, register, register.of);
  return {
    faults: [
      ...rows
        .filter(({ wrong }) => wrong !== LOOSE)
        .map(({ seq, wrong }) => rowFault(register.table, seq, wrong)),
      ...missing,
      ...twice,
    ],
    looselyDatedCount: Number(loose?.count ?? 0),
  };
}

const LOOSE = '(dated)';
const STRANGER = '(event)';

function rowFault(table: string, seq: string | null, wrong: string): Fault {
  const detail =
    wrong === STRANGER
      ? `A row of ${table} is of no event that the log holds, or of one that names no such row.`
      : `Column ${wrong} of a row of ${table} is not what its event says.`;
  return { seq: seq === null ? null : Number(seq), check: table, detail };
}

function rowsSql({ table, derived = {}, isDated }: Register, of: RowsOfEvents): string {
  const { column = 'event_id', where = 'true', rowsAfter } = of;
  const tests = [
    `WHEN e.seq IS NULL OR (${where}) IS NOT TRUE THEN '${STRANGER}'`,
    ...(rowsAfter === undefined
      ? []
      : [`WHEN t.row_index IS DISTINCT FROM t.place_ THEN 'row_index'`]),
    ...Object.entries(derived).map(
      ([name, sql]) => `WHEN t.${name} IS DISTINCT FROM (${sql}) THEN '${name}'`,
    ),
    ...(isDated === true ? DATED : []),
  ];
  const before = (rowsAfter ?? []).map(
    (other) => ` + (SELECT count(*) FROM ${other} o
      WHERE o.ledger_id = r.ledger_id AND o.${column} = r.${column})`,
  );
  const place = `, row_number() OVER (PARTITION BY r.${column} ORDER BY r.row_index) - 1
    ${before.join('')} AS place_`;
  return `${EVENTS}
    SELECT min(seq) AS seq, wrong, count(*) AS count FROM (
      SELECT e.seq, CASE ${tests.join('\n')} END AS wrong
      FROM (SELECT r.*${rowsAfter === undefined ? '' : place} FROM ${table} r
            WHERE r.ledger_id = $1) t
      LEFT JOIN e ON e.event_id = t.${column}) rows
    WHERE wrong IS NOT NULL GROUP BY wrong ORDER BY 1 NULLS FIRST`;
}

/** The events of some types as `e`, each read once, with its body as `b`. */
const EVENTS = `WITH e AS MATERIALIZED (
  SELECT ledger_id, seq, event_id, type, recorded_at, valid_from, valid_to,
    convert_from(payload, 'UTF8')::jsonb -> 'body' AS b
  FROM ledger_event WHERE ledger_id = $1 AND type = ANY ($2))`;

/** An event that waited for a clock is dated by the event before it: its rows may be earlier. */
const DATED = [
  `WHEN t.recorded_at = e.recorded_at THEN NULL`,
  `WHEN t.recorded_at IS NULL THEN 'recorded_at'`,
  `WHEN t.recorded_at > e.recorded_at + ${CLOCK_STEP} THEN 'recorded_at'`,
  `WHEN t.recorded_at < e.recorded_at - ${DATED_WITHIN} AND NOT EXISTS (
     SELECT FROM ledger_event p WHERE p.ledger_id = e.ledger_id AND p.seq = e.seq - 1
       AND p.recorded_at = e.recorded_at) THEN 'recorded_at'`,
  `WHEN t.recorded_at IS DISTINCT FROM e.recorded_at THEN '${LOOSE}'`,
];

/** Rows of one key: what is read by its key shows only one of them. */
async function rowsTwice(tx: LedgerTx, { table }: Register): Promise<Fault[]> {
  const entity = tx.connection.entityMetadatas.find(({ tableName }) => tableName === table);
  if (entity === undefined) return [];
  const key = entity.primaryColumns.map(({ databaseName }) => databaseName).join(', ');
  const found = await tx.query<object[]>(
    `SELECT FROM ${table} WHERE ledger_id = $1 GROUP BY ${key} HAVING count(*) > 1 LIMIT 1`,
    [tx.ledgerId],
  );
  const detail = `Two rows of ${table} have one key (${key}).`;
  return found.map(() => ({ seq: null, check: table, detail }));
}

async function missingRows(
  tx: LedgerTx,
  { table }: Register,
  { types, column = 'event_id', where = 'true', count }: RowsOfEvents,
): Promise<Fault[]> {
  if (count === undefined) return [];
  const found = await tx.query<{ seq: string; wanted: string; there: string }[]>(
    `${EVENTS}
     SELECT seq, wanted, there FROM (
       SELECT e.seq, (${count})::bigint AS wanted, coalesce(t.n, 0) AS there
       FROM e
       LEFT JOIN (SELECT ${column} AS id, count(*) AS n FROM ${table}
                  WHERE ledger_id = $1 GROUP BY 1) t ON t.id = e.event_id
       WHERE ${where}) events
     WHERE wanted <> there ORDER BY seq LIMIT 1`,
    [tx.ledgerId, types],
  );
  return found.map(({ seq, wanted, there }) => ({
    seq: Number(seq),
    check: table,
    detail: `The event names ${wanted} rows of ${table}, ${there} are there.`,
  }));
}
