import { Injectable } from '@nestjs/common';
import type { Engagement, PopulationKind, Round } from '../../../core/engagements/engagement.js';
import { assert } from '../../../core/errors.js';
import { hoursOfBlock } from '../../../core/metering/blocks/interval-block.js';
import { qualityShare } from '../../../core/metering/blocks/quality.js';
import { itemOf, type SampleItem } from '../../../core/sampling/population.js';
import { formatInstant } from '../../../core/time/interval.js';
import { Decimal } from '../../../core/units/money.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
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
    private readonly matching: MatchingService,
    private readonly settlements: SettlementService,
    private readonly factors: HourFactorsService,
    private readonly interventions: InterventionsService,
  ) {}

  /**
   * Items of a population, in any order.
   *
   * @throws DomainError `engine.not_here` where this program cannot match a month again as it was
   */
  async items(
    tx: LedgerTx,
    { terms }: Pick<Engagement, 'terms'>,
    { kind, round }: { readonly kind: PopulationKind; readonly round: Round },
  ): Promise<readonly SampleItem[]> {
    if (kind === 'settlement') return this.settlementItems(tx, round);
    if (kind === 'interventions') {
      const acts = await this.interventions.listIn(tx, terms, round.size);
      return acts.map(({ type, eventId, effect }) =>
        itemOf({ stratum: type, key: eventId, amount: Math.abs(effect.wh ?? 0) }),
      );
    }
    const all: SampleItem[] = [];
    for (const { runId, statementId } of round.statements) {
      const view = await this.matching.viewOfRun(tx, runId);
      if (kind === 'load') all.push(...loadItems(view));
      else if (kind === 'certificates') all.push(...certificateItems(view));
      else all.push(...(await this.emissionItems(tx, view, statementId)));
    }
    return all;
  }

  /** The last settlement run of each contract and period in scope that the log had at a size. */
  async runsIn(tx: LedgerTx, { size, statements }: Round): Promise<readonly SettlementRun[]> {
    const months = new Set(statements.map(({ month }) => month));
    const latest = new Map<string, SettlementRun>();
    for (const run of await this.settlements.runsBefore(tx, size)) {
      if (!parseRun(run).matching.some(({ month }) => months.has(month))) continue;
      const key = `${run.contractCode} ${run.period} ${run.run === 'RECONCILIATION' ? 'Y' : ''}`;
      // The last one of a key stands where it came, not where the first did.
      latest.delete(key);
      latest.set(key, run);
    }
    return [...latest.values()];
  }

  private async settlementItems(tx: LedgerTx, round: Round): Promise<SampleItem[]> {
    const runs = await this.runsIn(tx, round);
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
    const { site, inputs } = view;
    const { startMs, endMs } = inputs;
    const { mgPerKwh } = await this.factors.gridOf(tx, statementId, { site, startMs, endMs });
    return view.matched.hours.map(({ hourMs, loadWh, demand }, at) => {
      const mg = mgPerKwh[at];
      assert(mg != null, 'emissions: a factor for each hour');
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
