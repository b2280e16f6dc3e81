import { DAY_MS, HOUR_MS } from '../../time/interval.js';
import type { Direction } from '../intake/intake.js';
import { QUALITY } from '../blocks/quality.js';
import { finding, type VeeFinding } from './finding.js';
import type { VeeThresholds } from './rules.js';
import { hoursText, instantOf, isMeasured, isSound, rangeOf, type Series } from './series.js';
import { sunElevationDeg } from '../../time/sun.js';

/** What the rules of values look at: a meter's series and the part of it that is new. */
export interface ValueContext {
  readonly series: Series;
  readonly fromMs: number;
  readonly toMs: number;
  readonly ratedPowerW: number;
  readonly direction: Direction;
}

const spanOf = (series: Series, from: number, to: number): readonly [number, number] => [
  instantOf(series, from),
  instantOf(series, to),
];

/** V6: more than the rating allows in an interval. */
export function capacity(context: ValueContext, thresholds: VeeThresholds): VeeFinding[] {
  const { series, direction, ratedPowerW } = context;
  const margin =
    direction === 'generation' ? thresholds['generationMargin']! : thresholds['loadMargin']!;
  const mostWh = Math.floor(((ratedPowerW * series.stepMs) / HOUR_MS) * margin);
  return each(context, (at) =>
    series.wh[at]! > mostWh
      ? finding('V6', spanOf(series, at, at + 1), [`${series.wh[at]} Wh`, `${mostWh} Wh`])
      : null,
  );
}

/** V8: the day's highest value towers over its third highest. Days are UTC days. */
export function spike(context: ValueContext, { ratio }: VeeThresholds): VeeFinding[] {
  const { series } = context;
  return days(context).flatMap(([from, to]) => {
    const sound = positions(from, to).filter((at) => isMeasured(series, at));
    const top = sound.toSorted((a, b) => series.wh[b]! - series.wh[a]!);
    const [first, , third] = top;
    if (third === undefined || series.wh[third]! === 0) return [];
    const excess = (series.wh[first!]! - series.wh[third]!) / series.wh[third]!;
    if (!(excess > ratio!)) return [];
    const shown = `${series.wh[first!]} Wh, ${excess.toFixed(2)} over the third highest`;
    return [finding('V8', spanOf(series, first!, first! + 1), [shown, String(ratio)])];
  });
}

/** V10: the same value, not zero, for longer than anything that breathes would keep it. */
export function flatLine(context: ValueContext, thresholds: VeeThresholds): VeeFinding[] {
  const { series, direction } = context;
  const hours =
    direction === 'generation' ? thresholds['generationHours']! : thresholds['loadHours']!;
  if (thresholds['isSteady'] === 1) return [];
  return runs(context, (at, before) => series.wh[at]! > 0 && series.wh[at] === series.wh[before])
    .filter(([from, to]) => (to - from) * series.stepMs >= hours * HOUR_MS)
    .map(([from, to]) =>
      finding('V10', spanOf(series, from, to), [
        `${series.wh[from]} Wh for ${hoursText((to - from) * series.stepMs)}`,
        `${hours} h`,
      ]),
    );
}

/** V11: zeros of a load that is never off. */
export function zeros(context: ValueContext, { hours }: VeeThresholds): VeeFinding[] {
  const { series, direction } = context;
  if (direction === 'generation') return [];
  return runs(context, (at, before) => series.wh[at] === 0 && series.wh[before] === 0)
    .filter(([from, to]) => (to - from) * series.stepMs > hours! * HOUR_MS)
    .map(([from, to]) =>
      finding('V11', spanOf(series, from, to), [
        `zero for ${hoursText((to - from) * series.stepMs)}`,
        `${hours} h`,
      ]),
    );
}

/** V12: a solar plant that generates in the dark. */
export function nightSolar(context: ValueContext, thresholds: VeeThresholds): VeeFinding[] {
  const { series, ratedPowerW, direction } = context;
  if (direction !== 'generation' || thresholds['isSolar'] !== 1) return [];
  const mostWh = ((ratedPowerW * series.stepMs) / HOUR_MS) * thresholds['share']!;
  const place = {
    latitudeDeg: thresholds['latitudeDeg']!,
    longitudeDeg: thresholds['longitudeDeg']!,
  };
  return each(context, (at) => {
    if (!(series.wh[at]! > mostWh)) return null;
    const [startMs, endMs] = spanOf(series, at, at + 1);
    const highest = Math.max(sunElevationDeg(startMs, place), sunElevationDeg(endMs, place));
    if (highest >= thresholds['belowDeg']!) return null;
    const measured = `${series.wh[at]} Wh with the sun at ${highest.toFixed(1)}°`;
    return finding(
      'V12',
      [startMs, endMs],
      [measured, `${Math.floor(mostWh)} Wh below ${thresholds['belowDeg']}°`],
    );
  });
}

/** V14: a change from one hour to the next that the rating makes implausible. */
export function hourToHour(context: ValueContext, thresholds: VeeThresholds): VeeFinding[] {
  const { series, ratedPowerW, direction } = context;
  const share =
    direction === 'generation' ? thresholds['generationShare']! : thresholds['loadShare']!;
  const mostWh = Math.floor(ratedPowerW * share);
  const parts = HOUR_MS / series.stepMs;
  const hourWh = (from: number): number => {
    let wh = 0;
    for (let at = from; at < from + parts; at += 1)
      wh += isSound(series, at) ? series.wh[at]! : Number.NaN;
    return wh;
  };
  const found: VeeFinding[] = [];
  const [first, last] = rangeOf(
    series,
    Math.ceil(context.fromMs / HOUR_MS) * HOUR_MS,
    context.toMs,
  );
  for (let at = first; at + parts <= last; at += parts) {
    const change = at < parts ? Number.NaN : Math.abs(hourWh(at) - hourWh(at - parts));
    if (change > mostWh) {
      found.push(finding('V14', spanOf(series, at, at + parts), [`${change} Wh`, `${mostWh} Wh`]));
    }
  }
  return found;
}

/** V17: estimates in a row for longer than anyone should guess. */
export function longEstimate(context: ValueContext, thresholds: VeeThresholds): VeeFinding[] {
  const { series } = context;
  const isEstimate = (at: number): boolean =>
    series.quality[at] === QUALITY.EST_LINEAR || series.quality[at] === QUALITY.EST_HIST;
  return runs(context, (at, before) => isEstimate(at) && isEstimate(before))
    .filter(([from, to]) => (to - from) * series.stepMs > thresholds['days']! * DAY_MS)
    .map(([from, to]) =>
      finding('V17', spanOf(series, from, to), [
        `estimated for ${hoursText((to - from) * series.stepMs)}`,
        `${thresholds['days']} days`,
      ]),
    );
}

function each(
  { series, fromMs, toMs }: ValueContext,
  test: (at: number) => VeeFinding | null,
): VeeFinding[] {
  const [from, to] = rangeOf(series, fromMs, toMs);
  const found: VeeFinding[] = [];
  for (let at = from; at < to; at += 1) {
    if (Number.isNaN(series.wh[at]!)) continue;
    const one = test(at);
    if (one !== null) found.push(one);
  }
  return found;
}

/** Stretches in which every interval goes with the one before; they may begin before the new part. */
function runs(
  { series, fromMs, toMs }: ValueContext,
  goesOn: (at: number, before: number) => boolean,
): (readonly [number, number])[] {
  const [first, to] = rangeOf(series, fromMs, toMs);
  let from = first;
  while (from > 0 && goesOn(from, from - 1)) from -= 1;
  const found: (readonly [number, number])[] = [];
  for (let at = from + 1; at <= to; at += 1) {
    if (at < to && goesOn(at, at - 1)) continue;
    if (at - from > 1) found.push([from, at]);
    from = at;
  }
  return found;
}

/** UTC days that the new part touches, as positions. */
export function days({ series, fromMs, toMs }: ValueContext): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (let ms = Math.floor(fromMs / DAY_MS) * DAY_MS; ms < toMs; ms += DAY_MS) {
    const range = rangeOf(series, ms, ms + DAY_MS);
    if (range[1] > range[0]) found.push(range);
  }
  return found;
}

function positions(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}
