import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Networks that are nobody's on the internet: private, loopback, link-local, of documents and tests (RFC 6890). */
const NOT_PUBLIC_V4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const NOT_PUBLIC_V6 =
  '::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8';

const NOT_PUBLIC = networks(`${NOT_PUBLIC_V4} ${NOT_PUBLIC_V6}`.split(' '))!;

/** A list of networks, each `ADDRESS/BITS`; null where one is none. */
export function networks(texts: readonly string[]): BlockList | null {
  const list = new BlockList();
  try {
    for (const text of texts) {
      const [address = '', bits = ''] = text.trim().split('/');
      if (!/^\d{1,3}$/.test(bits)) return null;
      list.addSubnet(address, Number(bits), familyOf(address));
    }
  } catch {
    return null;
  }
  return list;
}

/** Where a message may go. */
export interface CheckedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** A place that nothing is sent to. */
export class RefusedAddress extends Error {}

/**
 * Looks a host up once and checks what is found, so that a message cannot be led to a machine behind our own doors: the
 * connection is then made to this address and no other. Plain HTTP goes to allowed networks alone.
 *
 * @param allowed  Networks that may be sent to although they are private.
 * @throws RefusedAddress
 */
export async function checkedAddress(url: URL, allowed: BlockList): Promise<CheckedAddress> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(host) === 0 ? await resolved(host) : [{ address: host, family: isIP(host) }];
  for (const { address } of found) {
    const family = familyOf(address);
    if (allowed.check(address, family)) continue;
    if (url.protocol !== 'https:')
      throw new RefusedAddress('plain HTTP is for allowed networks alone');
    if (NOT_PUBLIC.check(address, family)) throw new RefusedAddress('its address is not public');
  }
  const [first] = found;
  if (first === undefined) throw new RefusedAddress('its name has no address');
  return { address: first.address, family: isIP(first.address) === 4 ? 4 : 6 };
}

async function resolved(host: string): Promise<readonly { readonly address: string }[]> {
  try {
    return await lookup(host, { all: true });
  } catch (error) {
    const { code = 'unknown' } = error as { readonly code?: string };
    throw new RefusedAddress(`its name cannot be looked up (${code})`);
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
