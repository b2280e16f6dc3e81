import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { Clock } from '../clock.js';
import { CONFIG, type Config } from '../config.js';
import { Ids } from '../ids.js';
import { DayQuota } from './day-quota.js';
import { MARK_PARTS, writerHasEnded, writerMark } from './writer-mark.js';

/** A file that was taken in, byte for byte. */
export interface KeptFile {
  /** Lower-case hex; also its name in the store. */
  readonly sha256: string;
  readonly byteCount: number;
}

/** How an upload is called, and what ends its reading. */
export interface FileNamed {
  readonly fileName: string;
  readonly signal?: AbortSignal | undefined;
}

const ARRIVING = '.arriving-';
/** Codes of systems whose folders cannot be synced. */
const NO_SYNC = new Set(['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']);
const CUT_SHORT = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET']);

/** Largest file on the wire (API section 8). */
export const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

/** An upload that nobody is at any more is that old, whatever its process says. */
const ARRIVING_MAX_MS = 86_400_000;

/** Files as they were received, named by the hash of their bytes, in `dataDir/files`. */
@Injectable()
export class FileStore {
  private readonly folder: string;
  private readonly quota: DayQuota;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    this.folder = join(config.dataDir, 'files');
    this.quota = new DayQuota(config.dayBytes);
  }

  /**
   * Keeps a stream of bytes. Keeping the same bytes again keeps them once. When it returns, the bytes
   * and their name are on the disk: what an import then points at is there, whatever fails.
   *
   * @param keyId  On whose account, for the bytes of a day; absent for what we write ourselves.
   * @throws DomainError `import.limit_exceeded` above `FILE_LIMIT_BYTES`, `limit.quota`; nothing is
   *                     kept then.
   */
  async keep(bytes: Readable, keyId?: string): Promise<KeptFile> {
    mkdirSync(this.folder, { recursive: true });
    const arriving = join(this.folder, `${ARRIVING}${writerMark()}-${this.ids.next()}`);
    const hash = createHash('sha256');
    let byteCount = 0;
    const count = new Transform({
      transform: (chunk: Buffer, _, done) => {
        byteCount += chunk.length;
        hash.update(chunk);
        const over =
          keyId === undefined ? null : this.quota.add(keyId, chunk.length, this.clock.now());
        if (byteCount > FILE_LIMIT_BYTES) {
          const limit = { limit: 'bytes in one file', allowed: FILE_LIMIT_BYTES };
          done(new DomainError('import.limit_exceeded', limit));
        } else if (over !== null) done(over);
        else done(null, chunk);
      },
    });
    try {
      await pipeline(bytes, count, createWriteStream(arriving, { mode: 0o600, flush: true }));
      const sha256 = hash.digest('hex');
      await rename(arriving, this.pathOf(sha256));
      await this.syncFolder();
      return { sha256, byteCount };
    } catch (error) {
      await rm(arriving, { force: true });
      if (!CUT_SHORT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      const detail = 'The upload ended before its end; nothing was kept.';
      throw new DomainError('request.malformed', { detail }, { cause: error });
    }
  }

  /** Removes what processes that have ended left half arrived. Gives how many. */
  async sweep(): Promise<number> {
    if (!existsSync(this.folder)) return 0;
    let count = 0;
    for (const name of await readdir(this.folder)) {
      if (!name.startsWith(ARRIVING)) continue;
      const path = join(this.folder, name);
      const mark = name.slice(ARRIVING.length).split('-').slice(0, MARK_PARTS).join('-');
      const known = await stat(path).catch(() => null);
      const ageMs = known === null ? 0 : this.clock.now().getTime() - known.mtimeMs;
      if (!writerHasEnded(mark) && ageMs < ARRIVING_MAX_MS) continue;
      await rm(path, { force: true });
      count += 1;
    }
    return count;
  }

  /** A name is on the disk once its folder is. Where folders cannot be synced, it need not be. */
  private async syncFolder(): Promise<void> {
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } catch (error) {
      if (!NO_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    } finally {
      await folder.close();
    }
  }

  /** The bytes of a kept file; a signal that is aborted ends them. */
  open(sha256: string, signal?: AbortSignal): Readable {
    return createReadStream(this.pathOf(sha256), signal === undefined ? {} : { signal });
  }

  /** Whether the bytes are in this store: another machine's store may hold them instead. */
  has(sha256: string): boolean {
    return existsSync(this.pathOf(sha256));
  }

  private pathOf(sha256: string): string {
    return join(this.folder, sha256);
  }
}
