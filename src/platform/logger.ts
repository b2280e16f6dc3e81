import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** Whose request it is; written on every line that is logged for it. */
export interface RequestNames {
  readonly traceId: string;
  readonly ledgerId?: string;
  readonly keyId?: string;
}

const names = new AsyncLocalStorage<RequestNames>();

/** Runs what belongs to a request, so that its lines carry its names. */
export const inRequest = (request: RequestNames, work: () => void): void =>
  names.run(request, work);

/** An API key, also where its underscore came as an escape; what stands before the dot is no secret. */
const KEYS = /(mzk(?:_|%5f))(?:([A-Za-z0-9_-]{34})(?:\.|%2e))?[^\s"'\\&,;<>]*/gi;
const WHOLE_KEY = /mzk_[A-Za-z0-9_-]{34}\.[A-Za-z0-9_-]{43}/;
/** What JSON leaves as it is and a terminal obeys: DEL, C1 controls, line ends, changes of direction. */
const CONTROLS = /[\u{7f}-\u{9f}\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}]/gu;

/** Whether a text holds a whole API key, with its secret. */
export function holdsKey(text: string): boolean {
  return WHOLE_KEY.test(text);
}

/** A line of the log without secrets, and without what would move a terminal's cursor. */
export function safeLine(line: string): string {
  return line
    .replace(KEYS, '$1$2…')
    .replace(CONTROLS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** JSON lines on stderr, so that stdout stays the answer of a command. Secrets are masked. */
export const logger: Logger = pino(
  {
    level: 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['req.headers.authorization', '*.password', '*.secret'],
    mixin: () => ({ ...names.getStore() }),
    hooks: { streamWrite: safeLine },
  },
  pino.destination({ dest: 2, sync: true }),
);

/** Lets the framework speak through the same log. */
export class FrameworkLogger implements LoggerService {
  log(message: unknown, context?: unknown): void {
    logger.debug({ context }, String(message));
  }
  error(message: unknown, ...rest: readonly unknown[]): void {
    logger.error({ rest }, String(message));
  }
  warn(message: unknown, context?: unknown): void {
    logger.warn({ context }, String(message));
  }
  debug(message: unknown, context?: unknown): void {
    logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: unknown): void {
    logger.trace({ context }, String(message));
  }
}
