import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { logger } from '../logger.js';

/** Answers above this are read from a file as fast as the client takes them. */
export const SPOOL_ABOVE_BYTES = 262_144;

const FOLDER = 'of-';

/** Where long answers wait, and how long for a client that does not read on. */
interface AnswerSettings {
  readonly dataDir: string;
  /** 0 = for ever. */
  readonly stalledMs: number;
}

/**
 * Keeps clients that do not read from holding memory: a long answer goes to a file without a name and
 * is read from there, a piece at a time; and a connection on which an answer makes no progress ends.
 */
export function spoolAnswers(fastify: FastifyInstance, settings: AnswerSettings): void {
  const spool = new Spool(join(settings.dataDir, 'answers'));
  fastify.addHook('onSend', async (request, reply, payload) => {
    // The timer of a socket counts what it hands over as progress, and ends the connection without it.
    if (settings.stalledMs > 0) reply.raw.setTimeout(settings.stalledMs);
    const isLong = typeof payload === 'string' || Buffer.isBuffer(payload);
    if (!isLong || payload.length <= SPOOL_ABOVE_BYTES || request.method === 'HEAD') return payload;
    const bytes = Buffer.from(payload as string);
    try {
      const stream = await spool.put(bytes);
      void reply.header('content-length', bytes.length);
      return stream;
    } catch (error) {
      // A disk that is full is no reason to answer nothing.
      logger.warn({ err: error }, 'a long answer stays in memory');
      return payload;
    }
  });
  fastify.addHook('onReady', async () => spool.sweep());
  fastify.addHook('onClose', async () => spool.clear());
}

/** Files that exist only as long as they are open. */
class Spool {
  private folder: string | null = null;
  private count = 0;

  constructor(private readonly parent: string) {}

  async put(bytes: Buffer): Promise<Readable> {
    const [path, handle] = await this.opened();
    try {
      await rm(path);
      await write(handle, bytes);
      return handle.createReadStream({ start: 0, highWaterMark: 65_536 });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Takes away what processes left that were killed. One that still runs makes its folder anew. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.parent).catch(() => [])) {
      if (name.startsWith(FOLDER))
        await rm(join(this.parent, name), { recursive: true, force: true });
    }
  }

  clear(): void {
    if (this.folder !== null) rmSync(this.folder, { recursive: true, force: true });
    this.folder = null;
  }

  private async opened(): Promise<readonly [string, FileHandle]> {
    const path = await this.nextPath();
    try {
      return [path, await open(path, 'wx+', 0o600)];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // Another answer may have found out before, and made the next one.
      if (this.folder === dirname(path)) this.folder = null;
      const again = await this.nextPath();
      return [again, await open(again, 'wx+', 0o600)];
    }
  }

  private async nextPath(): Promise<string> {
    if (this.folder === null) {
      await mkdir(this.parent, { recursive: true, mode: 0o700 });
      this.folder ??= mkdtempSync(join(this.parent, FOLDER));
    }
    this.count += 1;
    return join(this.folder, String(this.count));
  }
}

async function write(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
  }
}
