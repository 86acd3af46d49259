import type { BlockList } from 'node:net';
import { domainToASCII } from 'node:url';
import { isIP, net } from './built-ins.ts';

interface PortRule {
  readonly port: number | undefined;
}

interface NameRule extends PortRule {
  /** The host itself, without a leading dot; empty for every host. */
  readonly name: string;
  /** Whether the rule matches the name itself, its subdomains, or both. */
  readonly self: boolean;
  readonly below: boolean;
}

interface AddressRule extends PortRule {
  readonly block: BlockList;
}

/**
 * A list of hosts: names, domains, addresses and networks, each with or without a port.
 *
 * | Entry | Matches |
 * |---|---|
 * | `example.com` | the host and, if the list says so, its subdomains |
 * | `.example.com`, `*.example.com` | the subdomains (and the host, if the list says so) |
 * | `10.1.2.3`, `::1`, `[::1]` | one address |
 * | `10.0.0.0/8`, `fd00::/8` | a network |
 * | `example.com:8080`, `[::1]:8080` | one port of it |
 * | `*` | everything |
 */
export class HostRules {
  readonly #names: NameRule[] = [];
  readonly #addresses: AddressRule[] = [];

  /**
   * @param entries - The list, as above.
   * @param wide - Whether a name includes its subdomains and a domain includes its own host, as in
   * `NO_PROXY`.
   * @throws RangeError naming the first entry that cannot be matched.
   */
  constructor(entries: readonly string[], wide: boolean) {
    for (const entry of entries) this.#add(entry, wide);
  }

  get isEmpty(): boolean {
    return this.#names.length === 0 && this.#addresses.length === 0;
  }

  /**
   * Matches a host as it stands in a URL.
   *
   * @param host - Name or address in lower case, without brackets.
   */
  matches(host: string, port: number): boolean {
    return this.matchesName(host, port) || (isIP(host) !== 0 && this.matchesAddress(host, port));
  }

  matchesName(host: string, port: number): boolean {
    return this.#names.some(
      (rule) =>
        fits(rule, port) &&
        (rule.name === '' ||
          (rule.self && host === rule.name) ||
          (rule.below && host.endsWith(`.${rule.name}`))),
    );
  }

  matchesAddress(address: string, port: number): boolean {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const bare = withoutZone(address);
    return this.#addresses.some((rule) => fits(rule, port) && rule.block.check(bare, family));
  }

  #add(entry: string, wide: boolean): void {
    const text = entry.trim().toLowerCase();
    if (text === '*') {
      this.#names.push({ name: '', self: true, below: true, port: undefined });
      return;
    }
    const { host, port } = splitPort(text, entry);
    const block = addressBlock(host);
    if (block !== undefined) {
      this.#addresses.push({ block, port });
      return;
    }
    const isDomain = /^\*?\./.test(host);
    const name = domainToASCII(host.replace(/^\*?\.|\.$/g, ''));
    if (!/^[a-z\d_](?:[a-z\d_.-]*[a-z\d_])?$/.test(name) || /^[\d.]+$/.test(name)) {
      throw unmatched(entry);
    }
    this.#names.push({ name, self: wide || !isDomain, below: wide || isDomain, port });
  }
}

/** An address without its zone, such as `%eth0`. */
export function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}

function fits(rule: PortRule, port: number): boolean {
  return rule.port === undefined || rule.port === port;
}

function splitPort(text: string, entry: string): { host: string; port: number | undefined } {
  if (isIP(text) === 6 || text.includes('/')) return { host: text, port: undefined };
  const [, bracketed, named, digits] = /^(?:\[(.+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? named;
  const port = digits === undefined ? undefined : Number(digits);
  if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
    throw unmatched(entry);
  }
  if (bracketed !== undefined && isIP(bracketed) !== 6) throw unmatched(entry);
  return { host, port };
}

function addressBlock(host: string): BlockList | undefined {
  const [, network = host, prefix] = /^(.+)\/(\d{1,3})$/.exec(host) ?? [];
  const version = isIP(network);
  if (version === 0) return undefined;
  const bits = version === 6 ? 128 : 32;
  if (prefix !== undefined && Number(prefix) > bits) return undefined;
  const block = new (net().BlockList)();
  const length = prefix === undefined ? bits : Number(prefix);
  block.addSubnet(withoutZone(network), length, version === 6 ? 'ipv6' : 'ipv4');
  return block;
}

function unmatched(entry: string): RangeError {
  return new RangeError(
    `"${entry.slice(0, 100)}" is not a host, a domain such as .example.com, an address or a network such as 10.0.0.0/8`,
  );
}
