import { Global, Module, type Provider, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { PrincipalsService } from './features/access/principals.service.js';
import { ResumptionsService } from './features/access/resumptions.service.js';
import { AttestationJobsService } from './features/attestation/attestation-jobs.service.js';
import { AttestationsService } from './features/attestation/attestations.service.js';
import { BridgeModule } from './features/bridge/bridge.module.js';
import { BridgeService } from './features/bridge/conversion/bridge.service.js';
import { BridgedUseService } from './features/bridge/conversion/bridged-use.service.js';
import { ReconciliationService } from './features/bridge/reconciliation/reconciliation.service.js';
import { MwhSourcesService } from './features/bridge/sources/mwh-sources.service.js';
import { BundleQueueService } from './features/certificates/bundles/bundle-queue.service.js';
import {
  CERTIFICATE_USES,
  type CertificateUse,
  ChargeKeeper,
} from './features/certificates/bundles/bundles.port.js';
import { CertificatesService } from './features/certificates/certificates/certificates.service.js';
import { MwhSources } from './features/certificates/certificates/mwh-sources.port.js';
import { MeteredLoads } from './features/contracts/metered-loads.port.js';
import { AuditorReadsService } from './features/engagements/reads/auditor-reads.service.js';
import { SamplesService } from './features/engagements/samples/samples.service.js';
import { ImportsService } from './features/imports/imports.service.js';
import { JournalService } from './features/journal/journal.service.js';
import { LedgerService } from './features/ledger/ledger.service.js';
import { RecordsService } from './features/ledger/records/records.service.js';
import { REPLAYS, type Replays } from './features/ledger/replay/replay.port.js';
import { MatchingModule } from './features/matching/matching.module.js';
import { CertificateUseService } from './features/matching/runs/certificate-use.service.js';
import { MatchingReplayService } from './features/matching/runs/matching-replay.service.js';
import { IntervalBlocksService } from './features/metering/blocks/interval-blocks.service.js';
import { BesideBlocksService } from './features/metering/intake/beside-blocks.service.js';
import { ImportJobsService } from './features/metering/uploads/import-jobs.service.js';
import { ReadingChangesService } from './features/metering/validation/reading-changes.service.js';
import { InvoiceChecksService } from './features/payables/checks/invoice-checks.service.js';
import { PayablesModule } from './features/payables/payables.module.js';
import { OpenDisputesService } from './features/payables/received/open-disputes.service.js';
import { SupplierInvoicesService } from './features/payables/received/supplier-invoices.service.js';
import { VoidingService } from './features/payables/received/voiding.service.js';
import { ApprovalsService } from './features/settlement/runs/approvals.service.js';
import { BookedLoadsService } from './features/settlement/runs/booked-loads.service.js';
import { Disputes } from './features/settlement/runs/disputes.port.js';
import { SettlementService } from './features/settlement/runs/settlement.service.js';
import { SettlementModule } from './features/settlement/settlement.module.js';
import { CheckpointsService } from './features/signing/checkpoints.service.js';
import { PeriodStatementsService } from './features/statements/periods/period-statements.service.js';
import { StatementsService } from './features/statements/statements.service.js';
import { StorageRecordsService } from './features/storage/records/storage-records.service.js';
import { StorageService } from './features/storage/runs/storage.service.js';
import { StorageModule } from './features/storage/storage.module.js';
import { VerificationJobsService } from './features/verification/verification-jobs.service.js';

/** Who knows something of the log. Verification checks, and tells what it found, in this order. */
export const REPLAYED: readonly Type<Replays>[] = [
  LedgerService,
  PrincipalsService,
  ImportsService,
  ReadingChangesService,
  IntervalBlocksService,
  BesideBlocksService,
  VerificationJobsService,
  RecordsService,
  BundleQueueService,
  CertificatesService,
  ResumptionsService,
  CheckpointsService,
  AttestationsService,
  AttestationJobsService,
  SupplierInvoicesService,
  InvoiceChecksService,
  BridgeService,
  MwhSourcesService,
  ReconciliationService,
  StorageService,
  StorageRecordsService,
  VoidingService,
  ImportJobsService,
  MatchingReplayService,
  StatementsService,
  PeriodStatementsService,
  SettlementService,
  ApprovalsService,
  JournalService,
  SamplesService,
  AuditorReadsService,
];

/** Who uses certificates, in the order in which they are asked. */
const USES: readonly Type<CertificateUse>[] = [BridgedUseService, CertificateUseService];

/** A question of one feature that a service of another answers. */
const answered = <T>(port: abstract new () => T, by: Type<T>): Provider => ({
  provide: port,
  useExisting: by,
});

const PORTS: Provider[] = [
  answered(MeteredLoads, BookedLoadsService),
  answered(MwhSources, MwhSourcesService),
  answered(ChargeKeeper, StorageRecordsService),
  answered(Disputes, OpenDisputesService),
  {
    provide: CERTIFICATE_USES,
    useFactory: (...uses: CertificateUse[]) => uses,
    inject: [...USES],
  },
  {
    provide: REPLAYS,
    // Asked once all services are there: some that are replayed also ask for a replay.
    useFactory: (all: ModuleRef) => () =>
      REPLAYED.map((one) => all.get<Replays>(one, { strict: false })),
    inject: [ModuleRef],
  },
];

/**
 * What features ask of features above them, which they may not import, and who answers. A question
 * that nobody answers keeps the application from starting.
 */
@Global()
@Module({
  imports: [BridgeModule, MatchingModule, PayablesModule, SettlementModule, StorageModule],
  providers: PORTS,
  exports: PORTS,
})
export class PortsModule {}
