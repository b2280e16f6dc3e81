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
import { SignTheLog1790003570000 } from '../migrations/1790003570000-sign-the-log.js';
import { FindEventsByType1790003580000 } from '../migrations/1790003580000-find-events-by-type.js';
import { AttestMonths1790003590000 } from '../migrations/1790003590000-attest-months.js';
import { DateFactorSeries1790003600000 } from '../migrations/1790003600000-date-factor-series.js';
import { AnswerQualityCriteria1790003610000 } from '../migrations/1790003610000-answer-quality-criteria.js';
import { StampCheckpoints1790003700000 } from '../migrations/1790003700000-stamp-checkpoints.js';
import { StatePeriods1790003800000 } from '../migrations/1790003800000-state-periods.js';
import { DeliverCheckpoints1790003710000 } from '../migrations/1790003710000-deliver-checkpoints.js';
import { LogAuditorsReads1790003850000 } from '../migrations/1790003850000-log-auditors-reads.js';
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
import { METER } from './features/assets/meter.kind.js';
import { PLANT } from './features/assets/plant.kind.js';
import { SITE } from './features/assets/site.kind.js';
import { BridgeEntryEntity } from './features/bridge/conversion/bridge-entry.entity.js';
import { DeviceHourEntity } from './features/bridge/sources/device-hour.entity.js';
import { MwhCertificateEntity } from './features/bridge/conversion/mwh-certificate.entity.js';
import { MwhPartEntity } from './features/bridge/conversion/mwh-part.entity.js';
import {
  MwhSourceBalanceEntity,
  MwhSourceEntity,
} from './features/bridge/sources/mwh-source.entity.js';
import { TRACKING_SYSTEM } from './features/bridge/systems/tracking-system.kind.js';
import { BundleChangeEntity } from './features/certificates/bundles/bundle-change.entity.js';
import { CertificateActionEntity } from './features/certificates/bundles/certificate-action.entity.js';
import { CertificateBundleEntity } from './features/certificates/bundles/certificate-bundle.entity.js';
import { LiveCertificateEntity } from './features/certificates/certificates/live-certificate.entity.js';
import { ISSUER } from './features/certificates/registries/issuer.kind.js';
import { REGISTRY } from './features/certificates/registries/registry.kind.js';
import { TRANSFER_CONSENT } from './features/certificates/transfers/transfer-consent.kind.js';
import { TENANT } from './features/assets/tenant.kind.js';
import { CertificateEntity } from './features/certificates/certificates/certificate.entity.js';
import { CONTRACT } from './features/contracts/contract.kind.js';
import { VAT_RATE } from './features/contracts/vat-rate.kind.js';
import { EMISSION_FACTOR } from './features/factors/emission-factor.kind.js';
import { ImportFileEntity } from './features/imports/import-file.entity.js';
import { LedgerEventEntity } from './features/ledger/ledger-event.entity.js';
import { CheckpointEntity } from './features/signing/checkpoint.entity.js';
import { CheckpointStampEntity } from './features/signing/stamps/checkpoint-stamp.entity.js';
import { AuditorReadEntity } from './features/engagements/reads/auditor-read.entity.js';
import { CheckpointDeliveryEntity } from './features/signing/deliveries/checkpoint-delivery.entity.js';
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
import { IMPORT_PROFILE } from './features/metering/profiles/import-profile.kind.js';
import { CounterReadingEntity } from './features/metering/blocks/counter-reading.entity.js';
import { IntervalBlockEntity } from './features/metering/blocks/interval-block.entity.js';
import { LEGAL_TIME } from './features/metering/profiles/legal-time.kind.js';
import { ownSettings, SettledClient, targetOf } from './platform/database/server/settled-client.js';
import { RecordKinds } from './platform/records/record-kinds.js';
import { ReplyEntity } from './platform/replies/reply.entity.js';
import { ReadingEstimateEntity } from './features/metering/validation/reading-estimate.entity.js';
import { VeeDecisionEntity } from './features/metering/validation/vee-decision.entity.js';
import { VeeFindingEntity } from './features/metering/validation/vee-finding.entity.js';
import { VEE_RULE_SET } from './features/metering/rules/vee-rule-set.kind.js';
import { ORGANISATION } from './features/parties/organisation.kind.js';
import { HOLIDAY_CALENDAR } from './features/prices/holiday-calendar.kind.js';
import { FX_SERIES } from './features/prices/fx-series.kind.js';
import { PRICE_INDEX } from './features/prices/price-index.kind.js';
import { TARIFF } from './features/prices/tariff.kind.js';
import { TARIFF_GRID } from './features/prices/tariff-grid.kind.js';
import { ACCOUNT_MAP } from './features/journal/account-map.kind.js';
import { JournalBatchEntity } from './features/journal/journal-batch.entity.js';
import { INVOICE_TERMS } from './features/payables/checks/invoice-terms.kind.js';
import { SupplierInvoiceEntity } from './features/payables/received/supplier-invoice.entity.js';
import { SupplierInvoiceStepEntity } from './features/payables/received/supplier-invoice-step.entity.js';
import { SettlementApprovalEntity } from './features/settlement/runs/settlement-approval.entity.js';
import { SettlementRunEntity } from './features/settlement/runs/settlement-run.entity.js';
import { StorageAllocationEntity } from './features/storage/runs/storage-allocation.entity.js';
import { StorageBalanceEntity } from './features/storage/records/storage-balance.entity.js';
import { StorageChargeEntity } from './features/storage/records/storage-charge.entity.js';
import { StorageRecordEntity } from './features/storage/records/storage-record.entity.js';
import { StorageRunEntity } from './features/storage/runs/storage-run.entity.js';
import { STORAGE_TERMS } from './features/storage/terms/storage-terms.kind.js';
import { AttestationJobEntity } from './features/attestation/attestation-job.entity.js';
import { VerificationJobEntity } from './features/verification/verification-job.entity.js';
import { PeriodStatementEntity } from './features/statements/periods/period-statement.entity.js';
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
  KeepVerifications1790003100000,
  KnowKindsOfDocuments1790003300000,
  JoinCounters1790003500000,
  KnowCatchUps1790003510000,
  OrderVerifications1790003520000,
  KnowUpdates1790003530000,
  DateIntervalLengths1790003531000,
  AcceptSuspectHours1790003540000,
  VoidSupplierInvoices1790003550000,
  KeepLogNodes1790003560000,
  SignTheLog1790003570000,
  FindEventsByType1790003580000,
  AttestMonths1790003590000,
  DateFactorSeries1790003600000,
  AnswerQualityCriteria1790003610000,
  StampCheckpoints1790003700000,
  DeliverCheckpoints1790003710000,
  StatePeriods1790003800000,
  LogAuditorsReads1790003850000,
];

/** Every kind of record. The second list stands in the order of the alphabet. */
export const RECORD_KINDS = new RecordKinds(
  [
    ORGANISATION,
    SITE,
    METER,
    ISSUER,
    PLANT,
    VAT_RATE,
    HOLIDAY_CALENDAR,
    TARIFF_GRID,
    TARIFF,
    PRICE_INDEX,
    FX_SERIES,
    CONTRACT,
  ],
  [
    ACCOUNT_MAP,
    EMISSION_FACTOR,
    IMPORT_PROFILE,
    INVOICE_TERMS,
    LEGAL_TIME,
    REGISTRY,
    STORAGE_TERMS,
    TENANT,
    TRACKING_SYSTEM,
    TRANSFER_CONSENT,
    VEE_RULE_SET,
  ],
);

/** Options of a connection; the URL says as whom. */
export function dataSourceOptions(
  url: string,
  kinds: RecordKinds = RECORD_KINDS,
): DataSourceOptions {
  const { connectionString, role } = targetOf(url);
  return {
    type: 'postgres',
    url: connectionString,
    schema: 'mizan',
    entities: [
      ...kinds.all.map(({ entity }) => entity),
      AttestationJobEntity,
      LedgerEntity,
      LedgerHeadEntity,
      LedgerEventEntity,
      LogNodeEntity,
      CheckpointEntity,
      CheckpointStampEntity,
      AuditorReadEntity,
      CheckpointDeliveryEntity,
      RecordEntity,
      ApiKeyEntity,
      PrincipalEntity,
      PrincipalNameEntity,
      ImportFileEntity,
      IntervalBlockEntity,
      CertificateEntity,
      CertificateBundleEntity,
      BundleChangeEntity,
      CertificateActionEntity,
      LiveCertificateEntity,
      StorageRecordEntity,
      StorageChargeEntity,
      StorageRunEntity,
      StorageAllocationEntity,
      StorageBalanceEntity,
      BridgeEntryEntity,
      MwhCertificateEntity,
      MwhPartEntity,
      MwhSourceEntity,
      MwhSourceBalanceEntity,
      DeviceHourEntity,
      ImportJobEntity,
      CounterReadingEntity,
      VeeFindingEntity,
      VeeDecisionEntity,
      ReadingEstimateEntity,
      PostingEntity,
      SupplyBalanceEntity,
      DemandBalanceEntity,
      MatchingRunEntity,
      MatchPairsEntity,
      ReplyEntity,
      StatementEntity,
      PeriodStatementEntity,
      VerificationJobEntity,
      SettlementRunEntity,
      SettlementApprovalEntity,
      SupplierInvoiceEntity,
      SupplierInvoiceStepEntity,
      JournalBatchEntity,
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
