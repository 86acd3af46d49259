interface Mount {
  readonly url: string;
  readonly template: string;
}

/** Where a request has its follower. */
const FOLLOWER = Symbol('map.metrics.route');

interface Followed {
  /** Not on a copy of a request. */
  readonly [FOLLOWER]?: RouteFollower;
  readonly url?: unknown;
}

/** What a request says of itself while the routers of Express pass it on. */
class RouteFollower {
  /** The template of the last route, the routers that it is mounted in included. */
  found: string | undefined = undefined;
  params: unknown = undefined;
  baseUrl: unknown = undefined;
  route: unknown = undefined;
  readonly #mounts: Mount[] = [];
  #alternatives: readonly unknown[] = [];
  #last: unknown = undefined;

  mount(url: unknown): void {
    this.baseUrl = url;
    if (typeof url !== 'string') return;
    const mounts = this.#mounts;
    while (mounts.length > 0 && !isBelow(url, mounts.at(-1))) mounts.pop();
    const { url: above = '', template = '' } = mounts.at(-1) ?? {};
    if (url === above) return;
    mounts.push({ url, template: template + fill(url.slice(above.length), this.params) });
  }

  run(route: unknown): void {
    this.route = route;
    // A route that is told twice is the same: Express does so before it runs it.
    if (typeof route !== 'object' || route === null || route === this.#last) return;
    this.#last = route;
    const { path } = route as { path?: unknown };
    const own = typeof path === 'string' || path instanceof RegExp ? String(path) : '*';
    this.found = this.#below(own);
    this.#alternatives = Array.isArray(path) ? path : [];
  }

  /** Of several paths of one route, the one that was asked for shows once its parameters are known. */
  choose(params: unknown, url: unknown): void {
    this.params = params;
    if (this.#alternatives.length === 0 || typeof url !== 'string') return;
    const asked = fill(url.replace(/\?.*$/, ''), params);
    if (this.#alternatives.includes(asked)) this.found = this.#below(asked);
    this.#alternatives = [];
  }

  #below(path: string): string {
    return (this.#mounts.at(-1)?.template ?? '') + path;
  }
}

/**
 * How a request tells its follower. The same functions for all: with its own each request would be
 * of a shape of its own, which costs as much as a small answer and lives on until the next full
 * garbage collection.
 */
const heard: Record<'params' | 'baseUrl' | 'route', PropertyDescriptor> & ThisType<Followed> = {
  params: {
    configurable: true,
    enumerable: true,
    get() {
      return this[FOLLOWER]?.params;
    },
    set(value: unknown) {
      this[FOLLOWER]?.choose(value, this.url);
    },
  },
  baseUrl: {
    configurable: true,
    enumerable: true,
    get() {
      return this[FOLLOWER]?.baseUrl;
    },
    set(value: unknown) {
      this[FOLLOWER]?.mount(value);
    },
  },
  route: {
    configurable: true,
    enumerable: true,
    get() {
      return this[FOLLOWER]?.route;
    },
    set(value: unknown) {
      this[FOLLOWER]?.run(value);
    },
  },
};

/**
 * Follows a request through the routers of Express, which tell each step by setting `params`,
 * `baseUrl` and `route` on it, and take the mount back when a handler fails or passes on.
 *
 * @returns What it has found, now and later.
 */
export function followRoute(request: object): { readonly found: string | undefined } {
  const known = request as { params?: unknown; baseUrl?: unknown; route?: unknown; url?: unknown };
  const follower = new RouteFollower();
  follower.choose(known.params, known.url);
  follower.mount(known.baseUrl);
  follower.run(known.route);
  // A request that takes no members is left as it is.
  if (Reflect.defineProperty(request, FOLLOWER, { value: follower })) {
    Reflect.defineProperty(request, 'params', heard.params);
    Reflect.defineProperty(request, 'baseUrl', heard.baseUrl);
    Reflect.defineProperty(request, 'route', heard.route);
  }
  return follower;
}

function isBelow(url: string, mount: Mount | undefined): boolean {
  return mount !== undefined && url.startsWith(mount.url);
}

/** Puts the names of parameters where a path has their values. */
function fill(path: string, params: unknown): string {
  const segments = path.split('/');
  const filled = [...segments];
  for (const [name, value] of Object.entries(params ?? {}).reverse()) {
    for (const text of Array.isArray(value) ? value : [value]) {
      const at = segments.findLastIndex((raw, i) => filled[i] === raw && decoded(raw) === text);
      if (at >= 0) filled[at] = `:${name}`;
    }
  }
  return filled.map(withoutId).join('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** What a pattern without names has matched is in no parameter: what looks like an id is one. */
function withoutId(segment: string): string {
  return /^\d+$|^[0-9a-f-]{16,}$|^[^:].{32,}$/i.test(segment) ? ':id' : segment;
}
