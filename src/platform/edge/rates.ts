/** Names that are counted at once; the one unused longest is forgotten first. */
const NAMES_MAX = 10_000;
const WINDOW_MS = 300_000;

/** What a limit says to one request. */
export interface Taken {
  readonly isAllowed: boolean;
  /** Requests a minute. */
  readonly limit: number;
  /** Requests that are left at once. */
  readonly remaining: number;
  /** Seconds until all of the burst is back. */
  readonly resetS: number;
  /** Seconds until the next request is let through; 0 when this one was. */
  readonly retryAfterS: number;
}

/** Remembers a bounded number of names. */
class Recent<Value> {
  private readonly byName = new Map<string, Value>();

  get(name: string): Value | undefined {
    return this.byName.get(name);
  }

  set(name: string, value: Value): void {
    this.byName.delete(name);
    this.byName.set(name, value);
    if (this.byName.size <= NAMES_MAX) return;
    for (const oldest of this.byName.keys()) {
      this.byName.delete(oldest);
      return;
    }
  }

  get size(): number {
    return this.byName.size;
  }
}

/**
 * A rate by name, as a bucket that fills steadily: `burst` requests at once, then as they come back.
 * Counted in this process, in bounded memory.
 *
 * @param perMinute  0 = no limit.
 * @param now        Milliseconds of a clock that never steps back.
 */
export class Rate {
  private readonly buckets = new Recent<{ tokens: number; atMs: number }>();

  constructor(
    private readonly perMinute: number,
    private readonly burst: number,
    private readonly now: () => number,
  ) {}

  /** How many names are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  /** Counts one request of a name; null when there is no limit. */
  take(name: string): Taken | null {
    if (this.perMinute === 0) return null;
    const most = Math.max(1, Math.min(this.burst, this.perMinute));
    const perMs = this.perMinute / 60_000;
    const atMs = this.now();
    const bucket = this.buckets.get(name) ?? { tokens: most, atMs };
    const filled = Math.min(most, bucket.tokens + (atMs - bucket.atMs) * perMs);
    const isAllowed = filled >= 1;
    const tokens = isAllowed ? filled - 1 : filled;
    this.buckets.set(name, { tokens, atMs });
    return {
      isAllowed,
      limit: this.perMinute,
      remaining: Math.floor(tokens),
      resetS: Math.ceil((most - tokens) / perMs / 1_000),
      retryAfterS: isAllowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perMs / 1_000)),
    };
  }
}

/**
 * Addresses that present wrong keys: after `most` of them in five minutes an address is refused for
 * five minutes, before any key of its is looked up.
 */
export class FailedKeys {
  private readonly byAddress = new Recent<{ count: number; untilMs: number }>();

  constructor(
    private readonly most: number,
    private readonly now: () => number,
  ) {}

  /** Seconds for which the address is refused; 0 = it is not. */
  refusedS(address: string): number {
    const failed = this.byAddress.get(address);
    if (this.most === 0 || failed === undefined || failed.count < this.most) return 0;
    return Math.max(0, Math.ceil((failed.untilMs - this.now()) / 1_000));
  }

  /** Counts a wrong key. */
  add(address: string): void {
    if (this.most === 0) return;
    const atMs = this.now();
    const known = this.byAddress.get(address);
    const open = known !== undefined && known.untilMs > atMs ? known : null;
    const count = (open?.count ?? 0) + 1;
    const untilMs = open === null || count === this.most ? atMs + WINDOW_MS : open.untilMs;
    this.byAddress.set(address, { count, untilMs });
  }
}

/** What counts as one caller: an IPv4 address, or the /64 network of an IPv6 address. */
export function callerAddress(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped !== null) return mapped[1]!;
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return `${[...first, ...(tail === undefined ? [] : zeros), ...last].slice(0, 4).join(':')}::/64`;
}
