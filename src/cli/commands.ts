import {
  ActCommand,
  BundlesCommand,
  CertificatesCommand,
  ExpireCommand,
} from './certificates/certificates.commands.js';
import { CompareCommand, CoverageCommand, ExplainCommand } from './matching/matching.commands.js';
import type { DynamicModule, Type } from '@nestjs/common';
import type { CommandRunner } from 'nest-commander';
import { AppModule } from '../app.module.js';
import { processConfig } from '../platform/config.js';
import { start, type Started } from '../start.js';
import { DATABASE_MS, listenForStop } from '../stopping.js';
import { BackupCommand, RestoreCommand } from './system/backup.commands.js';
import { CalcCommand } from './calc/calc.command.js';
import { DemoCommand } from './demo/demo.command.js';
import { DemoIntake, DemoOutcome, DemoSteps } from './demo/demo.steps.js';
import { AuditCommand } from './audit/audit.command.js';
import { AuditTraces } from './audit/audit.traces.js';
import { AuditSteps } from './audit/audit.steps.js';
import { AttestCommand, RecomputeCommand, VerifyCommand } from './evidence/pack.commands.js';
import { CancelCommand, JobsCommand, ReadingsCommand } from './metering/jobs.commands.js';
import { KeyCommand, OpenCommand, VerifyLedgerCommand } from './system/ledger.commands.js';
import { ImportCommand, OtherImports } from './metering/import.command.js';
import { MatchCommand } from './matching/month.commands.js';
import { StatementCommand, StatementsCommand } from './matching/statement.commands.js';
import { DecideCommand } from './metering/decisions.commands.js';
import {
  DiffCommand,
  EstimateCommand,
  ExceptionsCommand,
  LossesCommand,
  ValidateCommand,
} from './metering/readings.commands.js';
import { ProfileCommand } from './metering/profile.commands.js';
import { ResumeCommand } from './system/resume.command.js';
import {
  CreateCommand,
  ListCommand,
  ReviseCommand,
  ShowCommand,
} from './records/records.commands.js';
import { ContractCommand } from './records/contract.commands.js';
import { FactorsCommand } from './records/factors.command.js';
import { MwhCommand } from './certificates/mwh.commands.js';
import { JournalCommand } from './payables/journal.commands.js';
import { SupplierInvoiceCommand } from './payables/payables.commands.js';
import {
  ApproveSettlementCommand,
  PositionCommand,
  SettleCommand,
} from './settlement/settlement.commands.js';
import { SettlementCoverageCommand } from './settlement/settlement-coverage.command.js';
import { CheckpointCommand, ProveCommand } from './evidence/proofs.commands.js';
import { TimestampCommand, VerifyTimestampCommand } from './evidence/timestamp.commands.js';
import { DeliveriesCommand } from './evidence/deliveries.command.js';
import { DocumentCommand } from './evidence/document.command.js';
import { TraceCommand, TracedPlaces } from './evidence/trace.command.js';
import { StorageCommand } from './certificates/storage.commands.js';
import {
  CloseCommand,
  InvoiceCommand,
  OpenApiCommand,
  ServeCommand,
  WorkerCommand,
} from './system/system.commands.js';

/** All commands, and what they share. */
export const PROVIDERS = [
  DemoCommand,
  DemoSteps,
  DemoIntake,
  DemoOutcome,
  ServeCommand,
  OpenCommand,
  KeyCommand,
  OtherImports,
  CreateCommand,
  ReviseCommand,
  ShowCommand,
  ListCommand,
  ImportCommand,
  FactorsCommand,
  MatchCommand,
  StatementCommand,
  StatementsCommand,
  DocumentCommand,
  TraceCommand,
  TracedPlaces,
  ValidateCommand,
  EstimateCommand,
  ExceptionsCommand,
  DecideCommand,
  DiffCommand,
  LossesCommand,
  JobsCommand,
  CancelCommand,
  ReadingsCommand,
  ExplainCommand,
  CompareCommand,
  CoverageCommand,
  ActCommand,
  BundlesCommand,
  CertificatesCommand,
  ExpireCommand,
  StorageCommand,
  MwhCommand,
  SettleCommand,
  ApproveSettlementCommand,
  PositionCommand,
  SettlementCoverageCommand,
  SupplierInvoiceCommand,
  JournalCommand,
  ContractCommand,
  ProfileCommand,
  ResumeCommand,
  AttestCommand,
  AuditSteps,
  AuditTraces,
  AuditCommand,
  RecomputeCommand,
  VerifyCommand,
  VerifyLedgerCommand,
  CheckpointCommand,
  ProveCommand,
  TimestampCommand,
  VerifyTimestampCommand,
  DeliveriesCommand,
  CalcCommand,
  OpenApiCommand,
  BackupCommand,
  RestoreCommand,
  WorkerCommand,
  CloseCommand,
  InvoiceCommand,
] as unknown as readonly Type<CommandRunner>[];

/** Commands that read no ledger, or open its database themselves. */
const OFFLINE = new Set([
  'help',
  'verify',
  'verify-timestamp',
  'serve',
  'openapi',
  'worker',
  'contract',
  'backup',
  'restore',
  'close',
  'invoice',
  'recompute',
]);

/** What `create` prints without a ledger. */
const SHAPES = new Set(['--schema', '--example']);

/**
 * Runs a command line on the application: with its database open, or, for help and for what reads no
 * ledger, without.
 */
export async function runOnApplication(
  args: readonly string[],
  run: (app: DynamicModule, commands: readonly Type<CommandRunner>[]) => Promise<void>,
): Promise<void> {
  const asksForHelp = args.length === 0 || args.some((arg) => arg === '--help' || arg === '-h');
  const asksForShape = args[0] === 'create' && args.some((arg) => SHAPES.has(arg));
  if (asksForHelp || asksForShape || OFFLINE.has(args[0]!)) {
    const nowhere = 'postgres://nobody@127.0.0.1:1/none';
    await run(AppModule.on(nowhere, processConfig(), { connect: false }), PROVIDERS);
    return;
  }
  const { signal, end } = listenForStop();
  try {
    const { module, close, endFirstStart } = await started(signal);
    endFirstStart();
    // What the command had not committed is rolled back; the database is left as by any command.
    signal.addEventListener('abort', () => {
      void close({ patienceMs: DATABASE_MS }).finally(() => process.exit(130));
    });
    try {
      await run(module, PROVIDERS);
    } finally {
      await close();
    }
  } finally {
    end();
  }
}

/** A start that was stopped is not a failure to tell of. */
async function started(signal: AbortSignal): Promise<Started> {
  try {
    return await start(signal);
  } catch (error) {
    if (signal.aborted) process.exit(130);
    throw error;
  }
}
