import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { Place } from '../../core/time/sun.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import type { RowOf } from '../../platform/records/record-kind.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { METER } from './meter.kind.js';
import { PLANT } from './plant.kind.js';
import { SITE } from './site.kind.js';
import { TENANT } from './tenant.kind.js';

/** A site as other features see it. */
export type Site = RowOf<typeof SITE>;
/** A meter as other features see it. */
export type Meter = RowOf<typeof METER>;
/** A tenant as other features see it. */
export type Tenant = RowOf<typeof TENANT>;
/** A plant as other features see it. */
export type Plant = RowOf<typeof PLANT>;

/** Sites, meters and plants. */
@Injectable()
export class AssetsService {
  constructor(private readonly records: RecordsService) {}

  /** The tenants of a site, by code. */
  async tenantsOf(tx: LedgerTx, siteCode: string): Promise<Tenant[]> {
    const all = await this.records.latestOfAll(tx, TENANT);
    return all.filter((tenant) => tenant.siteCode === siteCode);
  }

  /** Latest versions of all meters, by code. */
  allMeters(tx: LedgerTx): Promise<Meter[]> {
    return this.records.latestOfAll(tx, METER);
  }

  /** Versions of the booked meters of a site’s consumption, as they hold or held, by code. */
  async bookedMetersOf(
    tx: LedgerTx,
    { siteCode, beforeSeq }: { readonly siteCode: string; readonly beforeSeq: number | null },
  ): Promise<Meter[]> {
    const meters = await this.records.latestOfAll(tx, METER, { beforeSeq });
    return meters.filter(
      (meter) => meter.siteCode === siteCode && meter.isBooked && meter.direction === 'consumption',
    );
  }

  /** Versions of all plants that hold, or held before a place in the log, by code. */
  allPlants(tx: LedgerTx, beforeSeq: number | null = null): Promise<Plant[]> {
    return this.records.latestOfAll(tx, PLANT, { beforeSeq });
  }

  /** The sites that an organisation runs, as they hold, by code. */
  async sitesOf(tx: LedgerTx, organisationCode: string): Promise<Site[]> {
    const sites = await this.records.latestOfAll(tx, SITE);
    return sites.filter((site) => site.organisationCode === organisationCode);
  }

  /**
   * The site of this code, or the only one there is.
   *
   * @throws DomainError `record.not_found`, `site.ambiguous`
   */
  async siteOf(tx: LedgerTx, code: string | null): Promise<Site> {
    if (code !== null) return this.records.latestIn(tx, SITE, code);
    const sites = await this.records.latestOfAll(tx, SITE);
    if (sites.length === 1) return sites[0]!;
    throw new DomainError('site.ambiguous', {
      siteCodes: sites.map((site) => site.code),
      fix: sites.length === 0 ? 'Create a site first.' : 'Name the site.',
    });
  }
}

/** Where a plant stands; null where that is not known. */
export function placeOf({ latitudeDeg, longitudeDeg }: Plant): Place | null {
  if (latitudeDeg === null || longitudeDeg === null) return null;
  return { latitudeDeg: Number(latitudeDeg), longitudeDeg: Number(longitudeDeg) };
}
