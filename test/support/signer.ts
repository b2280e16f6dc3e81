import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { exchange } from '../../src/platform/outgoing/exchange.js';

/** A signer in a process of its own. */
export interface SignerProcess {
  readonly url: string;
  /** Has it do something wrong, or `well`. */
  behave(mode: string): Promise<void>;
  end(): Promise<void>;
}

/** Starts one. @param place  Path of a socket, or a port; 0 = any. @param token  Word that it knows its callers by. */
export async function startSigner(place: string, token = ''): Promise<SignerProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, 'signer-process.mjs'), place, token],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [url] = (await once(createInterface(child.stdout!), 'line')) as [string];
  return {
    url,
    behave: async (mode) => {
      const of = { headers: {}, body: mode, withinMs: 5_000, answerBytes: 100 };
      await exchange({ url, path: 'mode', ...of });
    },
    end: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
