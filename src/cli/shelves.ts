import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { DomainError } from '../core/errors.js';
import {
  MeterAttributes,
  PlantAttributes,
  SiteAttributes,
  TenantAttributes,
  toMeterResponse,
  toPlantResponse,
  toSiteResponse,
  toTenantResponse,
} from '../features/assets/assets.schemas.js';
import { AssetsService } from '../features/assets/assets.service.js';
import {
  ContractAttributes,
  toContractResponse,
  toVatRateResponse,
  VatRateAttributes,
} from '../features/contracts/contracts.schemas.js';
import {
  toTransferConsentResponse,
  TransferConsentAttributes,
} from '../features/certificates/bundles.schemas.js';
import { TransferConsentsService } from '../features/certificates/transfer-consents.service.js';
import { IssuerAttributes, toIssuerResponse } from '../features/certificates/issuers.schemas.js';
import { IssuersService } from '../features/certificates/issuers.service.js';
import { ContractsService } from '../features/contracts/contracts.service.js';
import { FactorAttributes, toFactorResponse } from '../features/factors/factors.schemas.js';
import { FactorsService } from '../features/factors/factors.service.js';
import {
  ImportProfileAttributes,
  LegalTimeAttributes,
  toImportProfileResponse,
  toLegalTimeResponse,
} from '../features/metering/profiles.schemas.js';
import {
  toVeeRuleSetResponse,
  VeeRuleSetAttributes,
} from '../features/metering/vee-rules.schemas.js';
import { VeeRulesService } from '../features/metering/vee-rules.service.js';
import { ProfilesService } from '../features/metering/profiles.service.js';
import {
  OrganisationAttributes,
  toOrganisationResponse,
} from '../features/parties/parties.schemas.js';
import {
  toTrackingSystemResponse,
  TrackingSystemAttributes,
} from '../features/bridge/bridge.schemas.js';
import { TrackingSystemsService } from '../features/bridge/tracking-systems.service.js';
import {
  RegistryAttributes,
  toRegistryResponse,
} from '../features/certificates/registries.schemas.js';
import { RegistriesService } from '../features/certificates/registries.service.js';
import { StorageTermsService } from '../features/storage/storage-terms.service.js';
import {
  StorageTermsAttributes,
  toStorageTermsResponse,
} from '../features/storage/storage.schemas.js';
import { AccountMapsService } from '../features/journal/account-maps.service.js';
import { AccountMapAttributes, toAccountMapResponse } from '../features/journal/journal.schemas.js';
import { InvoiceTermsService } from '../features/payables/invoice-terms.service.js';
import {
  InvoiceTermsAttributes,
  toInvoiceTermsResponse,
} from '../features/payables/payables.schemas.js';
import { PartiesService } from '../features/parties/parties.service.js';
import {
  FxSeriesAttributes,
  HolidayCalendarAttributes,
  toHolidayCalendarResponse,
  PriceIndexAttributes,
  TariffAttributes,
  TariffGridAttributes,
  toFxSeriesResponse,
  toPriceIndexResponse,
  toTariffGridResponse,
  toTariffResponse,
} from '../features/prices/prices.schemas.js';
import { PricesService } from '../features/prices/prices.service.js';
import type { Actor, Role } from '../platform/auth/roles.js';
import { pointerProblems } from '../platform/http/problems.js';
import { RecordCode, type RecordStore } from '../platform/http/record-controller.js';

/** What the commands do with any kind of record. */
export interface Shelf {
  create(actor: Actor, document: unknown): Promise<object>;
  /** @param seen  The version that must be the latest; absent = whichever is. */
  revise(actor: Actor, code: string, document: unknown, seen?: number): Promise<object>;
  get(ledgerId: string, code: string, version?: number): Promise<object>;
  list(ledgerId: string): Promise<readonly object[]>;
  versions(ledgerId: string, code: string): Promise<readonly object[]>;
}

/** Who may write a kind of record; as over HTTP (a test compares). The rest: energy managers. */
const WRITERS: Readonly<Record<string, readonly [Role, ...Role[]]>> = {
  ...Object.fromEntries(
    [
      ...['organisation', 'contract', 'tariff', 'price-index', 'invoice-terms'],
      ...['holiday-calendar', 'fx-series', 'tariff-grid'],
    ].map((kind) => [kind, ['energy-manager', 'finance']] as const),
  ),
  ...{ 'vat-rate': ['finance'], 'account-map': ['finance'] },
};

/** Who may create and revise records of a kind; the terminal acts as the first. */
export function writersOf(kind: string): readonly [Role, ...Role[]] {
  return Object.hasOwn(WRITERS, kind) ? WRITERS[kind]! : ['energy-manager'];
}

/** Records of meters and their files. */
@Injectable()
export class MeteringShelves {
  readonly shelves: Readonly<Record<string, Shelf>>;

  constructor(profiles: ProfilesService, rules: VeeRulesService) {
    this.shelves = {
      'import-profile': shelf(ImportProfileAttributes, profiles.profiles, toImportProfileResponse),
      'vee-rule-set': shelf(VeeRuleSetAttributes, rules.ruleSets, toVeeRuleSetResponse),
      'legal-time': shelf(LegalTimeAttributes, profiles.legalTimes, toLegalTimeResponse),
    };
  }
}

/** Records of certificates. */
@Injectable()
export class CertificateShelves {
  readonly shelves: Readonly<Record<string, Shelf>>;

  constructor(
    issuers: IssuersService,
    consents: TransferConsentsService,
    storage: StorageTermsService,
    systems: TrackingSystemsService,
    registries: RegistriesService,
  ) {
    this.shelves = {
      issuer: shelf(IssuerAttributes, issuers.issuers, toIssuerResponse),
      'transfer-consent': shelf(
        TransferConsentAttributes,
        consents.store,
        toTransferConsentResponse,
      ),
      registry: shelf(RegistryAttributes, registries.store, toRegistryResponse),
      'tracking-system': shelf(TrackingSystemAttributes, systems.store, toTrackingSystemResponse),
      'storage-terms': shelf(StorageTermsAttributes, storage.store, toStorageTermsResponse),
    };
  }
}

/** Records of contracts, and of the dated figures that they are settled by. */
@Injectable()
export class ContractShelves {
  readonly shelves: Readonly<Record<string, Shelf>>;

  constructor(
    { contracts, vatRates }: ContractsService,
    { tariffs, indices, fx, grids, holidays }: PricesService,
    invoiceTerms: InvoiceTermsService,
    accountMaps: AccountMapsService,
  ) {
    this.shelves = {
      contract: shelf(ContractAttributes, contracts, toContractResponse),
      'vat-rate': shelf(VatRateAttributes, vatRates, toVatRateResponse),
      tariff: shelf(TariffAttributes, tariffs, toTariffResponse),
      'price-index': shelf(PriceIndexAttributes, indices, toPriceIndexResponse),
      'fx-series': shelf(FxSeriesAttributes, fx, toFxSeriesResponse),
      'holiday-calendar': shelf(HolidayCalendarAttributes, holidays, toHolidayCalendarResponse),
      'account-map': shelf(AccountMapAttributes, accountMaps.store, toAccountMapResponse),
      'invoice-terms': shelf(InvoiceTermsAttributes, invoiceTerms.store, toInvoiceTermsResponse),
      'tariff-grid': shelf(TariffGridAttributes, grids, toTariffGridResponse),
    };
  }
}

/** Every kind of record by the name that commands use. */
@Injectable()
export class Shelves {
  private readonly shelves: Readonly<Record<string, Shelf>>;

  constructor(
    parties: PartiesService,
    assets: AssetsService,
    factors: FactorsService,
    contracts: ContractShelves,
    metering: MeteringShelves,
    certificates: CertificateShelves,
  ) {
    this.shelves = {
      organisation: shelf(OrganisationAttributes, parties.organisations, toOrganisationResponse),
      site: shelf(SiteAttributes, assets.sites, toSiteResponse),
      meter: shelf(MeterAttributes, assets.meters, toMeterResponse),
      plant: shelf(PlantAttributes, assets.plants, toPlantResponse),
      tenant: shelf(TenantAttributes, assets.tenants, toTenantResponse),
      ...contracts.shelves,
      factor: shelf(FactorAttributes, factors.factors, toFactorResponse),
      ...metering.shelves,
      ...certificates.shelves,
    };
  }

  /** @throws DomainError `request.invalid` naming the kinds there are. */
  of(kind: string): Shelf {
    const found = Object.hasOwn(this.shelves, kind) ? this.shelves[kind] : undefined;
    if (found !== undefined) return found;
    const detail = `Kinds: ${Object.keys(this.shelves).join(', ')}`;
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/kind', rule: 'kind.known', detail }],
    });
  }
}

function shelf<Schema extends z.ZodObject, Row>(
  schema: Schema,
  store: RecordStore<z.output<Schema>, Row>,
  toResponse: (row: Row) => object,
): Shelf {
  const create = schema.extend({ code: RecordCode });
  return {
    create: async (actor, document) => {
      const { code, ...attributes } = checked(create, document) as { code: string };
      return toResponse(await store.create(actor, code, attributes as z.output<Schema>));
    },
    revise: async (actor, code, document, seen) => {
      const attributes = checked(schema, document) as z.output<Schema>;
      const versions = seen === undefined ? undefined : [seen];
      return toResponse(await store.revise(actor, code, attributes, versions));
    },
    get: async (ledgerId, code, version) => toResponse(await store.get(ledgerId, code, version)),
    list: async (ledgerId) => (await store.list(ledgerId)).map(toResponse),
    versions: async (ledgerId, code) => (await store.versions(ledgerId, code)).map(toResponse),
  };
}

function checked(schema: z.ZodType, document: unknown): unknown {
  const { data, error } = schema.safeParse(document);
  if (error === undefined) return data;
  throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
}
