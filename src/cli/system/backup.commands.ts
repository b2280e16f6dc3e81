import { join, resolve } from 'node:path';
import { Inject } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { BUILT } from '../../schema.js';
import { FORMER_NAMES } from '../../../migrations/before.js';
import { VerificationService } from '../../features/ledger/replay/verification.service.js';
import type { Verification } from '../../features/ledger/replay/verification.document.js';
import { type BackedUpHead, type Manifest } from '../../platform/backup/manifest.js';
import { restoreBackup } from '../../platform/backup/restore-backup.js';
import { takeBackup } from '../../platform/backup/take-backup.js';
import { Clock } from '../../platform/clock.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import { HEADS_FILE } from '../../platform/marker/heads-file.js';
import { start } from '../../start.js';
import { listenForStop } from '../../stopping.js';
import { TerminalCommand } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { grouped, outcomeText } from '../shell/render.js';

interface Options {
  readonly json?: boolean;
  readonly into?: string;
}

@Command({
  name: 'backup',
  arguments: '<folder>',
  description: 'Copy database, kept files and passwords to a new folder, while writes go on',
})
export class BackupCommand extends TerminalCommand {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run([folder]: string[], { json }: Options): Promise<void> {
    requireOwnServer('backup', this.config);
    const to = resolve(folder!);
    const { dataDir } = this.config;
    const { signal, end } = listenForStop();
    const backing = takeBackup(to, { ...this.config, clock: this.clock, signal });
    const manifest = await backing.finally(end);
    const document = { folder: to, ...summary(manifest) };
    const { fileCount, byteCount, takenAt } = document;
    const heads = Object.values(manifest.ledgers).map(
      ({ name, size, chainHash }) => `Ledger ${name}: ${size} events, head ${chainHash}`,
    );
    const lines = [
      `Backup of ${dataDir} in ${to}, begun ${takenAt}: ${grouped(fileCount)} files, ` +
        `${grouped(byteCount)} bytes`,
      ...heads,
      'It holds the passwords of the database and all that was taken in: keep it as closed as the data.',
    ];
    answer({ document, text: lines.join('\n') }, json);
  }
}

@Command({
  name: 'restore',
  arguments: '<folder>',
  description: 'Put a backup into a data folder without a database, and verify all of it',
})
export class RestoreCommand extends TerminalCommand {
  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
  }

  @Option({ flags: '--into <folder>', description: 'Data folder (default: MIZAN_DATA_DIR)' })
  parseInto(folder: string): string {
    return folder;
  }

  async run([folder]: string[], { json, into }: Options): Promise<void> {
    requireOwnServer('restore', this.config);
    const config = into === undefined ? this.config : onFolder(this.config, resolve(into));
    const { dataDir } = config;
    const { signal, end } = listenForStop();
    const { manifest, ledgers } = await this.restored(resolve(folder!), config, signal).finally(
      end,
    );
    const isBehind = ledgers.some(({ verification }) => {
      return verification.faults.some(({ check }) => check === 'marker');
    });
    const holds = ledgers.every(({ missing, verification }) => {
      return missing === null && verification.faults.length === 0;
    });
    const document = { dataDir, ...summary(manifest), holds, ledgers };
    const lines = ledgers.flatMap(({ name, missing, verification }) => [
      `Ledger ${name}:`,
      ...(missing === null ? [] : [`BROKEN: ${missing}`]),
      ...outcomeText(verification),
      ...verification.notes,
    ]);
    const text = [
      `Restored ${resolve(folder!)} (begun ${manifest.takenAt}) into ${dataDir}.`,
      ...lines,
      holds
        ? `It holds. Serve it: MIZAN_DATA_DIR=${dataDir} npm start`
        : 'It does NOT hold; do not go on with it before what is named above is understood.',
      ...(isBehind
        ? [
            `It is behind the marker (${config.markerFile}): it is read and takes nothing in, until one admin ` +
              'declares what is lost and another confirms it (mizan resume).',
          ]
        : []),
    ];
    answer({ document, text: text.join('\n') }, json);
    if (!holds) process.exitCode = 1;
  }

  private async restored(folder: string, config: Config, signal: AbortSignal) {
    const manifest = await restoreBackup(folder, { ...config, knows: isKnown, signal });
    return { manifest, ledgers: await this.verified(manifest, config, signal) };
  }

  /** Starts what was restored, which replays its log, and verifies each ledger in whole. */
  private async verified(
    { ledgers }: Manifest,
    config: Config,
    signal: AbortSignal,
  ): Promise<readonly RestoredLedger[]> {
    const { module, close } = await start(signal, config);
    try {
      const app = await NestFactory.createApplicationContext(module, {
        logger: false,
        abortOnError: false,
      });
      const restored: RestoredLedger[] = [];
      for (const [ledgerId, head] of Object.entries(ledgers)) {
        signal.throwIfAborted();
        const verification = await app
          .get(VerificationService)
          .verify(ledgerId, { hasFiles: true });
        const missing = await missingOf(app.get(LedgerScope), ledgerId, head);
        restored.push({ ledgerId, name: head.name, missing, verification });
      }
      await app.close();
      return restored;
    } finally {
      await close();
    }
  }
}

interface RestoredLedger {
  readonly ledgerId: string;
  readonly name: string;
  /** What the backup knew and the ledger does not have, in a sentence. */
  readonly missing: string | null;
  readonly verification: Verification;
}

/** Whether the log holds the end that the backup names: at that place, with that hash. */
async function missingOf(
  scope: LedgerScope,
  ledgerId: string,
  { size, chainHash }: BackedUpHead,
): Promise<string | null> {
  if (size === 0) return null;
  const [event] = await scope.read(ledgerId, (tx) =>
    tx.query<{ hash: string }[]>(
      `SELECT encode(chain_hash, 'hex') AS hash FROM ledger_event WHERE ledger_id = $1 AND seq = $2`,
      [ledgerId, size - 1],
    ),
  );
  if (event?.hash === chainHash) return null;
  return `the backup ends with event ${size - 1}, ${chainHash}; here it is ${event?.hash ?? 'missing'}`;
}

/** The same settings on another data folder; a marker in a folder of its own stays there. */
function onFolder(config: Config, dataDir: string): Config {
  const isBeside = config.markerFile === join(config.dataDir, HEADS_FILE);
  return { ...config, dataDir, ...(isBeside ? { markerFile: join(dataDir, HEADS_FILE) } : {}) };
}

/** @throws DomainError `backup.not_ours` where DATABASE_URL names a server of somebody else */
function requireOwnServer(act: string, { databaseUrl, dataDir }: Config): void {
  if (databaseUrl === null) return;
  const detail =
    'DATABASE_URL names a server that Mizan did not start and whose files it does not see.';
  const fix =
    act === 'backup'
      ? 'Take a backup of that server by its own means (pg_basebackup, or pg_dump of this database), ' +
        `and when it has ended, a copy of ${join(dataDir, 'files')} and of the marker (heads.json).`
      : 'Restore that server by its own means, and the kept files ' +
        `to ${join(dataDir, 'files')}; then run \`mizan verify-ledger --files\`.`;
  throw new DomainError('backup.not_ours', { act, detail, fix });
}

const isKnown = (migration: string): boolean =>
  Object.hasOwn(BUILT.hashes, migration) || FORMER_NAMES.includes(migration);

function summary({ takenAt, program, files, ledgers }: Manifest) {
  const byteCount = files.reduce((sum, file) => sum + file.byteCount, 0);
  return { takenAt, program, fileCount: files.length, byteCount, ledgers };
}
