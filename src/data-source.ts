import type { DataSourceOptions } from 'typeorm';
import { OpenLedger1790000000000 } from '../migrations/1790000000000-open-ledger.js';
import { CreateMasterData1790000100000 } from '../migrations/1790000100000-create-master-data.js';
import { TakeInEnergy1790000200000 } from '../migrations/1790000200000-take-in-energy.js';
import { KeepEnergyBook1790000300000 } from '../migrations/1790000300000-keep-energy-book.js';
import { IssueStatements1790000400000 } from '../migrations/1790000400000-issue-statements.js';
import { ReadAnyMeterFile1790000500000 } from '../migrations/1790000500000-read-any-meter-file.js';
import { KeepImportJobs1790000600000 } from '../migrations/1790000600000-keep-import-jobs.js';
import { GiveCertificatesALife1790000900000 } from '../migrations/1790000900000-give-certificates-a-life.js';
import { KnowIssuers1790001000000 } from '../migrations/1790001000000-know-issuers.js';
import { KeepStorage1790001100000 } from '../migrations/1790001100000-keep-storage.js';
import { BridgeToMwh1790001200000 } from '../migrations/1790001200000-bridge-to-mwh.js';
import { TakeInTransfers1790001300000 } from '../migrations/1790001300000-take-in-transfers.js';
import { KeepPrices1790001500000 } from '../migrations/1790001500000-keep-prices.js';
import { KnowPrincipals1790002600000 } from '../migrations/1790002600000-know-principals.js';
import { KeepWholeHours1790002400000 } from '../migrations/1790002400000-keep-whole-hours.js';
import { MendEditedMigrations1790002500000 } from '../migrations/1790002500000-mend-edited-migrations.js';
import { KeepVerifications1790003100000 } from '../migrations/1790003100000-keep-verifications.js';
import { CountAttempts1790002700000 } from '../migrations/1790002700000-count-attempts.js';
import { KeepReplies1790003000000 } from '../migrations/1790003000000-keep-replies.js';
import { JoinCounters1790003500000 } from '../migrations/1790003500000-join-counters.js';
import { KnowCatchUps1790003510000 } from '../migrations/1790003510000-know-catch-ups.js';
import { DateIntervalLengths1790003531000 } from '../migrations/1790003531000-date-interval-lengths.js';
import { KnowUpdates1790003530000 } from '../migrations/1790003530000-know-updates.js';
import { OrderVerifications1790003520000 } from '../migrations/1790003520000-order-verifications.js';
import { AcceptSuspectHours1790003540000 } from '../migrations/1790003540000-accept-suspect-hours.js';
import { VoidSupplierInvoices1790003550000 } from '../migrations/1790003550000-void-supplier-invoices.js';
import { KeepLogNodes1790003560000 } from '../migrations/1790003560000-keep-log-nodes.js';
import { KnowKindsOfDocuments1790003300000 } from '../migrations/1790003300000-know-kinds-of-documents.js';
import { FindCertificates1790002300000 } from '../migrations/1790002300000-find-certificates.js';
import { PostInDays1790002200000 } from '../migrations/1790002200000-post-in-days.js';
import { PostFaster1790002100000 } from '../migrations/1790002100000-post-faster.js';
import { KeepHolidays1790002000000 } from '../migrations/1790002000000-keep-holidays.js';
import { ExportJournals1790001900000 } from '../migrations/1790001900000-export-journals.js';
import { CheckSupplierInvoices1790001800000 } from '../migrations/1790001800000-check-supplier-invoices.js';
import { ApproveSettlements1790001700000 } from '../migrations/1790001700000-approve-settlements.js';
import { SettleContracts1790001600000 } from '../migrations/1790001600000-settle-contracts.js';
import { StateTenants1790001400000 } from '../migrations/1790001400000-state-tenants.js';
import { PostInBlocks1790000800000 } from '../migrations/1790000800000-post-in-blocks.js';
import { ValidateReadings1790000700000 } from '../migrations/1790000700000-validate-readings.js';
import { ApiKeyEntity } from './features/access/api-key.entity.js';
import { PrincipalEntity, PrincipalNameEntity } from './features/access/principal.entity.js';
import { MeterEntity } from './features/assets/meter.entity.js';
import { PlantEntity } from './features/assets/plant.entity.js';
import { SiteEntity } from './features/assets/site.entity.js';
import { BridgeEntryEntity } from './features/bridge/conversion/bridge-entry.entity.js';
import { DeviceHourEntity } from './features/bridge/sources/device-hour.entity.js';
import { MwhCertificateEntity } from './features/bridge/conversion/mwh-certificate.entity.js';
import { MwhPartEntity } from './features/bridge/conversion/mwh-part.entity.js';
import {
  MwhSourceBalanceEntity,
  MwhSourceEntity,
} from './features/bridge/sources/mwh-source.entity.js';
import { TrackingSystemEntity } from './features/bridge/systems/tracking-system.entity.js';
import { BundleChangeEntity } from './features/certificates/bundles/bundle-change.entity.js';
import { CertificateActionEntity } from './features/certificates/bundles/certificate-action.entity.js';
import { CertificateBundleEntity } from './features/certificates/bundles/certificate-bundle.entity.js';
import { LiveCertificateEntity } from './features/certificates/certificates/live-certificate.entity.js';
import { IssuerEntity } from './features/certificates/registries/issuer.entity.js';
import { RegistryEntity } from './features/certificates/registries/registry.entity.js';
import { TransferConsentEntity } from './features/certificates/transfers/transfer-consent.entity.js';
import { TenantEntity } from './features/assets/tenant.entity.js';
import { CertificateEntity } from './features/certificates/certificates/certificate.entity.js';
import { ContractEntity } from './features/contracts/contract.entity.js';
import { VatRateEntity } from './features/contracts/vat-rate.entity.js';
import { EmissionFactorEntity } from './features/factors/emission-factor.entity.js';
import { ImportFileEntity } from './features/imports/import-file.entity.js';
import { LedgerEventEntity } from './features/ledger/ledger-event.entity.js';
import { LedgerEntity, LedgerHeadEntity } from './features/ledger/ledger.entity.js';
import { LogNodeEntity } from './features/ledger/tree/log-node.entity.js';
import { RecordEntity } from './features/ledger/records/record.entity.js';
import {
  DemandBalanceEntity,
  SupplyBalanceEntity,
} from './features/matching/book/balance.entity.js';
import { MatchPairsEntity } from './features/matching/book/match-pairs.entity.js';
import { MatchingRunEntity } from './features/matching/runs/matching-run.entity.js';
import { PostingEntity } from './features/matching/book/posting.entity.js';
import { ImportJobEntity } from './features/metering/uploads/import-job.entity.js';
import { ImportProfileEntity } from './features/metering/profiles/import-profile.entity.js';
import { CounterReadingEntity } from './features/metering/blocks/counter-reading.entity.js';
import { IntervalBlockEntity } from './features/metering/blocks/interval-block.entity.js';
import { LegalTimeEntity } from './features/metering/profiles/legal-time.entity.js';
import { ownSettings, SettledClient, targetOf } from './platform/database/server/settled-client.js';
import { ReplyEntity } from './platform/replies/reply.entity.js';
import { ReadingEstimateEntity } from './features/metering/validation/reading-estimate.entity.js';
import { VeeDecisionEntity } from './features/metering/validation/vee-decision.entity.js';
import { VeeFindingEntity } from './features/metering/validation/vee-finding.entity.js';
import { VeeRuleSetEntity } from './features/metering/rules/vee-rule-set.entity.js';
import { OrganisationEntity } from './features/parties/organisation.entity.js';
import { HolidayCalendarEntity } from './features/prices/holiday-calendar.entity.js';
import { FxSeriesEntity } from './features/prices/fx-series.entity.js';
import { PriceIndexEntity } from './features/prices/price-index.entity.js';
import { TariffEntity } from './features/prices/tariff.entity.js';
import { TariffGridEntity } from './features/prices/tariff-grid.entity.js';
import { AccountMapEntity } from './features/journal/account-map.entity.js';
import { JournalBatchEntity } from './features/journal/journal-batch.entity.js';
import { InvoiceTermsEntity } from './features/payables/checks/invoice-terms.entity.js';
import { SupplierInvoiceEntity } from './features/payables/received/supplier-invoice.entity.js';
import { SupplierInvoiceStepEntity } from './features/payables/received/supplier-invoice-step.entity.js';
import { SettlementApprovalEntity } from './features/settlement/runs/settlement-approval.entity.js';
import { SettlementRunEntity } from './features/settlement/runs/settlement-run.entity.js';
import { StorageAllocationEntity } from './features/storage/runs/storage-allocation.entity.js';
import { StorageBalanceEntity } from './features/storage/records/storage-balance.entity.js';
import { StorageChargeEntity } from './features/storage/records/storage-charge.entity.js';
import { StorageRecordEntity } from './features/storage/records/storage-record.entity.js';
import { StorageRunEntity } from './features/storage/runs/storage-run.entity.js';
import { StorageTermsEntity } from './features/storage/terms/storage-terms.entity.js';
import { VerificationJobEntity } from './features/verification/verification-job.entity.js';
import { StatementEntity } from './features/statements/statement.entity.js';

const PATIENCE = { connectionTimeoutMillis: 10_000, keepAlive: true };

/** In the order in which they are run. */
const MIGRATIONS = [
  OpenLedger1790000000000,
  CreateMasterData1790000100000,
  TakeInEnergy1790000200000,
  KeepEnergyBook1790000300000,
  IssueStatements1790000400000,
  ReadAnyMeterFile1790000500000,
  KeepImportJobs1790000600000,
  ValidateReadings1790000700000,
  PostInBlocks1790000800000,
  GiveCertificatesALife1790000900000,
  KnowIssuers1790001000000,
  KeepStorage1790001100000,
  BridgeToMwh1790001200000,
  TakeInTransfers1790001300000,
  StateTenants1790001400000,
  KeepPrices1790001500000,
  SettleContracts1790001600000,
  ApproveSettlements1790001700000,
  CheckSupplierInvoices1790001800000,
  ExportJournals1790001900000,
  KeepHolidays1790002000000,
  PostFaster1790002100000,
  PostInDays1790002200000,
  FindCertificates1790002300000,
  KeepWholeHours1790002400000,
  MendEditedMigrations1790002500000,
  KnowPrincipals1790002600000,
  CountAttempts1790002700000,
  KeepReplies1790003000000,
  ...[KeepVerifications1790003100000, KnowKindsOfDocuments1790003300000],
  ...[JoinCounters1790003500000, KnowCatchUps1790003510000, OrderVerifications1790003520000],
  ...[KnowUpdates1790003530000, DateIntervalLengths1790003531000],
  AcceptSuspectHours1790003540000,
  VoidSupplierInvoices1790003550000,
  KeepLogNodes1790003560000,
];

/** Options of a connection; the URL says as whom. */
export function dataSourceOptions(url: string): DataSourceOptions {
  const { connectionString, role } = targetOf(url);
  return {
    type: 'postgres',
    url: connectionString,
    schema: 'mizan',
    entities: [
      ...[LedgerEntity, LedgerHeadEntity, LedgerEventEntity, LogNodeEntity],
      ...[RecordEntity, ApiKeyEntity],
      ...[PrincipalEntity, PrincipalNameEntity],
      ...[OrganisationEntity, SiteEntity, MeterEntity, PlantEntity, TenantEntity],
      ...[ContractEntity, VatRateEntity, EmissionFactorEntity],
      ...[TariffEntity, PriceIndexEntity, FxSeriesEntity, TariffGridEntity],
      ...[ImportFileEntity, IntervalBlockEntity, CertificateEntity],
      ...[CertificateBundleEntity, BundleChangeEntity, CertificateActionEntity],
      ...[TransferConsentEntity, IssuerEntity, RegistryEntity, LiveCertificateEntity],
      ...[StorageTermsEntity, StorageRecordEntity, StorageChargeEntity, StorageRunEntity],
      ...[StorageAllocationEntity, StorageBalanceEntity],
      ...[TrackingSystemEntity, BridgeEntryEntity, MwhCertificateEntity, MwhPartEntity],
      ...[MwhSourceEntity, MwhSourceBalanceEntity, DeviceHourEntity],
      ...[ImportProfileEntity, LegalTimeEntity, ImportJobEntity],
      ...[
        CounterReadingEntity,
        VeeRuleSetEntity,
        VeeFindingEntity,
        VeeDecisionEntity,
        ReadingEstimateEntity,
      ],
      ...[PostingEntity, SupplyBalanceEntity, DemandBalanceEntity, MatchingRunEntity],
      MatchPairsEntity,
      ...[ReplyEntity, StatementEntity, VerificationJobEntity],
      SettlementRunEntity,
      SettlementApprovalEntity,
      ...[InvoiceTermsEntity, SupplierInvoiceEntity, SupplierInvoiceStepEntity],
      ...[AccountMapEntity, JournalBatchEntity, HolidayCalendarEntity],
    ],
    migrations: MIGRATIONS,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    // The ORM's own connections migrate and describe; what serves goes through the lanes.
    extra: { Client: SettledClient, settings: ownSettings(role), max: 1, ...PATIENCE },
  };
}
