import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { dataSourceOptions, RECORD_KINDS } from './data-source.js';
import { AccessModule } from './features/access/access.module.js';
import { AssetsModule } from './features/assets/assets.module.js';
import { BridgeModule } from './features/bridge/bridge.module.js';
import { CertificatesModule } from './features/certificates/certificates.module.js';
import { ContractsModule } from './features/contracts/contracts.module.js';
import { AttestationModule } from './features/attestation/attestation.module.js';
import { EngagementsModule } from './features/engagements/engagements.module.js';
import { FactorsModule } from './features/factors/factors.module.js';
import { ImportsModule } from './features/imports/imports.module.js';
import { LedgerModule } from './features/ledger/ledger.module.js';
import { MatchingModule } from './features/matching/matching.module.js';
import { MeteringModule } from './features/metering/metering.module.js';
import { PartiesModule } from './features/parties/parties.module.js';
import { SigningModule } from './features/signing/signing.module.js';
import { StorageModule } from './features/storage/storage.module.js';
import { PricesModule } from './features/prices/prices.module.js';
import { JournalModule } from './features/journal/journal.module.js';
import { PayablesModule } from './features/payables/payables.module.js';
import { SettlementModule } from './features/settlement/settlement.module.js';
import { StatementsModule } from './features/statements/statements.module.js';
import { VerificationModule } from './features/verification/verification.module.js';
import { SystemModule } from './features/system/system.module.js';
import { KeyGuard } from './platform/auth/key.guard.js';
import type { Config } from './platform/config.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { validationPipe } from './platform/http/validation.js';
import { PlatformModule } from './platform/platform.module.js';
import type { RecordKinds } from './platform/records/record-kinds.js';
import { PortsModule } from './ports.module.js';
import { WebModule } from './web/web.module.js';

const FEATURES = [
  LedgerModule,
  AccessModule,
  PartiesModule,
  AssetsModule,
  ContractsModule,
  FactorsModule,
  PricesModule,
  ImportsModule,
  MeteringModule,
  CertificatesModule,
  StorageModule,
  BridgeModule,
  MatchingModule,
  StatementsModule,
  SettlementModule,
  PayablesModule,
  JournalModule,
  SigningModule,
  AttestationModule,
  EngagementsModule,
  VerificationModule,
  SystemModule,
];

/** Everything but the way in: the list of features, on one database. */
@Module({})
export class AppModule {
  static on(
    appUrl: string,
    config: Config,
    {
      connect = true,
      kinds = RECORD_KINDS,
    }: { readonly connect?: boolean; readonly kinds?: RecordKinds } = {},
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, appUrl, kinds),
        TypeOrmModule.forRoot({
          ...dataSourceOptions(appUrl, kinds),
          retryAttempts: 0,
          manualInitialization: !connect,
        }),
        ...FEATURES,
        PortsModule,
        WebModule,
      ],
      exports: FEATURES,
      providers: [
        { provide: APP_PIPE, useValue: validationPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: KeyGuard },
      ],
    };
  }
}
