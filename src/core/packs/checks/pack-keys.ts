import { canonicalJson } from '../../ledger/canonical.js';
import { toHex } from '../../ledger/merkle.js';
import { openCheckpoint, originOf, type OpenedCheckpoint } from '../../proofs/checkpoint.js';
import { isDetachedBy, readDetached } from '../../proofs/detached.js';
import { publishedKey, thumbprint } from '../../proofs/jwk.js';
import type { NoteKey } from '../../proofs/signed-note.js';
import { isConsistent } from '../../proofs/tree-proofs.js';
import { MANIFEST_TYP, type PackFiles, type PackManifest } from '../manifest.js';
import type { PackLog } from '../pack-log.js';
import { type Failed, hexBytes, no, objectOf, textOf } from './pack-text.js';

/** What whoever checks a pack brings along: nothing in it is taken for true without. */
export interface Trust {
  /** Key that is trusted to sign the log; null = none is compared. */
  readonly key: NoteKey | { readonly kid: string } | null;
  /** A checkpoint that was kept since, as it was issued; null = none is compared. */
  readonly since: string | null;
}

/** A key of a pack, and at which sizes of the log it signs. */
export interface PackKey {
  readonly kid: string;
  readonly publicKey: Uint8Array;
  readonly activatedSeq: number;
  readonly retiredSeq: number | null;
}

/** The keys of a pack: those that its log activated, and no others. */
export function keysOf(files: PackFiles, { headers }: PackLog): readonly PackKey[] | Failed {
  const jwks = objectOf(textOf(files, 'keys/jwks.json'));
  const listed = jwks?.['keys'];
  if (!Array.isArray(listed)) return no('keys/jwks.json is missing, or no list of keys.');
  const keys = new Map<string, PackKey>();
  for (const { type, seq, body } of headers) {
    const { kid, x } = body as { readonly kid: string; readonly x: string };
    if (type === 'signing_key.activated') {
      const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
      keys.set(kid, { kid, publicKey, activatedSeq: seq, retiredSeq: null });
    } else if (type === 'signing_key.retired') {
      const known = keys.get(kid);
      if (known !== undefined) keys.set(kid, { ...known, retiredSeq: seq });
    }
  }
  const found = [...keys.values()];
  const wanted = found.map(({ kid, publicKey }) => ({
    ...publishedKey(publicKey),
    kid,
    use: 'sig',
    alg: 'EdDSA',
  }));
  if (canonicalJson({ keys: wanted }) !== canonicalJson({ keys: listed })) {
    return no('keys/jwks.json lists other keys than the log activated.');
  }
  const other = found.find(({ kid, publicKey }) => thumbprint(publishedKey(publicKey)) !== kid);
  return other === undefined
    ? found
    : no(`keys/jwks.json: ${other.kid} is not the name of its key.`);
}

/** Whether the key that is trusted signed. */
export function trustedFault(
  known: readonly PackKey[],
  { ledgerId, checkpoint }: PackManifest,
  key: NonNullable<Trust['key']>,
): Failed | string {
  const signed = known.find(({ kid }) => kid === checkpoint.kid);
  const [name, isSame] =
    'kid' in key
      ? [key.kid, signed?.kid === key.kid]
      : [
          key.name,
          key.name === originOf(ledgerId) &&
            signed !== undefined &&
            toHex(signed.publicKey) === toHex(key.publicKey),
        ];
  return isSame
    ? `the key that you trust signed (${checkpoint.kid})`
    : no(`The pack is not signed by the key that you trust (${name}).`);
}

/** The key that a pack's checkpoint names, if it signs states of that size. */
export const signing = (
  known: readonly PackKey[],
  { checkpoint }: PackManifest,
): PackKey | undefined =>
  known.find(
    ({ kid, activatedSeq, retiredSeq }) =>
      kid === checkpoint.kid &&
      activatedSeq < checkpoint.size &&
      (retiredSeq === null || checkpoint.size <= retiredSeq),
  );

/** Whether the manifest is signed by who signed the checkpoint. */
export function manifestSigned(
  files: PackFiles,
  manifest: PackManifest,
  known: readonly PackKey[],
): Failed | string {
  const jws = textOf(files, 'manifest.jws');
  if (jws === null || readDetached(jws) === null) {
    return no('manifest.jws is missing, or no detached signature.');
  }
  const key = signing(known, manifest);
  if (key === undefined) return no(`No key ${manifest.checkpoint.kid} signed then.`);
  const by = { kid: key.kid, publicKey: key.publicKey, typ: MANIFEST_TYP };
  return isDetachedBy(jws, files.get('manifest.json')!, by)
    ? `manifest.json is signed by ${key.kid}`
    : no('manifest.jws does not verify over manifest.json.');
}

/** Opens the checkpoint of a pack. */
export function checkpointOf(
  files: PackFiles,
  manifest: PackManifest,
  known: readonly PackKey[],
): OpenedCheckpoint | Failed {
  const note = textOf(files, 'checkpoint');
  const key = signing(known, manifest);
  if (note === null || key === undefined)
    return no('checkpoint is missing, or nobody signed then.');
  const origin = originOf(manifest.ledgerId);
  const trusted = [{ name: origin, publicKey: key.publicKey }];
  const opened = openCheckpoint(note, { origin, trusted });
  if ('fault' in opened) return no(`checkpoint: ${opened.fault}`);
  const { size, root } = manifest.checkpoint;
  const isSame = opened.size === size && toHex(opened.root) === root;
  return isSame ? opened : no('checkpoint is of another state than manifest.json says.');
}

/** Whether the log goes on from a checkpoint that somebody kept. */
export function consistent(
  files: PackFiles,
  manifest: PackManifest,
  { known, since }: { readonly known: readonly PackKey[]; readonly since: string },
): Failed | string {
  const origin = originOf(manifest.ledgerId);
  const trusted = known.map(({ publicKey }) => ({ name: origin, publicKey }));
  const earlier = openCheckpoint(since, { origin, trusted });
  if ('fault' in earlier) return no(`Your checkpoint: ${earlier.fault}`);
  const { size, root } = manifest.checkpoint;
  const path = `consistency/${earlier.size}.json`;
  const read = earlier.size === size ? { hashes: [] } : objectOf(textOf(files, path));
  if (read === null) return no(`${path} is missing: ask for a pack since your checkpoint.`);
  const hashes = (read.hashes as readonly string[]).map(hexBytes);
  const claim = { size1: earlier.size, size2: size, root1: earlier.root, root2: hexBytes(root) };
  return isConsistent(claim, hashes)
    ? `the log begins with the ${earlier.size} events of your checkpoint`
    : no(`${path}: the log does not begin with the ${earlier.size} events of your checkpoint.`);
}
