import { toHex } from '../ledger/merkle.js';
import type { PackCheck } from '../packs/checks/check-pack.js';
import { type Failed, isFailed, no, textOf, tried } from '../packs/checks/pack-text.js';
import type { PackFiles } from '../packs/manifest.js';
import { openCheckpoint, type OpenedCheckpoint, originOf } from '../proofs/checkpoint.js';
import { isDetachedBy } from '../proofs/detached.js';
import { checkEventProof } from '../proofs/event-proof.js';
import { checkRowProof } from '../proofs/row-proof.js';
import type { NoteKey } from '../proofs/signed-note.js';
import { seedOf } from '../sampling/seed.js';
import { DELIMITED_LIMITS, scanRows } from '../tabular/delimited.js';
import { SAMPLE_PROOFS, SAMPLE_TYP, type SampleProofs, sampleProofsText } from './sample-proofs.js';
import { SAMPLE_FIXED, SAMPLE_HEADER, sampleTable } from './sample-table.js';
import type { PlacedStep } from './sample-trace.js';

const OWN_FILES = new Set(['checkpoint', 'sample.csv', 'sample.json', 'sample.jws']);

/** Whether files are the proofs of a sample, and no pack. */
export const isSampleProofs = (files: PackFiles): boolean =>
  files.has('sample.json') && !files.has('manifest.json');

/**
 * Checks the proofs of a sample with nothing but the files and the key of the log (SAMPLING section 8): the
 * checkpoint, the seed, that the table lists the items, and every step of every item under the checkpoint.
 *
 * @param files  By path, as the container holds them.
 */
export function checkSampleProofs(files: PackFiles, key: NoteKey): readonly PackCheck[] {
  const checks: PackCheck[] = [];
  const add = (check: string, found: Failed | string): void => {
    checks.push(
      isFailed(found)
        ? { check, outcome: 'FAIL', detail: found.failed }
        : { check, outcome: 'ok', detail: found },
    );
  };
  const listing = tried(() => listingOf(files));
  add('listing', isFailed(listing) ? listing : `${listing.items.length} items`);
  if (isFailed(listing)) return checks;
  add(
    'container',
    tried(() => filesFault(files, listing)),
  );
  add(
    'signature',
    tried(() => signatureFault(files, listing, key)),
  );
  const checkpoint = tried(() => checkpointOf(files, listing, key));
  add(
    'checkpoint',
    isFailed(checkpoint)
      ? checkpoint
      : `${checkpoint.size} events, signed by the key that you trust`,
  );
  if (isFailed(checkpoint)) return checks;
  add(
    'seed',
    tried(() => seedFault(listing)),
  );
  add(
    'table',
    tried(() => tableFault(files, listing)),
  );
  add(
    'proofs',
    tried(() => proofsFault(files, listing, { checkpoint, key })),
  );
  return checks;
}

function listingOf(files: PackFiles): SampleProofs | Failed {
  const text = textOf(files, 'sample.json');
  if (text === null) return no('sample.json is no text.');
  const { '@': form, ...listing } = JSON.parse(text) as SampleProofs & { readonly '@': unknown };
  if (form !== SAMPLE_PROOFS) return no(`sample.json is of ${String(form)}.`);
  return sampleProofsText(listing) === text ? listing : no('sample.json is not canonical.');
}

function signatureFault(
  files: PackFiles,
  { checkpoint: { kid } }: SampleProofs,
  { publicKey }: NoteKey,
): Failed | string {
  const by = { kid, publicKey, typ: SAMPLE_TYP };
  return isDetachedBy(textOf(files, 'sample.jws') ?? '', files.get('sample.json')!, by)
    ? 'sample.json is signed by the key that you trust'
    : no('sample.jws does not verify over sample.json with the key that you trust.');
}

const stepsOf = ({ items }: SampleProofs): readonly PlacedStep[] =>
  items.flatMap(({ steps }) => steps);

function filesFault(files: PackFiles, listing: SampleProofs): Failed | string {
  const named = new Set([...OWN_FILES, ...stepsOf(listing).map(({ proof }) => proof)]);
  const strange = [...files.keys()].find((path) => !named.has(path));
  if (strange !== undefined) return no(`${strange} is the proof of no step.`);
  const missing = [...named].find((path) => !files.has(path));
  return missing === undefined ? `${files.size} files` : no(`${missing} is missing.`);
}

function checkpointOf(
  files: PackFiles,
  { ledgerId, checkpoint: { size, root } }: SampleProofs,
  key: NoteKey,
): OpenedCheckpoint | Failed {
  const origin = originOf(ledgerId);
  const opened = openCheckpoint(textOf(files, 'checkpoint') ?? '', { origin, trusted: [key] });
  if ('fault' in opened) return no(`checkpoint: ${opened.fault}`);
  const isSame = opened.size === size && toHex(opened.root) === root;
  return isSame ? opened : no('checkpoint is of another state than sample.json says.');
}

function seedFault({ checkpoint, nonce, seed }: SampleProofs): Failed | string {
  const root = new Uint8Array(Buffer.from(checkpoint.root, 'hex'));
  const isSame = toHex(seedOf(root, nonce)) === seed;
  return isSame ? 'of the root and the nonce' : no('The seed is not of the root and the nonce.');
}

/** Every line is of its item, and no line more; what was found of it is the auditor's. */
function tableFault(files: PackFiles, { items }: SampleProofs): Failed | string {
  const mine = fixedCells(Buffer.from(sampleTable({ items, results: new Map() })));
  const theirs = fixedCells(files.get('sample.csv') ?? new Uint8Array(0));
  const at = mine.findIndex((line, place) => line !== theirs[place]);
  if (at !== -1) return no(`sample.csv, row ${at + 1}: another item.`);
  return theirs.length === mine.length
    ? `${items.length} lines`
    : no(`sample.csv has ${theirs.length - mine.length} rows more than the sample has items.`);
}

/** Of a note: a thousand characters, each a quote of two, of four bytes. */
const CELL_BYTES = 8_192;
const COMMA = 44;

/** What of each row of a sample's table the sample says, as it is written; no row after one that is broken. */
function fixedCells(table: Uint8Array): readonly string[] {
  const found: string[] = [];
  const scanner = scanRows(
    COMMA,
    ({ bytes, count, rowStart, end }) => {
      const isWhole = count === SAMPLE_HEADER.length;
      const fixed = bytes.subarray(rowStart, end[SAMPLE_FIXED - 1]);
      found.push(isWhole ? Buffer.from(fixed).toString('utf8') : '');
    },
    { ...DELIMITED_LIMITS, fieldBytes: CELL_BYTES },
  );
  const fault = scanner.push(table) ?? scanner.end();
  return fault === null ? found : [...found, ''];
}

function proofsFault(
  files: PackFiles,
  listing: SampleProofs,
  { checkpoint, key }: { readonly checkpoint: OpenedCheckpoint; readonly key: NoteKey },
): Failed | string {
  const steps = stepsOf(listing);
  const own = textOf(files, 'checkpoint');
  for (const step of steps) {
    const fault = stepFault(textOf(files, step.proof) ?? '', step, { checkpoint, key, own: own! });
    if (fault !== null) return no(`${step.proof}: ${fault}`);
  }
  const unproven = listing.items.find((one) => one.steps.length === 0);
  if (unproven !== undefined) return no(`Item ${unproven.item} has no step.`);
  return `${steps.length} steps stand in the log`;
}

function stepFault(
  text: string,
  { seq, place, file }: PlacedStep,
  of: { readonly checkpoint: OpenedCheckpoint; readonly key: NoteKey; readonly own: string },
): string | null {
  const { checkpoint, key, own } = of;
  const found = place.row === null ? eventIn(text, checkpoint) : rowIn(text, { key, own });
  if (typeof found === 'string') return found;
  const { event, rowIndex } = found;
  if (event.seq !== seq || event.eventId !== place.eventId || rowIndex !== place.row) {
    return 'It is of another place than its step says.';
  }
  return file === null || event.sourceRef === file.fileSha256
    ? null
    : 'The event took in another file than its step says.';
}

interface Found {
  readonly event: {
    readonly seq: number;
    readonly eventId: string;
    readonly sourceRef: string | null;
  };
  readonly rowIndex: number | null;
}

function eventIn(text: string, { size, root }: OpenedCheckpoint): Found | string {
  const found = checkEventProof(text, { size, root });
  if ('fault' in found) return found.fault;
  return { event: JSON.parse(found.event) as Found['event'], rowIndex: null };
}

function rowIn(
  text: string,
  { key, own }: { readonly key: NoteKey; readonly own: string },
): Found | string {
  const found = checkRowProof(text, { origin: key.name, trusted: [key] });
  if (!found.isProven) return found.fault;
  if (!text.endsWith(`\n\n${own}`)) return 'It leads to another checkpoint.';
  return { event: JSON.parse(found.event) as Found['event'], rowIndex: found.rowIndex };
}
