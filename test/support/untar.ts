import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK = 512;

/**
 * Unpacks a plain tar archive (files and folders, names up to 100 bytes) into a folder. Nothing is
 * readable by others: a database's server insists on that.
 */
export function untar(archive: Buffer, into: string): void {
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const text = (from: number, length: number): string =>
      archive.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const [name, size] = [text(0, 100), Number.parseInt(text(124, 12), 8)];
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (text(156, 1) === '5') mkdirSync(join(into, name), { recursive: true, mode: 0o700 });
    else writeFileSync(join(into, name), content, { mode: 0o600 });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
