import { DomainError } from '../errors.js';
import { requireNonce } from '../sampling/seed.js';
import type { Engagement, Round, Sample, Thread } from './engagement.js';

/** Most items that a sample tests: a person does it. */
export const SAMPLE_LIMIT = 1_000;

/** A key, as far as an engagement asks for it. */
export interface AuditorKey {
  readonly keyId: string;
  readonly principalId: string;
  readonly role: string;
  readonly state: string;
  readonly expiresAt: Date | null;
}

/**
 * Requires that keys are an auditor's, and end with the access that an engagement gives (API section 13).
 *
 * @param keys    All of the ledger.
 * @throws DomainError `engagement.key_unfit`, `engagement.not_independent`
 */
export function requireAuditorKeys(
  keyIds: readonly string[],
  of: {
    readonly keys: readonly AuditorKey[];
    readonly accessTo: Date;
    /** Principal who opens the engagement; null where that was asked before. */
    readonly openedBy: string | null;
  },
): readonly { readonly keyId: string; readonly principalId: string }[] {
  return keyIds.map((keyId) => {
    const key = of.keys.find((one) => one.keyId === keyId);
    const unfit = (detail: string): DomainError => {
      const until = of.accessTo.toISOString();
      const fix = `Issue one: \`npx mizan key issue --role auditor --name NAME --expires ${until}\`.`;
      return new DomainError('engagement.key_unfit', { keyId, detail, fix });
    };
    if (key === undefined) throw unfit('There is no such key.');
    if (key.role !== 'auditor') throw unfit(`Its role is ${key.role}.`);
    if (key.state !== 'ACTIVE') throw unfit(`It is ${key.state}.`);
    if (key.expiresAt === null) throw unfit('It never ends, and access is given for a time.');
    if (key.expiresAt > of.accessTo) throw unfit('It ends after the access that is given.');
    const { principalId } = key;
    requireIndependent(principalId, of.keys);
    if (principalId === of.openedBy) {
      throw notIndependent(principalId, 'Whoever opens an engagement does not audit in it.');
    }
    return { keyId, principalId };
  });
}

/**
 * Requires that a principal has no key that may write what it audits.
 *
 * @throws DomainError `engagement.not_independent`
 */
export function requireIndependent(principalId: string, keys: readonly AuditorKey[]): void {
  const other = keys.find(
    (key) =>
      key.principalId === principalId &&
      key.role !== 'auditor' &&
      ['ACTIVE', 'PENDING'].includes(key.state),
  );
  if (other === undefined) return;
  throw notIndependent(principalId, `The same name has key ${other.keyId} of role ${other.role}.`);
}

function notIndependent(principalId: string, detail: string): DomainError {
  const fix = 'Name an auditor who has no part in what is audited, or revoke the other key.';
  return new DomainError('engagement.not_independent', { principalId, detail, fix });
}

/**
 * Requires that an auditor may act in an engagement now.
 *
 * @throws DomainError `engagement.not_its_auditor`, `engagement.not_now`, `engagement.signed_off`
 */
export function requireAuditor(engagement: Engagement, principalId: string, now: Date): void {
  const { engagementId, terms } = engagement;
  requireItsAuditor(engagement, principalId);
  const { from, to } = terms.access;
  if (now < new Date(from) || now >= new Date(to)) {
    const fix = 'Have another engagement opened for the time that is needed.';
    throw new DomainError('engagement.not_now', { engagementId, from, to, fix });
  }
  requireOpen(engagement);
}

/** Requires that somebody is an auditor of an engagement. @throws DomainError `engagement.not_its_auditor` */
export function requireItsAuditor(
  { engagementId, terms }: Pick<Engagement, 'engagementId' | 'terms'>,
  principalId: string,
): void {
  if (terms.auditors.some((one) => one.principalId === principalId)) return;
  const fix = 'Act with the key that the engagement was opened for, or one of the same name.';
  throw new DomainError('engagement.not_its_auditor', { engagementId, fix });
}

/** @throws DomainError `engagement.signed_off`: after sign-off nothing changes */
export function requireOpen({ engagementId, signedOff }: Engagement): void {
  if (signedOff === null) return;
  const { at } = signedOff.by;
  const fix = 'Have another engagement opened for what is still to be done.';
  throw new DomainError('engagement.signed_off', { engagementId, at, fix });
}

/**
 * Requires that a state may be fixed: the first, or after the nonce of the one before was given, so that no draw
 * is tried out in silence.
 *
 * @throws DomainError `engagement.step_out_of_order`
 */
export function requireNoOpenRound({ engagementId, rounds }: Engagement): void {
  const last = rounds.at(-1);
  if (last === undefined || last.nonce !== null) return;
  const detail = `A state of ${last.size} events is fixed and waits for its nonce.`;
  throw new DomainError('engagement.step_out_of_order', {
    engagementId,
    detail,
    fix: 'Give the nonce.',
  });
}

/**
 * The round that a nonce is given for: its root was signed before.
 *
 * @param earlier  Nonces of all engagements of the ledger.
 * @throws DomainError `engagement.step_out_of_order`, `engagement.nonce_used`, `sampling.nonce_unusable`
 */
export function roundForNonce(
  { engagementId, rounds }: Engagement,
  nonce: string,
  earlier: ReadonlySet<string>,
): Round {
  requireNonce(nonce);
  const last = rounds.at(-1);
  if (last === undefined || last.nonce !== null) {
    const detail =
      last === undefined
        ? 'No state of the log is fixed: a nonce that is known before could steer what is signed.'
        : 'The nonce of this state was given, and stays.';
    const fix = 'Fix a state of the log first: `mizan audit fix`, or POST …/checkpoints.';
    throw new DomainError('engagement.step_out_of_order', { engagementId, detail, fix });
  }
  if (earlier.has(nonce)) {
    const fix = 'Write another one: what was given once is known before the root is signed.';
    throw new DomainError('engagement.nonce_used', { engagementId, fix });
  }
  return last;
}

/** The round that is drawn from. @throws DomainError `engagement.step_out_of_order` */
export function seededRound({ engagementId, rounds }: Engagement): Round & {
  readonly nonce: NonNullable<Round['nonce']>;
} {
  const last = rounds.at(-1);
  if (last?.nonce != null) return { ...last, nonce: last.nonce };
  const detail = last === undefined ? 'No state of the log is fixed.' : 'The nonce is not given.';
  const fix = 'Fix a state of the log, then give the nonce, then draw.';
  throw new DomainError('engagement.step_out_of_order', { engagementId, detail, fix });
}

/** @throws DomainError `engagement.sample_not_found` */
export function sampleOf({ samples }: Engagement, sampleId: string): Sample {
  const found = samples.find((one) => one.sampleId === sampleId);
  if (found !== undefined) return found;
  throw new DomainError('engagement.sample_not_found', { sampleId, fix: 'Draw it first.' });
}

/** Requires that keys are of items of a sample. @throws DomainError `engagement.item_not_found` */
export function requireItems({ items }: Sample, keys: Iterable<string>): void {
  const known = new Set(items.map(({ key }) => key));
  for (const key of keys) {
    if (known.has(key)) continue;
    const fix = 'Name an item as the sample lists it.';
    throw new DomainError('engagement.item_not_found', { key, fix });
  }
}

/** @throws DomainError `engagement.thread_not_found`, `engagement.thread_closed` */
export function openThread({ threads }: Engagement, threadId: string): Thread {
  const found = threads.find((one) => one.threadId === threadId);
  if (found === undefined) {
    const fix = 'Name a request or a finding of this engagement.';
    throw new DomainError('engagement.thread_not_found', { threadId, fix });
  }
  if (found.closed === null) return found;
  throw new DomainError('engagement.thread_closed', { threadId, fix: 'Raise another one.' });
}

/**
 * Requires that nothing is left to do: a sample drawn, each item tested, each request and finding closed.
 *
 * @throws DomainError `engagement.work_open`, `engagement.step_out_of_order`
 */
export function requireDone(engagement: Engagement): void {
  const { engagementId, samples, threads } = engagement;
  seededRound(engagement);
  const untested = samples.reduce((sum, one) => sum + one.items.length - one.results.size, 0);
  const open = threads.filter(({ closed }) => closed === null).length;
  if (untested === 0 && open === 0 && samples.length > 0) return;
  const detail =
    samples.length === 0
      ? 'No sample was drawn.'
      : `${untested} items have no result, and ${open} requests or findings are open.`;
  const fix = 'Record each result, and close each request and finding with its outcome.';
  throw new DomainError('engagement.work_open', { engagementId, detail, fix });
}
