import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { type Der, oidText, readDer, TAG, timeMs } from './der.js';
import { SHA256_OID } from './request.js';

/** What a time-stamp token says (RFC 3161). */
export interface Timestamp {
  /** Instant from which on the stamped bytes existed, ms. */
  readonly timeMs: number;
  /** Policy of the authority, an object identifier. */
  readonly policy: string;
  /** Subject of the certificate that signed. */
  readonly authority: string;
}

/** What a token is checked against. */
export interface Expected {
  /** SHA-256 of the stamped bytes, 32 bytes. */
  readonly sha256: Uint8Array;
  /** Of the request, as `nonceBytes` has it; null = not compared. */
  readonly nonce: Uint8Array | null;
  /** Certificates that are trusted to have issued the authority's; null = the chain is not checked. */
  readonly trusted: readonly X509Certificate[] | null;
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const RSA_PSS = '1.2.840.113549.1.1.10';

const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  [SHA256_OID]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** Longest chain of certificates that is followed. */
const CHAIN_MAX = 8;

/** Ends the reading of a token; told as its `fault`. */
interface Fault {
  readonly fault: string;
}

/**
 * Opens a token, without a network: its imprint is that of the bytes, the authority's certificate is for time-stamping alone and
 * signed it (RFC 5652 section 5.4, RFC 5816), and, where certificates are trusted, one of them issued it, directly or by others
 * in the token, all of them valid at the instant that it says. Whether one was revoked is not looked up.
 *
 * @returns  What it says, or why it is not to be believed.
 */
export function openTimestamp(token: Uint8Array, expected: Expected): Timestamp | Fault {
  const parts = partsOf(token);
  if ('fault' in parts) return parts;
  const { info, signer, certificates } = parts;
  const said = saidIn(info, expected);
  if ('fault' in said) return said;
  const signed = signedBy(signer, info, certificates);
  if ('fault' in signed) return signed;
  const { certificate } = signed;
  const uses = certificate.keyUsage as readonly string[] | undefined;
  if (uses?.length !== 1 || uses[0] !== TIME_STAMPING) {
    return { fault: 'The certificate that signed is not for time-stamping alone.' };
  }
  const fault =
    expected.trusted === null
      ? null
      : chainFault(certificate, { certificates, trusted: expected.trusted, atMs: said.timeMs });
  if (fault !== null) return { fault };
  return { ...said, authority: certificate.subject.replaceAll('\n', ', ') };
}

interface Parts {
  /** DER of the TSTInfo. */
  readonly info: Uint8Array;
  readonly signer: readonly Der[];
  readonly certificates: readonly X509Certificate[];
}

const NO_TOKEN: Fault = { fault: 'It is no time-stamp token.' };
const children = (der: Der | undefined): readonly Der[] =>
  der === undefined ? [] : (readDer(der.content) ?? []);

function partsOf(token: Uint8Array): Parts | Fault {
  const [content, ...more] = readDer(token) ?? [];
  const [type, wrapped] = children(content);
  if (more.length > 0 || oidText(type) !== SIGNED_DATA) return NO_TOKEN;
  const [, , encapsulated, ...rest] = children(children(wrapped)[0]);
  const [contentType, contentWrapped] = children(encapsulated);
  const [octets] = children(contentWrapped);
  if (oidText(contentType) !== TST_INFO || octets?.tag !== TAG.octets) return NO_TOKEN;
  const signers = children(rest.at(-1));
  const [signer] = signers;
  // RFC 3161 section 2.4.2: no other signature than the authority's.
  if (rest.at(-1)?.tag !== TAG.set || signer === undefined || signers.length !== 1) return NO_TOKEN;
  const listed = rest.find(({ tag }) => tag === TAG.context0);
  const certificates: X509Certificate[] = [];
  for (const { bytes } of children(listed)) {
    try {
      certificates.push(new X509Certificate(bytes));
    } catch {
      return { fault: 'A certificate in the token cannot be read.' };
    }
  }
  return { info: octets.content, signer: children(signer), certificates };
}

/** What the token says of what it stamped. */
function saidIn(
  info: Uint8Array,
  { sha256, nonce }: Expected,
): Omit<Timestamp, 'authority'> | Fault {
  const [content, ...more] = readDer(info) ?? [];
  const [version, policy, imprint, serial, time, ...optional] = children(content);
  const [algorithm, hash] = children(imprint);
  const [policyText, instant] = [oidText(policy), timeMs(time)];
  const isForm =
    more.length === 0 &&
    version?.tag === TAG.integer &&
    version.content.length === 1 &&
    version.content[0] === 1 &&
    serial?.tag === TAG.integer;
  if (!isForm || policyText === null || instant === null) return NO_TOKEN;
  const isOfBytes =
    oidText(children(algorithm)[0]) === SHA256_OID &&
    hash?.tag === TAG.octets &&
    isSame(hash.content, sha256);
  if (!isOfBytes) return { fault: 'The token stamps other bytes.' };
  const repeated = optional.find(({ tag }) => tag === TAG.integer)?.content;
  if (nonce !== null && (repeated === undefined || !isSame(repeated, nonce))) {
    return { fault: 'The token answers another request: its nonce is another.' };
  }
  return { timeMs: instant, policy: policyText };
}

/** The certificate whose key signed the token, and which the signed attributes name. */
function signedBy(
  [, , digestOf, attributes, signatureOf, signature]: readonly Der[],
  info: Uint8Array,
  certificates: readonly X509Certificate[],
): { readonly certificate: X509Certificate } | Fault {
  const digest = DIGESTS[oidText(children(digestOf)[0]) ?? ''];
  if (attributes?.tag !== TAG.context0 || signature?.tag !== TAG.octets) return NO_TOKEN;
  if (digest === undefined || digest === 'sha1') {
    return { fault: 'The token is signed over a hash that is not trusted here.' };
  }
  const valueOf = new Map(
    children(attributes).map((attribute) => {
      const [name, values] = children(attribute);
      return [oidText(name), children(values)[0]];
    }),
  );
  const stated = valueOf.get(MESSAGE_DIGEST);
  const isOfInfo =
    oidText(valueOf.get(CONTENT_TYPE)) === TST_INFO &&
    stated?.tag === TAG.octets &&
    isSame(stated.content, hashed(digest, info));
  if (!isOfInfo) return { fault: 'What was signed is not what the token says.' };
  const certificate = certificates.find((one) => isNamed(one, valueOf));
  if (certificate === undefined) {
    return { fault: 'The certificate that signed is not in the token.' };
  }
  // Signed is the set itself, not as it is tagged inside the signature (RFC 5652 section 5.4).
  const set = Uint8Array.from(attributes.bytes);
  set[0] = TAG.set;
  const isSigned = isSignature(certificate, {
    algorithm: oidText(children(signatureOf)[0]),
    digest,
    set,
    signature: signature.content,
  });
  return isSigned ? { certificate } : { fault: 'The signature of the token does not verify.' };
}

/** Whether the signed attributes name a certificate by its hash (RFC 5816 section 2.2). */
function isNamed(
  certificate: X509Certificate,
  valueOf: ReadonlyMap<string | null, Der | undefined>,
): boolean {
  const version2 = valueOf.get(SIGNING_CERTIFICATE_V2);
  const of = version2 ?? valueOf.get(SIGNING_CERTIFICATE);
  const parts = children(children(children(of)[0])[0]);
  const named = parts.find(({ tag }) => tag === TAG.octets);
  const [algorithm] = parts;
  const digest =
    version2 === undefined
      ? 'sha1'
      : algorithm?.tag === TAG.sequence
        ? DIGESTS[oidText(children(algorithm)[0]) ?? '']
        : 'sha256';
  if (named === undefined || digest === undefined) return false;
  return isSame(named.content, hashed(digest, certificate.raw));
}

function isSignature(
  certificate: X509Certificate,
  of: {
    readonly algorithm: string | null;
    readonly digest: string;
    readonly set: Uint8Array;
    readonly signature: Uint8Array;
  },
): boolean {
  const { algorithm, digest, set, signature } = of;
  const key = certificate.publicKey;
  const type = key.asymmetricKeyType;
  // Some algorithms bring their own hash; theirs is that of the attributes in every token that we know of.
  const hash = type === 'ed25519' || type === 'ed448' ? null : digest;
  const padding =
    algorithm === RSA_PSS ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  try {
    return verify(hash, set, type === 'rsa' ? { key, padding } : key, signature);
  } catch {
    return false;
  }
}

/** Why no trusted certificate stands behind one; null where one does. */
function chainFault(
  certificate: X509Certificate,
  of: {
    readonly certificates: readonly X509Certificate[];
    readonly trusted: readonly X509Certificate[];
    readonly atMs: number;
  },
): string | null {
  const { certificates, trusted, atMs } = of;
  let current = certificate;
  for (let steps = 0; steps < CHAIN_MAX; steps += 1) {
    const { validFromDate, validToDate } = current;
    if (atMs < validFromDate.getTime() || atMs > validToDate.getTime()) {
      return `A certificate was not valid at that instant: ${current.subject.replaceAll('\n', ', ')}.`;
    }
    const here = current;
    if (trusted.some((one) => one.raw.equals(here.raw))) return null;
    const issued = (one: X509Certificate): boolean =>
      one.ca && here.checkIssued(one) && here.verify(one.publicKey);
    const next = trusted.find(issued) ?? certificates.find(issued);
    if (next === undefined || next.raw.equals(here.raw)) break;
    current = next;
  }
  return 'None of the certificates that you trust stands behind the token.';
}

const hashed = (digest: string, bytes: Uint8Array): Uint8Array =>
  createHash(digest).update(bytes).digest();

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

/** Certificates of a text in PEM, each in its own block; null where one cannot be read, or there is none. */
export function certificatesOf(pem: string): readonly X509Certificate[] | null {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.length === 0 ? null : blocks.map((block) => new X509Certificate(block));
  } catch {
    return null;
  }
}
