import type { BlockList } from 'node:net';
import { isIP, net } from '../../core/built-ins.ts';
import { withoutZone } from '../../core/host-rules.ts';
import { embeddedAddress } from './embedded-address.ts';

/**
 * Networks of IPv4 that are not the public Internet, and addresses where clouds serve metadata.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const special4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/**
 * Networks inside 2000::/3 that are not the public Internet, or that stand for an address of IPv4.
 * Everything outside of 2000::/3 (loopback, mapped, unique and link local, multicast) is not public
 * either, except the addresses of NAT64 for public ones: where a cluster has IPv6 alone, DNS64 gives
 * them for every host of IPv4.
 *
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const special6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

interface Networks {
  readonly notPublic4: BlockList;
  readonly notPublic6: BlockList;
  readonly global6: BlockList;
  /** The prefix that every network may use; that for local use, 64:ff9b:1::/48, is not public. */
  readonly nat64: BlockList;
}

let known: Networks | undefined;

/** Made on first use: few connections have a guard. */
function networks(): Networks {
  known ??= {
    notPublic4: subnets(special4, 'ipv4'),
    notPublic6: subnets(special6, 'ipv6'),
    global6: subnets([['2000::', 3]], 'ipv6'),
    nat64: subnets([['64:ff9b::', 96]], 'ipv6'),
  };
  return known;
}

/**
 * Whether an address belongs to the public Internet.
 *
 * @param address - An address of IPv4 or IPv6; anything else is not public.
 * @see https://www.rfc-editor.org/rfc/rfc6052#section-3.1
 */
export function isPublicAddress(address: string): boolean {
  const bare = withoutZone(address);
  const version = isIP(bare);
  const { notPublic4, notPublic6, global6, nat64 } = networks();
  if (version === 4) return !notPublic4.check(bare, 'ipv4');
  if (version === 6 && nat64.check(bare, 'ipv6')) {
    return isPublicAddress(embeddedAddress(bare) ?? '');
  }
  return version === 6 && global6.check(bare, 'ipv6') && !notPublic6.check(bare, 'ipv6');
}

function subnets(list: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const block = new (net().BlockList)();
  for (const [network, prefix] of list) block.addSubnet(network, prefix, family);
  return block;
}
