import { readFile, stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { webhookHeaders, webhookKey, type WebhookMessage } from '../../core/proofs/webhook.js';
import { CONFIG, type Config } from '../config.js';
import { checkedAddress, networks, RefusedAddress } from './addresses.js';
import { exchange } from './exchange.js';

const WITHIN_MS = 20_000;
const ANSWER_BYTES = 65_536;

/** Why a message did not arrive, and whether it is of no use to send it again. */
export interface Undelivered {
  readonly problem: string;
  readonly isFinal: boolean;
}

/** Posts messages that their receiver can check (Standard Webhooks), to a public address or one that is allowed. */
@Injectable()
export class Webhook {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'outgoing'>) {}

  /** Whether the settings name somebody to send to. */
  get isSetUp(): boolean {
    return this.config.outgoing.checkpointUrl !== null;
  }

  /** Sends a message once. Null when its receiver has it: any answer of 2xx. */
  async post(message: WebhookMessage): Promise<Undelivered | null> {
    const { checkpointUrl, privateNetworks } = this.config.outgoing;
    if (checkpointUrl === null) return again('MIZAN_CHECKPOINT_URL is not set.');
    try {
      const key = await this.key();
      if (typeof key === 'string') return again(key);
      const url = new URL(checkpointUrl);
      const found = await checkedAddress(url, networks(privateNetworks)!);
      const { status } = await exchange({
        url: checkpointUrl,
        path: null,
        headers: { ...webhookHeaders(key, message), 'content-type': 'application/json' },
        body: message.body,
        withinMs: WITHIN_MS,
        answerBytes: ANSWER_BYTES,
        // To the address that was checked, whatever the name leads to a moment later.
        lookup: (_name, { all }, done) => {
          if (all === true) done(null, [found]);
          else done(null, found.address, found.family);
        },
      });
      if (status >= 200 && status < 300) return null;
      return { problem: `It answered ${status}.`, isFinal: status === 410 };
    } catch (error) {
      if (error instanceof RefusedAddress) return again(`Not sent: ${error.message}.`);
      return again(`It does not answer (${(error as Error).message}).`);
    }
  }

  /** The key, or what is wrong with its file. */
  private async key(): Promise<Uint8Array | string> {
    const name = 'The file of MIZAN_CHECKPOINT_SECRET_FILE';
    const file = this.config.outgoing.checkpointSecretFile!;
    try {
      const { mode } = await stat(file);
      if ((mode & 0o077) !== 0) return `${name} is to have mode 0600.`;
      const key = webhookKey((await readFile(file, 'utf8')).trim());
      return key ?? `${name} holds no secret whsec_… of 24 to 64 bytes.`;
    } catch (error) {
      const { code = 'unknown' } = error as { readonly code?: string };
      return `${name} cannot be read (${code}).`;
    }
  }
}

const again = (problem: string): Undelivered => ({ problem, isFinal: false });
