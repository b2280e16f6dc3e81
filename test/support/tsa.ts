import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const CONFIG = `
[ ca ]
default_ca = past
[ past ]
database = index.txt
new_certs_dir = .
certificate = root.pem
private_key = root.key
serial = past.srl
default_md = sha256
policy = anything
[ anything ]
organizationName = optional
commonName = optional
[ tsa ]
default_tsa = local
[ local ]
serial = serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ root ]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[ stamping ]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[ other_use ]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping, emailProtection
[ dn ]
[ req ]
distinguished_name = dn
`;

/** A time-stamp authority of `openssl ts`, with a root of its own. */
export class LocalTsa {
  /** PEM of the root that its certificate is from. */
  readonly root: string;
  private server: Server | null = null;
  private answers: 'well' | 'down' | 'refuses' | 'nonsense' | 'again' = 'well';
  private last: Uint8Array = new Uint8Array();

  /** @param kind  `rsa` or `ec`: what its keys are. */
  constructor(
    private readonly folder: string,
    kind: 'rsa' | 'ec' = 'ec',
  ) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tsa.cnf'), CONFIG);
    writeFileSync(join(folder, 'serial'), '01\n');
    const key =
      kind === 'rsa'
        ? ['-newkey', 'rsa:2048']
        : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const made = ['-nodes', '-sha256', '-days', '30', '-config', 'tsa.cnf'];
    this.openssl(
      'req',
      '-x509',
      ...key,
      ...made,
      '-subj',
      '/CN=Local root',
      '-extensions',
      'root',
      '-keyout',
      'root.key',
      '-out',
      'root.pem',
    );
    this.openssl(
      'req',
      ...key,
      '-nodes',
      '-config',
      'tsa.cnf',
      '-subj',
      '/O=Local TSA/CN=Stamper',
      '-keyout',
      'tsa.key',
      '-out',
      'tsa.csr',
    );
    this.certify('stamping');
    this.root = readFileSync(join(folder, 'root.pem'), 'utf8');
  }

  /** Gives the authority a certificate of another section. */
  certify(section: 'stamping' | 'other_use'): void {
    this.openssl(
      'x509',
      '-req',
      '-in',
      'tsa.csr',
      '-CA',
      'root.pem',
      '-CAkey',
      'root.key',
      '-set_serial',
      '7',
      '-days',
      '30',
      '-sha256',
      '-extfile',
      'tsa.cnf',
      '-extensions',
      section,
      '-out',
      'tsa.pem',
    );
  }

  /** Gives the authority a certificate that ended long ago. */
  certifyInThePast(): void {
    writeFileSync(join(this.folder, 'index.txt'), '');
    writeFileSync(join(this.folder, 'past.srl'), '09\n');
    const dates = ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z'];
    const of = ['-batch', '-notext', '-config', 'tsa.cnf', '-extensions', 'stamping'];
    this.openssl('ca', ...of, ...dates, '-in', 'tsa.csr', '-out', 'tsa.pem');
  }

  /** Stamps a request in DER. */
  stamp(request: Uint8Array): Buffer {
    writeFileSync(join(this.folder, 'request.tsq'), request);
    this.openssl(
      'ts',
      '-reply',
      '-config',
      'tsa.cnf',
      '-queryfile',
      'request.tsq',
      '-signer',
      'tsa.pem',
      '-inkey',
      'tsa.key',
      '-out',
      'reply.tsr',
    );
    return readFileSync(join(this.folder, 'reply.tsr'));
  }

  /** What `openssl ts -verify` says of a token over bytes. */
  verifies(token: Uint8Array, bytes: Uint8Array): boolean {
    writeFileSync(join(this.folder, 'token'), token);
    writeFileSync(join(this.folder, 'data'), bytes);
    const said = this.openssl(
      'ts',
      '-verify',
      '-in',
      'token',
      '-token_in',
      '-data',
      'data',
      '-CAfile',
      'root.pem',
    );
    return said.includes('Verification: OK');
  }

  behave(how: typeof this.answers): void {
    this.answers = how;
  }

  /** Answers over HTTP (RFC 3161 section 3.4). */
  async serve(): Promise<string> {
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (this.answers === 'down') return void response.writeHead(503).end();
      if (this.answers === 'well') this.last = this.stamp(Buffer.concat(chunks));
      const body =
        this.answers === 'nonsense'
          ? Buffer.from('<html>')
          : this.answers === 'refuses'
            ? Buffer.from('30053003020102', 'hex')
            : this.last;
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(body);
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/tsa`;
  }

  async end(): Promise<void> {
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private openssl(...args: readonly string[]): string {
    return execFileSync('openssl', [...args], {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
