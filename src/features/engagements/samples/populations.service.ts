import { Injectable } from '@nestjs/common';
import type { Engagement, PopulationKind, Round } from '../../../core/engagements/engagement.js';
import { assert } from '../../../core/errors.js';
import { hoursOfBlock } from '../../../core/metering/blocks/interval-block.js';
import { qualityShare } from '../../../core/metering/blocks/quality.js';
import { itemOf, type SampleItem } from '../../../core/sampling/population.js';
import { formatInstant } from '../../../core/time/interval.js';
import { Decimal } from '../../../core/units/money.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { parseRun, type SettlementRun } from '../../settlement/runs/settlement.document.js';
import { SettlementService } from '../../settlement/runs/settlement.service.js';
import { InterventionsService } from '../review/interventions.service.js';
import { HourFactorsService } from './hour-factors.service.js';

/** Milligrams × Wh / kWh in a gram: mg/kWh × Wh / 10⁶. */
const MG_WH_PER_G = 1_000_000;

/** What samples are drawn from, as the log had it at the state that is fixed (SAMPLING section 2). */
@Injectable()
export class PopulationsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly matching: MatchingService,
    private readonly settlements: SettlementService,
    private readonly factors: HourFactorsService,
    private readonly interventions: InterventionsService,
  ) {}

  /** Items of a population, in any order. */
  async items(
    ledgerId: string,
    engagement: Engagement,
    { kind, round }: { readonly kind: PopulationKind; readonly round: Round },
  ): Promise<readonly SampleItem[]> {
    if (kind === 'settlement') return this.settlementItems(ledgerId, round);
    if (kind === 'interventions') {
      const acts = await this.interventions.list(ledgerId, engagement.terms, round.size);
      return acts.map(({ type, eventId, effect }) =>
        itemOf({ stratum: type, key: eventId, amount: Math.abs(effect.wh ?? 0) }),
      );
    }
    const all: SampleItem[] = [];
    for (const { runId, statementId } of round.statements) {
      const items = await this.scope.readHeavy(ledgerId, async (tx) => {
        const view = await this.matching.viewOfRun(tx, runId);
        if (kind === 'load') return loadItems(view);
        if (kind === 'certificates') return certificateItems(view);
        return this.emissionItems(tx, view, statementId);
      });
      all.push(...items);
    }
    return all;
  }

  /** The last settlement run of each contract and period in scope that the log had at a size. */
  async runsIn(ledgerId: string, { size, statements }: Round): Promise<readonly SettlementRun[]> {
    const months = new Set(statements.map(({ month }) => month));
    const runs = await this.settlements.list(ledgerId);
    return this.scope.read(ledgerId, async (tx) => {
      const latest = new Map<string, { readonly seq: number; readonly run: SettlementRun }>();
      for (const run of runs) {
        if (!parseRun(run).matching.some(({ month }) => months.has(month))) continue;
        const seq = (await this.ledger.seqOf(tx, run.eventId))!;
        const key = `${run.contractCode} ${run.period} ${run.run === 'RECONCILIATION' ? 'Y' : ''}`;
        const known = latest.get(key);
        if (seq < size && (known === undefined || known.seq < seq)) latest.set(key, { seq, run });
      }
      return [...latest.values()].toSorted((a, b) => a.seq - b.seq).map(({ run }) => run);
    });
  }

  private async settlementItems(ledgerId: string, round: Round): Promise<SampleItem[]> {
    const runs = await this.runsIn(ledgerId, round);
    return runs.flatMap((run) =>
      parseRun(run).settlement.lines.map(({ kind, amountMad }, at) =>
        itemOf({
          stratum: `${kind}/${run.contractCode}`,
          key: `${run.runId} ${at + 1}`,
          amount: new Decimal(amountMad).times(100).toNumber(),
        }),
      ),
    );
  }

  private async emissionItems(
    tx: LedgerTx,
    view: MonthView,
    statementId: string,
  ): Promise<SampleItem[]> {
    const factors = await this.factors.gridOf(tx, statementId, view);
    return view.matched.hours.map(({ hourMs, loadWh, demand }, at) => {
      const mg = factors[at];
      assert(mg !== undefined, 'emissions: a factor for each hour');
      const grams = new Decimal(loadWh).times(mg).dividedBy(MG_WH_PER_G);
      const isEstimated = demand.some((one) => one.isEstimated);
      return itemOf({
        stratum: `${isEstimated ? 'estimated' : 'measured'}/${view.site.code}`,
        key: formatInstant(hourMs),
        amount: grams.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber(),
      });
    });
  }
}

function loadItems({ blocks, matched }: MonthView): SampleItem[] {
  const quality = new Map<string, number>();
  for (const block of blocks) {
    for (const hour of hoursOfBlock(block)) {
      quality.set(`${block.meterCode} ${hour.hourMs}`, hour.quality);
    }
  }
  return matched.hours.flatMap(({ hourMs, demand }) =>
    demand.map(({ meterCode, wh }) => {
      const share = qualityShare(quality.get(`${meterCode} ${hourMs}`)!);
      const key = `${meterCode} ${formatInstant(hourMs)}`;
      return itemOf({ stratum: `${share}/${meterCode}`, key, amount: wh });
    }),
  );
}

function certificateItems({ matched }: MonthView): SampleItem[] {
  return matched.hours.flatMap(({ supply }) =>
    supply.map(({ certificate, matchedWh }) =>
      itemOf({
        stratum: `certified/${certificate.plantCode}`,
        key: certificate.certificateId,
        amount: matchedWh,
      }),
    ),
  );
}
