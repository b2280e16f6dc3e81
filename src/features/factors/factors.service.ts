import { Injectable } from '@nestjs/common';
import {
  type Factor,
  factorHours,
  type FactorHours,
  isWhole,
  type WantedFactor,
} from '../../core/carbon/factor.js';
import { DomainError } from '../../core/errors.js';
import { formatInstant } from '../../core/time/interval.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { EMISSION_FACTOR, type FactorVersion } from './emission-factor.kind.js';

export type { FactorVersion };

/** A version with its validity as milliseconds. */
export type KnownFactor = FactorVersion & Factor;

/** Direct factors over the hours of a period; hours without any have none. */
export type FactorsFound = FactorHours<KnownFactor>;
/** Direct factors over the hours of a period, every hour with its value. */
export type FactorSeries = FactorsFound & { readonly mgPerKwh: readonly number[] };

/** Emission factors and residual mixes. */
@Injectable()
export class FactorsService {
  constructor(private readonly records: RecordsService) {}

  /**
   * The factors of a kind over the hours of a period, the latest version of each: an hourly one before a
   * monthly before an annual one (METHOD 6.2), direct ones only. Hours without one have none.
   */
  async found(tx: LedgerTx, wanted: WantedFactor): Promise<FactorsFound> {
    return factorHours(await this.known(tx), wanted);
  }

  /** As `found`, life-cycle ones too: for what stands outside of Scope 2. */
  async foundOfAnyBasis(tx: LedgerTx, wanted: WantedFactor): Promise<FactorsFound> {
    return factorHours(await this.known(tx), { ...wanted, isAnyBasis: true });
  }

  /** As `found`, from versions that are named: those that something rests on. @throws DomainError `record.not_found` */
  async foundOf(
    tx: LedgerTx,
    named: readonly { readonly code: string; readonly version: number }[],
    wanted: WantedFactor,
  ): Promise<FactorsFound> {
    const versions: KnownFactor[] = [];
    for (const { code, version } of named) {
      versions.push(asKnown(await this.version(tx, code, version)));
    }
    return factorHours(versions, wanted);
  }

  /** One version of a factor. @throws DomainError `record.not_found` */
  version(tx: LedgerTx, code: string, version: number): Promise<FactorVersion> {
    return this.records.latestIn(tx, EMISSION_FACTOR, code, version);
  }

  private async known(tx: LedgerTx): Promise<KnownFactor[]> {
    return (await this.records.latestOfAll(tx, EMISSION_FACTOR)).map(asKnown);
  }

  /**
   * As `found`, and every hour must have one.
   *
   * @throws DomainError `factor.not_in_force`; `factor.lifecycle_in_scope2` where only a life-cycle factor
   *   has a value: Scope 2 takes direct factors only.
   */
  async requireSeries(tx: LedgerTx, wanted: WantedFactor): Promise<FactorSeries> {
    const found = await this.found(tx, wanted);
    if (isWhole(found)) return found;
    if (found.lifecycleCode !== null) {
      throw new DomainError('factor.lifecycle_in_scope2', { factorCode: found.lifecycleCode });
    }
    throw new DomainError('factor.not_in_force', {
      zone: wanted.zone,
      kind: wanted.kind,
      instant: formatInstant(found.missingMs ?? wanted.startMs),
      fix: `Add a direct ${wanted.kind} factor of zone ${wanted.zone} that has a value there.`,
    });
  }
}

const asKnown = (row: FactorVersion): KnownFactor => ({
  ...row,
  validFromMs: row.validFrom.getTime(),
  validToMs: row.validTo.getTime(),
});
