import { randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v5, v7 } from 'uuid';
import { Clock } from './clock.js';

const LEDGER_NAMESPACE = '6d697a61-6e00-5000-8000-6c6564676572';

/** The only source of ids and secrets, so that a replay can pass in its own. */
@Injectable()
export class Ids {
  constructor(private readonly clock: Clock) {}

  /** A UUIDv7, ascending with the clock. */
  next(): string {
    return v7({ msecs: this.clock.now().getTime() });
  }

  /** Random bytes for secrets. */
  secret(byteCount: number): Buffer {
    return randomBytes(byteCount);
  }

  /** A factor between a half and one and a half, so that those who wait do not all wait as long. */
  jitter(): number {
    return randomInt(500, 1_500) / 1_000;
  }
}

/**
 * The id of the ledger of a name (UUIDv5): one name, one ledger, and no look-up across ledgers.
 *
 * @param name  Lower-case name, for example `main`.
 */
export function ledgerIdOf(name: string): string {
  return v5(name, LEDGER_NAMESPACE);
}
