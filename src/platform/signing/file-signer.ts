import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { publishedKey, thumbprint } from '../../core/proofs/jwk.js';
import { isSignedBy } from '../../core/proofs/signed-note.js';
import { CONFIG, type Config } from '../config.js';
import { Ids } from '../ids.js';
import { Signer } from './signer.js';

/** Folder of private keys, in the data folder. */
export const SIGNING_KEYS = 'signing-keys';

const SEED_BYTES = 32;
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Keys in files that only their owner reads, one JWK each (RFC 8037), named by its thumbprint. */
@Injectable()
export class FileSigner extends Signer {
  readonly kind = 'file';

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'dataDir'>,
    private readonly ids: Ids,
  ) {
    super();
  }

  async make(origin: string): Promise<Uint8Array> {
    const key = Buffer.concat([PKCS8, this.ids.secret(SEED_BYTES)]);
    const jwk = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
    const publicKey = new Uint8Array(Buffer.from(jwk.x!, 'base64url'));
    await this.keep(publicKey, `${JSON.stringify({ ...jwk, origin })}\n`);
    return publicKey;
  }

  async sign(publicKey: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
    const key = createPrivateKey({ key: await this.read(publicKey), format: 'jwk' });
    const signature = new Uint8Array(sign(null, bytes, key));
    if (isSignedBy(publicKey, bytes, signature)) return signature;
    throw unavailable(`${this.fileOf(publicKey)} holds another key.`);
  }

  private fileOf(publicKey: Uint8Array): string {
    const name = `${thumbprint(publishedKey(publicKey))}.json`;
    return join(this.config.dataDir, SIGNING_KEYS, name);
  }

  private async keep(publicKey: Uint8Array, text: string): Promise<void> {
    const file = this.fileOf(publicKey);
    try {
      await mkdir(join(this.config.dataDir, SIGNING_KEYS), { recursive: true, mode: 0o700 });
      const handle = await open(file, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw unavailable(`${file} cannot be written (${codeOf(error)}).`);
    }
  }

  private async read(publicKey: Uint8Array): Promise<JsonWebKey> {
    const file = this.fileOf(publicKey);
    try {
      const { mode } = await stat(file);
      if ((mode & 0o077) !== 0) {
        throw unavailable(`Others than its owner may read ${file}: it is to have mode 0600.`);
      }
      return JSON.parse(await readFile(file, 'utf8')) as JsonWebKey;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw unavailable(`${file} cannot be read (${codeOf(error)}).`);
    }
  }
}

const codeOf = (error: unknown): string =>
  (error as { readonly code?: string }).code ?? 'it is no key';

function unavailable(detail: string): DomainError {
  const fix =
    'Bring the file back from where keys are kept, or take another key: `mizan checkpoint --new-key --reason …`, or POST /v1/ledger/signing-keys.';
  return new DomainError('signing.unavailable', { detail, fix });
}
