import { Injectable } from '@nestjs/common';
import { requirePerson } from '../../core/access/key.js';
import { DomainError } from '../../core/errors.js';
import { CLOCK } from '../../core/ledger/principal.js';
import { originOf } from '../../core/proofs/checkpoint.js';
import { detachedInput, detachedJws } from '../../core/proofs/detached.js';
import { publishedKey, thumbprint } from '../../core/proofs/jwk.js';
import type { Actor } from '../../platform/auth/roles.js';
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
}

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
    ])) {
      const { kid, x, reason } = body as { kid: string; x: string; reason: string };
      if (type === 'signing_key.activated') {
        const open = { retiredSeq: null, retiredAt: null, reason: null };
        keys.set(kid, { kid, x, activatedSeq: seq, activatedAt: recordedAt, ...open });
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
    if (key !== null && !isAfterLoss) return key;
    const actor = { ledgerId, id: CLOCK, principalId: CLOCK, role: 'operator' } as const;
    return this.change(actor, key === null ? null : AFTER_LOSS);
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
      if (before !== null && reason === null) return before;
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
