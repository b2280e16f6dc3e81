import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
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
import { BundlesService } from '../features/certificates/bundles.service.js';
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
import { LedgerService } from '../features/ledger/ledger.service.js';
import {
  OrganisationAttributes,
  toOrganisationResponse,
} from '../features/parties/parties.schemas.js';
import { PartiesService } from '../features/parties/parties.service.js';
import type { Actor } from '../platform/auth/roles.js';
import { CONFIG, type Config } from '../platform/config.js';
import { pointerProblems } from '../platform/http/problems.js';
import { RecordCode, type RecordStore } from '../platform/http/record-controller.js';
import { LedgerCommand, type LedgerOptions } from './base.command.js';
import { answer } from './output.js';
import { table } from './render.js';

interface Listed {
  readonly code: string;
  readonly version: number;
  readonly name?: string;
  readonly title?: string;
}

/** What the commands do with any kind of record. */
interface Shelf {
  create(actor: Actor, document: unknown): Promise<object>;
  revise(actor: Actor, code: string, document: unknown): Promise<object>;
  get(ledgerId: string, code: string, version?: number): Promise<object>;
  list(ledgerId: string): Promise<readonly object[]>;
  versions(ledgerId: string, code: string): Promise<readonly object[]>;
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

  constructor(issuers: IssuersService, bundles: BundlesService) {
    this.shelves = {
      issuer: shelf(IssuerAttributes, issuers.issuers, toIssuerResponse),
      'transfer-consent': shelf(
        TransferConsentAttributes,
        bundles.consents,
        toTransferConsentResponse,
      ),
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
    contracts: ContractsService,
    factors: FactorsService,
    metering: MeteringShelves,
    certificates: CertificateShelves,
  ) {
    this.shelves = {
      organisation: shelf(OrganisationAttributes, parties.organisations, toOrganisationResponse),
      site: shelf(SiteAttributes, assets.sites, toSiteResponse),
      meter: shelf(MeterAttributes, assets.meters, toMeterResponse),
      plant: shelf(PlantAttributes, assets.plants, toPlantResponse),
      tenant: shelf(TenantAttributes, assets.tenants, toTenantResponse),
      contract: shelf(ContractAttributes, contracts.contracts, toContractResponse),
      'vat-rate': shelf(VatRateAttributes, contracts.vatRates, toVatRateResponse),
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
    revise: async (actor, code, document) =>
      toResponse(await store.revise(actor, code, checked(schema, document) as z.output<Schema>)),
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

/**
 * Reads a JSON file.
 *
 * @throws DomainError `import.file_unreadable`
 */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DomainError('import.file_unreadable', { file: path, detail }, { cause: error });
  }
}

abstract class RecordCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    protected readonly shelves: Shelves,
  ) {
    super();
  }
}

const KINDS = 'organisation, site, meter, plant, contract, vat-rate or factor';

@Command({
  name: 'create',
  arguments: '<kind> <file>',
  description: `Create a record from a JSON file: ${KINDS}`,
})
export class CreateCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  async run([kind, file]: string[], options: LedgerOptions): Promise<void> {
    const actor = await this.actor(options, 'energy-manager');
    const document = await this.shelves.of(kind!).create(actor, readJsonFile(file!));
    answer({ document, text: JSON.stringify(document, null, 2) }, options.json);
  }
}

@Command({
  name: 'revise',
  arguments: '<kind> <code> <file>',
  description: 'Add a version of a record from a JSON file; earlier versions are kept',
})
export class ReviseCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  async run([kind, code, file]: string[], options: LedgerOptions): Promise<void> {
    const actor = await this.actor(options, 'energy-manager');
    const document = await this.shelves.of(kind!).revise(actor, code!, readJsonFile(file!));
    answer({ document, text: JSON.stringify(document, null, 2) }, options.json);
  }
}

@Command({
  name: 'show',
  arguments: '<kind> <code>',
  description: 'Show a record: its latest version, or --record-version N, or --versions for all',
})
export class ShowCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  @Option({ flags: '--record-version <n>', description: 'An earlier version' })
  parseVersion(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--versions', description: 'All versions, oldest first' })
  parseVersions(): boolean {
    return true;
  }

  async run(
    [kind, code]: string[],
    options: LedgerOptions & { recordVersion?: number; versions?: boolean },
  ): Promise<void> {
    const { ledgerId } = await this.actor(options, 'auditor');
    const found = this.shelves.of(kind!);
    const document =
      options.versions === true
        ? { items: await found.versions(ledgerId, code!) }
        : await found.get(ledgerId, code!, options.recordVersion);
    answer({ document, text: JSON.stringify(document, null, 2) }, options.json);
  }
}

@Command({
  name: 'list',
  arguments: '<kind>',
  description: `List the latest versions of a kind: ${KINDS}`,
})
export class ListCommand extends RecordCommand {
  constructor(@Inject(CONFIG) config: Config, ledgers: LedgerService, shelves: Shelves) {
    super(config, ledgers, shelves);
  }

  async run([kind]: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, 'auditor');
    const items = await this.shelves.of(kind!).list(ledgerId);
    const rows = items.map((item) => {
      const { code, version, name, title } = item as Listed;
      return [code, String(version), name ?? title ?? ''];
    });
    answer(
      { document: { items }, text: table(['Code', 'Version', 'Name'], rows, [1]) },
      options.json,
    );
  }
}
