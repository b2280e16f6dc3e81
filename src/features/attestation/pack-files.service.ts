import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { Actor, Role } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { Ids } from '../../platform/ids.js';
import type { AttestationJob } from './attestation-jobs.repository.js';
import { type Attestation, type Attested, AttestationsService } from './attestations.service.js';
import { type HearPacked, PacksService } from './packs.service.js';

const DAY_MS = 86_400_000;
/** A pack that nobody fetched for so long is made again when somebody does. */
const PACK_KEPT_MS = 30 * DAY_MS;
/** What a process that ended left half written. */
const PART_KEPT_MS = DAY_MS;

/** A pack that lies here. */
export interface PackFile {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly byteCount: number;
}

/** Packs that jobs made, in `packs` of the data folder: each can be made again, and is the same. */
@Injectable()
export class PackFilesService {
  private readonly folder: string;

  constructor(
    private readonly attestations: AttestationsService,
    private readonly packs: PacksService,
    private readonly ids: Ids,
    private readonly clock: Clock,
    @Inject(CONFIG) config: Pick<Config, 'dataDir'>,
  ) {
    this.folder = join(config.dataDir, 'packs');
  }

  /** @throws DomainError `statement.not_found`, `site.ambiguous` */
  siteOf(ledgerId: string, wanted: Attested): Promise<string> {
    return this.attestations.siteOf(ledgerId, wanted);
  }

  /** Seals what a job's pack holds; again it gives the same. */
  async attest(job: AttestationJob): Promise<Attestation> {
    const { ledgerId, month, siteCode, attestationId } = job;
    if (attestationId !== null) {
      const all = await this.attestations.list(ledgerId);
      return all.find((one) => one.attestationId === attestationId)!;
    }
    const actor: Actor = {
      ledgerId,
      id: job.actor,
      principalId: job.actorPrincipal,
      role: job.actorRole as Role,
    };
    return this.attestations.attest(actor, { month, siteCode });
  }

  /** Makes a job's pack. @throws DomainError as `PacksService.write` */
  async make(job: AttestationJob, attestation: Attestation, hear: HearPacked): Promise<PackFile> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.clear();
    const part = join(this.folder, `${job.jobId}-${this.ids.next()}.part`);
    const since = job.since === '' ? [] : job.since.split(',').map(Number);
    await this.packs.write(job.ledgerId, attestation, { file: part, since, hear });
    try {
      const hash = createHash('sha256');
      await pipeline(createReadStream(part), hash);
      const { size: byteCount } = await stat(part);
      await this.touch(part);
      await rename(part, this.fileOf(job));
      return { sha256: hash.digest('hex'), byteCount };
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  /**
   * The bytes of a pack that was made. Where this machine has it not, it is made again.
   *
   * @throws DomainError `attestation.not_done`, `pack.inconsistent`
   */
  async open(job: AttestationJob): Promise<Readable> {
    const { jobId, state } = job;
    if (state !== 'done') {
      const fix = 'Wait until it is done; a job that failed says why.';
      throw new DomainError('attestation.not_done', { jobId, state, fix });
    }
    if (!existsSync(this.fileOf(job))) {
      const { sha256 } = await this.make(job, await this.attest(job), () => {});
      if (sha256 !== job.sha256) {
        await rm(this.fileOf(job), { force: true });
        const detail = 'The pack that this job made would be another now.';
        const fix = 'Run `verify-ledger`; then ask for a new pack.';
        throw new DomainError('pack.inconsistent', { detail, fix });
      }
    }
    await this.touch(this.fileOf(job));
    return createReadStream(this.fileOf(job));
  }

  /** Marks that a pack was asked for now. */
  private touch(file: string): Promise<void> {
    const now = this.clock.now();
    return utimes(file, now, now);
  }

  /** Removes packs that nobody fetched for long, and what was left half written. */
  private async clear(): Promise<void> {
    const nowMs = this.clock.now().getTime();
    for (const name of await readdir(this.folder)) {
      const file = join(this.folder, name);
      const keptMs = name.endsWith('.part') ? PART_KEPT_MS : PACK_KEPT_MS;
      // Another process may have removed it meanwhile.
      const mtimeMs = await stat(file).then(
        (found) => found.mtimeMs,
        () => nowMs,
      );
      if (nowMs - mtimeMs > keptMs) await rm(file, { force: true });
    }
  }

  private fileOf({ jobId }: AttestationJob): string {
    return join(this.folder, `${jobId}.zip`);
  }
}
