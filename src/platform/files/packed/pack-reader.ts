import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { DomainError } from '../../../core/errors.js';
import type { PackFiles } from '../../../core/packs/manifest.js';
import { isZip, type UnzipLimits, zipEntries } from './unzip.js';

const PACK_LIMITS: UnzipLimits = { files: 65_000, bytes: 4_294_967_296, ratio: 1_000 };
const PACKED_BYTES_MAX = 2_147_483_647;

/**
 * Reads the files of an attestation pack. It is somebody else's file: whatever is in it is checked later.
 *
 * @throws DomainError `pack.unreadable`
 */
export async function readPack(file: string): Promise<PackFiles> {
  const bytes = bytesOf(file);
  const files = new Map<string, Buffer>();
  try {
    for (const entry of zipEntries(bytes, file, PACK_LIMITS)) {
      if (files.has(entry.name)) throw unreadable(file, `${entry.name} is in it twice.`);
      if (entry.isFolder) throw unreadable(file, `${entry.name} is a folder.`);
      const chunks: Buffer[] = [];
      for await (const chunk of entry.open()) chunks.push(chunk);
      files.set(entry.name, Buffer.concat(chunks));
    }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'pack.unreadable') throw error;
    throw unreadable(file, String(error.details['detail'] ?? error.message));
  }
  return files;
}

function bytesOf(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > PACKED_BYTES_MAX) throw unreadable(file, 'It is larger than 2 GiB.');
    // What is no archive is not held in memory to find that out.
    const handle = openSync(file, 'r');
    const head = Buffer.alloc(4);
    readSync(handle, head);
    closeSync(handle);
    if (!isZip(head)) throw unreadable(file, 'It is no ZIP archive.');
    return readFileSync(file);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unreadable(file, `The system says ${(error as NodeJS.ErrnoException).code ?? 'no'}.`);
  }
}

function unreadable(file: string, detail: string): DomainError<'pack.unreadable'> {
  const fix = 'Give a pack as `attest` wrote it, whole.';
  return new DomainError('pack.unreadable', { file, detail, fix });
}
