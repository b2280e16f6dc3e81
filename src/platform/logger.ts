import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** JSON lines on stderr, so that stdout stays the answer of a command. Secrets are masked. */
export const logger: Logger = pino(
  {
    level: 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['req.headers.authorization', '*.password', '*.secret'],
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
