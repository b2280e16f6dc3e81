import { formatInstant, MINUTE_MS } from './interval.js';
import { type LegalTimeRule, MOROCCO_LEGAL_TIME } from './legal-time.js';
import { TZ_LINES, TZ_VERSION } from './tz-data.js';

const FIRST_MS = Date.UTC(1990, 0, 1);
/** Readings lie before 2200; rules are written out until then. */
const LAST_YEAR = 2200;
/** Zones that our own table decides: decrees reach it before they reach the database. */
const OWN: ReadonlySet<string> = new Set(['Africa/Casablanca', 'Africa/El_Aaiun']);
const INSTRUMENT = `IANA time zone database ${TZ_VERSION}`;

const lines = new Map<string, string>();
const expanded = new Map<string, readonly LegalTimeRule[]>();

/**
 * Legal time of a zone by its IANA name, from the database that comes with this version of the
 * software, never from the machine's own.
 *
 * @param name  For example `Europe/Paris`; upper and lower case as in the database.
 * @returns     Rows ascending, from 1990 on (Morocco: `MOROCCO_LEGAL_TIME`); null for no such name.
 */
export function ianaLegalTime(name: string): readonly LegalTimeRule[] | null {
  if (OWN.has(name)) return MOROCCO_LEGAL_TIME;
  const line = zoneLines().get(name);
  if (line === undefined) return null;
  let rules = expanded.get(line);
  if (rules === undefined) expanded.set(line, (rules = expand(line)));
  return rules;
}

/** Names of all zones, ascending. */
export function ianaNames(): string[] {
  return [...zoneLines().keys()].toSorted();
}

function zoneLines(): ReadonlyMap<string, string> {
  if (lines.size > 0) return lines;
  for (const line of TZ_LINES.trim().split('\n')) {
    for (const name of line.slice(0, line.indexOf('|')).split(' ')) lines.set(name, line);
  }
  return lines;
}

function expand(line: string): LegalTimeRule[] {
  const [, first, changes, posix] = line.split('|') as [string, string, string, string];
  const found: { atMs: number; offsetMinutes: number }[] = [
    { atMs: FIRST_MS, offsetMinutes: Number(first) },
  ];
  let atMs = FIRST_MS;
  for (const change of changes.split(' ').filter((one) => one !== '')) {
    const [delta, offset] = change.split(':') as [string, string];
    atMs += Number.parseInt(delta, 36) * MINUTE_MS;
    found.push({ atMs, offsetMinutes: Number(offset) });
  }
  const rule = posixRule(posix);
  if (rule !== null) {
    for (let year = new Date(atMs).getUTCFullYear(); year <= LAST_YEAR; year += 1) {
      for (const one of changesOf(rule, year)) if (one.atMs > atMs) found.push(one);
    }
  }
  return found
    .filter(({ offsetMinutes }, at) => at === 0 || offsetMinutes !== found[at - 1]!.offsetMinutes)
    .map((one) => ({
      validFromUtc: formatInstant(one.atMs),
      offsetMinutes: one.offsetMinutes,
      instrument: INSTRUMENT,
    }));
}

interface PosixRule {
  readonly standardMinutes: number;
  readonly summerMinutes: number;
  readonly start: YearDay;
  readonly end: YearDay;
}

/** The nth weekday of a month (5: the last), and minutes after its midnight, which may be negative. */
interface YearDay {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly minutes: number;
}

const NAME = '(?:[A-Za-z]+|<[^>]+>)';
const OFFSET = '([+-]?[\\d:]+)';
const DAY = ',M(\\d+)\\.(\\d)\\.(\\d)(?:/([+-]?[\\d:]+))?';
const POSIX = new RegExp(`^${NAME}${OFFSET}${NAME}(?:${OFFSET})?${DAY}${DAY}$`);

/** A POSIX TZ rule with two changes a year; null where clocks do not change. */
function posixRule(text: string): PosixRule | null {
  const parts = POSIX.exec(text);
  if (parts === null) return null;
  const [, standard, summer, ...days] = parts;
  // POSIX counts offsets west of Greenwich.
  const standardMinutes = 0 - clock(standard!);
  return {
    standardMinutes,
    summerMinutes: summer === undefined ? standardMinutes + 60 : 0 - clock(summer),
    start: yearDay(days.slice(0, 4)),
    end: yearDay(days.slice(4)),
  };
}

function yearDay([month, week, weekday, time]: readonly (string | undefined)[]): YearDay {
  const minutes = time === undefined ? 120 : clock(time);
  return { month: Number(month), week: Number(week), weekday: Number(weekday), minutes };
}

function clock(text: string): number {
  const [hours, minutes = '0'] = text.replace(/^[+-]/, '').split(':');
  const total = Number(hours) * 60 + Number(minutes);
  return text.startsWith('-') ? -total : total;
}

function changesOf(rule: PosixRule, year: number): { atMs: number; offsetMinutes: number }[] {
  const { standardMinutes, summerMinutes, start, end } = rule;
  const toSummer = dayMs(start, year) + (start.minutes - standardMinutes) * MINUTE_MS;
  const toStandard = dayMs(end, year) + (end.minutes - summerMinutes) * MINUTE_MS;
  return [
    { atMs: toSummer, offsetMinutes: summerMinutes },
    { atMs: toStandard, offsetMinutes: standardMinutes },
  ].toSorted((a, b) => a.atMs - b.atMs);
}

function dayMs({ month, week, weekday }: YearDay, year: number): number {
  if (week === 5) {
    const last = new Date(Date.UTC(year, month, 0));
    return Date.UTC(year, month, -((last.getUTCDay() - weekday + 7) % 7));
  }
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return Date.UTC(year, month - 1, 1 + ((weekday - first + 7) % 7) + (week - 1) * 7);
}
