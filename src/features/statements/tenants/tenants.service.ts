import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { type TenantShares, shareToTenants } from '../../../core/statements/tenants.js';
import { factorMgPerKwh } from '../../../core/units/emissions.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { AssetsService, type Tenant } from '../../assets/assets.service.js';
import { type FactorSeries, FactorsService } from '../../factors/factors.service.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import type { TenantSharesRequest } from './tenants.schemas.js';

/** How what does not divide is shared. */
export const REMAINDER_RULE =
  'Own meters count whole; common meters by the use of own meters in the hour, alike where there is ' +
  'none; odd Wh and kg by largest remainder, ties by tenant code.';

/** Whose statement is wanted. */
export interface TenantWanted {
  readonly code: string;
  /** GPU-hours of the month, decimal text; null = none were supplied. */
  readonly gpuHours: string | null;
}

/** What of a matched month is whose. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly assets: AssetsService,
    private readonly matching: MatchingService,
    private readonly factors: FactorsService,
  ) {}

  /**
   * Shares a matched month out to the tenants of its site.
   *
   * @throws DomainError `matching.run_not_found`, `matching.inputs_changed`, `tenant.none`,
   *   `record.not_found` for GPU-hours of who is no tenant there, `factor.*`
   */
  share(
    ledgerId: string,
    { month, siteCode, gpuHours }: TenantSharesRequest,
  ): Promise<
    TenantShares & {
      readonly month: string;
      readonly siteCode: string;
      readonly runId: string;
      readonly remainderRule: string;
    }
  > {
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const { run, view } = await this.matching.currentRun(tx, { month, siteCode });
      const { shares } = await this.shareIn(tx, view, gpuHours);
      const { runId } = run;
      return { month, siteCode: view.site.code, runId, remainderRule: REMAINDER_RULE, ...shares };
    });
  }

  /**
   * The same inside a transaction, for a month that was matched.
   *
   * @throws DomainError `tenant.none`, `record.not_found`, `factor.*`
   */
  async shareIn(
    tx: LedgerTx,
    { site, inputs, matched, plants }: MonthView,
    gpuHours: TenantSharesRequest['gpuHours'],
  ): Promise<{
    readonly shares: TenantShares;
    readonly tenants: readonly Tenant[];
    readonly grid: FactorSeries;
  }> {
    const tenants = await this.assets.tenantsOf(tx, site.code);
    if (tenants.length === 0) {
      const fix = 'Create the tenants of the site first, each with its meters.';
      throw new DomainError('tenant.none', { siteCode: site.code, fix });
    }
    const supplied = new Map(gpuHours.map((one) => [one.tenantCode, one.gpuHours]));
    const stranger = gpuHours.find(
      ({ tenantCode }) => !tenants.some(({ code }) => code === tenantCode),
    );
    if (stranger !== undefined) {
      const recordCode = stranger.tenantCode;
      throw new DomainError('record.not_found', { kind: 'tenant', recordCode });
    }
    const grid = await this.factors.requireSeries(tx, {
      kind: 'grid_average',
      zone: site.boundary,
      startMs: inputs.startMs,
      endMs: inputs.endMs,
    });
    const shares = shareToTenants(
      matched.hours,
      tenants.map(({ code, meterCodes }) => ({
        code,
        meterCodes,
        gpuHours: supplied.get(code) ?? null,
      })),
      {
        gridMgPerKwh: grid.mgPerKwh,
        plantMgPerKwh: new Map(
          plants.map((plant) => [plant.code, factorMgPerKwh(plant.directFactorGPerKwh)]),
        ),
      },
    );
    return { shares, tenants, grid };
  }
}
