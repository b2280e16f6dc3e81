import { assert } from '../../errors.js';
import { DAY_MS, utcDayStartMs } from '../../time/interval.js';
import type { FormulaTerm } from '../hierarchy.js';
import type { DayValues } from '../blocks/interval-block.js';
import { QUALITY } from '../blocks/quality.js';
import { emptySeries, positionOf, type Series } from './series.js';

/**
 * Lays blocks of one meter into a series; what lies outside of it is left away. Of days in shorter
 * intervals than its step the parts are summed, all of them; days in longer ones are gaps.
 */
export function seriesOfBlocks(
  blocks: readonly DayValues[],
  {
    startMs,
    endMs,
    stepMs,
  }: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
): Series {
  const series = emptySeries(startMs, endMs, stepMs);
  for (const { utcDay, wh, quality } of blocks) {
    const first = positionOf(series, utcDayStartMs(utcDay));
    const partCount = (wh.length * stepMs) / DAY_MS;
    if (!Number.isInteger(partCount)) continue;
    for (let at = 0; at < wh.length; at += partCount) {
      const place = first + at / partCount;
      const value = partCount === 1 ? wh[at]! : sumOf(wh.slice(at, at + partCount));
      if (value === null || place < 0 || place >= series.wh.length) continue;
      series.wh[place] = value;
      series.quality[place] =
        partCount === 1 ? quality[at]! : Math.min(...quality.slice(at, at + partCount));
    }
  }
  return series;
}

const sumOf = (parts: readonly (number | null)[]): number | null =>
  parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);

/**
 * The same energy in coarser intervals: each is the sum of its parts and has the worst of their
 * qualities; one that lacks a part is missing (METHOD 1.5).
 *
 * @param stepMs  A multiple of the series' own, which starts on a whole one.
 */
export function coarser(series: Series, stepMs: number): Series {
  const parts = stepMs / series.stepMs;
  assert(Number.isInteger(parts) && series.wh.length % parts === 0, 'coarser: whole intervals');
  if (parts === 1) return series;
  const endMs = series.startMs + series.wh.length * series.stepMs;
  const result = emptySeries(series.startMs, endMs, stepMs);
  for (let at = 0; at < result.wh.length; at += 1) {
    let [wh, quality] = [0, QUALITY.ACTUAL as number];
    for (let part = at * parts; part < (at + 1) * parts; part += 1) {
      wh += series.wh[part]!;
      quality = Math.min(quality, series.quality[part]!);
    }
    if (Number.isNaN(wh)) continue;
    result.wh[at] = wh;
    result.quality[at] = quality;
  }
  return result;
}

/** What a formula gives, and how much of it is below zero and was cut. */
export interface Combined {
  readonly series: Series;
  /** Intervals whose differences are negative: they are gaps, not zeros. */
  readonly negativeCount: number;
}

/**
 * Adds and takes away series of the same grid: an interval that lacks a term is missing; the quality
 * is the worst of the terms, at best DERIVED.
 */
export function combineSeries(
  terms: readonly { readonly series: Series; readonly sign: FormulaTerm['sign'] }[],
): Combined {
  const first = terms[0]!.series;
  const { startMs, stepMs } = first;
  const result = emptySeries(startMs, startMs + first.wh.length * stepMs, stepMs);
  let negativeCount = 0;
  for (const { series } of terms) {
    assert(series.startMs === startMs && series.stepMs === stepMs, 'combine: one grid');
  }
  for (let at = 0; at < result.wh.length; at += 1) {
    let [wh, quality] = [0, QUALITY.DERIVED as number];
    for (const { series, sign } of terms) {
      wh += sign * series.wh[at]!;
      quality = Math.min(quality, series.quality[at]!);
    }
    if (Number.isNaN(wh)) continue;
    if (wh < 0) negativeCount += 1;
    else {
      result.wh[at] = wh;
      result.quality[at] = quality;
    }
  }
  return { series: result, negativeCount };
}

/** One hour of a parent meter and the meters below it. */
export interface LossHour {
  readonly hourMs: number;
  /** Null while a part is missing. */
  readonly parentWh: number | null;
  readonly childrenWh: number | null;
  /** Parent minus children: losses and what no meter sees; may be negative. */
  readonly unaccountedWh: number | null;
}

/**
 * Reconciles a parent with the meters below it, hour by hour (METHOD 2.4, V16): what is measured
 * above and not below is shown, never spread over anyone.
 */
export function reconcileLosses(parent: Series, children: readonly Series[]): LossHour[] {
  const hourMs = 3_600_000;
  const endMs = parent.startMs + parent.wh.length * parent.stepMs;
  const hours: LossHour[] = [];
  for (let at = parent.startMs; at < endMs; at += hourMs) {
    const parentWh = hourWh(parent, at, hourMs);
    let childrenWh: number | null = 0;
    for (const child of children) {
      const wh = hourWh(child, at, hourMs);
      childrenWh = childrenWh === null || wh === null ? null : childrenWh + wh;
    }
    const unaccountedWh = parentWh === null || childrenWh === null ? null : parentWh - childrenWh;
    hours.push({ hourMs: at, parentWh, childrenWh, unaccountedWh });
  }
  return hours;
}

function hourWh(series: Series, fromMs: number, lengthMs: number): number | null {
  const from = positionOf(series, fromMs);
  let wh = 0;
  for (let at = from; at < from + lengthMs / series.stepMs; at += 1)
    wh += series.wh[at] ?? Number.NaN;
  return Number.isNaN(wh) ? null : wh;
}
