import { type EntityManager, type EntityTarget, type ObjectLiteral, Raw } from 'typeorm';

/** Rows of an event that are held at once, and made entities of while others wait for the process. */
export const ROWS_AT_ONCE = 200;

/** Whose rows, and how many its seal counts. */
export interface RowsOfEvent {
  readonly ledgerId: string;
  readonly eventId: string;
  readonly rowCount: number;
}

/** A condition on the place of a row in its event, as SQL over that column. */
export type PlaceOf = (column: string) => string;

/**
 * Conditions that together take each row of an event in a table once, in order, so many at a time.
 * Two rows of one place, which only somebody who wrote past the program can have made, come together.
 *
 * @param table  With columns `ledger_id`, `event_id`, `row_index`.
 */
export async function* pagesOf(
  tx: EntityManager,
  table: string,
  { ledgerId, eventId, rowCount }: RowsOfEvent,
  rowsAtOnce = ROWS_AT_ONCE,
): AsyncGenerator<PlaceOf> {
  if (rowCount <= rowsAtOnce) {
    yield () => 'true';
    return;
  }
  for (let above: number | null = null; ;) {
    const floor: number | null = above;
    const found: { place: number }[] = await tx.query(
      `SELECT row_index AS place FROM ${table} WHERE ledger_id = $1 AND event_id = $2
       ${floor === null ? '' : `AND row_index > ${floor}`} ORDER BY row_index LIMIT 1 OFFSET $3`,
      [ledgerId, eventId, rowsAtOnce - 1],
    );
    const end: number | null = found[0]?.place ?? null;
    yield between(floor, end);
    if (end === null) return;
    above = end;
  }
}

/** As `pagesOf`, the rows themselves as entities with a `rowIndex`. */
export async function* entitiesOf<Row extends ObjectLiteral>(
  tx: EntityManager,
  entity: EntityTarget<Row>,
  event: RowsOfEvent,
): AsyncGenerator<Row[]> {
  const { ledgerId, eventId } = event;
  const { tableName } = tx.connection.getMetadata(entity);
  for await (const place of pagesOf(tx, tableName, event)) {
    const where = { ledgerId, eventId, rowIndex: Raw(place) };
    yield await tx.find(entity, { where, order: { rowIndex: 'ASC' } } as object);
  }
}

/** Each row of each page as something else. */
export async function* eachAs<From, To>(
  pages: AsyncIterable<readonly From[]>,
  make: (row: From) => To,
): AsyncGenerator<To[]> {
  for await (const page of pages) yield page.map((row) => make(row));
}

/** Pages of several, one after the other. */
export async function* oneAfterAnother<Row>(
  ...all: readonly AsyncIterable<readonly Row[]>[]
): AsyncGenerator<readonly Row[]> {
  for (const pages of all) yield* pages;
}

/** All rows of all pages. */
export async function wholeOf<Row>(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const page of pages) for (const row of page) all.push(row);
  return all;
}

function between(above: number | null, end: number | null): PlaceOf {
  if (above === null && end === null) return () => 'true';
  if (end === null) return (column) => `(${column} > ${above} OR ${column} IS NULL)`;
  return (column) => (above === null ? '' : `${column} > ${above} AND `) + `${column} <= ${end}`;
}
