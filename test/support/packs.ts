import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPack, type PackCheck } from '../../src/core/packs/checks/check-pack.js';
import type { OpenedPack } from '../../src/core/packs/checks/pack-contents.js';
import {
  manifestText,
  packedFile,
  type PackFiles,
  type PackManifest,
} from '../../src/core/packs/manifest.js';
import { type Recomputed, recomputePack } from '../../src/core/packs/recompute.js';
import { AttestationsService } from '../../src/features/attestation/attestations.service.js';
import { PacksService } from '../../src/features/attestation/packs.service.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import { Queue } from '../../src/platform/jobs/queue.js';
import { readPack } from '../../src/platform/files/packed/pack-reader.js';
import type { AnyReply, TestApp } from './app.js';

/** Nothing brought along: what a pack says of itself. */
export const NO_TRUST = { key: null, since: null };

/** A month's pack, written and read. */
export async function packOf(
  app: TestApp,
  month: string,
  { siteCode = null, since = [] }: { siteCode?: string | null; since?: readonly number[] } = {},
): Promise<PackFiles> {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-pack-'));
  try {
    const actor = atTerminal(app.ledgerId, 'auditor');
    const attestation = await app.nest.get(AttestationsService).attest(actor, { month, siteCode });
    const file = join(folder, 'pack.zip');
    await app.nest.get(PacksService).write(app.ledgerId, attestation, { file, since });
    return await readPack(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A pack that can be read. */
export function openedPack(files: PackFiles): OpenedPack {
  return checkPack(files, NO_TRUST).pack!;
}

/** Every check of a pack and everything computed again from it that is not as it should be. */
export function faultsOf(files: PackFiles): (PackCheck | Recomputed)[] {
  const { checks, pack } = checkPack(files, NO_TRUST);
  const again = pack === null ? [] : [...recomputePack(pack)];
  return [...checks, ...again].filter(({ outcome }) => outcome === 'FAIL');
}

/** Files of a pack with some changed, their hashes in the manifest changed along; unsigned. */
export function editedPack(
  files: PackFiles,
  changes: Readonly<Record<string, ((text: string) => string) | null>>,
): PackFiles {
  const edited = new Map(files);
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) edited.delete(path);
    else edited.set(path, Buffer.from(change(files.get(path)?.toString('utf8') ?? '')));
  }
  const { '@': _, ...manifest } = JSON.parse(edited.get('manifest.json')!.toString('utf8')) as {
    '@': string;
  } & PackManifest;
  const listed = [...edited].filter(([path]) => !path.startsWith('manifest.'));
  const again = { ...manifest, files: listed.map(([path, bytes]) => packedFile(path, bytes)) };
  edited.set('manifest.json', Buffer.from(manifestText(again)));
  return edited;
}

/** A pack over HTTP, waited for: the job when it has ended. */
export async function attested(
  app: TestApp,
  request: object,
  role: 'auditor' | 'finance' = 'auditor',
): Promise<AnyReply> {
  const opened = await app.call('POST', '/v1/attestations', { role, body: request });
  if (opened.status !== 202) return opened;
  const path = `/v1/attestations/${opened.body.jobId}`;
  for (;;) {
    const job = await app.call('GET', path, { role });
    if (['done', 'failed'].includes(job.body.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Keeps a job that made a pack. */
export async function keepAttestation(app: TestApp): Promise<void> {
  await app.nest.get(Queue).work();
  const { items } = (await app.call('GET', '/v1/statements', { role: 'auditor' })).body;
  const { body } = await attested(app, { month: items[0].month });
  if (body.state !== 'done') throw new Error(`no pack: ${JSON.stringify(body.problem)}`);
}
