import { Injectable } from '@nestjs/common';
import { type FactorKind, joinFactorHours } from '../../core/carbon/factor.js';
import type { Canonical } from '../../core/ledger/canonical.js';
import { type InstrumentClass, instrumentClasses } from '../../core/statements/criteria.js';
import type { SourceRef } from '../../core/statements/figure.js';
import { apartLine, type ApartLine, avoidedLine } from '../../core/statements/lines.js';
import { factorText } from '../../core/units/emissions.js';
import { Decimal } from '../../core/units/money.js';
import { claimPct } from '../../core/units/ratio.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import {
  type FactorSeries,
  type FactorsFound,
  FactorsService,
} from '../factors/factors.service.js';
import type { MonthView } from '../matching/runs/month-view.service.js';

const NO_RESIDUAL_MIX =
  'No residual mix is published for this market; the grid average stands in for it.';

/** The factors of Scope 2 over a span of hours. */
export interface FactorBasis {
  readonly grid: FactorSeries;
  readonly fossil: FactorSeries;
  readonly residualMix: FactorsFound;
  /** Suppliers that a rate is recorded of. */
  readonly supplierCodes: readonly string[];
}

/** Hours of one zone, one after the other, that lines apart are of. */
export interface ApartPart {
  readonly zone: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly hours: MonthView['matched']['hours'];
}

/** What of a carbon statement rests on factors: those of the scopes, and lines with factors of their own. */
@Injectable()
export class CarbonFactorsService {
  constructor(private readonly factors: FactorsService) {}

  /** The factors of the month, and what the quality criteria answer. @throws DomainError `factor.*` */
  async basisOf(
    tx: LedgerTx,
    view: MonthView,
  ): Promise<FactorBasis & { readonly criteria: readonly InstrumentClass[] }> {
    const { startMs, endMs } = view.inputs;
    const { boundary: zone } = view.site;
    const basis = await this.over(tx, { zone, startMs, endMs });
    const criteria = instrumentClasses({
      contracts: view.parts.map(({ contract }) => contract),
      boundary: zone,
      beneficiaryCode: view.contract.buyerCode,
      hasResidualMix: basis.residualMix.missingMs === null,
      supplierCodes: basis.supplierCodes,
    });
    return { ...basis, criteria };
  }

  /** The factors of Scope 2 over whole hours of a zone. @throws DomainError `factor.*` */
  async over(
    tx: LedgerTx,
    span: { readonly zone: string; readonly startMs: number; readonly endMs: number },
  ): Promise<FactorBasis> {
    const grid = await this.factors.requireSeries(tx, { kind: 'grid_average', ...span });
    const fossil = await this.factors.requireSeries(tx, { kind: 'fossil', ...span });
    const residualMix = await this.factors.found(tx, { kind: 'residual_mix', ...span });
    const { used } = await this.factors.found(tx, { kind: 'supplier', ...span });
    const supplierCodes = [...new Set(used.flatMap(({ factor }) => factor.supplierCode ?? []))];
    return { grid, fossil, residualMix, supplierCodes };
  }

  /** Lines 16, 21 and 22 of a month. @see apartOver */
  apartOf(tx: LedgerTx, { inputs, matched, site, plants }: MonthView): Promise<Canonical[]> {
    const { startMs, endMs } = inputs;
    const { boundary: zone } = site;
    return this.apartOver(tx, [{ zone, startMs, endMs, hours: matched.hours }], plants);
  }

  /**
   * Lines 16, 21 and 22, each by a factor of its own kind, of either basis; never netted. Not stated
   * where any hour of any part has none.
   */
  async apartOver(
    tx: LedgerTx,
    parts: readonly ApartPart[],
    plants: MonthView['plants'],
  ): Promise<Canonical[]> {
    const hours = parts.flatMap((part) => part.hours);
    const of = async (kind: FactorKind): Promise<FactorsFound> => {
      const found: FactorsFound[] = [];
      for (const { zone, startMs, endMs } of parts) {
        found.push(await this.factors.foundOfAnyBasis(tx, { kind, zone, startMs, endMs }));
      }
      return joinFactorHours(found);
    };
    const load = hours.map(({ loadWh }) => loadWh);
    const byLoad = async (line: ApartLine['line'], kind: FactorKind, what: string) =>
      apartLine(line, { formula: `Σ load × ${what}`, hourlyWh: load }, await of(kind));
    const lines = [
      await byLoad('biogenic', 'biogenic', 'biogenic factor'),
      await byLoad('gridLosses', 'grid_losses', 'factor of grid losses'),
      await byLoad('upstream', 'upstream', 'upstream factor'),
      avoidedLine(hours, new Map(plants.map((plant) => [plant.code, plant.technology])), {
        marginal: await of('marginal'),
        operating: await of('operating_margin'),
        build: await of('build_margin'),
      }),
    ];
    return lines.map(({ line, emissionsT, notStated, formula, factors }) => ({
      line,
      emissionsT,
      notStated,
      formula,
      factors: factors.map(({ code, version }) => ({ code, version })),
    }));
  }
}

/** The versions of factors that hours took, as sources. */
export const factorRefs = ({ used }: FactorsFound): SourceRef[] =>
  used.map(({ factor: { code, version } }) => ({ kind: 'factor', id: `${code}@${version}` }));

/** The rows that hours took their factor from, each pinned by version and event, with its share of hours. */
export function factorsJson({ used, mgPerKwh }: FactorsFound): Canonical[] {
  return used.map(({ factor, hours }) => {
    const { code, version, eventId, kind, zone, basis, resolution } = factor;
    const { publisher, title, vintage, licence, gases, gwpSet, isEstimated } = factor;
    const value = resolution === 'annual' ? factor.mgPerKwh[0]! : null;
    return {
      code,
      version,
      eventId,
      kind,
      zone,
      basis,
      resolution,
      publisher,
      title,
      vintage,
      licence,
      gases,
      gwpSet,
      isEstimated,
      validFrom: factor.validFrom.toISOString(),
      validTo: factor.validTo.toISOString(),
      hours,
      hoursPct: claimPct(new Decimal(hours), new Decimal(mgPerKwh.length)),
      gPerKwh: value === null ? null : factorText(value),
    };
  });
}

/** What a statement says of a residual mix that is absent, or absent in some hours. */
export function residualMixSaid({ mgPerKwh }: FactorsFound): string[] {
  const without = mgPerKwh.filter((value) => value === null).length;
  if (without === 0) return [];
  if (without === mgPerKwh.length) return [NO_RESIDUAL_MIX];
  return [
    `A residual mix is published for ${mgPerKwh.length - without} of ${mgPerKwh.length} hours; ` +
      'the grid average stands in for it in the others.',
  ];
}
