import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { assert, DomainError } from '../../core/errors.js';
import { requirePlace, virtualDefaults } from '../../core/metering/hierarchy.js';
import type { Place } from '../../core/time/sun.js';
import type { Actor } from '../../platform/auth/roles.js';
import type { RecordStore } from '../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../ledger/records/records.service.js';
import type {
  MeterAttributes,
  PlantAttributes,
  SiteAttributes,
  TenantAttributes,
} from './assets.schemas.js';
import { TenantEntity } from './tenant.entity.js';
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

/** What a version of a meter holds, once all of it is known. */
type MeterColumns = Omit<MeterAttributes, 'intervalMinutes' | 'ratedPowerW' | 'isBooked'> &
  Pick<MeterEntity, 'intervalMinutes' | 'ratedPowerW' | 'isBooked'>;

const METER: RecordKind<MeterEntity, MeterColumns> = {
  kind: 'meter',
  entity: MeterEntity,
  references: ({ siteCode, parentCode, formula }) => [
    { field: 'siteCode', code: siteCode, kind: 'site' },
    ...(parentCode === null ? [] : [{ field: 'parentCode', code: parentCode, kind: 'meter' }]),
    ...(formula ?? []).map(({ meterCode: code }) => ({ field: 'formula', code, kind: 'meter' })),
  ],
  addedLater: {
    ...{ direction: 'consumption', parentCode: null, isBooked: true, formula: null },
    intervalChanges: null,
  },
  isApart: ({ parentCode, formula }) => parentCode === null && formula === null,
  refuse: (code, attributes, others) => requirePlace({ code, ...attributes }, others),
};

const PLANT: RecordKind<PlantEntity, PlantAttributes> = {
  kind: 'plant',
  entity: PlantEntity,
  references: ({ organisationCode, generationMeterCode }) => [
    { field: 'organisationCode', code: organisationCode, kind: 'organisation' },
    ...(generationMeterCode === null
      ? []
      : [{ field: 'generationMeterCode', code: generationMeterCode, kind: 'meter' }]),
  ],
  addedLater: { latitudeDeg: null, longitudeDeg: null, generationMeterCode: null },
};

const TENANT: RecordKind<TenantEntity, TenantAttributes> = {
  kind: 'tenant',
  entity: TenantEntity,
  references: ({ siteCode, meterCodes }) => [
    { field: 'siteCode', code: siteCode, kind: 'site' },
    ...meterCodes.map((code) => ({ field: 'meterCodes', code, kind: 'meter' })),
  ],
  refuse: (code, { meterCodes }, others) => {
    for (const other of others) {
      const taken = meterCodes.find((meterCode) => other.meterCodes.includes(meterCode));
      if (taken === undefined) continue;
      throw new DomainError('tenant.meter_taken', {
        ...{ tenantCode: code, meterCode: taken, takenBy: other.code },
        fix: 'A meter is of one tenant: revise the other first, or meter them apart.',
      });
    }
  },
};

/** A site as other features see it. */
export type Site = Readonly<SiteEntity>;
/** A meter as other features see it. */
export type Meter = Readonly<MeterEntity>;
/** A tenant as other features see it. */
export type Tenant = Readonly<TenantEntity>;
/** A plant as other features see it. */
export type Plant = Readonly<PlantEntity>;

/** Sites, meters and plants. */
@Injectable()
export class AssetsService {
  readonly sites: RecordStore<SiteAttributes, SiteEntity>;
  readonly meters: RecordStore<MeterAttributes, MeterEntity>;
  readonly plants: RecordStore<PlantAttributes, PlantEntity>;
  readonly tenants: RecordStore<TenantAttributes, TenantEntity>;

  constructor(private readonly records: RecordsService) {
    this.sites = records.store(SITE);
    const meters = records.store(METER);
    const whole = async (actor: Actor, request: MeterAttributes): Promise<MeterColumns> =>
      withDefaults(request, request.formula === null ? [] : await meters.list(actor.ledgerId));
    this.meters = {
      ...meters,
      create: async (actor, code, request) =>
        meters.create(actor, code, await whole(actor, request)),
      revise: async (actor, code, request, seen) =>
        meters.revise(actor, code, await whole(actor, request), seen),
    };
    this.plants = records.store(PLANT);
    this.tenants = records.store(TENANT);
  }

  /** The tenants of a site, by code. */
  async tenantsOf(tx: EntityManager, ledgerId: string, siteCode: string): Promise<Tenant[]> {
    const all = await this.records.latestOfAll(tx, ledgerId, TENANT);
    return all.filter((tenant) => tenant.siteCode === siteCode);
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

/** A meter with what is left open: a virtual one takes it from the meters that it is made of. */
function withDefaults(request: MeterAttributes, all: readonly MeterEntity[]): MeterColumns {
  const { formula, intervalMinutes, ratedPowerW, isBooked } = request;
  const of = formula === null ? null : virtualDefaults(formula, all);
  const [interval, power] = [
    intervalMinutes ?? of?.intervalMinutes ?? null,
    ratedPowerW ?? of?.ratedPowerW ?? null,
  ];
  assert(interval !== null && power !== null, 'meters: one that measures says how');
  return {
    ...request,
    ...{ intervalMinutes: interval, ratedPowerW: power, isBooked: isBooked ?? formula === null },
  };
}

/** Where a plant stands; null where that is not known. */
export function placeOf({ latitudeDeg, longitudeDeg }: Plant): Place | null {
  if (latitudeDeg === null || longitudeDeg === null) return null;
  return { latitudeDeg: Number(latitudeDeg), longitudeDeg: Number(longitudeDeg) };
}
