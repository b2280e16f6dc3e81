import { Injectable } from '@nestjs/common';
import { factorFor, factorHours, type WantedFactor } from '../../core/carbon/factor.js';
import { DomainError } from '../../core/errors.js';
import { formatInstant } from '../../core/time/interval.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import type { RowOf } from '../../platform/records/record-kind.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { EMISSION_FACTOR } from './emission-factor.kind.js';

/** A factor over the hours of a period. */
export interface FactorSeries {
  readonly code: string;
  readonly version: number;
  readonly title: string;
  readonly publisher: string;
  readonly vintage: string;
  readonly resolution: string;
  /** mg CO2e per kWh, one per hour. */
  readonly mgPerKwh: readonly number[];
  /** Carbon-free share, ppm, one per hour; null = not published. */
  readonly cfePpm: readonly (number | null)[];
}

/** A version of a factor as other features see it. */
export type FactorVersion = RowOf<typeof EMISSION_FACTOR>;

/** Emission factors and residual mixes. */
@Injectable()
export class FactorsService {
  constructor(private readonly records: RecordsService) {}

  /**
   * The factor of a kind for every hour of a period. An hourly factor goes before an annual one
   * (METHOD 6.2); within that, the latest version.
   *
   * @returns null when no factor of that kind is known to cover the period.
   * @throws DomainError `factor.lifecycle_in_scope2`: Scope 2 takes direct factors only.
   */
  async seriesFor(tx: LedgerTx, wanted: WantedFactor): Promise<FactorSeries | null> {
    const latest = await this.records.latestOfAll(tx, EMISSION_FACTOR);
    const factor = factorFor(
      latest.map((row) => ({
        ...row,
        validFromMs: row.validFrom.getTime(),
        validToMs: row.validTo.getTime(),
      })),
      wanted,
    );
    if (factor === null) return null;
    if (factor.basis !== 'direct') {
      throw new DomainError('factor.lifecycle_in_scope2', { factorCode: factor.code });
    }
    const { code, version, title, publisher, vintage, resolution } = factor;
    return {
      code,
      version,
      title,
      publisher,
      vintage,
      resolution,
      ...factorHours(factor, wanted),
    };
  }

  /** One version of a factor. @throws DomainError `record.not_found` */
  version(tx: LedgerTx, code: string, version: number): Promise<FactorVersion> {
    return this.records.latestIn(tx, EMISSION_FACTOR, code, version);
  }

  /**
   * As `seriesFor`, and it must exist.
   *
   * @throws DomainError `factor.not_in_force`, `factor.lifecycle_in_scope2`
   */
  async requireSeries(tx: LedgerTx, wanted: WantedFactor): Promise<FactorSeries> {
    const series = await this.seriesFor(tx, wanted);
    if (series !== null) return series;
    throw new DomainError('factor.not_in_force', {
      zone: wanted.zone,
      kind: wanted.kind,
      instant: formatInstant(wanted.startMs),
      fix: `Add a ${wanted.kind} factor of zone ${wanted.zone} that covers the period.`,
    });
  }
}
