import { DAY_MS, MINUTE_MS } from '../../time/interval.js';
import type { DateOrder } from '../../time/local-stamp.js';
import {
  stampRange,
  timeRange,
  writtenDate,
  writtenStamp,
  writtenTime,
} from '../../time/written-stamp.js';
import { periodNumber } from '../formats/tables/civil-day.js';
import type { TableShape } from './table-shape.js';

/** How a table says which interval a row is. */
export interface TimeColumns {
  readonly start: string | null;
  readonly date: string | null;
  readonly time: string | null;
  readonly end: string | null;
  readonly dateOrder: DateOrder;
  /** Whether another order reads the dates just as well. */
  readonly isOrderOpen: boolean;
  readonly isNumbered: boolean;
  /** Whether stamps carry their offset. */
  readonly hasOffset: boolean;
  readonly label: 'start' | 'end';
  readonly isLabelOpen: boolean;
  /** Minutes between rows; null where too few tell. */
  readonly minutes: number | null;
  /** Columns that are times, and so no values. */
  readonly fields: ReadonlySet<number>;
  /** Local times of the rows, as if UTC, in the order of the file. */
  readonly atMs: readonly number[];
}

const ORDERS: readonly DateOrder[] = ['YMD', 'DMY', 'MDY'];
const START =
  /\b(start|starts|begin|beginning|from|van|von|ab|desde|inicio|d[eé]but|depuis|da|fra|od|since|starttime|intervalstart\w*)\b/;
const END =
  /\b(end|ends|ending|ended|until|till|to|bis|tot|hasta|fin|jusqu|au|ate|até|fine|til|a|do|endtime|intervalend\w*|settlementdate|he)\b/;
const UTC = /\b(utc|gmt)\b/;
const RECORDED = /publi|updat|creat|import|modif|extract|received|read at/;

/** Words of a name in lower case: `INTERVAL_END`, `intervalEnd` and `Interval End` are the same. */
export const wordsOf = (name: string): string =>
  name
    .replace(/(\p{Ll}{2})(\p{Lu})/gu, '$1 $2')
    .replace(/[_/.:()[\]-]+/g, ' ')
    .toLowerCase();

const starts = ({ name }: Column): boolean => START.test(wordsOf(name));
const ends = ({ name }: Column): boolean => END.test(wordsOf(name)) && !START.test(wordsOf(name));

const OFFSET = /\s*(?:Z|[+-]\d{2}:?\d{2})$/;

type Kind = 'stamp' | 'date' | 'time' | 'number' | 'other';

interface Column {
  readonly field: number;
  readonly name: string;
  readonly kind: Kind;
  readonly isRange: boolean;
  readonly cells: readonly string[];
}

/** Finds the columns of time; null where there are none that name an interval. */
export function timeColumns(shape: TableShape): TimeColumns | null {
  const columns = shape.names.map((name, field) => columnOf(shape, name, field));
  const stamps = columns.filter(({ kind }) => kind === 'stamp');
  const dates = columns.filter(({ kind }) => kind === 'date');
  const times = columns.filter(({ kind }) => kind === 'time');
  const numbers = columns.filter(({ kind, name }) => kind === 'number' && isPeriodName(name));
  const fields = new Set([...stamps, ...dates, ...times, ...numbers].map(({ field }) => field));
  const chosen = chooseStamp(stamps);
  if (chosen !== null) return ofStamps(chosen, stamps, fields);
  const date = dates.find((one) => !ends(one)) ?? dates[0];
  if (date === undefined) return null;
  if (times.length > 0) return ofDateAndTime(date, times, fields);
  return numbers.length > 0 ? ofNumbers(date, numbers[0]!, fields) : null;
}

const isPeriodName = (name: string): boolean =>
  /\b(hour|hr|hora|heure|stunde|ora|uur|period|periodo|interval|sp|mtu)\b/.test(wordsOf(name));
const isClockName = (name: string): boolean =>
  /\b(time|hour|hora|heure|heures|uhrzeit|zeit|uhr|ora|tijd|tijdstip|klokke)\b/.test(wordsOf(name));

function columnOf({ data }: TableShape, name: string, field: number): Column {
  const cells = data.map(({ cells: all }) => all[field] ?? '').filter((cell) => cell !== '');
  const share = (test: (cell: string) => boolean): boolean =>
    cells.length > 0 && cells.filter(test).length >= cells.length * 0.9;
  const isRange = share((cell) => stampRange(cell) !== null || timeRange(cell) !== null);
  const firsts = cells.map((cell) => stampRange(cell)?.[0] ?? timeRange(cell)?.[0] ?? cell);
  const all = (test: (cell: string) => boolean): boolean =>
    firsts.length > 0 && firsts.filter(test).length >= firsts.length * 0.9;
  const kindIn = (order: DateOrder): Kind => {
    if (all((cell) => ['wall', 'instant'].includes(writtenStamp(cell, order)?.kind ?? '')))
      return 'stamp';
    return all((cell) => writtenDate(cell, order) !== null) ? 'date' : 'other';
  };
  const kinds = ORDERS.map(kindIn);
  const isNumbered = share((cell) => periodNumber(cell) !== null);
  // One number of thirteen digits on every row is a name of something.
  const isOne = cells.length > 1 && cells.every((cell) => cell === cells[0]);
  const isClock = all(
    (cell) => writtenTime(cell) !== null && (/[:ap]/i.test(cell) || isClockName(name)),
  );
  const kindOf = (): Kind => {
    if (isNumbered) return 'number';
    if (kinds.includes('stamp')) return isOne ? 'other' : 'stamp';
    if (kinds.includes('date')) return 'date';
    return isClock ? 'time' : 'other';
  };
  return { field, name, kind: kindOf(), isRange, cells: firsts };
}

/** The order that reads all dates, and of several the one whose rows step most evenly. */
function orderOf(
  read: (order: DateOrder) => readonly (number | null)[],
  isHalved: boolean,
): {
  readonly order: DateOrder;
  readonly isOpen: boolean;
  readonly atMs: readonly number[];
} {
  const tried = ORDERS.map((order) => {
    const all = read(order);
    const atMs = all.filter((ms) => ms !== null);
    return { order, atMs, isWhole: atMs.length === all.length, even: evenness(atMs) };
  });
  const whole = tried.filter(({ isWhole }) => isWhole);
  const pool = whole.length > 0 ? whole : tried;
  // Halves of a day are written where months come first.
  const best = pool.reduce((one, other) =>
    other.even > one.even || (isHalved && other.order === 'MDY' && other.even === one.even)
      ? other
      : one,
  );
  const isOpen = pool.some(
    (one) =>
      one !== best && one.even === best.even && one.atMs.some((ms, at) => ms !== best.atMs[at]),
  );
  return { order: best.order, isOpen, atMs: best.atMs };
}

/** Whether a column's times are of half a day: 1:15 PM. */
const hasHalves = ({ cells }: Column): boolean => cells.some((cell) => /\d\s*[ap]\.?m/i.test(cell));

/** Share of the steps between rows that are the usual one. */
function evenness(atMs: readonly number[]): number {
  const steps = stepsOf(atMs);
  if (steps.length === 0) return 0;
  const usual = usualStep(atMs);
  const sameDay = steps.filter((step) => step === usual).length;
  // Dates that jump by months are read in the wrong order.
  const far = steps.filter((step) => step > 20 * DAY_MS).length;
  return (sameDay - far * 2) / steps.length;
}

const stepsOf = (atMs: readonly number[]): number[] =>
  atMs
    .slice(1)
    .map((ms, at) => Math.abs(ms - atMs[at]!))
    .filter((step) => step > 0);

function usualStep(atMs: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (const step of stepsOf(atMs)) counts.set(step, (counts.get(step) ?? 0) + 1);
  if (counts.size === 0) return null;
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

const readStamp = (cell: string, order: DateOrder): number | null => {
  const stamp = writtenStamp(cell, order);
  if (stamp === null || stamp.kind === 'day') return null;
  return stamp.kind === 'instant' ? stamp.instantMs : stamp.wallMs;
};

/** Of several stamps the one in UTC, then the one that starts, then the first. */
function chooseStamp(stamps: readonly Column[]): Column | null {
  const usable = stamps.filter(({ name }) => !RECORDED.test(wordsOf(name)));
  const pool = usable.length > 0 ? usable : stamps;
  const utc = pool.filter(({ name }) => UTC.test(wordsOf(name)));
  const local = utc.length > 0 ? utc : pool;
  return local.find(starts) ?? local[0] ?? null;
}

function ofStamps(
  chosen: Column,
  stamps: readonly Column[],
  fields: ReadonlySet<number>,
): TimeColumns {
  const { order, isOpen, atMs } = orderOf(
    (one) => chosen.cells.map((cell) => readStamp(cell, one)),
    hasHalves(chosen),
  );
  const hasOffset = chosen.cells.every((cell) => writtenStamp(cell, order)?.kind === 'instant');
  const step = usualStep(atMs);
  const end = stamps
    .filter(({ field }) => field !== chosen.field)
    .find(({ cells }) => {
      const apart = readStamp(cells[0] ?? '', order);
      const ms = apart === null ? Number.NaN : apart - atMs[0]!;
      return step !== null && (ms === step || ms === step - MINUTE_MS || ms === step - 1000);
    });
  const isPlain = end === undefined && !chosen.isRange;
  // Days begin and end by the clock, whatever the offset.
  const wallMs = chosen.cells.map(
    (cell) => readStamp(cell.replace(OFFSET, ''), order) ?? Number.NaN,
  );
  const label = isPlain
    ? labelOf(chosen.name, wallMs, step)
    : { label: 'start' as const, isOpen: false };
  return {
    start: chosen.name,
    date: null,
    time: null,
    end: end?.name ?? null,
    dateOrder: order,
    isOrderOpen: isOpen,
    isNumbered: false,
    hasOffset,
    label: label.label,
    isLabelOpen: label.isOpen,
    minutes: minutesOf(step),
    fields,
    atMs,
  };
}

function ofDateAndTime(
  date: Column,
  times: readonly Column[],
  fields: ReadonlySet<number>,
): TimeColumns {
  const time = times.find((one) => !ends(one)) ?? times[0]!;
  const { order, isOpen, atMs } = orderOf(
    (one) =>
      date.cells.map((cell, at) => {
        const [day, clock] = [writtenDate(cell, one), writtenTime(time.cells[at] ?? '')];
        return day === null || clock === null ? null : day + clock;
      }),
    hasHalves(time),
  );
  const step = usualStep(atMs);
  const end = times.find((one) => one.field !== time.field && ends(one));
  const names = `${date.name} ${time.name}`;
  const isPlain = end === undefined && !time.isRange;
  const label = isPlain ? labelOf(names, atMs, step) : { label: 'start' as const, isOpen: false };
  // 24:00 is only ever an end.
  const isEnd = isPlain && time.cells.some((cell) => cell.startsWith('24:00'));
  return {
    start: null,
    date: date.name,
    time: time.name,
    end: end?.name ?? null,
    dateOrder: order,
    isOrderOpen: isOpen,
    isNumbered: false,
    hasOffset: false,
    label: isEnd ? 'end' : label.label,
    isLabelOpen: !isEnd && label.isOpen,
    minutes: minutesOf(step),
    fields,
    atMs,
  };
}

function ofNumbers(date: Column, number: Column, fields: ReadonlySet<number>): TimeColumns {
  const { order, isOpen, atMs } = orderOf(
    (one) => date.cells.map((cell) => writtenDate(cell, one)),
    false,
  );
  const perDay = Math.max(...number.cells.map((cell) => periodNumber(cell) ?? 0));
  const minutes = perDay > 100 ? 5 : perDay > 50 ? 15 : perDay > 25 ? 30 : 60;
  return {
    start: null,
    date: date.name,
    time: number.name,
    end: null,
    dateOrder: order,
    isOrderOpen: isOpen,
    isNumbered: true,
    hasOffset: false,
    label: 'start',
    isLabelOpen: false,
    minutes,
    fields,
    atMs,
  };
}

const minutesOf = (step: number | null): number | null => (step === null ? null : step / MINUTE_MS);

/** What a stamp names: by the word in its header, else by where the file's days begin and end. */
function labelOf(
  name: string,
  atMs: readonly number[],
  step: number | null,
): { readonly label: 'start' | 'end'; readonly isOpen: boolean } {
  if (START.test(wordsOf(name))) return { label: 'start', isOpen: false };
  if (END.test(wordsOf(name))) return { label: 'end', isOpen: false };
  if (step === null || step >= DAY_MS) return { label: 'start', isOpen: true };
  const [least, most] = [Math.min(...atMs), Math.max(...atMs)];
  const inDay = (ms: number): number => ((ms % DAY_MS) + DAY_MS) % DAY_MS;
  if (inDay(least) === step && inDay(most) === 0) return { label: 'end', isOpen: false };
  if (inDay(least) === 0 && inDay(most) === DAY_MS - step) return { label: 'start', isOpen: false };
  if (inDay(least) === step) return { label: 'end', isOpen: true };
  return { label: 'start', isOpen: true };
}
