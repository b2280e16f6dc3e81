import { type Canonical, canonicalJson } from '../../core/ledger/canonical.js';
import type { Figure } from '../../core/statements/figure.js';
import { ROOT_CHECK } from '../../core/statements/release-checks.js';

const OWN_TO_A_VERSION = new Set([
  'ledgerId',
  'statementId',
  'version',
  'supersedes',
  'issuedAt',
  'changes',
  'anchor',
  'restatement',
]);

/**
 * Whether a new version would say nothing new. What a billing statement says does not depend on the
 * run, so a run that changes no line makes no new version.
 */
export function saysTheSame(
  last: { readonly kind: string; readonly [key: string]: unknown },
  content: { readonly [key: string]: Canonical },
): boolean {
  const isOwn = (key: string): boolean =>
    OWN_TO_A_VERSION.has(key) || (last.kind === 'billing' && key === 'matching');
  const kept = (document: object): string =>
    canonicalJson(
      Object.fromEntries(
        Object.entries(document as { readonly [key: string]: Canonical })
          .filter(([key]) => !isOwn(key))
          .map(([key, value]) => [key, key === 'releaseChecks' ? ofContent(value) : value]),
      ),
    );
  return kept(last) === kept(content);
}

/** The check of the root is of each version, and stands in a statement that was issued alone. */
const ofContent = (checks: Canonical): Canonical =>
  (checks as readonly string[]).filter((check) => check !== ROOT_CHECK);

/** Which figures differ from the version before: never restate silently (LEDGER section 10). */
export function changedFigures(
  before: { readonly figures: readonly Figure[] },
  content: { readonly [key: string]: Canonical },
): Canonical {
  const now = content['figures'] as unknown as readonly Figure[];
  const earlier = new Map(before.figures.map(({ id, value }) => [id, value]));
  return now
    .filter(({ id, value }) => earlier.get(id) !== value)
    .map(({ id, value, unit }) => ({ id, unit, before: earlier.get(id) ?? null, after: value }));
}
