import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Body = () => Promise<void>;

/**
 * A test for machines that can run it. Elsewhere it is reported as skipped, with the reason in its
 * name, and never as passed.
 */
export function itWhere(
  can: boolean,
  reason: string,
  { name, body, timeoutMs }: { readonly name: string; readonly body: Body; timeoutMs?: number },
): void {
  if (can) it(name, body, timeoutMs);
  else it.skip(`${name} (not run: ${reason})`, body);
}

/** Whether this process may mount a small file system. */
export function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'mizan-mount-'));
  try {
    return mountSmall(folder, 1);
  } finally {
    unmount(folder);
    rmdirSync(folder);
  }
}

/** Mounts an empty file system of that many MiB. */
export function mountSmall(folder: string, sizeMib: number): boolean {
  const options = ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=755`, 'tmpfs', folder];
  return spawnSync('mount', options, { stdio: 'ignore' }).status === 0;
}

/** Takes it away again, also while something in it is open. */
export function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
}
