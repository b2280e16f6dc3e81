import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from './seeded.js';

/** One line of a verifier's answer. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'FAIL' | 'note';
  readonly message: string;
  readonly file: string | null;
  readonly event: number | null;
}

/** What a verifier found. */
export interface Verified {
  readonly checks: readonly Finding[];
  readonly failed: readonly Finding[];
  /** Why it is no pack; null where it is one. */
  readonly noPack: string | null;
}

/** What somebody knows beside the pack. */
export interface Known {
  readonly keys?: readonly string[];
  readonly since?: { readonly name: string; readonly text: string };
}

/** Runs the verifier that people download, as they do. */
export function runVerifier(
  args: readonly string[],
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const command = ['src/verifiers/verify.mjs', ...args];
    execFile(process.execPath, command, { env: {} }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Verifies many archives in one process. */
export async function verifiedMany(
  archives: readonly Uint8Array[],
  known: Known,
): Promise<readonly Verified[]> {
  const folder = mkdtempSync(join(tmpdir(), 'verifiers-'));
  for (const [at, archive] of archives.entries()) {
    writeFileSync(join(folder, `${String(at).padStart(5, '0')}.zip`), archive);
  }
  const command = ['test/support/verify-many.mjs', folder, JSON.stringify(known)];
  const stdout = await new Promise<string>((resolve, reject) => {
    const options = { env: {}, maxBuffer: 2 ** 26 };
    execFile(process.execPath, command, options, (error, text) => {
      if (error === null) resolve(text);
      else reject(error);
    });
  });
  rmSync(folder, { recursive: true });
  const answers = JSON.parse(stdout) as { checks: Finding[]; noPack: string | null }[];
  return answers.map(({ checks, noPack }) => ({
    checks,
    noPack,
    failed: checks.filter(({ status }) => status === 'FAIL'),
  }));
}

/** The bytes with one of them changed, by a seed. */
export function withOneByteChanged(bytes: Buffer, seed: number): Buffer {
  const random = seeded(seed);
  const changed = Buffer.from(bytes);
  const at = Math.floor(random() * bytes.length);
  changed[at] = changed[at]! ^ (1 + Math.floor(random() * 255));
  return changed;
}
