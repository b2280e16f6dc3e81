import { PACK_FORMAT, packedFile, type PackFiles, type PackManifest } from '../manifest.js';
import { type Failed, no, objectOf, textOf } from './pack-text.js';

const MEMBERS = [
  '@',
  'attestationId',
  'checkpoint',
  'engines',
  'files',
  'label',
  'ledgerId',
  'month',
  'period',
  'population',
  'seq',
  'siteCode',
];

/** Reads the manifest of a pack. */
export function manifestOf(files: PackFiles): PackManifest | Failed {
  const value = objectOf(textOf(files, 'manifest.json'));
  if (value === null) return no('manifest.json is missing, or no canonical JSON.');
  if (value['@'] !== PACK_FORMAT) return no(`manifest.json is not of ${PACK_FORMAT}.`);
  const names = Object.keys(value).toSorted();
  if (names.join() !== MEMBERS.join()) return no('manifest.json has other members than it must.');
  const manifest = value as unknown as PackManifest;
  const { label, month, period, checkpoint, population, seq } = manifest;
  const isMonth = typeof month === 'string' && /^\d{4}-(0[1-9]|1[0-2])$/.test(month);
  const isShaped =
    isMonth &&
    (label === 'PRELIMINARY' || label === 'FINAL') &&
    Number.isSafeInteger(seq) &&
    Number.isSafeInteger(checkpoint?.size) &&
    typeof checkpoint.root === 'string' &&
    typeof checkpoint.kid === 'string' &&
    Number.isSafeInteger(population?.count) &&
    Number.isSafeInteger(population.before) &&
    !Number.isNaN(Date.parse(period?.start)) &&
    !Number.isNaN(Date.parse(period?.end)) &&
    Array.isArray(manifest.files);
  return isShaped ? manifest : no('manifest.json says nothing that a pack can be of.');
}

/** Whether every file is there, as the manifest lists it. */
export function filesFault(files: PackFiles, manifest: PackManifest): Failed | string {
  const listed = new Map(manifest.files.map((file) => [file?.path, file]));
  if (listed.size !== manifest.files.length) return no('manifest.json lists a file twice.');
  for (const [path, bytes] of files) {
    if (path === 'manifest.json' || path === 'manifest.jws') continue;
    const said = listed.get(path);
    if (said === undefined) return no(`${path} is not listed in manifest.json.`);
    const is = packedFile(path, bytes);
    if (said.byteCount !== is.byteCount || said.sha256 !== is.sha256) {
      return no(`${path} is not the file that manifest.json lists.`);
    }
    listed.delete(path);
  }
  const [missing] = listed.keys();
  if (missing !== undefined) return no(`${missing} is listed in manifest.json and missing.`);
  const { label, siteCode, month } = manifest;
  return `${label} pack of ${siteCode} for ${month}: ${manifest.files.length} files, each as listed`;
}
