import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { copyFile, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
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

/** How an upload is called, whether it is only tried, and what ends its reading. */
export interface FileNamed {
  readonly fileName: string;
  /** Everything is done but the writing. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** On whose account bytes arrive; without a key, for what we write ourselves. */
export interface Account {
  readonly ledgerId: string;
  /** Id of the key. */
  readonly id?: string;
}

const ARRIVING = '.arriving-';
/** What came and that no event names yet, by ledger; what stays there is refused, and goes. */
const INCOMING = '.incoming';
/** Codes of systems that give a file no second name. */
const NO_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
/** Codes of systems whose folders cannot be synced. */
const NO_SYNC = new Set(['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']);
const CUT_SHORT = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET']);

/** Largest file on the wire (API section 8). */
export const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

/** An upload that nobody is at any more is that old, whatever its process says. */
const ARRIVING_MAX_MS = 86_400_000;

/**
 * Files as they were received, named by the hash of their bytes. Evidence is in `dataDir/files`, from
 * where nothing is ever removed; uploads are in a folder of their ledger below it until they are
 * settled, and for some days where they are not.
 */
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
   * @param account  For whom: the bytes of a day are counted by key.
   * @throws DomainError `import.limit_exceeded` above `FILE_LIMIT_BYTES`, `limit.quota`; nothing is
   *                     kept then.
   */
  async keep(bytes: Readable, { ledgerId, id: keyId }: Account): Promise<KeptFile> {
    const incoming = join(this.folder, INCOMING, ledgerId);
    mkdirSync(incoming, { recursive: true });
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
      if (this.has(sha256)) await rm(arriving, { force: true });
      else {
        await rename(arriving, join(incoming, sha256));
        await syncFolder(incoming);
      }
      return { sha256, byteCount };
    } catch (error) {
      await rm(arriving, { force: true });
      if (!CUT_SHORT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      const detail = 'The upload ended before its end; nothing was kept.';
      throw new DomainError('request.malformed', { detail }, { cause: error });
    }
  }

  /**
   * Makes an upload evidence, before the event that names it is committed. Doing it again does nothing.
   */
  async settle(sha256: string, { ledgerId }: Account): Promise<void> {
    if (this.has(sha256)) return;
    const incoming = join(this.folder, INCOMING, ledgerId, sha256);
    try {
      await link(incoming, this.pathOf(sha256));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (NO_LINK.has(code)) await this.copy(incoming, sha256);
      else if (code !== 'EEXIST') throw error;
    }
    await syncFolder(this.folder);
  }

  /**
   * Removes uploads of a ledger that came before a moment and were not settled since.
   *
   * @param held  Hashes of those that somebody will still come to.
   * @returns How many were removed.
   */
  async removeUnsettled(
    { ledgerId }: Account,
    before: Date,
    held: ReadonlySet<string>,
  ): Promise<number> {
    const incoming = join(this.folder, INCOMING, ledgerId);
    if (!existsSync(incoming)) return 0;
    let count = 0;
    for (const name of (await readdir(incoming)).sort()) {
      const path = join(incoming, name);
      const known = await stat(path).catch(() => null);
      if (known === null || known.mtimeMs >= before.getTime() || held.has(name)) continue;
      await rm(path, { force: true });
      // One that was settled has its other name still.
      if (!this.has(name)) count += 1;
    }
    return count;
  }

  private async copy(path: string, sha256: string): Promise<void> {
    const arriving = join(this.folder, `${ARRIVING}${writerMark()}-${this.ids.next()}`);
    await copyFile(path, arriving);
    const handle = await open(arriving, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(arriving, this.pathOf(sha256));
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

  /** The bytes of a kept file; a signal that is aborted ends them. */
  open(sha256: string, signal?: AbortSignal): Readable {
    const path = this.placeOf(sha256) ?? this.pathOf(sha256);
    return createReadStream(path, signal === undefined ? {} : { signal });
  }

  /** Whether the bytes are here, as evidence or as an upload. */
  isThere(sha256: string): boolean {
    return this.placeOf(sha256) !== null;
  }

  /** Whether the bytes are here as evidence: another machine's store may hold them instead. */
  has(sha256: string): boolean {
    return existsSync(this.pathOf(sha256));
  }

  private pathOf(sha256: string): string {
    return join(this.folder, sha256);
  }

  /** The same bytes have the same name, whichever ledger they came for. */
  private placeOf(sha256: string): string | null {
    if (this.has(sha256)) return this.pathOf(sha256);
    const incoming = join(this.folder, INCOMING);
    const ledgers = existsSync(incoming) ? readdirSync(incoming).sort() : [];
    return ledgers.map((one) => join(incoming, one, sha256)).find((one) => existsSync(one)) ?? null;
  }
}

/** A name is on the disk once its folder is. Where folders cannot be synced, it need not be. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!NO_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await folder.close();
  }
}
