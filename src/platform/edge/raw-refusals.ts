import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorDetails, DomainError } from '../../core/errors.js';
import { problemOf } from '../http/problem.filter.js';
import { uuidv7 } from '../http/request-id.js';
import { logger } from '../logger.js';

/** Longest request line that is read. */
export const URL_LIMIT_BYTES = 8_192;
/** Greatest size of a request line and its headers. */
export const HEADERS_LIMIT_BYTES = 16_384;

const LINE_FEED = 10;

type RawCode =
  'request.malformed' | 'request.timeout' | 'request.url_too_long' | 'request.headers_too_large';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
};

/** Answers what never became a request, as a problem document, and ends the connection. */
export function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOfConnection(error);
  const { status, ...problem } = problemOf(refusal, uuidv7());
  const body = JSON.stringify({ ...problem, status });
  logger.warn({ code: refusal.code, status, traceId: problem.traceId }, 'refused');
  socket.end(
    [
      `HTTP/1.1 ${status} ${REASONS[status] ?? 'Bad Request'}`,
      ...Object.entries(headersOf(problem.traceId)).map(([name, value]) => `${name}: ${value}`),
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** Answers who waits for a word that we do not have (`Expect`, RFC 9110 section 10.1.1). */
export function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  const expect = String(request.headers.expect).slice(0, 64);
  const problem = problemOf(new DomainError('request.expectation_failed', { expect }), uuidv7());
  const body = JSON.stringify(problem);
  const length = { 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.writeHead(problem.status, { ...headersOf(problem.traceId), ...length }).end(body);
}

const headersOf = (traceId: string): Record<string, string> => ({
  'content-type': 'application/problem+json',
  'x-request-id': traceId,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
});

function refusalOfConnection(error: ConnectionError): DomainError<RawCode> {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return refuse('request.timeout', { detail: 'The request did not arrive in time.' });
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    const { rawPacket } = error as { rawPacket?: unknown };
    const isLine =
      Buffer.isBuffer(rawPacket) && !rawPacket.subarray(0, URL_LIMIT_BYTES).includes(LINE_FEED);
    return isLine
      ? refuse('request.url_too_long', { limitBytes: URL_LIMIT_BYTES })
      : refuse('request.headers_too_large', { limitBytes: HEADERS_LIMIT_BYTES });
  }
  return refuse('request.malformed', { detail: 'This is not HTTP/1.1 as RFC 9112 has it.' });
}

const refuse = <Code extends RawCode>(code: Code, details: ErrorDetails[Code]): DomainError<Code> =>
  new DomainError(code, details);

/** Answers what the router could not read: a path that is no UTF-8, a parameter too long. */
export function refuseRoute(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const refusal =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? refuse('request.url_too_long', { limitBytes: URL_LIMIT_BYTES })
      : refuse('request.malformed', { detail: 'The path of the request cannot be read.' });
  const problem = problemOf(refusal, request.id);
  void reply.status(problem.status).headers(headersOf(request.id)).send(JSON.stringify(problem));
}
