import { Injectable } from '@nestjs/common';
import type { Figure } from '../../../core/statements/figure.js';
import type { PeriodFigures } from '../../../core/statements/periods/period-figures.js';
import { type View, type ViewPlant, viewsOf } from '../../../core/statements/periods/views.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { ContractsService } from '../../contracts/contracts.service.js';
import type { PeriodInputs, StatedMonth } from './period-inputs.service.js';

/** The figures of a period by the rules of other frameworks. */
@Injectable()
export class PeriodViewsService {
  constructor(private readonly contracts: ContractsService) {}

  /** @param from  First civil day of the period. */
  async of(
    tx: LedgerTx,
    of: { readonly inputs: PeriodInputs; readonly found: PeriodFigures; readonly from: string },
  ): Promise<readonly View[]> {
    const { inputs, found, from } = of;
    const value = (id: string): Figure['value'] =>
      found.figures.find((figure) => figure.id === id)!.value;
    const { months } = inputs;
    const hours = months.flatMap(({ part }) => part.hours);
    const plants = inputs.plants.map(({ code }) => code);
    const since = await this.sinceOf(tx, plants);
    return viewsOf({
      loadWh: value('loadWh') as number,
      boundaries: [...new Set(months.map(({ view }) => view.site.boundary))],
      from,
      plants: inputs.plants.map((plant) => plantOf(plant, { inputs, found, since })),
      notCancelledWh: reservedWh(months),
      fullyMatchedHours: Number(value('hoursFullyMatched')),
      loadedHours: hours.filter(({ loadWh }) => loadWh > 0).length,
      scorePct: value('cfeScorePct') as string | null,
      gridUnknownWh: value('gridCfeUnknownWh') as number,
    });
  }

  /** The first day on which any contract buys from a plant, by plant. */
  private async sinceOf(
    tx: LedgerTx,
    plantCodes: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const since = new Map<string, string>();
    for (const { plantCodes: bought, effectiveFrom } of await this.contracts.allVersions(tx)) {
      for (const code of bought) {
        const known = since.get(code);
        if (!plantCodes.includes(code) || (known ?? effectiveFrom) < effectiveFrom) continue;
        since.set(code, effectiveFrom);
      }
    }
    return since;
  }
}

function plantOf(
  { code, technology, commissionedOn }: PeriodInputs['plants'][number],
  of: {
    readonly inputs: PeriodInputs;
    readonly found: PeriodFigures;
    readonly since: ReadonlyMap<string, string>;
  },
): ViewPlant {
  const { inputs, found, since } = of;
  const lines = inputs.certificates.filter(({ plantCode }) => plantCode === code);
  const applied = inputs.months.filter(({ part }) => part.areInstrumentsApplied);
  const sum = (values: readonly number[]): number => values.reduce((total, wh) => total + wh, 0);
  return {
    plantCode: code,
    technology,
    commissionedOn,
    countedWh: sum(found.tiers.filter((line) => line.plantCode === code).map(({ wh }) => wh)),
    matchedWh: sum(
      applied.flatMap(({ part }) =>
        part.plants.filter(({ plantCode }) => plantCode === code).map((one) => one.matchedWh),
      ),
    ),
    trackingSystems: [...new Set(lines.flatMap(({ trackingSystems }) => trackingSystems))],
    longestMinutes: Math.max(
      0,
      ...lines.flatMap(({ productionIntervalsMinutes }) => productionIntervalsMinutes),
    ),
    isUnderContract: commissionedOn >= (since.get(code) ?? commissionedOn),
  };
}

/** Wh that count and are reserved, and not cancelled yet. */
function reservedWh(months: readonly StatedMonth[]): number {
  return months
    .filter(({ part }) => part.areInstrumentsApplied)
    .reduce((sum, { part, cancelledMatchedWh }) => {
      const matched = part.plants.reduce((total, plant) => total + plant.matchedWh, 0);
      return sum + matched - cancelledMatchedWh.reduce((total, wh) => total + wh, 0);
    }, 0);
}
