import { assert } from '../errors.js';
import type { Figure, SourceRef } from './figure.js';
import type { TenantShares } from './tenants.js';

/**
 * The figures of one tenant's statement (METHOD 5, 6; the share-out is `shareToTenants`).
 *
 * @param tenantCode  One of the tenants of `shares`.
 */
export function tenantFigures(
  shares: TenantShares,
  tenantCode: string,
  sources: readonly SourceRef[],
): readonly Figure[] {
  const share = shares.tenants.find((one) => one.tenantCode === tenantCode);
  assert(share !== undefined, 'tenant figures: a tenant of the shares');
  const figure = (
    id: string,
    [label, value, unit, formula]: readonly [string, Figure['value'], string, string],
    measure: Figure['measure'] = 'load',
  ): Figure => ({ id, label, value, unit, formula, measure, plantCode: null, sources });
  const { perGpuHour } = share;
  const perHour = (
    id: string,
    [label, value, unit, formula]: readonly [string, string | undefined, string, string],
  ): Figure => figure(id, [label, value ?? null, unit, formula]);
  return [
    figure('loadWh', ['Consumption', share.loadWh, 'Wh', 'own meters + share of common ones']),
    figure('ownWh', ['Of own meters', share.ownWh, 'Wh', 'Σ own meters']),
    figure('commonWh', [
      ...(['Share of common meters', share.commonWh, 'Wh'] as const),
      'Σ_h common × own / Σ own, by largest remainder',
    ]),
    figure('matchedWh', ['Matched hour by hour', share.matchedWh, 'Wh', 'Σ_h matched'], 'matched'),
    figure('residualWh', ['Not matched', share.residualWh, 'Wh', 'loadWh − matchedWh'], 'residual'),
    figure('coveragePct', [
      ...(['Coverage, energy-weighted', share.coverageClaimPct, '%'] as const),
      'matchedWh / loadWh, cut to two decimals',
    ]),
    figure('locationBasedKg', [
      ...(['Location-based', share.locationBasedKg, 'kg CO2e'] as const),
      'Σ_h load × grid factor',
    ]),
    figure('marketHourlyKg', [
      ...(['Hourly market-based (additional, proposed method)'] as const),
      ...([share.marketHourlyKg, 'kg CO2e'] as const),
      'Σ_h residual × grid factor + matched × factor of what covered it',
    ]),
    perHour('kwhPerGpuHour', [
      ...(['Consumption per GPU-hour', perGpuHour?.kwh, 'kWh'] as const),
      'loadWh / GPU-hours',
    ]),
    perHour('matchedKwhPerGpuHour', [
      ...(['Matched per GPU-hour', perGpuHour?.matchedKwh, 'kWh'] as const),
      'matchedWh / GPU-hours',
    ]),
    perHour('locationBasedGPerGpuHour', [
      ...(['Location-based per GPU-hour', perGpuHour?.locationBasedG, 'g CO2e'] as const),
      'location-based / GPU-hours',
    ]),
    perHour('marketHourlyGPerGpuHour', [
      ...(['Hourly market-based per GPU-hour', perGpuHour?.marketHourlyG, 'g CO2e'] as const),
      'hourly market-based / GPU-hours',
    ]),
  ];
}
