import { Injectable } from '@nestjs/common';
import { isMadeHere } from '../../../core/engines.js';
import { DomainError } from '../../../core/errors.js';
import type { LineKind } from '../../../core/settlement/pricing/lines.js';
import { type LineTrace, lineTrace } from '../../../core/settlement/line-trace.js';
import { formatInstant, HOUR_MS } from '../../../core/time/interval.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { HourTraceService, type TracedHour } from '../../matching/questions/hour-trace.service.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import {
  parseRun,
  type SettlementDocument,
  type SettlementRun,
} from '../runs/settlement.document.js';
import { SettlementService } from '../runs/settlement.service.js';

/** A line of a settlement run, walked down. */
export interface TracedLine extends LineTrace {
  readonly runId: string;
  readonly run: string;
  readonly period: string;
  readonly runVersion: number;
  readonly contractCode: string;
  readonly contractVersion: number;
  /** Versions that held before, where the period is cut. */
  readonly earlierVersions: readonly number[];
  /** Place among the run's lines, from 1. */
  readonly at: number;
  readonly matching: readonly { readonly month: string; readonly matchingRunId: string }[];
  /** The hour asked for, or the one of the largest amount; null where the line has no hours. */
  readonly opened: TracedHour | null;
}

/** What a line rests on, without its hours. */
export interface LineBasis extends Pick<LineTrace, 'line' | 'clauses' | 'rows'> {
  /** Place among the run's lines, from 1. */
  readonly at: number;
}

const NOT_BY_HOUR = { rules: MOROCCO_LEGAL_TIME, hasHours: false } as const;

/** Walks lines of settlements down to price rows, hours, certificates and readings. */
@Injectable()
export class SettlementTraceService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly settlement: SettlementService,
    private readonly matching: MatchingService,
    private readonly hourTraces: HourTraceService,
  ) {}

  /**
   * Traces one line of a run.
   *
   * @param of  `at`: place of the line, from 1; `hour`: UTC instant to open, null for the largest.
   * @throws DomainError `settlement.run_not_found`, `settlement.line_not_found`,
   *   `settlement.hour_not_in_line`, `matching.hour_not_covered`
   */
  async trace(
    ledgerId: string,
    runId: string,
    of: { readonly at: number; readonly hour: string | null },
  ): Promise<TracedLine> {
    const run = await this.settlement.get(ledgerId, runId);
    return this.scope.readHeavy(ledgerId, (tx) => this.traceIn(tx, run, of));
  }

  /** What the lines of some kinds of a run rest on; each can be traced by its place. */
  async basisOf(
    ledgerId: string,
    runId: string,
    kinds: ReadonlySet<LineKind>,
  ): Promise<readonly LineBasis[]> {
    const run = await this.settlement.get(ledgerId, runId);
    const document = parseRun(run);
    return document.settlement.lines.flatMap(({ kind }, at): LineBasis[] => {
      if (!kinds.has(kind)) return [];
      const { line, clauses, rows } = lineTrace(document, at, NOT_BY_HOUR);
      return [{ at: at + 1, line, clauses, rows }];
    });
  }

  /** As `trace`, inside a transaction. */
  async traceIn(
    tx: LedgerTx,
    run: SettlementRun,
    { at, hour }: { readonly at: number; readonly hour: string | null },
  ): Promise<TracedLine> {
    const document = parseRun(run);
    const { lines } = document.settlement;
    if (at < 1 || at > lines.length) {
      const { runId } = run;
      const known = lines.map(({ label }, place) => `${place + 1} ${label}`);
      throw new DomainError('settlement.line_not_found', { runId, line: at, known });
    }
    const traced = this.lineOf(run, document, at - 1);
    const largest = (traced.hours ?? []).reduce<{ start: string; size: number } | null>(
      (best, { start, mad }) => {
        const size = Math.abs(Number(mad));
        return best === null || size > best.size ? { start, size } : best;
      },
      null,
    );
    const wanted = hour === null ? (largest?.start ?? null) : formatInstant(Date.parse(hour));
    if (hour !== null) requireHour(traced, wanted!, isMadeHere('settlement', document));
    const opened = wanted === null ? null : await this.open(tx, document, wanted);
    return { ...traced, opened };
  }

  private lineOf(
    run: SettlementRun,
    document: SettlementDocument,
    at: number,
  ): Omit<TracedLine, 'opened'> {
    const isHere = isMadeHere('settlement', document);
    const { runId, period, version: runVersion, contractCode, contractVersion } = run;
    return {
      runId,
      run: run.run,
      period,
      runVersion,
      contractCode,
      contractVersion,
      at: at + 1,
      earlierVersions: (document.input.earlier ?? []).map(({ version }) => version),
      matching: document.matching.map(({ month, matchingRunId }) => ({ month, matchingRunId })),
      ...lineTrace(document, at, { rules: MOROCCO_LEGAL_TIME, hasHours: isHere }),
    };
  }

  /** The hour, in the matched month that holds it. */
  private async open(
    tx: LedgerTx,
    { matching, input }: SettlementDocument,
    hour: string,
  ): Promise<TracedHour> {
    const hourMs = Date.parse(hour);
    for (const { matchingRunId } of matching) {
      const view = await this.matching.viewOfRun(tx, matchingRunId);
      const { startMs, endMs } = view.inputs;
      if (startMs <= hourMs && hourMs < endMs) {
        return this.hourTraces.open(tx, { view, hour });
      }
    }
    const [from, to] = [formatInstant(input.startMs), formatInstant(input.endMs)];
    throw new DomainError('matching.hour_not_covered', { hour, from, to });
  }
}

/**
 * Requires an hour to be one that the line has an amount in. Of a run that another engine made the
 * hours are not known here.
 */
function requireHour(
  { runId, at, hours }: Pick<TracedLine, 'runId' | 'at' | 'hours'>,
  hour: string,
  isHere: boolean,
): void {
  if (!isHere || hours?.some(({ start }) => start === hour) === true) return;
  const stretches = stretchesOf((hours ?? []).map(({ start }) => Date.parse(start)));
  const known = stretches.slice(0, STRETCHES_SHOWN);
  throw new DomainError('settlement.hour_not_in_line', { runId, line: at, hour, known });
}

const STRETCHES_SHOWN = 50;

/** Hours one after the other as stretches, `FROM/TO` (ISO 8601, 4.4), the end exclusive. */
function stretchesOf(hoursMs: readonly number[]): string[] {
  const stretches: [startMs: number, endMs: number][] = [];
  for (const ms of hoursMs) {
    const last = stretches.at(-1);
    if (last?.[1] === ms) last[1] += HOUR_MS;
    else stretches.push([ms, ms + HOUR_MS]);
  }
  return stretches.map(([startMs, endMs]) => `${formatInstant(startMs)}/${formatInstant(endMs)}`);
}
