import { Injectable } from '@nestjs/common';
import { requirePerson } from '../../core/access/key.js';
import { DomainError } from '../../core/errors.js';
import { CLOCK } from '../../core/ledger/principal.js';
import { originOf } from '../../core/proofs/checkpoint.js';
import { detachedInput, detachedJws } from '../../core/proofs/detached.js';
import { publishedKey, thumbprint } from '../../core/proofs/jwk.js';
import type { Actor } from '../../platform/auth/roles.js';
import { Clock } from '../../platform/clock.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { Signer } from '../../platform/signing/signer.js';
import { LedgerService } from '../ledger/ledger.service.js';

/** A key that signs, or signed, states of a log. */
export interface SigningKey {
  /** Thumbprint of its JWK (RFC 7638). */
  readonly kid: string;
  /** Base64url of the public key, Ed25519. */
  readonly x: string;
  /** Event that began it: it signs states that hold that event. */
  readonly activatedSeq: number;
  readonly activatedAt: string;
  /** Event that ended it: states that hold that event are signed by another. Null while it signs. */
  readonly retiredSeq: number | null;
  readonly retiredAt: string | null;
  readonly reason: string | null;
  /** Event that says that others had it; null where none does. */
  readonly revokedSeq: number | null;
  readonly revokedAt: string | null;
  /** Instant from which on others had it: what it signed since, anybody may have signed. */
  readonly compromisedSince: string | null;
}

const UNENDED = {
  retiredSeq: null,
  retiredAt: null,
  reason: null,
  revokedSeq: null,
  revokedAt: null,
  compromisedSince: null,
};

/** Why a key ended whose log went on without its last events: what it signed need not be in the log. */
export const AFTER_LOSS = 'the log went on without its last events';

/** Public key of a signing key, 32 bytes. */
export const publicKeyOf = ({ x }: SigningKey): Uint8Array =>
  new Uint8Array(Buffer.from(x, 'base64url'));

/** Whether a key may sign a state: its size holds the event that began it, and none that ended it. */
export const signsAt = (size: number, { activatedSeq, retiredSeq }: SigningKey): boolean =>
  activatedSeq < size && (retiredSeq === null || size <= retiredSeq);

/** The keys that sign a ledger's log. All of them follow from the log's own events (LEDGER section 13). */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly signer: Signer,
    private readonly clock: Clock,
  ) {}

  /** Every key there was, the oldest first. */
  list(ledgerId: string): Promise<readonly SigningKey[]> {
    return this.scope.read(ledgerId, (tx) => this.keysIn(tx));
  }

  /** As `list`, inside a transaction. */
  async keysIn(tx: LedgerTx): Promise<readonly SigningKey[]> {
    const keys = new Map<string, SigningKey>();
    for (const { type, seq, recordedAt, body } of await this.ledger.sealedOf(tx, [
      'signing_key.activated',
      'signing_key.retired',
      'signing_key.revoked',
    ])) {
      const { kid, x, reason } = body as { kid: string; x: string; reason: string };
      if (type === 'signing_key.activated') {
        keys.set(kid, { ...UNENDED, kid, x, activatedSeq: seq, activatedAt: recordedAt });
      } else if (type === 'signing_key.revoked') {
        const { compromisedSince } = body as { compromisedSince: string };
        const revoked = { revokedSeq: seq, revokedAt: recordedAt, compromisedSince };
        keys.set(kid, { ...keys.get(kid)!, ...revoked });
      } else {
        keys.set(kid, { ...keys.get(kid)!, retiredSeq: seq, retiredAt: recordedAt, reason });
      }
    }
    return [...keys.values()];
  }

  /**
   * The key that signs now. The program takes the first when it is first needed; another, when the log went on
   * without its last events, which the one before may have signed. Nobody else acts: who asks for a signature may
   * be one who only reads.
   *
   * @throws DomainError `signing.unavailable`, and what an append throws
   */
  async current(ledgerId: string): Promise<SigningKey> {
    const { key, isAfterLoss } = await this.scope.read(ledgerId, async (tx) => {
      const [resumed] = (await this.ledger.sealedOf(tx, ['ledger.resumed'])).slice(-1);
      const last = (await this.keysIn(tx)).at(-1) ?? null;
      return { key: last, isAfterLoss: (resumed?.seq ?? -1) > (last?.activatedSeq ?? Infinity) };
    });
    const isEnded = key === null || key.retiredSeq !== null;
    if (!isEnded && !isAfterLoss) return key;
    const actor = { ledgerId, id: CLOCK, principalId: CLOCK, role: 'operator' } as const;
    return this.change(actor, isEnded ? null : AFTER_LOSS);
  }

  /**
   * Takes a new key; the one before signs no more.
   *
   * @throws DomainError `signing.unavailable`, `auth.person_required`
   */
  renew(actor: Actor, reason: string): Promise<SigningKey> {
    requirePerson(actor.principalId, 'take a new signing key');
    return this.change(actor, reason);
  }

  /**
   * Says in the log that others had a key from an instant on. One that signs still ends with it, and the next is
   * taken when it is needed: also where who signs is away.
   *
   * @throws DomainError `signing_key.not_found`, `signing_key.is_revoked`, `request.invalid` for an instant that has not
   *   come, `auth.person_required`
   */
  async revoke(
    actor: Actor,
    kid: string,
    said: { readonly compromisedSince: string; readonly reason: string },
  ): Promise<SigningKey> {
    const { reason } = said;
    const sinceMs = Date.parse(said.compromisedSince);
    const compromisedSince = new Date(sinceMs).toISOString();
    requirePerson(actor.principalId, 'revoke a signing key');
    if (sinceMs > this.clock.now().getTime()) throw notYet();
    const decision = { validFrom: null, validTo: null, sourceRef: null, supersedes: [], rows: [] };
    return this.scope.write({ ledgerId: actor.ledgerId, lock: 'signing-keys' }, async (tx) => {
      const key = (await this.keysIn(tx)).find((one) => one.kid === kid);
      if (key === undefined) throw unknownKey(kid);
      if (key.compromisedSince !== null && key.compromisedSince <= compromisedSince) {
        throw revokedBefore(kid, key.compromisedSince);
      }
      if (key.retiredSeq === null) {
        const body = { kid, reason };
        await this.ledger.append(tx, actor, { ...decision, type: 'signing_key.retired', body });
      }
      const body = { kid, compromisedSince, reason };
      await this.ledger.append(tx, actor, { ...decision, type: 'signing_key.revoked', body });
      return (await this.keysIn(tx)).find((one) => one.kid === kid)!;
    });
  }

  /**
   * Signs bytes apart from them (RFC 7515 appendix F).
   *
   * @param typ  What the signature says that it is of.
   * @throws DomainError `signing.unavailable`
   */
  async detached(key: SigningKey, typ: string, payload: Uint8Array): Promise<string> {
    const { encoded, input } = detachedInput({ alg: 'EdDSA', kid: key.kid, typ }, payload);
    return detachedJws(encoded, await this.signer.sign(publicKeyOf(key), input));
  }

  private async change(actor: Actor, reason: string | null): Promise<SigningKey> {
    const { ledgerId } = actor;
    const publicKey = await this.signer.make(originOf(ledgerId));
    const { x } = publishedKey(publicKey);
    const kid = thumbprint(publishedKey(publicKey));
    const decision = { validFrom: null, validTo: null, sourceRef: null, supersedes: [], rows: [] };
    return this.scope.write({ ledgerId, lock: 'signing-keys' }, async (tx) => {
      const known = await this.keysIn(tx);
      const before = known.at(-1) ?? null;
      // Two who need the first key at once: the second takes that of the first.
      if (before !== null && before.retiredSeq === null && reason === null) return before;
      if (known.some((key) => key.kid === kid)) throw usedBefore(kid);
      if (before !== null && before.retiredSeq === null) {
        const body = { kid: before.kid, reason: reason ?? AFTER_LOSS };
        await this.ledger.append(tx, actor, { ...decision, type: 'signing_key.retired', body });
      }
      const body = { kid, x, signer: this.signer.kind };
      await this.ledger.append(tx, actor, { ...decision, type: 'signing_key.activated', body });
      return (await this.keysIn(tx)).at(-1)!;
    });
  }
}

/** A key that has ended does not begin again: what it signed since would be taken for what it signed then. */
function usedBefore(kid: string): DomainError {
  const detail = `The signer gave a key that this log has had: ${kid}.`;
  const fix = 'Have the signer make another key for each request.';
  return new DomainError('signing.unavailable', { detail, fix });
}

function unknownKey(kid: string): DomainError {
  const fix = 'List the keys: GET /v1/ledger/signing-keys.';
  return new DomainError('signing_key.not_found', { kid, fix });
}

function revokedBefore(kid: string, compromisedSince: string): DomainError {
  const fix = 'Name an earlier instant, where others had it earlier.';
  return new DomainError('signing_key.is_revoked', { kid, compromisedSince, fix });
}

function notYet(): DomainError {
  const detail = 'From an instant on that has come: others have the key by now, or not.';
  const errors = [{ pointer: '/compromisedSince', rule: 'signing_key.compromised_since', detail }];
  return new DomainError('request.invalid', { errors });
}
