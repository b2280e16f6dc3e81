import type { Config } from '../config.js';
import type { Ids } from '../ids.js';
import { FileSigner } from './file-signer.js';
import { RemoteSigner } from './remote-signer.js';
import type { Signer } from './signer.js';

/** Who signs, by the settings: somebody else's process, or keys in files. */
export function signerOf(config: Config, ids: Ids): Signer {
  const { signing } = config;
  return signing.signerUrl === null
    ? new FileSigner(config, ids)
    : new RemoteSigner({ ...signing, signerUrl: signing.signerUrl });
}
