import { connect, type Socket } from 'node:net';

/** Opens connections that ask for one path and read nothing of what is answered. */
export async function stallOn(
  url: string,
  { path, key, count }: { readonly path: string; readonly key: string; readonly count: number },
): Promise<readonly Socket[]> {
  const { hostname, port } = new URL(url);
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ port: Number(port), host: hostname });
      socket.pause();
      // The server ends what is not read: that is what is tried.
      socket.on('error', () => {});
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n\r\n`);
      return socket;
    }),
  );
}
