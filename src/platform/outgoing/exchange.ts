import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

/** A request to somebody else's server. */
export interface Exchange {
  /** `http:`, `https:`, or `unix:/path/of/a/socket`. */
  readonly url: string;
  /** What is joined to the URL's path; null = nothing. */
  readonly path: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** For all of it: connection, request and answer. */
  readonly withinMs: number;
  /** Longest answer that is read. */
  readonly answerBytes: number;
  /** Addresses of the host, where they were looked up and checked before. */
  readonly lookup?: LookupFunction;
}

/** What was answered. A redirect is an answer like any other: it is not followed. */
export interface Exchanged {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array;
}

/**
 * Posts to somebody else's server: once, with a deadline, to no other place than was named.
 *
 * @throws Error that says why there is no answer; it has no secrets in it.
 */
export function exchange(of: Exchange): Promise<Exchanged> {
  const { headers, body, withinMs, answerBytes } = of;
  const { module, options } = placeOf(of);
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(withinMs);
    const request = module.request(
      { ...options, method: 'POST', headers: { ...headers, connection: 'close' }, signal },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > answerBytes) request.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('end', () => {
          const type = response.headers['content-type'] ?? '';
          resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks) });
        });
        response.on('error', fail);
      },
    );
    const fail = (error: Error): void => {
      reject(signal.aborted ? new Error(`nothing within ${withinMs / 1_000} s`) : plain(error));
    };
    request.on('error', fail);
    request.end(body);
  });
}

function placeOf({ url, path, lookup }: Exchange) {
  const socket = /^unix:(\/.+)$/.exec(url)?.[1];
  const joined = (base: string): string =>
    path === null ? base : `${base.replace(/\/$/, '')}/${path}`;
  if (socket !== undefined) {
    return { module: http, options: { socketPath: socket, path: joined('/') } };
  }
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const options = {
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    path: `${joined(pathname)}${search}`,
    ...(lookup === undefined ? {} : { lookup }),
  };
  return { module: protocol === 'https:' ? https : http, options };
}

/** What an error of the network says, by its code where it has one: its text may name more than it should. */
const plain = (error: Error & { readonly code?: string }): Error =>
  new Error(error.code ?? error.message);
