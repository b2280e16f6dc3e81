import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { CONFIG, type Config } from '../config.js';
import { Ids } from '../ids.js';

/** A file that was taken in, byte for byte. */
export interface KeptFile {
  /** Lower-case hex; also its name in the store. */
  readonly sha256: string;
  readonly byteCount: number;
}

const CUT_SHORT = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET']);

/** Largest file on the wire (API section 8). */
export const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

/** Files as they were received, named by the hash of their bytes, in `dataDir/files`. */
@Injectable()
export class FileStore {
  private readonly folder: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly ids: Ids,
  ) {
    this.folder = join(config.dataDir, 'files');
  }

  /**
   * Keeps a stream of bytes. Keeping the same bytes again keeps them once.
   *
   * @throws DomainError `import.limit_exceeded` above `FILE_LIMIT_BYTES`; nothing is kept then.
   */
  async keep(bytes: Readable): Promise<KeptFile> {
    mkdirSync(this.folder, { recursive: true });
    const arriving = join(this.folder, `.arriving-${this.ids.next()}`);
    const hash = createHash('sha256');
    let byteCount = 0;
    const count = new Transform({
      transform(chunk: Buffer, _, done) {
        byteCount += chunk.length;
        hash.update(chunk);
        if (byteCount > FILE_LIMIT_BYTES) {
          const limit = { limit: 'bytes in one file', allowed: FILE_LIMIT_BYTES };
          done(new DomainError('import.limit_exceeded', limit));
        } else done(null, chunk);
      },
    });
    try {
      await pipeline(bytes, count, createWriteStream(arriving, { mode: 0o600 }));
      const sha256 = hash.digest('hex');
      await rename(arriving, this.pathOf(sha256));
      return { sha256, byteCount };
    } catch (error) {
      await rm(arriving, { force: true });
      if (!CUT_SHORT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      const detail = 'The upload ended before its end; nothing was kept.';
      throw new DomainError('request.malformed', { detail }, { cause: error });
    }
  }

  /** The bytes of a kept file. */
  open(sha256: string): Readable {
    return createReadStream(this.pathOf(sha256));
  }

  /** Whether the bytes are in this store: another machine's store may hold them instead. */
  has(sha256: string): boolean {
    return existsSync(this.pathOf(sha256));
  }

  private pathOf(sha256: string): string {
    return join(this.folder, sha256);
  }
}
