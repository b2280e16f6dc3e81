import { Injectable } from '@nestjs/common';
import type { CertificateShares } from '../../../core/engagements/certificate-shares.js';
import { type Ladder, ladderOf } from '../../../core/engagements/ladder.js';
import { toHex } from '../../../core/ledger/merkle.js';
import { hoursOfBlock } from '../../../core/metering/blocks/interval-block.js';
import { type QualityShare, qualityShare } from '../../../core/metering/blocks/quality.js';
import { HOUR_MS } from '../../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { rootAt } from '../../../platform/marker/log-tree.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { EngagementLogService } from '../engagement/engagement-log.service.js';
import { fixedRound } from '../samples/samples.service.js';
import { EvidenceStandingService } from './evidence-standing.service.js';
import { CompletenessQueries, type FileRow } from './completeness.queries.js';

/** Hours of a meter in a month: expected against received. */
export interface MeterHours {
  readonly month: string;
  readonly meterCode: string;
  readonly expectedCount: number;
  /** Hours of which every part is there. */
  readonly receivedCount: number;
  readonly missingCount: number;
  /** Received hours and their Wh by quality. */
  readonly shares: Readonly<Partial<Record<QualityShare, { hourCount: number; wh: number }>>>;
}

/** What completeness is tested on: all of a population, never a sample (SAMPLING section 7). */
export interface Completeness {
  readonly log: {
    readonly size: number;
    readonly count: number;
    readonly isGapless: boolean;
    /** Whether the events come to the root that was signed. */
    readonly isSignedRoot: boolean;
  };
  /** How far the evidence is independent of who runs the ledger. */
  readonly independence: Ladder;
  readonly meters: readonly MeterHours[];
  /** Of the contracted plants, by month. */
  readonly certificates: readonly (CertificateShares & { readonly month: string })[];
  readonly files: readonly FileRow[];
}

/** Compares what is there with what should be, at the state that is fixed. */
@Injectable()
export class CompletenessService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly log: EngagementLogService,
    private readonly matching: MatchingService,
    private readonly counts: CompletenessQueries,
    private readonly standing: EvidenceStandingService,
  ) {}

  /** @throws DomainError `engagement.not_found`, `engagement.step_out_of_order` before a state is fixed */
  async of(ledgerId: string, engagementId: string): Promise<Completeness> {
    const engagement = await this.log.get(ledgerId, engagementId);
    const round = fixedRound(engagement, null);
    const { months } = engagement.terms;
    const { startMs } = civilMonth(MOROCCO_LEGAL_TIME, months.from);
    const { endMs } = civilMonth(MOROCCO_LEGAL_TIME, months.to);
    const { size } = round;
    const outside = await this.standing.outside(ledgerId, size);
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const { count, first, last } = await this.counts.places(tx, size);
      const isSignedRoot = toHex(await rootAt(tx, size)) === round.root;
      const meters: MeterHours[] = [];
      const certificates: (CertificateShares & { month: string })[] = [];
      for (const { runId, month } of round.statements) {
        const view = await this.matching.viewOfRun(tx, runId);
        meters.push(...hoursOf(month, view));
        certificates.push({ month, ...(await this.standing.sharesOf(tx, view, size)) });
      }
      const isGapless = count === size && first === 0 && last === size - 1;
      return {
        log: { size, count, isGapless, isSignedRoot },
        independence: ladderOf({
          hasGuards: await this.counts.hasGuards(tx),
          isChained: isGapless && isSignedRoot,
          isSigned: isSignedRoot,
          ...outside,
        }),
        meters,
        certificates,
        files: await this.counts.files(tx, { size, startMs, endMs }),
      };
    });
  }
}

function hoursOf(month: string, { meters, blocks, inputs }: MonthView): MeterHours[] {
  const { startMs, endMs } = inputs;
  const expectedCount = (endMs - startMs) / HOUR_MS;
  return meters.map(({ code }) => {
    const shares: Partial<Record<QualityShare, { hourCount: number; wh: number }>> = {};
    let receivedCount = 0;
    for (const block of blocks.filter(({ meterCode }) => meterCode === code)) {
      for (const { hourMs, wh, quality } of hoursOfBlock(block)) {
        if (wh === null || hourMs < startMs || hourMs >= endMs) continue;
        receivedCount += 1;
        const share = (shares[qualityShare(quality)] ??= { hourCount: 0, wh: 0 });
        share.hourCount += 1;
        share.wh += wh;
      }
    }
    const missingCount = expectedCount - receivedCount;
    return { month, meterCode: code, expectedCount, receivedCount, missingCount, shares };
  });
}
