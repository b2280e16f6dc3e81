import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { FileStore } from '../../../platform/files/file-store.js';
import type { FileLister, NamedFile } from './replay.port.js';

/** A file that is not what it was: what is wrong, and of which event. */
export interface WrongFile {
  readonly eventId: string;
  readonly detail: string;
}

/** Hashes again the files that registers name. */
@Injectable()
export class KeptFilesService {
  constructor(private readonly files: FileStore) {}

  /** Every file that is named, each once, in the order that registers list them. */
  async named(tx: LedgerTx, listers: readonly FileLister[]): Promise<readonly NamedFile[]> {
    const named = new Map<string, NamedFile>();
    for (const list of listers) {
      for (const file of await list(tx)) {
        if (!named.has(file.sha256)) named.set(file.sha256, file);
      }
    }
    return [...named.values()];
  }

  /** Hashes files: for as long as that takes, and so not within a transaction. */
  async hash(named: readonly NamedFile[]): Promise<readonly WrongFile[]> {
    const wrong: WrongFile[] = [];
    for (const { sha256, what, eventId } of named) {
      const fault = await this.faultOf(sha256);
      if (fault !== null) wrong.push({ eventId, detail: `The file of ${what} ${fault}.` });
    }
    return wrong;
  }

  private async faultOf(sha256: string): Promise<string | null> {
    // A name that is no hash is no path to follow.
    if (!/^[0-9a-f]{64}$/.test(sha256)) return 'has no hash for a name';
    if (!this.files.has(sha256)) return `is gone: ${sha256}`;
    const hash = createHash('sha256');
    for await (const chunk of this.files.open(sha256)) hash.update(chunk as Buffer);
    return hash.digest('hex') === sha256 ? null : `is not the one that was kept: ${sha256}`;
  }
}
