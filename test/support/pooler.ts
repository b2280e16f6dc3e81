import { createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
/** Start-up parameters that PgBouncer knows; any other it refuses, `options` first of all. */
const KNOWN = new Set(['user', 'database', 'client_encoding', 'application_name', 'replication']);
const IDLE = 'I'.charCodeAt(0);
const [QUERY, SYNC, TERMINATE, READY] = ['Q', 'S', 'X', 'Z'].map((type) => type.charCodeAt(0));

/** A pooler of a few lines, as strict as PgBouncer: each transaction gets any of its connections. */
export interface Pooler {
  /** The same URL through the pooler. */
  through(url: string): string;
  /** Connections to the server that somebody left within a transaction, so that they were thrown away. */
  thrownAwayCount(): number;
  close(): Promise<void>;
}

/** Whole messages of a stream: a type byte (none in the first one), a length, a body. */
function messages(
  hear: (message: Buffer) => void,
  hasType: () => boolean,
): (chunk: Buffer) => void {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const head = hasType() ? 1 : 0;
      if (held.length < head + 4) return;
      const length = head + held.readInt32BE(head);
      if (held.length < length) return;
      const message = held.subarray(0, length);
      held = held.subarray(length);
      hear(message);
    }
  };
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const refusal = (text: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${text}\0\0`));
const WELCOME = Buffer.concat([
  message('R', Buffer.alloc(4)),
  ...[
    `client_encoding\0UTF8\0`,
    `server_version\x0018.0\0`,
    'standard_conforming_strings\0on\0',
  ].map((parameter) => message('S', Buffer.from(parameter))),
  message('Z', Buffer.from('I')),
]);

/** A connection to the server that was logged in, and who has it now. */
interface Upstream {
  readonly socket: Socket;
  answer: (chunk: Buffer) => void;
}

/** Starts a pooler in transaction mode with a few connections to the server of this URL. */
export async function startPooler(serverUrl: string, connectionCount = 4): Promise<Pooler> {
  const idle: Upstream[] = [];
  const waiting: ((upstream: Upstream) => void)[] = [];
  const open = new Set<Socket>();
  const connect = async (): Promise<Upstream> => {
    const client = new pg.Client({ connectionString: serverUrl });
    client.on('error', () => {});
    await client.connect();
    const { stream: socket } = (client as unknown as { connection: { stream: Socket } }).connection;
    socket.removeAllListeners('data');
    socket.setNoDelay(true);
    socket.on('error', () => {});
    const upstream: Upstream = { socket, answer: () => {} };
    socket.on('data', (chunk: Buffer) => upstream.answer(chunk));
    open.add(socket);
    return upstream;
  };
  for (let at = 0; at < connectionCount; at += 1) idle.push(await connect());
  const giveBack = (upstream: Upstream): void => {
    upstream.answer = () => {};
    const next = waiting.shift();
    // To the end, and taken from the front: the next transaction is on another connection.
    if (next === undefined) idle.push(upstream);
    else next(upstream);
  };
  let thrownAwayCount = 0;
  /** Whoever leaves in the middle of a transaction takes the connection with him. */
  const giveUp = async ({ socket }: Upstream): Promise<void> => {
    thrownAwayCount += 1;
    socket.destroy();
    open.delete(socket);
    giveBack(await connect());
  };
  const take = (): Promise<Upstream> => {
    const upstream = idle.shift();
    return upstream === undefined
      ? new Promise((go) => waiting.push(go))
      : Promise.resolve(upstream);
  };
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    serve(socket, { take, giveBack, giveUp });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  return {
    through: (url) => {
      const own = new URL(url);
      [own.hostname, own.port] = ['127.0.0.1', String(port)];
      return own.href;
    },
    thrownAwayCount: () => thrownAwayCount,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** The connections that are lent. */
interface Lender {
  readonly take: () => Promise<Upstream>;
  readonly giveBack: (upstream: Upstream) => void;
  readonly giveUp: (upstream: Upstream) => Promise<void>;
}

function serve(socket: Socket, { take, giveBack, giveUp }: Lender): void {
  let isStarted = false;
  let upstream: Promise<Upstream> | null = null;
  let unanswered = 0;
  const answer = messages(
    (heard) => {
      socket.write(heard);
      if (heard[0] !== READY) return;
      unanswered -= 1;
      if (unanswered > 0 || heard[5] !== IDLE || upstream === null) return;
      const done = upstream;
      upstream = null;
      void done.then(giveBack);
    },
    () => true,
  );
  socket.on('close', () => {
    void upstream?.then(giveUp).catch(() => {});
  });
  const start = (heard: Buffer): void => {
    const code = heard.readInt32BE(4);
    if (code === SSL_REQUEST) return void socket.write('N');
    if (code === CANCEL_REQUEST) return void socket.end();
    const texts = heard.subarray(8).toString().split('\0');
    const unknown = texts.find((name, at) => at % 2 === 0 && name !== '' && !KNOWN.has(name));
    if (unknown !== undefined) {
      return void socket.end(refusal(`unsupported startup parameter: ${unknown}`));
    }
    isStarted = true;
    socket.write(WELCOME);
  };
  const ask = (heard: Buffer): void => {
    if (heard[0] === TERMINATE) return void socket.end();
    if (heard[0] === QUERY || heard[0] === SYNC) unanswered += 1;
    upstream ??= take().then((taken) => Object.assign(taken, { answer }));
    void upstream.then((taken) => taken.socket.write(heard));
  };
  socket.on(
    'data',
    messages(
      (heard) => (isStarted ? ask(heard) : start(heard)),
      () => isStarted,
    ),
  );
}
