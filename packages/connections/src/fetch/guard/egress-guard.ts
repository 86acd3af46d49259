import { isIP } from '../../core/built-ins.ts';
import { HostRules } from '../../core/host-rules.ts';
import { bareHost } from '../../core/proxy.ts';
import { embeddedAddress } from './embedded-address.ts';
import { isPublicAddress } from './public-address.ts';

/** Which hosts a connection may reach. */
export interface EgressOptions {
  /**
   * `any`: every address; `public`: addresses of the public Internet and what `egressAllow` lists;
   * `listed`: what `egressAllow` lists. `any` by default.
   */
  readonly egress?: 'any' | 'public' | 'listed';
  /** Hosts that may be reached in any case: `api.example.com`, `*.example.com`, `10.1.0.0/16`. */
  readonly egressAllow?: readonly string[];
  /** Hosts that are refused in any case; a name includes its subdomains. */
  readonly egressDeny?: readonly string[];
}

/**
 * Decides which hosts may be reached.
 *
 * A URL that a model wrote can name a private address directly, by a name that resolves to one, or
 * by a redirect, and a name can resolve to another address at each look-up. So the guard is asked
 * twice: about the host of each URL before a request is made, and about each address on the way
 * from the resolver to the socket, with nothing in between.
 */
export class EgressGuard {
  readonly #mode: 'any' | 'public' | 'listed';
  readonly #allow: HostRules;
  readonly #deny: HostRules;

  /** @throws RangeError naming an entry of a list that cannot be matched. */
  constructor({ egress = 'any', egressAllow = [], egressDeny = [] }: EgressOptions) {
    this.#mode = egress;
    this.#allow = new HostRules(egressAllow, false);
    this.#deny = new HostRules(egressDeny, true);
  }

  /** Whether nothing is ever refused. */
  get isOpen(): boolean {
    return this.#mode === 'any' && this.#deny.isEmpty;
  }

  /**
   * Judges the host of a URL: an address at once, a name as far as the lists decide it.
   *
   * @param host - As in a URL, with or without brackets.
   * @returns Why the host is refused, or undefined.
   */
  refusesHost(host: string, port: number): string | undefined {
    if (this.isOpen) return undefined;
    const bare = bareHost(host);
    if (isIP(bare) !== 0) return this.refusesAddress(bare, bare, port);
    if (this.#deny.matchesName(bare, port)) return 'is on the deny list';
    return undefined;
  }

  /**
   * Judges an address that a host resolved to.
   *
   * @param host - The name that was resolved, or the address itself.
   * @returns Why the address is refused, or undefined.
   */
  refusesAddress(host: string, address: string, port: number): string | undefined {
    const bare = bareHost(host);
    if (this.#deny.matchesName(bare, port) || this.#isDenied(address, port)) {
      return 'is on the deny list';
    }
    if (this.#mode === 'any') return undefined;
    if (this.#allow.matchesName(bare, port) || this.#allow.matchesAddress(address, port)) {
      return undefined;
    }
    if (this.#mode === 'listed') return 'is not on the allow list';
    return isPublicAddress(address) ? undefined : 'is not a public address';
  }

  #isDenied(address: string, port: number): boolean {
    if (this.#deny.isEmpty) return false;
    const embedded = embeddedAddress(address);
    const isEmbedded = embedded !== undefined && this.#deny.matchesAddress(embedded, port);
    return isEmbedded || this.#deny.matchesAddress(address, port);
  }
}
