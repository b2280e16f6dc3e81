import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { sameLengthRuns } from '../../../core/metering/blocks/interval-lengths.js';
import { QUALITY } from '../../../core/metering/blocks/quality.js';
import type { BlockContent } from '../../../core/metering/blocks/interval-block.js';
import { positionOf, rangeOf, type Series } from '../../../core/metering/vee/series.js';
import { DAY_MS, parseInstant, utcDayOf, utcDayStartMs } from '../../../core/time/interval.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { Meter } from '../../assets/assets.service.js';
import { AssetsService } from '../../assets/assets.service.js';
import { INTAKE_LOCK } from '../../imports/imports.service.js';
import { IntervalBlocksRepository } from '../blocks/interval-blocks.repository.js';
import { ReadingChangesService, type SeriesChange } from './reading-changes.service.js';
import { SeriesService } from '../blocks/series.service.js';
import type { VeeDecisionEntity } from './vee-decision.entity.js';
import type { VeeFindingEntity } from './vee-finding.entity.js';
import { FindingsRepository } from './findings.repository.js';

/** A finding with what was decided about it. */
export interface MeterException {
  readonly finding: Readonly<VeeFindingEntity>;
  readonly decision: Readonly<VeeDecisionEntity> | null;
  /** What was missing is there: it came, or was estimated. */
  readonly isFilled: boolean;
}

/** Which exceptions are listed. */
export interface ExceptionsWanted {
  readonly startMs: number;
  readonly endMs: number;
  readonly meterCode: string | null;
  readonly isOpenOnly: boolean;
}

/** What someone decides. */
export interface Decision {
  readonly action: 'accept' | 'override' | 're-read';
  readonly reason: string;
  /** New values, for `override`: every interval of the finding once. */
  readonly values: readonly { readonly start: string; readonly wh: number }[];
}

/** What a decision does to readings. */
export interface DecisionEffect {
  /** Intervals whose value or quality it changes. */
  readonly intervalCount: number;
  /** Wh of those intervals, as they count from then on. */
  readonly countedWh: number;
  /** By how much that is other than what was measured. */
  readonly changeWh: number;
}

/** A finding, decided, with what that did. */
export interface DecidedException extends MeterException {
  readonly effect: DecisionEffect;
}

/** What a decision makes for good. */
export const DECISION_FOR_GOOD =
  'A decision is never edited; after accept or override the finding is closed. Readings can be corrected by a later file, which does not undo an override.';

/** Lists what validation found, and takes decisions about it. */
@Injectable()
export class ExceptionsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly assets: AssetsService,
    private readonly series: SeriesService,
    private readonly record: ReadingChangesService,
    private readonly blocks: IntervalBlocksRepository,
    private readonly vee: FindingsRepository,
  ) {}

  /**
   * Exceptions that touch a stretch, by meter, then time.
   *
   * @throws DomainError `record.not_found` for a meter that is none
   */
  list(ledgerId: string, wanted: ExceptionsWanted): Promise<MeterException[]> {
    return this.scope.read(ledgerId, (tx) => this.listIn(tx, wanted));
  }

  /** As `list`, inside a transaction. */
  async listIn(tx: LedgerTx, wanted: ExceptionsWanted): Promise<MeterException[]> {
    const meterCodes = wanted.meterCode === null ? null : [wanted.meterCode];
    if (wanted.meterCode !== null) await this.requireMeter(tx, wanted.meterCode);
    const bounds = { from: new Date(wanted.startMs), to: new Date(wanted.endMs), meterCodes };
    const findings = await this.vee.findings(tx, bounds);
    const ids = findings.map(({ findingId }) => findingId);
    const decisions = await this.vee.decisions(tx, ids);
    const isFilled = await this.fillings(
      tx,
      findings.filter(({ findingId }) => isOpen(decisions.get(findingId) ?? null)),
    );
    return findings
      .map((finding) => ({
        finding,
        decision: decisions.get(finding.findingId) ?? null,
        isFilled: isFilled(finding),
      }))
      .filter((one) => !wanted.isOpenOnly || (isOpen(one.decision) && !one.isFilled));
  }

  /** A meter that nobody knows has no exceptions for another reason than one that is well. */
  private async requireMeter(tx: LedgerTx, recordCode: string): Promise<void> {
    const meters = await this.assets.allMeters(tx);
    if (meters.some(({ code }) => code === recordCode)) return;
    throw new DomainError('record.not_found', { kind: 'meter', recordCode });
  }

  /**
   * Decides about a finding: accept the readings as they are, override them with values that have a
   * reason, or ask for the meter to be read again. Readings that change become a sealed revision.
   *
   * @throws DomainError `exception.not_found`, `exception.decided`, `exception.values_wrong`
   */
  decide(
    actor: Actor,
    findingId: string,
    decision: Decision,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<DecidedException> {
    if (dryRun) return this.scope.tryTogether(() => this.decide(actor, findingId, decision));
    return this.scope.write({ ledgerId: actor.ledgerId, lock: INTAKE_LOCK }, (tx) =>
      this.decideIn(tx, actor, findingId, decision),
    );
  }

  /** As `decide`, inside a transaction; a refusal has written nothing. */
  async decideIn(
    tx: LedgerTx,
    actor: Actor,
    findingId: string,
    decision: Decision,
  ): Promise<DecidedException> {
    const finding = await this.vee.finding(tx, findingId);
    if (finding === null) throw new DomainError('exception.not_found', { findingId });
    const earlier = (await this.vee.decisions(tx, [findingId])).get(findingId);
    if (earlier !== undefined && earlier.action !== 're-read') {
      throw new DomainError('exception.decided', { findingId, action: earlier.action });
    }
    const [startMs, endMs] = [finding.startsAt.getTime(), finding.endsAt.getTime()];
    const meter = (await this.assets.allMeters(tx)).find(({ code }) => code === finding.meterCode)!;
    const { blocks, effect } = await this.changesOf(tx, meter, finding, decision);
    const { action, reason } = decision;
    await this.record.seal(tx, actor, {
      type: 'exception.decided',
      startMs,
      endMs,
      blocks,
      decision: { findingId, action, reason },
      body: { findingId, action, reason, meterCode: meter.code, rule: finding.rule },
    });
    const made = (await this.vee.decisions(tx, [findingId])).get(findingId)!;
    return { finding, decision: made, isFilled: false, effect };
  }

  /** Which gaps, and which catch-ups, are none any more: nothing of them is missing or suspect. */
  private async fillings(
    tx: LedgerTx,
    findings: readonly VeeFindingEntity[],
  ): Promise<(finding: VeeFindingEntity) => boolean> {
    const open = findings.filter(({ rule }) => rule === 'V1' || rule === 'V21');
    if (open.length === 0) return () => false;
    const codes = new Set(open.map(({ meterCode }) => meterCode));
    const meters = (await this.assets.allMeters(tx)).filter(({ code }) => codes.has(code));
    const startMs = Math.min(...open.map(({ startsAt }) => startsAt.getTime()));
    const endMs = Math.max(...open.map(({ endsAt }) => endsAt.getTime()));
    const filled = new Set<VeeFindingEntity>();
    // Within a run no length changes: the intervals of a finding are those of the series.
    for (const run of sameLengthRuns(meters, { startMs, endMs })) {
      const mine = open.filter(({ startsAt }) => isWithin(startsAt.getTime(), run));
      if (mine.length === 0) continue;
      const series = await this.series.of(tx, meters, { startMs, endMs, lengthsOf: run });
      for (const finding of mine) {
        const one = series.get(finding.meterCode)!;
        const range = rangeOf(one, finding.startsAt.getTime(), finding.endsAt.getTime());
        const isFilled = one.quality.subarray(...range).every((code) => code > QUALITY.SUSPECT);
        if (isFilled) filled.add(finding);
      }
    }
    const ids = new Set([...filled].map(({ findingId }) => findingId));
    return ({ findingId }) => ids.has(findingId);
  }

  private async changesOf(
    tx: LedgerTx,
    meter: Meter,
    finding: VeeFindingEntity,
    { action, values }: Decision,
  ): Promise<{ readonly blocks: readonly BlockContent[]; readonly effect: DecisionEffect }> {
    if (action === 're-read') return { blocks: [], effect: NO_EFFECT };
    const { ledgerId } = finding;
    const [startMs, endMs] = [finding.startsAt.getTime(), finding.endsAt.getTime()];
    const lastDayMs = Math.ceil(endMs / DAY_MS) * DAY_MS;
    const stretch = { startMs, endMs: lastDayMs };
    const series = (await this.series.of(tx, [meter], stretch)).get(meter.code)!;
    if (action === 'override') {
      const changes = overrides(finding, values, series.stepMs).map(({ ms, wh }): SeriesChange => ({
        at: positionOf(series, ms),
        wh: [wh],
        quality: QUALITY.EDITED,
      }));
      const blocks = await this.record.revised(tx, meter, { series, changes });
      return { blocks, effect: effectOf(series, changes) };
    }
    const before = await this.lastTrusted(tx, meter, ledgerId, stretch);
    const others = await this.stillSuspect(tx, finding);
    const [from, to] = rangeOf(series, startMs, endMs);
    const changes: SeriesChange[] = [];
    for (let at = from; at < to; at += 1) {
      const ms = series.startMs + at * series.stepMs;
      const isHeld = others.some(
        (one) => one.startsAt.getTime() <= ms && ms < one.endsAt.getTime(),
      );
      if (series.quality[at] !== QUALITY.SUSPECT || isHeld) continue;
      changes.push({ at, wh: null, quality: before(ms) });
    }
    const blocks = await this.record.revised(tx, meter, { series, changes });
    return { blocks, effect: effectOf(series, changes) };
  }

  /** Quality that an interval had before it became suspect; RAW, once accepted, counts as validated. */
  private async lastTrusted(
    tx: LedgerTx,
    meter: Meter,
    ledgerId: string,
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  ): Promise<(ms: number) => number> {
    const found = new Map<number, number>();
    for (let ms = Math.floor(startMs / DAY_MS) * DAY_MS; ms < endMs; ms += DAY_MS) {
      const utcDay = utcDayOf(ms);
      const revisions = await this.blocks.revisions(tx, {
        ledgerId,
        meterCode: meter.code,
        utcDay,
      });
      for (const { quality, intervalMinutes } of revisions) {
        for (const [at, code] of quality.entries()) {
          const atMs = utcDayStartMs(utcDay) + at * intervalMinutes * 60_000;
          if (code !== QUALITY.SUSPECT && code !== QUALITY.MISSING) found.set(atMs, code);
        }
      }
    }
    return (ms) => {
      const code = found.get(ms) ?? QUALITY.RAW;
      return code === QUALITY.RAW ? QUALITY.ACTUAL : code;
    };
  }

  /** Other suspect findings of the same meter and time that nobody has decided. */
  private async stillSuspect(tx: LedgerTx, finding: VeeFindingEntity): Promise<VeeFindingEntity[]> {
    const { meterCode, startsAt: from, endsAt: to } = finding;
    const all = await this.vee.findings(tx, { from, to, meterCodes: [meterCode] });
    const decisions = await this.vee.decisions(
      tx,
      all.map(({ findingId }) => findingId),
    );
    return all.filter(
      ({ findingId, severity }) =>
        findingId !== finding.findingId &&
        severity === 'suspect' &&
        !['accept', 'override'].includes(decisions.get(findingId)?.action ?? ''),
    );
  }
}

const isWithin = (
  ms: number,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): boolean => startMs <= ms && ms < endMs;

const NO_EFFECT: DecisionEffect = { intervalCount: 0, countedWh: 0, changeWh: 0 };

function effectOf({ wh }: Series, changes: readonly SeriesChange[]): DecisionEffect {
  return changes.reduce<DecisionEffect>((sum, { at, wh: values }) => {
    const before = Number.isNaN(wh[at]!) ? 0 : wh[at]!;
    const after = values?.[0] ?? before;
    return {
      intervalCount: sum.intervalCount + 1,
      countedWh: sum.countedWh + after,
      changeWh: sum.changeWh + after - before,
    };
  }, NO_EFFECT);
}

const isOpen = (decision: VeeDecisionEntity | null): boolean =>
  decision === null || decision.action === 're-read';

function overrides(
  { findingId, startsAt, endsAt }: VeeFindingEntity,
  values: Decision['values'],
  stepMs: number,
): { readonly ms: number; readonly wh: number }[] {
  const expected = Math.round((endsAt.getTime() - startsAt.getTime()) / stepMs);
  const given = values.map(({ start, wh }) => ({ ms: parseInstant(start)!, wh }));
  const isInside = given.every(
    ({ ms }) =>
      ms >= startsAt.getTime() && ms < endsAt.getTime() && (ms - startsAt.getTime()) % stepMs === 0,
  );
  if (
    !isInside ||
    new Set(given.map(({ ms }) => ms)).size !== given.length ||
    given.length !== expected
  ) {
    throw new DomainError('exception.values_wrong', {
      findingId,
      detail: `An override gives each of the ${expected} intervals of the finding one value.`,
      fix: `Send values from ${startsAt.toISOString()} to ${endsAt.toISOString()}, ${stepMs / 60_000} minutes apart.`,
    });
  }
  return given;
}
