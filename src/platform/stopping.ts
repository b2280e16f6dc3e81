import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { DomainError } from '../core/errors.js';

/**
 * Tells whoever works for long that this process stops: before the server waits for its last answers,
 * so that none of them is waited for. What is given up is `service.unavailable`: send it again.
 */
@Injectable()
export class Stopping implements BeforeApplicationShutdown {
  private readonly controller = new AbortController();

  /** Aborted when the process stops. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  beforeApplicationShutdown(): void {
    this.stop();
  }

  /** Says it now; again is no harm. */
  stop(): void {
    const detail = 'The server stops. Send it again to the one that follows.';
    this.controller.abort(new DomainError('service.unavailable', { detail }));
  }
}
