import { formatInstant, HOUR_MS, MINUTE_MS } from '../../time/interval.js';
import { legalOffsetMinutes, MOROCCO_LEGAL_TIME } from '../../time/legal-time.js';
import { Decimal } from '../../units/money.js';
import {
  monthText,
  mwhText,
  numberText,
  percentText,
  shortMonthText,
  withUnit,
} from '../format.js';
import type { Say } from '../messages/messages.js';
import type { DurationCurve, HeatCell, HeatMap, Language, MonthBars, Table } from '../model.js';
import type { IssuedHour, IssuedMonth } from './issued.js';

interface Words {
  readonly say: Say;
  readonly language: Language;
}

/** An instant on the clocks of the site. */
interface SiteTime {
  /** `2026-10-03T14:00`. */
  readonly local: string;
  /** `+00:00`. */
  readonly offset: string;
}

/** What the clocks of the site show at an instant, with the offset that tells doubled hours apart. */
export function siteTime(instantMs: number): SiteTime {
  const minutes = legalOffsetMinutes(MOROCCO_LEGAL_TIME, instantMs);
  const local = formatInstant(instantMs + minutes * MINUTE_MS).slice(0, 16);
  const [whole, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const padded = [whole, rest].map((part) => String(part).padStart(2, '0')).join(':');
  return { local, offset: `${minutes < 0 ? '-' : '+'}${padded}` };
}

/** Shares are cut, so that an hour that lacks a Wh never looks whole. */
function shareMille({ loadWh, matchedWh }: IssuedHour): number | null {
  if (loadWh === 0) return null;
  return new Decimal(matchedWh).times(1000).dividedBy(loadWh).floor().toNumber();
}

function stateOf(hour: IssuedHour): HeatCell['state'] {
  const { loadWh, matchedWh, isKnown } = hour;
  if (!isKnown) return 'missing';
  if (loadWh === 0) return 'no-load';
  if (matchedWh === loadWh) return 'full';
  return matchedWh === 0 ? 'none' : 'part';
}

/** The heat map of a month: every hour at its place in site time, also one that the clocks show twice. */
export function heatMapOf(
  hours: readonly IssuedHour[],
  month: string,
  { say, language }: Words,
): HeatMap {
  const seen = new Map<string, number>();
  const days: string[] = [];
  const placed = hours.map((hour) => {
    const { local } = siteTime(hour.hourMs);
    const day = local.slice(0, 10);
    if (days.at(-1) !== day) days.push(day);
    const before = seen.get(local) ?? 0;
    seen.set(local, before + 1);
    return { hour, local, day: days.length - 1, isRepeat: before > 0 };
  });
  const cells = placed.map(({ hour, local, day, isRepeat }): HeatCell => ({
    day,
    hour: Number(local.slice(11, 13)),
    isRepeat,
    isDoubled: seen.get(local)! > 1,
    shareMille: shareMille(hour),
    state: stateOf(hour),
    isEstimated: hour.isEstimated,
  }));
  const count = (...states: readonly HeatCell['state'][]): string =>
    say('hours', { count: cells.filter(({ state }) => states.includes(state)).length });
  const full = count('full');
  const loaded = count('full', 'part', 'none');
  const alt = {
    hours: count('full', 'part', 'none', 'no-load', 'missing'),
    month: monthText(month, language),
    full,
    part: count('part'),
    none: count('none'),
  };
  return {
    kind: 'heat-map',
    title: say('chart.heat'),
    alt: say('chart.heat.alt', alt),
    caption: say('chart.heat.caption', { full, hours: loaded }),
    dayLabels: days.map((day) => String(Number(day.slice(8)))),
    cells,
    legend: {
      none: say('chart.heat.none'),
      full: say('chart.heat.full'),
      part: say('chart.heat.part'),
      noLoad: say('chart.heat.noLoad'),
      missing: say('chart.heat.missing'),
      estimated: say('chart.heat.estimated'),
    },
    axes: { days: say('chart.heat.days'), hours: say('chart.heat.hours') },
  };
}

/** Load, matched and residual of a month, each in order of size. */
export function durationCurveOf(
  hours: readonly IssuedHour[],
  { say, language }: Words,
): DurationCurve {
  const sorted = (of: (hour: IssuedHour) => number): readonly number[] =>
    hours.map(of).toSorted((a, b) => b - a);
  const load = sorted(({ loadWh }) => loadWh);
  const matched = sorted(({ matchedWh }) => matchedWh);
  const residual = sorted(({ loadWh, matchedWh }) => loadWh - matchedWh);
  const mwh = (wh: number): string => withUnit(mwhText(wh, language, 3), 'MWh');
  const zero = say('hours', { count: residual.filter((wh) => wh === 0).length });
  const alt = {
    hours: say('hours', { count: hours.length }),
    loadMax: mwh(load[0]!),
    loadMin: mwh(load.at(-1)!),
    matchedMax: mwh(matched[0]!),
    matchedMin: mwh(matched.at(-1)!),
    residualMax: mwh(residual[0]!),
    residualMin: mwh(residual.at(-1)!),
    zero,
  };
  return {
    kind: 'duration-curve',
    title: say('chart.duration'),
    alt: say('chart.duration.alt', alt),
    caption: say('chart.duration.caption', { zero }),
    axes: { energy: say('chart.duration.energy'), hours: say('chart.duration.hours') },
    series: [
      { name: say('column.load'), wh: load },
      { name: say('column.matched'), wh: matched },
      { name: say('column.residual'), wh: residual },
    ],
  };
}

type Values = ReadonlyMap<string, number | string | null>;

/** Months of energy: matched and residual, with the share above. */
export function energyBarsOf(
  months: readonly IssuedMonth[],
  shareId: string,
  words: Words,
): MonthBars {
  const { say, language } = words;
  const one = (month: string, values: Values): string => {
    const share = values.get(shareId);
    return say('chart.months.alt.one', {
      month: monthText(month, language),
      total: mwhText(values.get('loadWh') ?? 0, language, 1),
      matched: mwhText(values.get('matchedWh') ?? 0, language, 1),
      share: shareText(share, words),
    });
  };
  return {
    kind: 'month-bars',
    title: say('chart.months'),
    alt: altOf('chart.months.alt', months, one, say),
    caption: say('chart.months.caption'),
    axes: { amount: say('chart.months.amount') },
    series: [say('column.matched'), say('column.residual')],
    isEnergy: true,
    months: months.map((each) => {
      const values = valuesOf(each);
      return {
        label: shortMonthText(each.month, language),
        note: shareText(values.get(shareId), words),
        parts: [values.get('matchedWh') ?? 0, values.get('residualWh') ?? 0],
      };
    }),
  };
}

/** Months of bills: net and VAT, with gross above. */
export function billBarsOf(months: readonly IssuedMonth[], { say, language }: Words): MonthBars {
  const one = (month: string, values: Values): string =>
    say('chart.bills.alt.one', {
      month: monthText(month, language),
      total: numberText(values.get('totalGrossMad') ?? '0', language),
    });
  return {
    kind: 'month-bars',
    title: say('chart.bills'),
    alt: altOf('chart.bills.alt', months, one, say),
    caption: say('chart.bills.caption'),
    axes: { amount: say('chart.bills.amount') },
    series: [say('series.net'), say('series.vat')],
    isEnergy: false,
    months: months.map((each) => {
      const values = valuesOf(each);
      return {
        label: shortMonthText(each.month, language),
        note: numberText(values.get('totalGrossMad') ?? '0', language),
        parts: [values.get('totalNetMad') ?? '0', values.get('totalVatMad') ?? '0'],
      };
    }),
  };
}

const valuesOf = ({ figures }: IssuedMonth): Values =>
  new Map(figures.map(({ id, value }) => [id, value]));

function shareText(share: number | string | null | undefined, { say, language }: Words): string {
  if (share === null || share === undefined) return say('print.notApplicable');
  return percentText(String(share), language);
}

function altOf(
  key: 'chart.months.alt' | 'chart.bills.alt',
  months: readonly IssuedMonth[],
  one: (month: string, values: Values) => string,
  say: Say,
): string {
  const list = months.map((each) => one(each.month, valuesOf(each))).join(say('list.join'));
  return say(key, { list });
}

/** Every hour with both of its times: the twin of the heat map and the curves in figures. */
export function hoursTable(hours: readonly IssuedHour[], say: Say): Table {
  const inWh = (column: string): string => say('column.inWh', { column });
  return {
    kind: 'table',
    id: 'hours',
    title: say('table.hours'),
    isFileOnly: true,
    columns: [
      { id: 'start_utc', title: say('column.startUtc'), type: 'instant' },
      { id: 'start_local', title: say('column.startLocal'), type: 'code' },
      { id: 'load_wh', title: inWh(say('column.load')), type: 'wh' },
      { id: 'generation_wh', title: inWh(say('column.generation')), type: 'wh' },
      { id: 'matched_wh', title: inWh(say('column.matched')), type: 'wh' },
      { id: 'residual_wh', title: inWh(say('column.residual')), type: 'wh' },
      { id: 'matched_pct', title: say('column.share'), type: 'pct' },
      { id: 'estimated', title: say('column.estimated'), type: 'code' },
    ],
    rows: hours.map((hour) => {
      const { hourMs, loadWh, generationWh, matchedWh, isKnown, isEstimated } = hour;
      const { local, offset } = siteTime(hourMs);
      const known = (wh: number): number | null => (isKnown ? wh : null);
      return [
        formatInstant(hourMs),
        `${local}${offset}`,
        known(loadWh),
        generationWh,
        known(matchedWh),
        known(loadWh - matchedWh),
        sharePct(hour),
        isEstimated ? 'true' : 'false',
      ];
    }),
  };
}

/** Share of an hour in per cent, cut to two decimals. */
function sharePct({ loadWh, matchedWh }: IssuedHour): string | null {
  if (loadWh === 0) return null;
  return new Decimal(matchedWh).times(100).dividedBy(loadWh).toFixed(2, Decimal.ROUND_DOWN);
}

/** Offsets of the site's clocks over a period, in order, each once in a row. */
export function offsetsIn(startMs: number, endMs: number): readonly string[] {
  const offsets: string[] = [];
  for (let at = startMs; at < endMs; at += HOUR_MS) {
    const { offset } = siteTime(at);
    if (offsets.at(-1) !== offset) offsets.push(offset);
  }
  return offsets;
}
