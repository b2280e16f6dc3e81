import type { IncomingMessage } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { DomainError } from '../../core/errors.js';
import { encodingNamed, TEXT_ENCODINGS } from '../../core/tabular/text-encoding.js';
import { STREAMED_TYPES } from '../http/uploads.js';
import type { EdgeSettings } from './settings.js';

const TICKS = 10;
const LINGER_MS = 5_000;

/** Deadline and least rate of one body; 0 = none. */
interface Pace {
  readonly deadlineMs: number;
  readonly leastBytesPerS: number;
  readonly graceMs: number;
}

/**
 * A body that must arrive at a least rate and by a deadline. Time in which we do not read on is ours
 * and does not count. A body too slow ends with `request.timeout`, and nothing of it is kept.
 */
class PacedBody extends Transform {
  /** Bytes that came; the framework compares them with `content-length`. */
  receivedEncodedLength = 0;
  private heardMs = 0;
  private windowMs = 0;
  private windowBytes = 0;
  private readonly ticker: NodeJS.Timeout;

  constructor(private readonly pace: Pace) {
    super();
    const tickMs = Math.max(5, Math.ceil((pace.graceMs || 1_000) / TICKS));
    this.ticker = setInterval(() => this.tick(tickMs), tickMs);
    this.ticker.unref();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.receivedEncodedLength += chunk.length;
    this.windowBytes += chunk.length;
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    clearInterval(this.ticker);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.ticker);
    done(error);
  }

  private tick(tickMs: number): void {
    const isOurPause = this.readableLength >= this.readableHighWaterMark;
    if (isOurPause) return;
    const { deadlineMs, leastBytesPerS, graceMs } = this.pace;
    this.heardMs += tickMs;
    this.windowMs += tickMs;
    if (deadlineMs > 0 && this.heardMs >= deadlineMs) {
      this.giveUp(`The body did not arrive within ${deadlineMs / 1_000} s.`);
    } else if (graceMs > 0 && this.windowMs >= graceMs) {
      const leastBytes = (leastBytesPerS * this.windowMs) / 1_000;
      if (this.windowBytes < leastBytes) {
        this.giveUp(`The body came at less than ${leastBytesPerS} bytes a second.`);
      }
      [this.windowMs, this.windowBytes] = [0, 0];
    }
  }

  private giveUp(detail: string): void {
    this.destroy(new DomainError('request.timeout', { detail }));
  }
}

/** Puts every body under its deadline and least rate, and ends bodies that nobody reads. */
export function paceBodies(fastify: FastifyInstance, settings: EdgeSettings): void {
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (!hasBody(request)) return done(null, payload);
    const body = paced(payload, paceOf(request, settings));
    BODIES.set(request.raw, body);
    done(null, body);
  });
  // A refused body is read and thrown away for a while, so that the client sees why it was refused
  // and not a broken connection; then the connection ends.
  fastify.addHook('onResponse', async ({ raw }) => {
    if (raw.complete || raw.destroyed) return;
    raw.unpipe();
    raw.resume();
    const timer = setTimeout(() => raw.socket.destroy(), LINGER_MS);
    timer.unref();
    raw.once('end', () => clearTimeout(timer));
    raw.once('close', () => clearTimeout(timer));
  });
}

const BODIES = new WeakMap<IncomingMessage, PacedBody>();

/** Whether the text of a file may be written so: by a name of `TEXT_ENCODINGS`, or another of the same. */
function isTextEncoding(name: string): boolean {
  return encodingNamed(name) !== null || /^utf-16(le|be)?$/i.test(name);
}

/** The body of a request while it arrives; null when all of it has come, or none is to come. */
export function arrivingBody(raw: IncomingMessage): Transform | null {
  const body = BODIES.get(raw);
  return body === undefined || body.writableEnded || body.destroyed ? null : body;
}

/** Whether a request announces a body. */
export function hasBody({ headers }: FastifyRequest): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Requires that a body is written as it is read here: what its headers say of that is not passed over. In
 * pieces it may come (`chunked`), but not packed on the way; JSON is UTF-8 (RFC 8259, 8.1); a file may be
 * gzip, which its own bytes say too, and in an encoding that is read, which they say as well.
 *
 * @throws DomainError `request.malformed`, `request.unsupported_type`
 */
export function requireReadable(request: FastifyRequest): void {
  if (!hasBody(request)) return;
  const { headers } = request;
  const transfer = headers['transfer-encoding']?.trim().toLowerCase() ?? 'chunked';
  if (transfer !== 'chunked') {
    const detail = `transfer-encoding is read as chunked alone, not as ${JSON.stringify(transfer)}.`;
    throw new DomainError('request.malformed', { detail });
  }
  const isFile = STREAMED_TYPES.includes(typeOf(headers));
  const packed = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (packed !== 'identity' && !(isFile && packed === 'gzip')) {
    const detail = `A body is not unpacked by its content-encoding (${JSON.stringify(packed)}): send it as it is.`;
    throw new DomainError('request.unsupported_type', { accepted: ['identity'], detail });
  }
  const [, charset] = CHARSET.exec(headers['content-type'] ?? '') ?? [];
  if (charset === undefined || UTF8.test(charset)) return;
  if (isFile) {
    if (isTextEncoding(charset)) return;
    const detail = `A file is not read as ${JSON.stringify(charset)}. What it is written in, its own bytes tell; save it as UTF-8.`;
    throw new DomainError('request.unsupported_type', { accepted: TEXT_ENCODINGS, detail });
  }
  const detail = `JSON is read as UTF-8, not as ${JSON.stringify(charset)}.`;
  throw new DomainError('request.unsupported_type', {
    accepted: ['application/json', 'application/json; charset=utf-8'],
    detail,
  });
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;
const UTF8 = /^(utf-?8|us-ascii)$/i;

const typeOf = (headers: FastifyRequest['headers']): string =>
  headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase() ?? '';

function paceOf({ headers }: FastifyRequest, settings: EdgeSettings): Pace {
  const type = typeOf(headers);
  const { bodyMs, uploadMs, leastBytesPerS, graceMs } = settings;
  return { deadlineMs: STREAMED_TYPES.includes(type) ? uploadMs : bodyMs, leastBytesPerS, graceMs };
}

function paced(payload: RequestPayload, pace: Pace): PacedBody {
  const body = new PacedBody(pace);
  payload.once('error', (error: Error) => body.destroy(error));
  payload.once('close', () => {
    if (!payload.readableEnded) body.destroy(new Error('The client ended the request.'));
  });
  // A body that was given up while nobody was listening must not end the process.
  body.on('error', () => payload.unpipe(body));
  payload.pipe(body);
  return body;
}
