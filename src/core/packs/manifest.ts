import { type Canonical, canonicalJson } from '../ledger/canonical.js';
import { sha256, toHex } from '../ledger/merkle.js';
import { compareIds } from '../text.js';
import type { Population } from './population.js';

/** Format of a pack, as its manifest names it. */
export const PACK_FORMAT = 'mizan/pack/1';
/** What a manifest's signature says that it is of. */
export const MANIFEST_TYP = 'mizan-pack+jws';
/** What a statement's signature says that it is of. */
export const STATEMENT_TYP = 'mizan-statement+jws';

/** Whether the month was closed when the pack was made. */
export type PackLabel = 'PRELIMINARY' | 'FINAL';

/** A file of a pack. */
export interface PackedFile {
  readonly path: string;
  readonly byteCount: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What a pack is of, and what is in it (PACK section 2). */
export interface PackManifest {
  readonly ledgerId: string;
  readonly siteCode: string;
  /** `YYYY-MM`. */
  readonly month: string;
  /** Civil month of the site, RFC 3339 in UTC. */
  readonly period: { readonly start: string; readonly end: string };
  readonly label: PackLabel;
  readonly attestationId: string;
  /** Place of the event that sealed the population. */
  readonly seq: number;
  readonly checkpoint: { readonly size: number; readonly root: string; readonly kid: string };
  readonly population: Population;
  readonly engines: { readonly [engine: string]: string };
  readonly files: readonly PackedFile[];
}

/** Files of a pack by path. */
export type PackFiles = ReadonlyMap<string, Buffer>;

/** A file as a manifest lists it. */
export const packedFile = (path: string, bytes: Buffer): PackedFile => ({
  path,
  byteCount: bytes.length,
  sha256: toHex(sha256(bytes)),
});

/** Bytes of a manifest. */
export function manifestText(manifest: PackManifest): string {
  const files = manifest.files
    .toSorted((a, b) => compareIds(a.path, b.path))
    .map((file) => ({ ...file }));
  return canonicalJson({ '@': PACK_FORMAT, ...manifest, files } as unknown as Canonical);
}

/** Path of a statement in a pack. */
export function statementPath({
  kind,
  version,
  tenantCode,
}: {
  readonly kind: string;
  readonly version: number;
  readonly tenantCode?: string | null | undefined;
}): string {
  const of = tenantCode === undefined || tenantCode === null ? '' : `-${tenantCode}`;
  return `statements/${kind}${of}-v${version}.json`;
}

/** Path of the signature of a statement. */
export const signaturePath = (path: string): string => path.replace(/\.json$/, '.jws');

/** Path of a settlement run's document. */
export const settlementPath = (runId: string): string => `settlements/${runId}.json`;

/** Path of a file as it was received. */
export const receivedPath = (hash: string): string => `files/${hash}`;

/** Whether a path is one of a pack's, whatever else is true of it. */
export const isPackPath = (path: string): boolean =>
  /^(manifest\.(json|jws)|checkpoint|keys\/jwks\.json|consistency\/[1-9]\d{0,15}\.json|log\/(events|rows)\.jsonl|log\/left-out\.json|statements\/[A-Za-z0-9._-]+\.(json|jws)|settlements\/[0-9a-f-]{36}\.json|files\/[0-9a-f]{64}|data\/[a-z-]+\.csv|data\/controls\.json|report\.pdf|HOWTO\.txt)$/.test(
    path,
  );
