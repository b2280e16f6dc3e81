import { Decimal } from '../../units/money.js';
import { numberText } from '../format.js';
import type { DurationCurve, Language, MonthBars } from '../model.js';
import { roundScale, type Scale } from './scale.js';

const WH_PER_MWH = 1_000_000;

/** A mark of an axis: where, from 0 to 1, and what it says. */
interface Mark {
  readonly at: number;
  readonly label: string;
}

interface PrintedChart {
  readonly title: string;
  readonly alt: string;
  readonly caption: string;
}

/** Curves in print: points from 0 to 1 both ways. */
export interface PrintedCurves extends PrintedChart {
  readonly kind: 'curves';
  readonly axes: DurationCurve['axes'];
  readonly across: readonly Mark[];
  readonly up: readonly Mark[];
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

/** Bars in print: parts from 0 to 1, from the bottom up. */
export interface PrintedBars extends PrintedChart {
  readonly kind: 'bars';
  readonly axes: MonthBars['axes'];
  readonly up: readonly Mark[];
  readonly series: readonly string[];
  readonly bars: readonly {
    readonly label: string;
    readonly note: string;
    readonly parts: readonly number[];
  }[];
}

/** Places on paper, to a ten-thousandth: finer than a printer, and short. */
const placed = (value: number): number => Math.round(value * 10_000) / 10_000;

const marksOf = ({ end, marks }: Scale, language: Language): readonly Mark[] =>
  marks.map((mark) => ({
    at: placed(mark / end),
    label: numberText(new Decimal(mark).toFixed(), language),
  }));

/** A duration curve with its axes; equal neighbours become one step. */
export function printedCurves(chart: DurationCurve, language: Language): PrintedCurves {
  const { title, alt, caption, axes, series } = chart;
  const count = Math.max(1, ...series.map(({ wh }) => wh.length));
  const most = Math.max(0, ...series.map(({ wh }) => wh[0] ?? 0)) / WH_PER_MWH;
  const up = roundScale(most);
  const across = roundScale(count);
  // Hours end where the month does: the last round mark may lie beyond.
  const hours = across.marks.filter((mark) => mark <= count);
  return {
    kind: 'curves',
    title,
    alt,
    caption,
    axes,
    up: marksOf(up, language),
    across: hours.map((mark) => ({ at: placed(mark / count), label: numberText(mark, language) })),
    series: series.map(({ name, wh }) => ({
      name,
      points: wh.map((one, at) => [placed((at + 0.5) / count), placed(one / WH_PER_MWH / up.end)]),
    })),
  };
}

/** Bars with their axis. */
export function printedBars(chart: MonthBars, language: Language): PrintedBars {
  const { title, alt, caption, axes, series, months, isEnergy } = chart;
  const unit = isEnergy ? WH_PER_MWH : 1;
  const heights = months.map(({ parts }) =>
    parts.map((part) => new Decimal(part).dividedBy(unit).toNumber()),
  );
  const most = Math.max(0, ...heights.map((parts) => parts.reduce((sum, part) => sum + part, 0)));
  const up = roundScale(most);
  return {
    kind: 'bars',
    title,
    alt,
    caption,
    axes,
    series,
    up: marksOf(up, language),
    bars: months.map(({ label, note }, at) => ({
      label,
      note,
      parts: heights[at]!.map((height) => placed(height / up.end)),
    })),
  };
}
