import { DomainError } from '../../core/errors.js';

const DAY_MS = 86_400_000;

/**
 * Counts the bytes that each key uploads in a UTC day (API section 8). In the memory of this process,
 * as rates are: several that serve one ledger each allow as much, and a restart begins anew.
 */
export class DayQuota {
  private readonly byKey = new Map<string, number>();
  private day = 0;

  /** @param limitBytes  What a key may upload in a day; 0 = any number. */
  constructor(private readonly limitBytes: number) {}

  /** Counts bytes; gives the refusal when they are too many. */
  add(keyId: string, byteCount: number, now: Date): DomainError | null {
    if (this.limitBytes === 0) return null;
    const day = Math.floor(now.getTime() / DAY_MS);
    if (day !== this.day) this.byKey.clear();
    this.day = day;
    const sum = (this.byKey.get(keyId) ?? 0) + byteCount;
    if (sum <= this.limitBytes) {
      this.byKey.set(keyId, sum);
      return null;
    }
    const retryAfterS = Math.ceil(((day + 1) * DAY_MS - now.getTime()) / 1_000);
    const limit = 'bytes that one key uploads in a UTC day';
    return new DomainError('limit.quota', { limit, allowed: this.limitBytes, retryAfterS });
  }
}
