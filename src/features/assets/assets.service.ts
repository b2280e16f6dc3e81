import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../core/errors.js';
import { requirePlace } from '../../core/metering/hierarchy.js';
import type { RecordStore } from '../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../ledger/records.service.js';
import type { MeterAttributes, PlantAttributes, SiteAttributes } from './assets.schemas.js';
import { MeterEntity } from './meter.entity.js';
import { PlantEntity } from './plant.entity.js';
import { SiteEntity } from './site.entity.js';

const SITE: RecordKind<SiteEntity, SiteAttributes> = {
  kind: 'site',
  entity: SiteEntity,
  references: ({ organisationCode: code }) => [
    { field: 'organisationCode', code, kind: 'organisation' },
  ],
};

const METER: RecordKind<MeterEntity, MeterAttributes> = {
  kind: 'meter',
  entity: MeterEntity,
  references: ({ siteCode, parentCode, formula }) => [
    { field: 'siteCode', code: siteCode, kind: 'site' },
    ...(parentCode === null ? [] : [{ field: 'parentCode', code: parentCode, kind: 'meter' }]),
    ...(formula ?? []).map(({ meterCode: code }) => ({ field: 'formula', code, kind: 'meter' })),
  ],
  addedLater: { direction: 'consumption', parentCode: null, isBooked: true, formula: null },
  isApart: ({ parentCode, formula }) => parentCode === null && formula === null,
  refuse: (code, attributes, others) => requirePlace({ code, ...attributes }, others),
};

const PLANT: RecordKind<PlantEntity, PlantAttributes> = {
  kind: 'plant',
  entity: PlantEntity,
  references: ({ organisationCode: code }) => [
    { field: 'organisationCode', code, kind: 'organisation' },
  ],
  addedLater: { latitudeDeg: null, longitudeDeg: null },
};

/** A site as other features see it. */
export type Site = Readonly<SiteEntity>;
/** A meter as other features see it. */
export type Meter = Readonly<MeterEntity>;
/** A plant as other features see it. */
export type Plant = Readonly<PlantEntity>;

/** Sites, meters and plants. */
@Injectable()
export class AssetsService {
  readonly sites: RecordStore<SiteAttributes, SiteEntity>;
  readonly meters: RecordStore<MeterAttributes, MeterEntity>;
  readonly plants: RecordStore<PlantAttributes, PlantEntity>;

  constructor(private readonly records: RecordsService) {
    this.sites = records.store(SITE);
    this.meters = records.store(METER);
    this.plants = records.store(PLANT);
  }

  /** Latest versions of all meters, by code. */
  allMeters(tx: EntityManager, ledgerId: string): Promise<Meter[]> {
    return this.records.latestOfAll(tx, ledgerId, METER);
  }

  /** Versions of the booked meters of a site’s consumption, as they hold or held, by code. */
  async bookedMetersOf(
    tx: EntityManager,
    ledgerId: string,
    { siteCode, beforeSeq }: { readonly siteCode: string; readonly beforeSeq: number | null },
  ): Promise<Meter[]> {
    const meters = await this.records.latestOfAll(tx, ledgerId, METER, { beforeSeq });
    return meters.filter(
      (meter) => meter.siteCode === siteCode && meter.isBooked && meter.direction === 'consumption',
    );
  }

  /** Versions of all plants that hold, or held before a place in the log, by code. */
  allPlants(
    tx: EntityManager,
    ledgerId: string,
    beforeSeq: number | null = null,
  ): Promise<Plant[]> {
    return this.records.latestOfAll(tx, ledgerId, PLANT, { beforeSeq });
  }

  /**
   * The site of this code, or the only one there is.
   *
   * @throws DomainError `record.not_found`, `site.ambiguous`
   */
  async siteOf(tx: EntityManager, ledgerId: string, code: string | null): Promise<Site> {
    if (code !== null) return this.records.latestIn(tx, ledgerId, SITE, code);
    const sites = await this.records.latestOfAll(tx, ledgerId, SITE);
    if (sites.length === 1) return sites[0]!;
    throw new DomainError('site.ambiguous', {
      siteCodes: sites.map((site) => site.code),
      fix: sites.length === 0 ? 'Create a site first.' : 'Name the site.',
    });
  }
}
