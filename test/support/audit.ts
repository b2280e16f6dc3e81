import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { zipEntries } from '../../src/platform/files/packed/unzip.js';
import type { AnyReply, TestApp } from './app.js';
import { startMonth } from './month.js';

/** Month that is audited. */
export const AUDITED = '2026-10';
const ACCESS = { from: '2026-11-15T00:00:00Z', to: '2026-12-15T00:00:00Z' };
const NONCE = 'quatre dés : 4 2 6 6';

/** A ledger with October matched and stated, and an engagement about it. */
export interface Audit {
  readonly app: TestApp;
  readonly auditor: { readonly key: string; readonly keyId: string; readonly principalId: string };
  readonly engagementId: string;
  /** Opens another engagement of the same auditor. */
  readonly open: (more?: object) => Promise<string>;
  /** As the auditor. */
  readonly act: (path: string, body?: object) => Promise<AnyReply>;
  readonly read: (path?: string) => Promise<AnyReply>;
}

/** An engagement that is opened, and no more. */
export async function startAudit(): Promise<Audit> {
  const app = await startMonth();
  app.setNow('2026-11-20T10:00:00Z');
  const { body: auditor } = await app.call('POST', '/v1/api-keys', {
    role: 'admin',
    body: { name: 'Audit SARL', role: 'auditor', expiresAt: ACCESS.to },
  });
  const open = async (more: object = {}): Promise<string> => {
    const { body } = await app.call('POST', '/v1/engagements', {
      role: 'energy-manager',
      body: {
        months: { from: AUDITED, to: AUDITED },
        standard: 'ISSA5000',
        level: 'limited',
        access: ACCESS,
        auditorKeyIds: [auditor.keyId],
        ...more,
      },
    });
    return body.engagementId;
  };
  const engagementId = await open();
  const path = `/v1/engagements/${engagementId}`;
  return {
    app,
    auditor,
    engagementId,
    open,
    act: (to, body) => app.call('POST', `${path}/${to}`, { key: auditor.key, body }),
    read: (to = '') => app.call('GET', `${path}${to}`, { key: auditor.key }),
  };
}

/** Fixes a state and gives a nonce: what comes next is drawing. */
export async function seedAudit({ act }: Pick<Audit, 'act'>): Promise<void> {
  await act('checkpoints');
  await act('nonces', { nonce: NONCE });
}

/** Files of an archive that the product made, by path. */
export async function unzipped(archive: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of zipEntries(archive, 'archive.zip')) {
    files.set(entry.name, await buffer(Readable.from(entry.open())));
  }
  return files;
}
