/** Container and manifest: which files there are, and that each is the one that the manifest lists (PACK 1 and 2). */
import { isHash, toHex } from '../base/bytes.js';
import { isCount, isRecord } from '../base/canonical.js';
import { means } from '../base/means.js';
import { sha256 } from '../base/sha256.js';
import { parsedFile } from '../contents.js';
import { NoPack } from '../report.js';

export const TABLES = [
  'imports',
  'intervals',
  'certificates',
  'book',
  'figures',
  'settlement-lines',
  'interventions',
];

/** Files that every pack has. */
const ALWAYS = [
  'manifest.json',
  'manifest.jws',
  'checkpoint',
  'keys/jwks.json',
  'log/events.jsonl',
  'log/left-out.json',
  'log/rows.jsonl',
  ...TABLES.map((name) => `data/${name}.csv`),
  'data/controls.json',
];

const CODE = '[A-Za-z0-9][A-Za-z0-9._-]{0,39}';
const ALSO = [
  /^report\.pdf$/,
  /^HOWTO\.txt$/,
  /^consistency\/(0|[1-9]\d{0,15})\.json$/,
  new RegExp(`^statements/(?:tenant-${CODE}|[a-z]+)-v[1-9]\\d{0,8}\\.(?:json|jws)$`),
  /^settlements\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/,
  /^files\/[0-9a-f]{64}$/,
];

const UNLISTED = ['manifest.json', 'manifest.jws'];

/** That the archive has what a pack has, and nothing else. */
export function checkContainer(check, files, byteCount) {
  const isKnown = (path) => ALWAYS.includes(path) || ALSO.some((form) => form.test(path));
  for (const path of files.keys()) if (!isKnown(path)) check.fail('path.unknown', { file: path });
  for (const path of ALWAYS) if (!files.has(path)) check.fail('file.missing', { file: path });
  const megabytes = (byteCount / 1e6).toFixed(1);
  check.pass('container.ok', { count: files.size, megabytes });
}

const isMonth = (text) => typeof text === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
const isText = (value) => typeof value === 'string' && value !== '';

/** What each member of the manifest must be. */
const MEMBERS = {
  '@': (value) => value === 'mizan/pack/1',
  ledgerId: isText,
  siteCode: isText,
  month: isMonth,
  period: (value) => isRecord(value) && isInstant(value.start) && isInstant(value.end),
  label: (value) => value === 'PRELIMINARY' || value === 'FINAL',
  attestationId: isText,
  seq: isCount,
  checkpoint: (value) =>
    isRecord(value) && isCount(value.size) && isHash(value.root) && isText(value.kid),
  population: (value) =>
    isRecord(value) && isCount(value.before) && isCount(value.count) && isHash(value.root),
  engines: isRecord,
  files: Array.isArray,
};

/** @returns {boolean} whether `text` is an instant in UTC, with or without milliseconds */
export const isInstant = (text) =>
  typeof text === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text) &&
  !Number.isNaN(Date.parse(text));

/**
 * @returns {Promise<object | null>} the manifest; null where it is not one of this version
 * @throws NoPack for JSON of another `@`
 */
export async function checkManifest(check, files, breathe) {
  const file = 'manifest.json';
  const manifest = parsedFile(check, files, file);
  if (manifest === null) return null;
  if (manifest['@'] !== 'mizan/pack/1')
    throw new NoPack('pack.other_format', { is: manifest['@'] });
  const wrong = Object.entries(MEMBERS).filter(([name, isRight]) => !isRight(manifest[name]));
  for (const [name] of wrong) check.fail('manifest.member', { file, member: name });
  for (const name of Object.keys(manifest)) {
    if (!Object.hasOwn(MEMBERS, name))
      check.fail('manifest.unknown_member', { file, member: name });
  }
  if (Array.isArray(manifest.files)) await checkListed(check, files, manifest.files, breathe);
  check.pass('manifest.ok', {
    ledgerId: manifest.ledgerId,
    siteCode: manifest.siteCode,
    month: manifest.month,
    label: manifest.label,
    count: manifest.files?.length,
  });
  return wrong.length === 0 ? manifest : null;
}

async function checkListed(check, files, listed, breathe) {
  const seen = new Set();
  let before = null;
  for (const entry of listed) {
    const { path, byteCount, sha256: hash } = isRecord(entry) ? entry : {};
    if (typeof path !== 'string' || !isCount(byteCount) || !isHash(hash)) {
      check.fail('manifest.entry', { file: 'manifest.json', entry: JSON.stringify(entry) });
      continue;
    }
    if (before !== null && before >= path) {
      check.fail('manifest.order', { file: 'manifest.json', path });
    }
    before = path;
    seen.add(path);
    const bytes = files.get(path);
    if (bytes === undefined) {
      check.fail('file.missing', { file: path });
    } else if (bytes.length !== byteCount) {
      check.fail('file.length', { file: path, is: bytes.length, listed: byteCount });
    } else {
      const is = toHex(await digest(bytes));
      if (is !== hash) check.fail('file.hash', { file: path, is, listed: hash });
    }
    await breathe();
  }
  for (const path of files.keys()) {
    if (!seen.has(path) && !UNLISTED.includes(path)) check.fail('file.unlisted', { file: path });
  }
}

/** In a page a large file is hashed by the machine, which does not stop for it. */
const digest = async (bytes) =>
  means.sha256 === null && bytes.length > 65_536
    ? new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes))
    : sha256(bytes);
