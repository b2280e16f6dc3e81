import { Injectable } from '@nestjs/common';
import { lineAt } from '../../../core/metering/blocks/source-lines.js';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { MINUTE_MS, utcDayStartMs } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { PrincipalsService } from '../../access/principals.service.js';
import { type FileLine, ImportsService } from '../../imports/imports.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { StoredBlock } from '../blocks/interval-blocks.service.js';
import { IntervalBlocksRepository } from '../blocks/interval-blocks.repository.js';
import { FindingsRepository } from '../validation/findings.repository.js';

/** Who did something to a reading, and when. */
interface By {
  readonly eventId: string;
  /** Id of a principal, `terminal` or `clock`. */
  readonly principalId: string;
  /** Null where the name was erased, and of `terminal` and `clock`. */
  readonly name: string | null;
  readonly recordedAt: string;
}

/** What someone decided about the finding that a reading is in. */
export interface ReadingDecision extends By {
  readonly decisionId: string;
  readonly action: string;
  readonly reason: string;
  /** The rule that found it. */
  readonly rule: string;
}

/** How a reading was estimated. */
export interface ReadingEstimation extends By {
  readonly estimateId: string;
  readonly method: string;
  readonly confidence: string;
}

/** Where the value of an interval comes from. */
export interface ReadingOrigin {
  /** The line that brought the value, or, of an override or an estimate, what stood there before. */
  readonly file: FileLine | null;
  /** Null where nobody decided anything about it. */
  readonly decision: ReadingDecision | null;
  /** Null where the value is no estimate. */
  readonly estimate: ReadingEstimation | null;
  /** What stood there before an override or an estimate; null where the value is as it came. */
  readonly before: { readonly wh: number | null; readonly quality: string } | null;
}

/** Says of a reading who made it what it is: a file, a decision, an estimate. */
@Injectable()
export class ReadingOriginService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly principals: PrincipalsService,
    private readonly imports: ImportsService,
    private readonly blocks: IntervalBlocksRepository,
    private readonly vee: FindingsRepository,
  ) {}

  /**
   * The origin of an interval of a revision, walked back from it: the last file, override or estimate
   * that gave the value, and the last decision that was taken about it since.
   *
   * @param position  Of the interval in its UTC day.
   */
  async of(tx: LedgerTx, block: StoredBlock, position: number): Promise<ReadingOrigin> {
    const { ledgerId, meterCode } = block;
    const revisions = (await this.blocks.revisions(tx, block))
      .filter(({ revision }) => revision <= block.revision)
      .toSorted((a, b) => b.revision - a.revision);
    const startMs = utcDayStartMs(block.utcDay) + position * block.intervalMinutes * MINUTE_MS;
    const at = { ledgerId, meterCode, startMs };
    let decision: ReadingDecision | null = null;
    for (const [place, one] of revisions.entries()) {
      const line = lineAt(one.lines, position);
      const before = revisions[place + 1] ?? null;
      if (line !== null) {
        const file = await this.imports.lineOf(tx, one.eventId, line);
        return { file, decision, estimate: null, before: null };
      }
      const isSame =
        before !== null &&
        before.wh[position] === one.wh[position] &&
        before.quality[position] === one.quality[position];
      if (isSame) continue;
      const estimate = await this.estimateOf(tx, one.eventId, at);
      const decided = estimate === null ? await this.decisionOf(tx, one.eventId, at) : null;
      decision ??= decided;
      const isMade = estimate !== null || decided?.action === 'override';
      if (!isMade) continue;
      return {
        decision,
        estimate,
        file: await this.fileBefore(tx, revisions.slice(place + 1), position),
        before: {
          wh: before?.wh[position] ?? null,
          quality: QUALITY_NAMES[before?.quality[position] ?? 0]!,
        },
      };
    }
    return { file: null, decision, estimate: null, before: null };
  }

  private async fileBefore(
    tx: LedgerTx,
    earlier: readonly StoredBlock[],
    position: number,
  ): Promise<FileLine | null> {
    for (const { eventId, lines } of earlier) {
      const line = lineAt(lines, position);
      if (line !== null) return this.imports.lineOf(tx, eventId, line);
    }
    return null;
  }

  private async estimateOf(
    tx: LedgerTx,
    eventId: string,
    at: Interval,
  ): Promise<ReadingEstimation | null> {
    const found = await this.vee.estimateAt(tx, eventId, at);
    if (found === null) return null;
    const { estimateId, method, confidence } = found;
    return { estimateId, method, confidence, ...(await this.by(tx, eventId)) };
  }

  private async decisionOf(
    tx: LedgerTx,
    eventId: string,
    at: Interval,
  ): Promise<ReadingDecision | null> {
    const found = await this.vee.decisionAt(tx, eventId, at);
    if (found === null) return null;
    const { decisionId, action, reason, rule } = found;
    return { decisionId, action, reason, rule, ...(await this.by(tx, eventId)) };
  }

  private async by(tx: LedgerTx, eventId: string): Promise<By> {
    const { principalId, recordedAt } = (await this.ledger.authorOf(tx, eventId))!;
    const name = (await this.principals.names(tx)).get(principalId) ?? null;
    return { eventId, principalId, name, recordedAt: recordedAt.toISOString() };
  }
}

interface Interval {
  readonly ledgerId: string;
  readonly meterCode: string;
  readonly startMs: number;
}
