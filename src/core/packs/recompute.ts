import { engineVersionOf, isMadeHere } from '../engines.js';
import { comesOutAgain, type RunResult } from '../settlement/document.js';
import { MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import type { OpenedPack } from './checks/pack-contents.js';
import { settlementPath } from './manifest.js';
import { reperform } from './reperform.js';

/** What came of computing one thing again. */
export interface Recomputed {
  /** `NOT COMPUTED`: engines that are not here made it; that is no failure, and is not silent. */
  readonly outcome: 'ok' | 'FAIL' | 'NOT COMPUTED';
  readonly check: 'statement' | 'settlement';
  readonly detail: string;
}

/** A settlement run's document, as far as it is computed again. */
interface Document extends RunResult {
  readonly engineVersion?: unknown;
  readonly runId: string;
  readonly period: string;
  readonly corrects?: string | null;
}

/**
 * Runs matching, carbon, billing and settlement again from the inputs in a pack, and compares every root and
 * figure with what was sealed (LEDGER section 16).
 *
 * @param pack  One whose checks have passed.
 */
export function* recomputePack(pack: OpenedPack): Generator<Recomputed> {
  const { log, statements, settlements } = pack;
  const sealing = log.headers.filter(({ type }) => type === 'statement.issued');
  for (const [path, text] of [...statements].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { statementId } = JSON.parse(text) as { readonly statementId: string };
    const sealed = sealing.find(({ body }) => body['statementId'] === statementId)!;
    const { fault, detail, notComputed } = reperform(log, sealed, text);
    const check = 'statement';
    if (fault !== null) yield { check, outcome: 'FAIL', detail: `${path}: ${fault}` };
    else yield { check, outcome: notComputed === true ? 'NOT COMPUTED' : 'ok', detail };
  }
  for (const path of [...settlements.keys()].toSorted()) yield settledAgain(path, settlements);
}

function settledAgain(path: string, settlements: ReadonlyMap<string, string>): Recomputed {
  const check = 'settlement';
  const document = JSON.parse(settlements.get(path)!) as Document;
  if (!isMadeHere('settlement', document)) {
    const engine = `settlement engine ${engineVersionOf(document)}`;
    return { check, outcome: 'NOT COMPUTED', detail: `${path}: made by ${engine}` };
  }
  const { corrects = null } = document;
  const before = corrects === null ? undefined : settlements.get(settlementPath(corrects));
  const isAgain =
    corrects !== null && before === undefined
      ? comesOutAgain({ ...document, delta: null }, null, MOROCCO_LEGAL_TIME)
      : comesOutAgain(
          document,
          before === undefined ? null : (JSON.parse(before) as Document),
          MOROCCO_LEGAL_TIME,
        );
  const lines = `${document.settlement.lines.length} lines`;
  return isAgain
    ? { check, outcome: 'ok', detail: `${path}: ${lines} computed again, all equal` }
    : { check, outcome: 'FAIL', detail: `${path}: it does not come out of its own input again.` };
}
