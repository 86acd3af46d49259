import { isIP } from '../../core/built-ins.ts';
import { withoutZone } from '../../core/host-rules.ts';

/**
 * The address of IPv4 that an address of IPv6 stands for, because a gateway translates it: NAT64
 * (`64:ff9b::/96`), its forerunners (`::ffff:0:0:0/96`, `::/96`) and 6to4 (`2002::/16`).
 *
 * @returns The address, or undefined for every other address.
 * @see https://www.rfc-editor.org/rfc/rfc6052
 */
export function embeddedAddress(address: string): string | undefined {
  const bare = withoutZone(address);
  if (isIP(bare) !== 6) return undefined;
  const groups = groupsOf(bare);
  if (groups[0] === 0x2002) return dotted(groups[1], groups[2]);
  const prefix = groups.slice(0, 6).map((group) => group.toString(16));
  return PREFIXES.has(prefix.join(':')) ? dotted(groups[6], groups[7]) : undefined;
}

const PREFIXES = new Set(['64:ff9b:0:0:0:0', '0:0:0:0:ffff:0', '0:0:0:0:0:0']);

/** The eight groups of an address, which is valid. */
function groupsOf(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const [high, low] = [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)];
    return `${high.toString(16)}:${low.toString(16)}`;
  });
  const [head = [], tail = []] = plain
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = new Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
