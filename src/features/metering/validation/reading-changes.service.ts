import { Injectable } from '@nestjs/common';
import { engineStamp } from '../../../core/engines.js';
import { type Canonical, sealedJson } from '../../../core/ledger/canonical.js';
import type { EventType } from '../../../core/ledger/event.js';
import {
  type BlockContent,
  blockRow,
  blockTexts,
  type IntervalBlock,
} from '../../../core/metering/blocks/interval-block.js';
import type { Estimate } from '../../../core/metering/vee/estimate.js';
import { findingRow, type VeeFinding } from '../../../core/metering/vee/finding.js';
import { instantOf, type Series } from '../../../core/metering/vee/series.js';
import { assert } from '../../../core/errors.js';
import {
  DAY_MS,
  formatInstant,
  MINUTE_MS,
  utcDayOf,
  utcDayStartMs,
} from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { eachAs, oneAfterAnother } from '../../../platform/database/rows/pages.js';
import type { Meter } from '../../assets/assets.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { METERING_REGISTERS } from '../metering.registers.js';
import { IntervalBlocksRepository } from '../blocks/interval-blocks.repository.js';
import type { ReadingEstimateEntity } from './reading-estimate.entity.js';
import type { VeeDecisionEntity } from './vee-decision.entity.js';
import type { VeeFindingEntity } from './vee-finding.entity.js';
import { FindingsRepository } from './findings.repository.js';
import type { Replayed, Replays } from '../../ledger/replay/replay.port.js';
import type { RowOf } from '../../../platform/database/rows/row-of.js';

/** Domain of the rows of events about readings: blocks, findings, estimates, decisions, in order. */
const ROWS = 'mizan/rows/readings/1';

/** New values and qualities of intervals, from a position of a series on; null keeps the value. */
export interface SeriesChange {
  readonly at: number;
  readonly wh: readonly number[] | null;
  readonly quality: number;
}

/** What an event about readings holds. */
export interface ReadingsEvent {
  readonly type: Extract<
    EventType,
    'readings.validated' | 'readings.estimated' | 'exception.decided'
  >;
  readonly startMs: number;
  readonly endMs: number;
  readonly blocks: readonly BlockContent[];
  readonly findings?: readonly { readonly meterCode: string; readonly finding: VeeFinding }[];
  readonly estimates?: readonly { readonly meterCode: string; readonly estimate: Estimate }[];
  readonly decision?: Pick<VeeDecisionEntity, 'findingId' | 'action' | 'reason'>;
  readonly body: { readonly [key: string]: Canonical };
}

/** Which findings are listed already, and which of them someone accepted or overrode. */
export interface ListedFindings {
  isListed(meterCode: string, found: VeeFinding): boolean;
  isAccepted(meterCode: string, found: VeeFinding): boolean;
  /** Whether someone accepted or overrode what was found about an instant. */
  isDecided(meterCode: string, ms: number): boolean;
}

/** Writes and seals what validation, estimation and people do to readings. */
@Injectable()
export class ReadingChangesService implements Replays {
  constructor(
    private readonly ledger: LedgerService,
    private readonly blocks: IntervalBlocksRepository,
    private readonly vee: FindingsRepository,
  ) {}

  /** All tables of metering, and the rows of events about readings. */
  replayed(): Replayed {
    return {
      tables: METERING_REGISTERS,
      rows: {
        [ROWS]: (tx, event) => {
          const { findings, estimates, decisions } = this.vee.ofEvent(tx, event);
          return oneAfterAnother(
            eachAs(this.blocks.ofEvent(tx, event), blockRow),
            eachAs(findings, sealedFinding),
            eachAs(estimates, estimateRow),
            eachAs(decisions, decisionRow),
          );
        },
      },
    };
  }

  /** What is listed for a stretch. */
  async listed(
    tx: LedgerTx,
    stretch: { readonly startMs: number; readonly endMs: number },
  ): Promise<ListedFindings> {
    const bounds = {
      from: new Date(stretch.startMs),
      to: new Date(stretch.endMs),
      meterCodes: null,
    };
    const findings = await this.vee.findings(tx, bounds);
    const decisions = await this.vee.decisions(
      tx,
      findings.map(({ findingId }) => findingId),
    );
    const key = (meterCode: string, one: Pick<VeeFinding, 'rule' | 'startMs' | 'endMs'>): string =>
      `${meterCode} ${one.rule} ${one.startMs} ${one.endMs}`;
    const listed = new Map(
      findings.map((row) => [
        key(row.meterCode, {
          rule: row.rule,
          startMs: row.startsAt.getTime(),
          endMs: row.endsAt.getTime(),
        }),
        decisions.get(row.findingId)?.action,
      ]),
    );
    const decided = findings.filter(({ findingId }) =>
      ['accept', 'override'].includes(decisions.get(findingId)?.action ?? ''),
    );
    return {
      isDecided: (meterCode, ms) =>
        decided.some(
          (one) =>
            one.meterCode === meterCode &&
            one.startsAt.getTime() <= ms &&
            ms < one.endsAt.getTime(),
        ),
      isListed: (meterCode, found) => listed.has(key(meterCode, found)),
      isAccepted: (meterCode, found) => {
        const action = listed.get(key(meterCode, found));
        return action === 'accept' || action === 'override';
      },
    };
  }

  /** The next revisions of the days that changes touch. */
  async revised(
    tx: LedgerTx,
    meter: Meter,
    { series, changes }: { readonly series: Series; readonly changes: readonly SeriesChange[] },
  ): Promise<BlockContent[]> {
    const { ledgerId } = tx;
    const days = new Map<string, { at: number; wh: number | null; quality: number }[]>();
    const perDay = DAY_MS / series.stepMs;
    for (const { at, wh, quality } of changes) {
      for (let step = 0; step < (wh?.length ?? 1); step += 1) {
        const utcDay = utcDayOf(instantOf(series, at + step));
        const position = (instantOf(series, at + step) - utcDayStartMs(utcDay)) / series.stepMs;
        const list = days.get(utcDay) ?? [];
        list.push({ at: position, wh: wh?.[step] ?? null, quality });
        days.set(utcDay, list);
      }
    }
    if (days.size === 0) return [];
    const utcDays = [...days.keys()].sort();
    const known = await this.blocks.latest(tx, {
      ledgerId,
      meterCodes: [meter.code],
      firstDay: utcDays[0]!,
      lastDay: utcDays.at(-1)!,
      beforeSeq: null,
    });
    const byDay = new Map(known.map((block) => [block.utcDay, block]));
    return utcDays.map((utcDay) => {
      const latest: IntervalBlock | undefined = byDay.get(utcDay);
      const wh = latest === undefined ? Array<number | null>(perDay).fill(null) : [...latest.wh];
      const quality = latest === undefined ? Array<number>(perDay).fill(0) : [...latest.quality];
      for (const change of days.get(utcDay)!) {
        if (change.wh !== null) wh[change.at] = change.wh;
        quality[change.at] = change.quality;
      }
      const { code: meterCode } = meter;
      const intervalMinutes = series.stepMs / MINUTE_MS;
      assert(
        latest === undefined || latest.intervalMinutes === intervalMinutes,
        'readings: a day is revised in its own intervals',
      );
      const revision = (latest?.revision ?? 0) + 1;
      const { updates = [] } = latest ?? {};
      const day = { meterCode, utcDay, intervalMinutes, revision, wh, quality, updates };
      return { ...day, lines: [0, 0, 0] };
    });
  }

  /** Writes an event with all its rows; nothing at all when it has none. */
  async seal(
    tx: LedgerTx,
    actor: Actor,
    event: ReadingsEvent,
  ): Promise<{ readonly eventId: string | null; readonly findings: readonly VeeFindingEntity[] }> {
    const { blocks, findings = [], estimates = [], decision } = event;
    if (blocks.length + findings.length + estimates.length === 0 && decision === undefined) {
      return { eventId: null, findings: [] };
    }
    return this.ledger.record(tx, actor, async (at) => {
      let rowIndex = blocks.length;
      const place = () => ({ ...at, rowIndex: rowIndex++ });
      const findingRows = findings.map(({ meterCode, finding }): VeeFindingEntity => ({
        findingId: this.ledger.nextId(),
        meterCode,
        rule: finding.rule,
        severity: finding.severity,
        startsAt: new Date(finding.startMs),
        endsAt: new Date(finding.endMs),
        measured: finding.measured,
        threshold: finding.threshold,
        ...place(),
      }));
      const estimateRows = estimates.map(({ meterCode, estimate }): ReadingEstimateEntity => ({
        estimateId: this.ledger.nextId(),
        meterCode,
        method: estimate.method,
        confidence: estimate.confidence,
        wh: [...estimate.wh],
        startsAt: new Date(estimate.startMs),
        endsAt: new Date(estimate.endMs),
        ...place(),
      }));
      const decisionRows =
        decision === undefined
          ? []
          : [{ decisionId: this.ledger.nextId(), ...decision, actor: actor.id, ...place() }];
      const texts = blocks.map((block) => ({ block, texts: blockTexts(block) }));
      await this.blocks.append(tx, at, texts, 0);
      await this.vee.addFindings(tx, findingRows);
      await this.vee.addEstimates(tx, estimateRows);
      for (const row of decisionRows) await this.vee.addDecision(tx, row);
      return {
        type: event.type,
        validFrom: formatInstant(event.startMs),
        validTo: formatInstant(event.endMs),
        body: { rows: ROWS, ...engineStamp('vee'), ...event.body },
        rows: [
          ...texts.map(({ block, texts: text }) => blockRow(block, text)),
          ...findingRows.map(sealedFinding),
          ...estimateRows.map(estimateRow),
          ...decisionRows.map(decisionRow),
        ],
        result: { eventId: at.eventId, findings: findingRows },
      };
    });
  }
}

/** Canonical row of a stored finding. */
export function sealedFinding(row: RowOf<VeeFindingEntity>): string {
  return findingRow({ ...row, startMs: row.startsAt.getTime(), endMs: row.endsAt.getTime() });
}

function estimateRow(row: ReadingEstimateEntity): string {
  const { estimateId, meterCode, method, confidence, wh } = row;
  return sealedJson('mizan/row/reading-estimate/1', {
    estimateId,
    meterCode,
    method,
    confidence,
    wh,
    start: formatInstant(row.startsAt.getTime()),
    end: formatInstant(row.endsAt.getTime()),
  });
}

function decisionRow(row: VeeDecisionEntity): string {
  const { decisionId, findingId, action, reason, actor } = row;
  return sealedJson('mizan/row/vee-decision/1', { decisionId, findingId, action, reason, actor });
}
