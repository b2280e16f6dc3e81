import { rowRoot, toHex } from '../../ledger/merkle.js';
import { isPackPath, type PackFiles } from '../manifest.js';
import type { PackLog } from '../pack-log.js';
import {
  figuresAgain,
  type OpenedPack,
  receivedFault,
  settlementsOf,
  statementsOf,
  tablesFault,
} from './pack-contents.js';
import { logInTree, logOf, populationFault } from './pack-events.js';
import {
  checkpointOf,
  consistent,
  keysOf,
  manifestSigned,
  type PackKey,
  type Trust,
  trustedFault,
} from './pack-keys.js';
import { filesFault, manifestOf } from './pack-listing.js';
import { type Failed, isFailed, no, tried } from './pack-text.js';

/** One check of a pack, and what came of it. */
export interface PackCheck {
  readonly check: string;
  /** A note says what was not compared, and is no failure. */
  readonly outcome: 'ok' | 'FAIL' | 'note';
  readonly detail: string;
}

/** What came of checking a pack. */
export interface CheckedPack {
  readonly checks: readonly PackCheck[];
  /** Null where it could not be read as one. */
  readonly pack: OpenedPack | null;
}

const NO_KEY =
  'No key of yours was given: that it signed is the pack’s own word. Give the key of the log (--key).';
const NO_CHECKPOINT =
  'No earlier checkpoint of yours was given: that the log only grew is not shown (--since).';

/**
 * Checks a pack with nothing but the pack and what its reader brings along (PACK section 8).
 *
 * @param files  By path, as the container holds them.
 * @returns      Every check in order, and the pack where it could be read as one.
 */
export function checkPack(files: PackFiles, trust: Trust): CheckedPack {
  const checks: PackCheck[] = [];
  const add = (check: string, found: Failed | string): void => {
    checks.push(
      isFailed(found)
        ? { check, outcome: 'FAIL', detail: found.failed }
        : { check, outcome: 'ok', detail: found },
    );
  };
  const note = (check: string, detail: string): void => {
    checks.push({ check, outcome: 'note', detail });
  };
  const strange = [...files.keys()].find((path) => !isPackPath(path));
  add(
    'container',
    strange === undefined ? `${files.size} files` : no(`${strange} is no file of a pack.`),
  );
  const manifest = manifestOf(files);
  add('manifest', isFailed(manifest) ? manifest : tried(() => filesFault(files, manifest)));
  if (isFailed(manifest)) return { checks, pack: null };
  const log = tried(() => logOf(files));
  const keys = isFailed(log) ? log : tried(() => keysOf(files, log));
  const known: readonly PackKey[] = isFailed(keys) ? [] : keys;
  add('keys', isFailed(keys) ? keys : `${keys.length} keys have signed for this log`);
  if (trust.key === null) note('keys', NO_KEY);
  else add('keys', trustedFault(known, manifest, trust.key));
  add('signature', manifestSigned(files, manifest, known));
  const checkpoint = tried(() => checkpointOf(files, manifest, known));
  add('checkpoint', isFailed(checkpoint) ? checkpoint : checkpointLine(checkpoint));
  const { since } = trust;
  if (since === null) note('consistency', NO_CHECKPOINT);
  else
    add(
      'consistency',
      tried(() => consistent(files, manifest, { known, since })),
    );
  if (isFailed(log)) {
    add('log', log);
    return { checks, pack: null };
  }
  add(
    'log',
    tried(() => logInTree(files, manifest, log)),
  );
  add(
    'population',
    tried(() => populationFault(manifest, log)),
  );
  add(
    'rows',
    tried(() => sealedRows(log)),
  );
  const statements = tried(() => statementsOf(files, manifest, { log, known }));
  add(
    'statements',
    isFailed(statements)
      ? statements
      : `${statements.size} statements: all that the log seals, as they were sealed and signed`,
  );
  const settlements = tried(() => settlementsOf(files, log));
  add(
    'settlements',
    isFailed(settlements)
      ? settlements
      : `${settlements.size} settlement runs, as they were sealed`,
  );
  add('files', receivedFault(files, log));
  if (isFailed(statements) || isFailed(settlements)) return { checks, pack: null };
  const pack: OpenedPack = { manifest, log, statements, settlements };
  add(
    'tables',
    tried(() => tablesFault(files, pack)),
  );
  const figures = tried(() => [...figuresAgain(pack)]);
  for (const found of isFailed(figures) ? [figures] : figures) add('figures', found);
  return { checks, pack };
}

const checkpointLine = ({ size, root }: { size: number; root: Uint8Array }): string =>
  `${size} events, root ${toHex(root)}`;

function sealedRows({ headers, rows }: PackLog): Failed | string {
  for (const [at, { seq, type, rowRoot: root }] of headers.entries()) {
    if (toHex(rowRoot(rows[at]!)) === root) continue;
    return no(`log/rows.jsonl: event ${seq} (${type}) did not seal the rows that stand for it.`);
  }
  const count = rows.reduce((sum, { length }) => sum + length, 0);
  return `${count} rows are the ones that were sealed`;
}
