import { createReadStream, createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import { CertificateIntakeService } from '../../features/certificates/certificates/certificate-intake.service.js';
import type { ImportResult, ImportKind } from '../../features/imports/imports.service.js';
import { speedometer } from '../../features/metering/uploads/import-progress.service.js';
import { ImportJobsService } from '../../features/metering/uploads/import-jobs.service.js';
import type { ImportJob } from '../../features/metering/uploads/import-attempts.service.js';
import { toImportJobResponse } from '../../features/metering/uploads/interval-import.schemas.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { MwhSourcesService } from '../../features/bridge/sources/mwh-sources.service.js';
import { TransfersService } from '../../features/certificates/transfers/transfers.service.js';
import { StorageRecordsService } from '../../features/storage/records/storage-records.service.js';
import type { Actor } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { readSmallFile } from '../../platform/files/formats/json-text.js';
import { FOR_GOOD } from '../../features/imports/file-import.schemas.js';
import { requireFiles } from '../shell/arguments.js';
import { LedgerCommand, type LedgerOptions, requireUsed } from '../shell/base.command.js';
import { openNewFile, requirePlaceFor } from '../shell/new-file.js';
import { answer } from '../shell/output.js';
import { progressBar } from '../shell/progress.js';
import { leftText, previewText } from './import.text.js';
import { grouped, mwh } from '../shell/render.js';

interface ImportOptions extends LedgerOptions {
  readonly dryRun?: boolean;
  readonly profile?: string;
  readonly meter?: string;
  readonly setAside?: boolean;
  readonly rejects?: string;
  readonly previewHash?: string;
  readonly signature?: string;
  readonly registry?: string;
}

/** Files of the kinds that few commands take. */
@Injectable()
export class OtherImports {
  constructor(
    readonly storage: StorageRecordsService,
    readonly mwh: MwhSourcesService,
    readonly transfers: TransfersService,
  ) {}
}

@Command({
  name: 'import',
  arguments: '<kind> <file>',
  description:
    'Take in a file, whole or not at all: import intervals FILE (CSV, NEM12, Green Button, JSON; .gz, .zip), import certificates FILE.csv|.json, import storage-records|mwh-cancellations FILE.csv, import bundles FILE.json --registry CODE',
})
export class ImportCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly jobs: ImportJobsService,
    private readonly intake: CertificateIntakeService,
    private readonly others: OtherImports,
  ) {
    super();
  }

  @Option({
    flags: '--dry-run',
    description: 'Show what would be new, identical, changed, rejected',
  })
  parseDryRun(): boolean {
    return true;
  }

  @Option({
    flags: '--profile <code>',
    description: 'Import profile: how this source writes files',
  })
  parseProfile(code: string): string {
    return code;
  }

  @Option({
    flags: '--signature <file>',
    description: 'Detached JWS of the issuer, or of the registry, over the file',
  })
  parseSignature(file: string): string {
    return file;
  }

  @Option({ flags: '--registry <code>', description: 'Registry that a file of bundles is from' })
  parseRegistry(code: string): string {
    return code;
  }

  @Option({ flags: '--meter <code>', description: 'Meter of a file that names none' })
  parseMeter(code: string): string {
    return code;
  }

  @Option({
    flags: '--set-aside',
    description: 'Take the good rows; leave rejected ones to be mended',
  })
  parseSetAside(): boolean {
    return true;
  }

  @Option({
    flags: '--rejects <file>',
    description: 'Write rejected rows as CSV, with what is wrong',
  })
  parseRejects(file: string): string {
    return file;
  }

  @Option({ flags: '--preview-hash <hash>', description: 'Commit only what this preview showed' })
  parsePreviewHash(hash: string): string {
    return hash;
  }

  async run([kind, file]: string[], options: ImportOptions): Promise<void> {
    if (!Object.hasOwn(OPTIONS_OF, kind!)) {
      const detail = `Kinds: ${Object.keys(OPTIONS_OF).join(', ')}`;
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/kind', rule: 'kind.known', detail }],
      });
    }
    requireUsed(`import ${kind}`, options, OPTIONS_OF[kind as ImportKind]);
    const actor = await this.actor(options, 'energy-manager', 'operator');
    const { signature: signatureFile } = options;
    requireFiles(file!, ...(signatureFile === undefined ? [] : [signatureFile]));
    if (options.rejects !== undefined) requirePlaceFor('/options/rejects', options.rejects);
    if (kind === 'intervals') return this.intervals(actor, file!, options);
    if (kind === 'certificates') return this.certificates(actor, file!, options);
    const how = {
      fileName: basename(file!),
      dryRun: options.dryRun,
      registryCode: options.registry ?? '',
      signature: signatureOf(options),
    };
    const taken: Readonly<Record<string, (bytes: Readable) => Promise<ImportResult>>> = {
      'storage-records': (bytes) => this.others.storage.importFile(actor, how, bytes),
      'mwh-cancellations': (bytes) => this.others.mwh.importFile(actor, how, bytes),
      bundles: (bytes) => this.others.transfers.importFile(actor, how, bytes),
    };
    const result = await taken[kind!]!(createReadStream(file!));
    answer({ document: importDocument(result), text: importText(result) }, options.json);
  }

  private async certificates(actor: Actor, file: string, options: ImportOptions): Promise<void> {
    const fileName = basename(file);
    const format = fileName.toLowerCase().endsWith('.json') ? 'json' : 'csv';
    const bytes = createReadStream(file);
    const { dryRun } = options;
    const how = { fileName, format, dryRun, signature: signatureOf(options) } as const;
    const result = await this.intake.importFile(actor, how, bytes);
    answer({ document: importDocument(result), text: importText(result) }, options.json);
  }

  private async intervals(actor: Actor, file: string, options: ImportOptions): Promise<void> {
    const bar = progressBar(basename(file));
    const speed = speedometer();
    const opened = await this.jobs.open(
      actor,
      {
        fileName: basename(file),
        profileCode: options.profile ?? null,
        meterCode: options.meter ?? null,
        rejectsMode: options.setAside === true ? 'set-aside' : 'refuse',
        goal: options.dryRun === true ? 'preview' : 'commit',
        previewHash: options.previewHash ?? null,
      },
      createReadStream(file),
    );
    let job: ImportJob;
    try {
      job = await this.jobs.run(actor.ledgerId, opened.jobId, {
        onProgress: (now) => bar.show(speed(now, performance.now())),
      });
    } finally {
      bar.clear();
      await this.writeRejects(opened, options);
    }
    if (options.dryRun === true) {
      const document = toImportJobResponse(job);
      answer(
        { document, text: previewText(job.fileName, job.preview!, job.previewHash!) },
        options.json,
      );
      return;
    }
    const result = await this.jobs.resultOf(job);
    const { heldCount, outdatedCount } = result;
    const document = { ...importDocument(result), heldCount, outdatedCount };
    answer({ document, text: [importText(result), ...leftText(result)].join('\n') }, options.json);
  }

  private async writeRejects(
    { ledgerId, jobId }: ImportJob,
    { rejects }: ImportOptions,
  ): Promise<void> {
    if (rejects === undefined) return;
    const job = await this.jobs.get(ledgerId, jobId);
    if (job.rejectsSha256 === null) return;
    await pipeline(
      await this.jobs.rejects(ledgerId, jobId),
      createWriteStream(rejects, { fd: openNewFile('/options/rejects', rejects) }),
    );
    process.stderr.write(`Wrote the rejected rows to ${rejects}\n`);
  }
}

/** Options that a file of each kind takes. */
const OPTIONS_OF: Readonly<Record<ImportKind, readonly (keyof ImportOptions)[]>> = {
  intervals: ['dryRun', 'profile', 'meter', 'setAside', 'rejects', 'previewHash'],
  certificates: ['dryRun', 'signature'],
  'storage-records': ['dryRun'],
  'mwh-cancellations': ['dryRun'],
  bundles: ['dryRun', 'signature', 'registry'],
};

/** A detached JWS is some hundred bytes; its header may name what we do not know. */
const JWS_LIMIT_BYTES = 65_536;

function signatureOf({ signature }: ImportOptions): string | null {
  return signature === undefined
    ? null
    : readSmallFile(signature, JWS_LIMIT_BYTES).toString('utf8').trim();
}

function importDocument({ file, alreadyImported, isDryRun = false }: ImportResult): object {
  const { ledgerId: _, recordedAt, importId, eventId, ...facts } = file;
  const isThere = alreadyImported || !isDryRun;
  return {
    alreadyImported,
    isDryRun,
    cannotBeTakenBack: FOR_GOOD[file.kind],
    importId: isThere ? importId : null,
    eventId: isThere ? eventId : null,
    ...facts,
    recordedAt: isThere ? recordedAt.toISOString() : null,
  };
}

/** What an import did, or would do, in two or three lines. */
export function importText({ file, alreadyImported, isDryRun }: ImportResult): string {
  const { fileName, fileSha256, rowCount, newCount, identicalCount, changedCount, totalWh } = file;
  const { format, rejectedCount } = file;
  if (alreadyImported) {
    return `${fileName}: the same file came before; nothing was done (sha256 ${fileSha256.slice(0, 16)}…)`;
  }
  const aside = rejectedCount === 0 ? '' : `, ${grouped(rejectedCount)} set aside`;
  const form = format === null ? '' : ` (${format})`;
  const done =
    `${fileName}${form}: ${grouped(rowCount)} rows, ${mwh(totalWh)} MWh; ${grouped(newCount)} new, ` +
    `${grouped(identicalCount)} identical, ${grouped(changedCount)} changed${aside}`;
  return isDryRun === true
    ? `${done}\nNothing was written. Without --dry-run: ${FOR_GOOD[file.kind]}`
    : done;
}
