import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, type Config } from '../../src/platform/config.js';
import type { TestApp } from './app.js';

const VALUES = 8_760;

/** Path of a record with a long answer. */
export const LONG_PATH = '/v1/factors/HOURLY/versions';

/** Makes a record with a long answer: an hourly factor of a year, in several versions. */
export async function createLong(app: TestApp, versions: number): Promise<void> {
  for (let version = 1; version <= versions; version += 1) {
    const body = {
      kind: 'grid_average',
      zone: 'MA',
      basis: 'direct',
      resolution: 'hourly',
      publisher: 'test',
      title: `v${version}`,
      vintage: '2026',
      validFrom: '2026-01-01T00:00:00Z',
      validTo: '2027-01-01T00:00:00Z',
      values: Array.from({ length: VALUES }, () => ({ gPerKwh: '600.123', cfeShare: '0.200000' })),
    };
    const path = version === 1 ? '/v1/factors' : LONG_PATH;
    const sent = version === 1 ? { code: 'HOURLY', ...body } : body;
    const { status, text } = await app.call('POST', path, { role: 'energy-manager', body: sent });
    if (status !== 201) throw new Error(text);
  }
}

/** A connection; what the server does to it is what is tried. */
async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname });
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

const asked = (line: string, key: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'host: x', `authorization: Bearer ${key}`, ...headers, '', ''].join('\r\n');

/** Opens connections that ask for one path and read nothing of what is answered. */
export async function stallOn(
  url: string,
  { path, key, count }: { readonly path: string; readonly key: string; readonly count: number },
): Promise<readonly Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await connected(url);
      socket.pause();
      socket.write(asked(`GET ${path}`, key));
      return socket;
    }),
  );
}

/** Ways in which a client keeps a connection and does nothing useful with it. */
export const STALLS: Readonly<Record<string, (app: TestApp) => Promise<Socket>>> = {
  'does not read': async ({ url, keys }) =>
    (await stallOn(url, { path: LONG_PATH, key: keys.auditor, count: 1 }))[0]!,
  'holds a body open': async ({ url, keys }) => {
    const socket = (await connected(url)).resume();
    const headers = ['content-type: application/json', 'content-length: 5000'];
    socket.write(`${asked('POST /v1/organisations', keys['energy-manager'], ...headers)}{"co`);
    return socket;
  },
  'holds an upload open': async ({ url, keys }) => {
    const socket = (await connected(url)).resume();
    const headers = ['content-type: text/csv', 'transfer-encoding: chunked'];
    const part = 'meter,start,wh,quality\n'.repeat(1_000);
    const chunk = `${part.length.toString(16)}\r\n${part}\r\n`;
    socket.write(asked('POST /v1/imports/intervals', keys.operator, ...headers) + chunk);
    return socket;
  },
  'trickles bytes': async ({ url, keys }) => {
    const socket = (await connected(url)).resume();
    const headers = ['content-type: text/csv', 'content-length: 100000'];
    socket.write(asked('POST /v1/imports/intervals', keys.operator, ...headers));
    const timer = setInterval(() => socket.write('m'), 200);
    socket.once('close', () => clearInterval(timer));
    return socket;
  },
  'breaks off within an answer': async ({ url, keys }) => {
    const socket = await connected(url);
    socket.write(asked(`GET ${LONG_PATH}`, keys.auditor));
    let heardBytes = 0;
    socket.on('data', (chunk: Buffer) => {
      heardBytes += chunk.length;
      if (heardBytes > 300_000) socket.destroy();
    });
    return socket;
  },
};

/** What clients leave behind on the server when all of them are gone. */
export async function leftBehind(app: TestApp): Promise<{
  readonly connections: number;
  readonly files: readonly string[];
}> {
  const { dataDir } = app.nest.get<Config>(CONFIG);
  const files = [join(dataDir, 'answers'), join(dataDir, 'files')].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map(({ name }) => name),
  );
  const connections = await new Promise<number>((resolve, reject) => {
    app.nest.getHttpServer().getConnections((error: Error | null, count: number) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
  return { connections, files };
}

/** Waits for a connection's end; false when it is still there after that time. */
export async function isOverWithin(socket: Socket, withinMs: number): Promise<boolean> {
  const untilMs = performance.now() + withinMs;
  while (!socket.destroyed && performance.now() < untilMs) {
    // One that was paused sees no end by itself.
    if (socket.isPaused()) socket.resume();
    await sleep(50);
  }
  return socket.destroyed;
}
