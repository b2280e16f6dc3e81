import { readFile, stat } from 'node:fs/promises';
import { DomainError } from '../../core/errors.js';
import { publishedKey, thumbprint } from '../../core/proofs/jwk.js';
import { isSignedBy } from '../../core/proofs/signed-note.js';
import { exchange, type Exchanged } from '../outgoing/exchange.js';
import type { SigningSettings } from './settings.js';
import { Signer } from './signer.js';

const WITHIN_MS = 10_000;
const ANSWER_BYTES = 65_536;
const DETAIL_MAX = 200;

/**
 * Keys of somebody else's process, over HTTP or a local socket (docs/method/SIGNER.md): a key of a KMS never comes here.
 * What it answers is checked before it is used.
 */
export class RemoteSigner extends Signer {
  readonly kind = 'remote';

  constructor(
    private readonly settings: Pick<SigningSettings, 'signerTokenFile'> & {
      readonly signerUrl: string;
    },
  ) {
    super();
  }

  async make(origin: string): Promise<Uint8Array> {
    const publicKey = bytesOf(await this.ask('keys', { origin }), 'x', 32);
    // Whoever signs with it later has to have it now.
    await this.sign(publicKey, Buffer.from(`mizan/signer/1\n${origin}\n`));
    return publicKey;
  }

  async sign(publicKey: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
    const { x } = publishedKey(publicKey);
    const kid = thumbprint(publishedKey(publicKey));
    const asked = { kid, x, bytes: Buffer.from(bytes).toString('base64url') };
    const signature = bytesOf(await this.ask('signatures', asked), 'signature', 64);
    if (isSignedBy(publicKey, bytes, signature)) return signature;
    throw unavailable(`The signer's signature does not verify by the key ${kid}.`);
  }

  private async ask(path: 'keys' | 'signatures', body: object): Promise<Readonly<Answer>> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    const token = await this.token();
    if (token !== null) headers['authorization'] = `Bearer ${token}`;
    let answer: Exchanged;
    try {
      answer = await exchange({
        url: this.settings.signerUrl,
        path,
        headers,
        body: JSON.stringify(body),
        withinMs: WITHIN_MS,
        answerBytes: ANSWER_BYTES,
      });
    } catch (error) {
      throw unavailable(`The signer does not answer (${String((error as Error).message)}).`);
    }
    const read = objectOf(answer.body);
    if (answer.status === 200 && read !== null) return read;
    const told = read?.['detail'];
    const why = typeof told === 'string' ? `: ${printable(told)}` : '.';
    throw unavailable(`The signer answered ${answer.status} to ${path}${why}`);
  }

  private async token(): Promise<string | null> {
    const { signerTokenFile: file } = this.settings;
    if (file === null) return null;
    try {
      const { mode } = await stat(file);
      if ((mode & 0o077) === 0) return (await readFile(file, 'utf8')).trim();
    } catch (error) {
      const { code = 'unknown' } = error as { readonly code?: string };
      throw unavailable(`The file of MIZAN_SIGNER_TOKEN_FILE cannot be read (${code}).`);
    }
    throw unavailable(
      'Others than its owner may read the file of MIZAN_SIGNER_TOKEN_FILE: it is to have mode 0600.',
    );
  }
}

interface Answer {
  readonly [key: string]: unknown;
}

function objectOf(bytes: Uint8Array): Answer | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof read === 'object' && read !== null && !Array.isArray(read)
      ? (read as Answer)
      : null;
  } catch {
    return null;
  }
}

/** So many bytes that an answer says, in base64url as it must be written. */
function bytesOf(answer: Answer, name: string, byteCount: number): Uint8Array {
  const text = answer[name];
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64url') : null;
  if (bytes?.length === byteCount && bytes.toString('base64url') === text) {
    return new Uint8Array(bytes);
  }
  throw unavailable(`The signer's answer has no ${name} of ${byteCount} bytes in base64url.`);
}

const printable = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ').slice(0, DETAIL_MAX);

function unavailable(detail: string): DomainError {
  const fix =
    'See that the signer of MIZAN_SIGNER_URL runs and has the key, or take another key: `mizan checkpoint --new-key --reason …`.';
  return new DomainError('signing.unavailable', { detail, fix });
}
