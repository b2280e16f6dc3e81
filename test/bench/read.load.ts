/**
 * Asks one address from many connections that stay open, and prints how often and how fast. It shares
 * its two processors with what it measures, so it reads no more of an answer than it needs to: its status and its end.
 * The first answers warm this process and open the connections, and are not counted.
 *
 * With a rate, each connection asks at its own moments, whether or not the answer before has come in time,
 * and an answer's time counts from the moment at which it was due to be asked: a server that stands still is not
 * spared the requests that wait. Without one, each asks again as soon as it is answered.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const [target = '', key = '', connectionsText = '50', secondsText = '5', rateText = '0'] =
  process.argv.slice(2);
const WARM_MS = 1_000;
const url = new URL(target);
const request = Buffer.from(
  `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${key}\r\n\r\n`,
);
const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/** The head of an answer: its status, and its length in bytes if it was told (else it comes in chunks). */
function headOf(text: string): { readonly status: number; readonly length?: number } {
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(text)) {
    throw new Error(`an answer of unknown length: ${text}`);
  }
  const status = Number(text.slice(9, 12));
  return length === undefined ? { status } : { status, length: Number(length) };
}

/** One answer to its end; its status. A connection asks again only when it has been answered. */
const ask = (socket: Socket): Promise<number> =>
  new Promise((done, failed) => {
    let seen: Buffer = Buffer.alloc(0);
    let head: ReturnType<typeof headOf> | undefined;
    let bodyBytes = 0;
    const end = (status: number): void => {
      socket.off('data', take).off('error', failed).off('close', closed);
      done(status);
    };
    const closed = (): void => failed(new Error('a connection was closed'));
    const take = (bytes: Buffer): void => {
      if (head === undefined) {
        seen = seen.length === 0 ? bytes : Buffer.concat([seen, bytes]);
        const at = seen.indexOf(HEAD_END);
        if (at < 0) return;
        head = headOf(seen.toString('latin1', 0, at));
        bodyBytes = seen.length - at - HEAD_END.length;
        seen = seen.subarray(-LAST_CHUNK.length);
      } else {
        bodyBytes += bytes.length;
        seen = Buffer.concat([seen, bytes.subarray(-LAST_CHUNK.length)]).subarray(
          -LAST_CHUNK.length,
        );
      }
      const isWhole =
        head.length === undefined ? seen.equals(LAST_CHUNK) : bodyBytes >= head.length;
      if (isWhole) end(head.status);
    };
    socket.on('data', take).on('error', failed).on('close', closed);
    socket.write(request);
  });

const opened = (): Promise<Socket> =>
  new Promise((done, failed) => {
    const socket = connect(Number(url.port), url.hostname, () => done(socket));
    socket.setNoDelay(true).once('error', failed);
  });

const timesMs: number[] = [];
let wrong = 0;
const sockets = await Promise.all(Array.from({ length: Number(connectionsText) }, opened));
const ratePerS = Number(rateText);
const beganMs = performance.now();
const startMs = beganMs + WARM_MS;
const untilMs = startMs + Number(secondsText) * 1_000;

/** When a connection is due to ask for the nth time; never where no rate is set. */
const dueMs = (connection: number, nth: number): number =>
  ratePerS === 0 ? 0 : beganMs + ((nth * sockets.length + connection) * 1_000) / ratePerS;

await Promise.all(
  sockets.map(async (socket, connection) => {
    for (let nth = 0; performance.now() < untilMs; nth += 1) {
      const waitMs = dueMs(connection, nth) - performance.now();
      if (waitMs > 0) await pause(waitMs);
      const askedMs = ratePerS === 0 ? performance.now() : dueMs(connection, nth);
      if ((await ask(socket)) !== 200) wrong += 1;
      if (askedMs >= startMs) timesMs.push(performance.now() - askedMs);
    }
  }),
);
const perS = timesMs.length / ((performance.now() - startMs) / 1_000);
timesMs.sort((a, b) => a - b);
const p99Ms = timesMs[Math.floor(timesMs.length * 0.99)] ?? 0;
process.stdout.write(JSON.stringify({ perS, p99Ms, wrong }));
process.exit(0);
